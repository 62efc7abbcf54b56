"""What is fetched by URL."""
