"""What calls of paid models came to, as a table."""
