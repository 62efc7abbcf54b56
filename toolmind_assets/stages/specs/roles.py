"""The roles that the stage `specs` asks chat models to play."""

from toolmind_resources.chat.model import Role

SPEC_COMPLETER = Role("spec_completer")
"""Writes the descriptions, types and result schemas that a function's source leaves out."""
