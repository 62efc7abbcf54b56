"""How the outside is reached: chat models, embedders, Delta tables. Never imports `toolmind_assets`."""
