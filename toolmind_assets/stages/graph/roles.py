"""The roles that the stage `graph` asks chat models to play."""

from toolmind_resources.chat.model import Role

EDGE_VALIDATOR = Role("edge_validator")
"""Scores whether one function's output can feed another's input."""
