"""The roles that the stage `dialogues` asks chat models to play."""

from toolmind_resources.chat.model import Role

USER_AGENT = Role("user_agent")
"""Plays the person who wants it."""
ASSISTANT_AGENT = Role("assistant_agent")
"""Plays the assistant whose turns become training samples."""
TOOL_AGENT = Role("tool_agent")
"""Plays the functions: answers a call with a result."""
