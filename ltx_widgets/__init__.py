"""LTX-2 video generation in Jupyter."""
