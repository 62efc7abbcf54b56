"""The roles that the stage `trajectories` asks chat models to play."""

from toolmind_resources.chat.model import Role

DIALOGUE_JUDGE = Role("dialogue_judge")
"""Judges a whole dialogue."""
TURN_JUDGE = Role("turn_judge")
"""Judges one assistant turn in its context."""
