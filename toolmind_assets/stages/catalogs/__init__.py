"""Raw function catalogs, kept as found: what the sources are, and one reader a catalog form."""
