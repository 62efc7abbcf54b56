"""Tasks -> dialogues: user, assistant and tool agents act a task out, turn by turn."""
