"""The stage `graph`: functions -> field-level links between them."""
