"""How the embedded model plays the three agents."""

from toolmind_assets.stages.dialogues.stand_in_assistant import assistant
from toolmind_assets.stages.dialogues.stand_in_tool import tool
from toolmind_assets.stages.dialogues.stand_in_user import user
from toolmind_resources.chat.embedded import Rule
from toolmind_resources.chat.model import Role

RULES: dict[Role, Rule] = {Role.USER_AGENT: user, Role.ASSISTANT_AGENT: assistant, Role.TOOL_AGENT: tool}
