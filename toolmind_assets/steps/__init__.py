"""What a step is, and what of it is due. No Dagster."""
