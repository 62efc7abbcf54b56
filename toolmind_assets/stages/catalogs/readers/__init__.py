"""One reader a catalog form; `READERS` lists them in the order in which they are asked.

A new form is a new module with a `READER`, a member of `CatalogForm`, and a line here. Forms that say what they are
come first; those that are known by the shape of their definitions follow, the loosest last.
"""

from toolmind_assets.stages.catalogs.readers import (
    anthropic,
    aws,
    bfcl,
    dataset_rows,
    discovery,
    gemini,
    mcp,
    openai,
    openapi,
    python_source,
    rapidapi,
)

READERS = (
    python_source.READER,
    openapi.OPENAPI,
    openapi.SWAGGER,
    aws.READER,
    discovery.READER,
    mcp.READER,
    gemini.READER,
    anthropic.READER,
    rapidapi.READER,
    bfcl.READER,
    dataset_rows.READER,
    openai.READER,
)
