"""Function graph -> tasks: random walks, plans with value references, intents, scenario kinds, offers."""
