"""The mixture: samples of all sources, without duplicates, weighted."""
