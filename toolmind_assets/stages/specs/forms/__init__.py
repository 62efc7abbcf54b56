"""How the entries of each catalog form declare their functions, a module a family of forms."""

from toolmind_assets.model.functions import CatalogForm
from toolmind_assets.stages.specs.declared import Form
from toolmind_assets.stages.specs.forms import aws, discovery, functions, mcp, openapi, rapidapi

FORMS: dict[CatalogForm, Form] = {
    CatalogForm.ANTHROPIC: Form(functions.declare_function),
    CatalogForm.GEMINI: Form(functions.declare_function),
    CatalogForm.RAPIDAPI: Form(rapidapi.declare_api),
    CatalogForm.PYTHON: Form(functions.declare_function),
    CatalogForm.ROWS: Form(functions.declare_function),
    CatalogForm.OPENAI: Form(functions.declare_function),
    CatalogForm.BFCL: Form(functions.declare_function),
    CatalogForm.MCP: Form(mcp.declare_tool),
    CatalogForm.AWS: Form(aws.declare_operation, aws.lookup_shapes),
    CatalogForm.DISCOVERY: Form(discovery.declare_method, discovery.lookup_schemas),
    CatalogForm.OPENAPI: Form(openapi.declare_operation),
    CatalogForm.SWAGGER: Form(openapi.declare_operation),
}
