"""Replies as models write them, put into the form that roles read. No I/O."""
