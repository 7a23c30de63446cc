"""The vocabulary of the preview engine: hand-written words, as plain data."""
