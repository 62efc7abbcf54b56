"""How the outside is reached: chat models, embedders, Delta tables, MCP servers. Never imports `toolmind_assets`."""
