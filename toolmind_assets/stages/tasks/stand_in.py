"""How the embedded model plays planner and intent writer."""

from toolmind_assets.stages.tasks import roles
from toolmind_assets.stages.tasks.stand_in_planner import plan
from toolmind_assets.stages.tasks.stand_in_writer import write
from toolmind_resources.chat.embedded import Rule
from toolmind_resources.chat.model import Role

RULES: dict[Role, Rule] = {roles.PLANNER: plan, roles.INTENT_WRITER: write}
