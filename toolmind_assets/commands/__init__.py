"""The commands of `toolmind`: one module a command, with its options and what is of it alone."""
