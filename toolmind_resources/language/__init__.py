"""What the English language says of words, whoever asks: no file, no network, no catalog."""
