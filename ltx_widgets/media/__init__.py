"""Whatever a notebook user has at hand, as a file to upload or an address to pass on.

`material.Material` is what comes out, `taking.material` the one door; that loads the readers of
pictures, sound and film, so it is imported where something is given.
"""
