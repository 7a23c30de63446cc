"""Video files: write them, read their facts, make small copies to share. Owns PyAV."""
