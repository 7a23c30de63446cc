"""Turn the pixels of any decoded picture into plain 8 bit sRGB."""

from __future__ import annotations

import contextlib
import io
from typing import Any

import numpy as np
from PIL import Image, ImageCms

__all__ = ["to_srgb"]

# The largest that printers ship are about 2 MB.
_MAX_PROFILE_BYTES = 4 << 20
_DEEP_GREY = ("I", "I;16", "I;16L", "I;16B", "I;16N")


def to_srgb(image: Image.Image) -> Image.Image:
    """Convert a loaded picture to mode RGB in sRGB, transparent parts laid over black."""
    if image.mode in _DEEP_GREY:
        return _from_deep_grey(image)
    alpha = _alpha_of(image)
    rgb = _through_profile(_opaque(image), image.info.get("icc_profile"))
    if alpha is None:
        return rgb
    return Image.composite(rgb, Image.new("RGB", rgb.size), alpha)


def _alpha_of(image: Image.Image) -> Image.Image | None:
    if image.mode in {"RGBA", "LA", "PA", "La", "RGBa"}:
        straight = {"La": "LA", "RGBa": "RGBA", "PA": "RGBA"}.get(image.mode, image.mode)
        return image.convert(straight).getchannel("A")
    if "transparency" in image.info:
        return image.convert("RGBA").getchannel("A")
    return None


def _opaque(image: Image.Image) -> Image.Image:
    """The colours without their transparency, in a mode that colour profiles are made for."""
    if image.mode in {"RGB", "CMYK", "L"}:
        return image
    if image.mode in {"LA", "La", "1"}:
        return image.convert("LA").getchannel("L") if image.mode != "1" else image.convert("L")
    if image.mode == "RGBa":
        return image.convert("RGBA").convert("RGB")
    if "transparency" in image.info:
        # By way of RGBA: Pillow would otherwise carry the transparent colour along.
        return image.convert("RGBA").convert("RGB")
    return image.convert("RGB")


def _through_profile(image: Image.Image, profile: Any) -> Image.Image:
    if isinstance(profile, bytes) and len(profile) <= _MAX_PROFILE_BYTES:
        # A profile that is broken or made for other pixels says nothing: take them as sRGB.
        with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if image.mode == "RGB" and "sRGB" in ImageCms.getProfileDescription(source):
                return image
            converted = ImageCms.profileToProfile(
                image, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
            if converted is not None:
                return converted
    return image.convert("RGB")


def _from_deep_grey(image: Image.Image) -> Image.Image:
    deep = np.asarray(image).astype(np.uint32)
    # Rounded to the nearest of 256 levels; Pillow's own conversion cuts off at 255.
    grey = ((np.minimum(deep, 65_535) * 255 + 32_767) // 65_535).astype(np.uint8)
    return Image.fromarray(grey).convert("RGB")
