"""Open sets, brought into the same dialogue form as simulated dialogues."""
