"""Python source taken apart without executing it: docstrings, literals, annotations, and the types of a module."""
