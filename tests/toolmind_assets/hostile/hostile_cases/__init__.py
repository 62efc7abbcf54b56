"""The corpus of hostile and broken catalogs: `CASES`, generated, none of them a file of the checkout."""

from hostile_cases import files, forms, references, texts, wrong_types
from hostile_cases.case import CASES, GOOD, Case

__all__ = ["CASES", "GOOD", "Case", "files", "forms", "references", "texts", "wrong_types"]
