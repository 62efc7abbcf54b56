"""Raw entries -> normalised function specs -> distinct functions with unique, legal names."""
