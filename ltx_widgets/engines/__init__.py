"""Engines: what stands behind the local server and turns a request into an mp4."""
