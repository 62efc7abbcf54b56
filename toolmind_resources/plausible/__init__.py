"""Values that could stand where a JSON Schema wants one: what the embedded model makes up. No I/O."""
