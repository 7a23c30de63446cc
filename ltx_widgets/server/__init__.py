"""A loopback server that speaks fal's queue protocol, with a queue that survives its death."""
