"""The roles that the stage `tasks` asks chat models to play."""

from toolmind_resources.chat.model import Role

PLANNER = Role("planner")
"""Fills the values that a planned call sequence needs from its user."""
INTENT_WRITER = Role("intent_writer")
"""Turns a plan into what a person wants, in that person's words."""
