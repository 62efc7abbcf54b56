"""The nouns that cross a stage boundary, and the grammar that they share (ids, paths, schemas).

Frozen dataclasses and StrEnums without I/O. What only one stage needs lives in that stage.
"""
