"""How many tokens a text is, before any endpoint has counted them. No I/O."""

BYTES_PER_TOKEN = 4
"""UTF-8 bytes of a token of English and JSON, roughly (OpenAI's rule of thumb: four characters)."""


def estimate_tokens(text: str) -> int:
    """Tokens of `text`, estimated from its UTF-8 bytes; 0 for an empty one."""
    return -(-len(text.encode("utf-8", "surrogatepass")) // BYTES_PER_TOKEN)
