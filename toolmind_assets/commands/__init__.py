"""The commands of `toolmind`."""
