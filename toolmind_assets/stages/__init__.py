"""The stages, in the order in which data flows; none imports another."""
