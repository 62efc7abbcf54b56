"""Exports: the mixture in the files that trainers read, with a dataset card."""
