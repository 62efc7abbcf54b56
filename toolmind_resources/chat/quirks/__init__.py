"""Habits of real servers and models that a `serve-model` takes on request, a module for each kind. No I/O."""
