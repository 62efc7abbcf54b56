"""One reader a catalog form; `READERS` lists them in the order in which they are asked.

A new form is a new module with a `READER`, a member of `CatalogForm`, and a line here.
"""

from toolmind_assets.catalogs.readers import aws, bfcl, discovery, mcp, openai, openapi

READERS = (
    openapi.OPENAPI,
    openapi.SWAGGER,
    aws.READER,
    discovery.READER,
    mcp.READER,
    bfcl.READER,
    openai.READER,
)
