"""How the embedded model plays the three agents."""

from toolmind_assets.stages.dialogues import roles
from toolmind_assets.stages.dialogues.stand_in_assistant import assistant
from toolmind_assets.stages.dialogues.stand_in_tool import tool
from toolmind_assets.stages.dialogues.stand_in_user import user
from toolmind_resources.chat.embedded import Rule
from toolmind_resources.chat.model import Role

RULES: dict[Role, Rule] = {roles.USER_AGENT: user, roles.ASSISTANT_AGENT: assistant, roles.TOOL_AGENT: tool}
