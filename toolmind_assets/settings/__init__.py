"""What is configured: toolmind.yaml, the catalogs, the models, the home."""
