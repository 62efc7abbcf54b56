"""Delta tables: what one is (`table`), reading and writing them (`store`), and Dagster's view (`io_manager`)."""
