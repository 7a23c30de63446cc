"""Arrays, tensors and PIL images as files: shape, type and range are checked first."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ltx_widgets.errors import MediaError
from ltx_widgets.images import encode_png, pixels_of
from ltx_widgets.schema import MediaKind
from ltx_widgets.video.convert import write_film, write_sound

__all__ = ["file_of_array"]

_RATE, _FPS = 48_000, 25
_GREY, _RGB, _RGBA = 1, 3, 4
_MOST_CHANNELS = 8
# Outside of these a mistaken rate would make hours of sound of a second, or a film of years.
_RATES, _FRAME_RATES = (4_000, 192_000), (1, 120)
_LOUDEST = 1.001  # A float32 of a normalised sound may be a hair over 1.


def file_of_array(value: Any, *, kind: MediaKind, folder: Path) -> tuple[Path, str] | None:
    """A file that holds an array's picture, sound or film; None for what is no array.

    Pictures are (h, w), (h, w, 3) or (h, w, 4), or a tensor's (3, h, w); films (n, h, w, 3) or
    ``(film, fps)``, 25 fps otherwise; sounds (n,), (n, channels) or (channels, n), or
    ``(sound, rate)``, 48,000 Hz otherwise. Values are uint8, or floats from 0 to 1; of sounds
    int16, or floats from -1 to 1.

    Raises:
        MediaError: another shape, type or range, or not a finite number.
    """
    rate = None
    if isinstance(value, tuple | list) and len(value) == 2:  # noqa: PLR2004 - an array and its rate
        value, rate = value
        if hasattr(rate, "shape") and not hasattr(value, "shape"):  # scipy names the rate first
            value, rate = rate, value
    array = _array(value)
    if array is None:
        return None
    _check_rate(rate, _FRAME_RATES if kind == "video" else _RATES)
    if not array.size:
        raise MediaError(f"expected {kind}, got an empty array of shape {array.shape}")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise MediaError("the array holds NaN or infinity; clean it first")
    shape = "x".join(map(str, array.shape))
    named = getattr(value, "label", None)  # a Still's
    label = named if isinstance(named, str) else f"array {shape}"
    match kind:
        case "image":
            return _kept(encode_png(_picture(array)), folder, ".png"), label
        case "video":
            to = folder / f"{_digest(array, rate)}.mp4"
            if not to.exists():
                write_film((_picture(frame) for frame in _film(array)), to, fps=rate or _FPS)
            return to, f"film array {shape}"
        case _:
            to = folder / f"{_digest(array, rate)}.m4a"
            if not to.exists():
                write_sound(_sound(array), to, rate=int(rate or _RATE))
            return to, f"sound array {shape}"


def _array(value: Any) -> NDArray[Any] | None:
    """Anything that is an array, without importing what it is an array of."""
    if hasattr(value, "detach"):  # a torch tensor, wherever it lives
        # numpy has no bfloat16.
        tensor = value.detach().cpu()
        value = (tensor.float() if "bfloat16" in str(value.dtype) else tensor).numpy()
    elif type(value).__module__.startswith("PIL."):
        # Palette, CMYK and turned pictures are not their numbers.
        return pixels_of(value)
    if not isinstance(value, np.ndarray) and not hasattr(value, "__array__"):
        return None
    array = np.asarray(value)
    if array.dtype == bool:
        return array.astype(np.uint8) * np.uint8(255)
    if array.dtype.kind not in "fiu":
        raise MediaError(f"expected numbers, got an array of {array.dtype}")
    return array


def _check_rate(rate: Any, bounds: tuple[int, int]) -> None:
    try:
        fits = rate is None or bounds[0] <= float(rate) <= bounds[1]
    except (TypeError, ValueError):
        fits = False
    if not fits:
        raise MediaError(f"expected a rate from {bounds[0]} to {bounds[1]}, got {rate!r:.40}")


def _picture(array: NDArray[Any]) -> NDArray[np.uint8]:
    """An (h, w, 3) uint8 picture of an array of any taken form."""
    if array.ndim == 4 and array.shape[0] == 1:  # noqa: PLR2004
        array = array[0]
    if array.ndim == 3 and array.shape[0] in (_GREY, _RGB, _RGBA) and array.shape[2] > _RGBA:  # noqa: PLR2004
        array = np.moveaxis(array, 0, -1)  # channels first, as tensors have them
    if array.ndim == 2:  # noqa: PLR2004
        array = array[..., None]
    if array.ndim != 3 or array.shape[2] not in (_GREY, _RGB, _RGBA):  # noqa: PLR2004
        raise MediaError(
            f"expected a picture of shape (h, w), (h, w, 3) or (h, w, 4), got {array.shape}"
            + ("; that is many pictures, take one: array[0]" if array.ndim == 4 else "")  # noqa: PLR2004
        )
    eight = _eight_bit(array)
    if eight.shape[2] == _GREY:
        return np.repeat(eight, 3, axis=2)
    if eight.shape[2] == _RGBA:
        return (eight[..., :3].astype(np.uint16) * eight[..., 3:] // 255).astype(np.uint8)
    return eight


def _eight_bit(array: NDArray[Any]) -> NDArray[np.uint8]:
    if array.dtype == np.uint8:
        return array
    least, most = float(array.min()), float(array.max())
    if array.dtype.kind == "f" and least >= 1 - _LOUDEST and most <= _LOUDEST:
        eight: NDArray[np.uint8] = np.clip(array * 255 + 0.5, 0, 255).astype(np.uint8)
        return eight
    cure = "; divide them by 255" if least >= 0 and array.dtype.kind == "f" else ""
    raise MediaError(
        f"expected uint8 from 0 to 255 or floats from 0 to 1, got {array.dtype} from {least:g} to "
        f"{most:g}{cure}"
    )


def _film(array: NDArray[Any]) -> NDArray[Any]:
    if array.ndim != 4:  # noqa: PLR2004
        raise MediaError(f"expected a film of shape (n, h, w, 3), got {array.shape}")
    return array


def _sound(array: NDArray[Any]) -> NDArray[np.float32]:
    """A (2, n) float32 sound of an array of any taken form."""
    if array.ndim == 1:
        array = array[None]
    if array.ndim != 2:  # noqa: PLR2004
        raise MediaError(f"expected a sound of shape (n,) or (n, channels), got {array.shape}")
    if array.shape[0] > array.shape[1]:
        array = array.T
    if array.shape[0] > _MOST_CHANNELS:
        raise MediaError(f"expected at most {_MOST_CHANNELS} channels, got {array.shape[0]}")
    if array.dtype == np.int16:
        array = array / 32_768
    elif array.dtype.kind != "f" or float(np.abs(array).max()) > _LOUDEST:
        raise MediaError(
            f"expected int16 or floats from -1 to 1, got {array.dtype} up to "
            f"{float(np.abs(array).max()):g}"
        )
    two = np.repeat(array, 2, axis=0) if array.shape[0] == 1 else array[:2]
    return np.ascontiguousarray(np.clip(two, -1, 1), np.float32)


def _digest(array: NDArray[Any], rate: Any) -> str:
    digest = hashlib.sha256(f"{array.dtype} {array.shape} {rate}".encode())
    digest.update(np.ascontiguousarray(array).data)  # not copied: a film is large
    return digest.hexdigest()


def _kept(content: bytes, folder: Path, suffix: str) -> Path:
    path = folder / f"{hashlib.sha256(content).hexdigest()}{suffix}"
    if not path.exists():
        path.write_bytes(content)
    return path
