"""A chosen medium at a glance, as HTML: a small picture, a filmstrip, or a waveform.

It is saved with the notebook, so it is small: 20 kB at most as text, about 2 kB as a waveform,
which is drawn in the colour of the text around it and so fits both themes.
"""

from __future__ import annotations

import base64
from contextlib import suppress
from html import escape
from pathlib import Path

from ltx_widgets.errors import MediaError
from ltx_widgets.media.material import Material
from ltx_widgets.schema import MediaFacts

__all__ = ["describe", "preview"]

# Of a JPEG, which takes a third more as text.
_MOST_BYTES = 14_000
_SIDE = 160
_QUALITY = 70
_FRAMES = 6
_STRIP_HEIGHT = 54
# Twice as tall as wide: a portrait film needs the same number of pixels.
_TALL_STRIP_HEIGHT = 80
_BARS = 150
_WAVE_HEIGHT = 40


def preview(found: Material) -> str:
    """A small picture of what was chosen; empty where there is none to be had. Takes its time."""
    if found.path is None:
        return ""
    # It is checked already; its small picture is no matter of life.
    with suppress(MediaError, OSError):
        return _MAKERS[found.kind](found, found.path)
    return ""


def describe(found: Material) -> str:
    """One line: "fox.png, 1024 x 768, 0.4 MB; converted: …"."""
    if found.facts is None:
        return f"{found.label}: the service fetches it; it is not looked at here"
    said = ", ".join([found.label, *_measures(found.facts, found.size)])
    return "; ".join([said, *found.notes])


def _picture(found: Material, path: Path) -> str:
    from ltx_widgets.images import encode_jpeg, read_image

    small = encode_jpeg(read_image(path, max_side=_SIDE), _QUALITY)
    return _as_image(small, f"Preview of {found.label}", "ltx-small")


def _filmstrip(found: Material, path: Path) -> str:
    from ltx_widgets.video.strip import filmstrip

    seen = found.facts
    tall = seen is not None and (seen.height or 0) > (seen.width or 0)
    height = _TALL_STRIP_HEIGHT if tall else _STRIP_HEIGHT
    strip = filmstrip(path, frames=_FRAMES, height=height, max_bytes=_MOST_BYTES)
    told = f"{_FRAMES} pictures of {found.label}, from its start to its end"
    return _as_image(strip, told, "ltx-strip")


def _as_image(jpeg: bytes, told: str, name: str) -> str:
    if len(jpeg) > _MOST_BYTES:
        return ""
    data = base64.b64encode(jpeg).decode("ascii")
    alt = escape(told, quote=True)
    return f'<img class="{name}" alt="{alt}" src="data:image/jpeg;base64,{data}">'


def _waveform(found: Material, path: Path) -> str:
    from ltx_widgets.video.strip import waveform

    peaks = waveform(path, bins=_BARS)[0].tolist()
    loudest = max(peaks)
    told = escape(f"Waveform of {found.label}", quote=True)
    return (
        f'<svg class="ltx-wave" role="img" aria-label="{told}" preserveAspectRatio="none" '
        f'viewBox="0 0 {_BARS} {_WAVE_HEIGHT}"><path stroke="currentColor" stroke-width="0.7" '
        f'fill="none" d="{_bars(peaks, loudest)}"/></svg>'
    )


def _bars(peaks: list[float], loudest: float) -> str:
    """A bar for each stretch, around the middle; a quiet recording is drawn as tall as a loud."""
    middle = _WAVE_HEIGHT / 2
    scale = (middle - 1) / loudest if loudest else 0.0
    halves = [max(0.4, round(peak * scale, 1)) for peak in peaks]
    return "".join(
        f"M{x + 0.5:g} {middle - half:.3g}v{2 * half:.3g}" for x, half in enumerate(halves)
    )


_MAKERS = {"image": _picture, "video": _filmstrip, "audio": _waveform}


def _measures(facts: MediaFacts, size: int) -> list[str]:
    told = []
    if facts.width and facts.height:
        told.append(f"{facts.width} x {facts.height}")
    if facts.fps:
        told.append(f"{facts.fps:.4g} fps")
    if facts.duration is not None:
        told.append(f"{facts.duration:.4g} s")
    if facts.kind == "video":
        told.append("with sound" if facts.has_audio else "silent")
    # Decimal megabytes, as a browser's download list has them.
    size = size or facts.bytes
    told.append(f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{size / 1e3:.1f} kB")  # noqa: PLR2004
    return told
