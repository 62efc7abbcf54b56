"""How the embedded model plays the three agents."""

from toolmind_assets.stages.dialogues.embedded_assistant import assistant
from toolmind_assets.stages.dialogues.embedded_tool import tool
from toolmind_assets.stages.dialogues.embedded_user import user
from toolmind_resources.chat.embedded import Rule
from toolmind_resources.chat.model import Role

RULES: dict[Role, Rule] = {Role.USER_AGENT: user, Role.ASSISTANT_AGENT: assistant, Role.TOOL_AGENT: tool}
