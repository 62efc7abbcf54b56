"""One reader a catalog form; `READERS` lists them in the order in which they are asked.

A new form is a new module with a `READER`, a member of `CatalogForm`, and a line here.
"""

from toolmind_assets.catalogs.readers import bfcl, mcp, openai, openapi

READERS = (openapi.OPENAPI, openapi.SWAGGER, mcp.READER, bfcl.READER, openai.READER)
