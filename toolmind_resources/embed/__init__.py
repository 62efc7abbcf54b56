"""Text embedders behind one Protocol (`model`)."""
