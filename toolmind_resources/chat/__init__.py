"""Chat models behind one Protocol (`model`): embedded rules, scripted replies, and any served model."""
