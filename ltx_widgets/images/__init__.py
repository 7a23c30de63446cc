"""Pictures: read foreign ones safely, write plain ones. Owns Pillow and pillow_heif."""

from ltx_widgets.images.read import ImageFacts, image_facts, pixels_of, read_image
from ltx_widgets.images.write import encode_jpeg, encode_png

__all__ = ["ImageFacts", "encode_jpeg", "encode_png", "image_facts", "pixels_of", "read_image"]
