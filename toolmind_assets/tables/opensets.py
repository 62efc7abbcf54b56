"""Tables of the stage `opensets`: the dialogue form, read from open data."""

from toolmind_assets.tables.dialogues import argument_table, call_table, dialogue_table
from toolmind_assets.tables.drops import dropped_table

OPEN_DIALOGUES = dialogue_table("opensets")
OPEN_CALLS = call_table("opensets")
OPEN_ARGUMENTS = argument_table("opensets")
OPENSETS_DROPPED = dropped_table("opensets")
