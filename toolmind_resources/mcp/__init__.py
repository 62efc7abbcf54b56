"""Tools of live MCP servers: listed, never called."""
