"""A clip as one HTML output that survives sharing.

It is a plain ``text/html``: it plays in a trusted and an untrusted notebook, with and without a
kernel. Measured in JupyterLab 4.6: ``<video src="data:…">`` survives its sanitizer, ``<source
src="data:…">`` does not, ``video/mp4`` as a MIME type is shown by nothing, and a widget needs its
kernel. GitHub takes the video element away and forbids media; what stands inside of it, a still
with a link, is left, and so is the still as ``image/jpeg`` (google-gemini/cookbook#1372).
"""

from __future__ import annotations

import base64
import re
import secrets
import shutil
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from ipaddress import ip_address
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import quote, urlsplit

from ltx_widgets.errors import ConfigError, MediaError

__all__ = ["Embed", "Figure", "draw_figure", "read_embed"]

Embed = Literal["small", "full", "link"]

FOLDER = "clips"
"""Where files are put that a notebook links to, beside it."""

# With base64 and all, an output takes 1.5 MB of a notebook at most: 1.34 MB for the copy, 0.1 MB
# for the still, which is in there three times.
_COPY_BYTES = 1_000_000
_STILL_BYTES = 24_000
_STILL_SIDE = 360
_WIDE, _TALL = 640, 300
_LONGEST_PROMPT = 200


@dataclass(frozen=True, slots=True)
class Figure:
    """What a clip puts into a notebook.

    Attributes:
        html: The figure.
        still: A JPEG for whoever shows no HTML; empty where the file cannot be read.
    """

    html: str
    still: bytes

    def bundle(self, text: str) -> dict[str, str]:
        """It as a MIME bundle, beside its plain text."""
        made = {"text/plain": text, "text/html": self.html}
        if self.still:
            made["image/jpeg"] = base64.b64encode(self.still).decode()
        return made


def read_embed(value: str) -> Embed:
    """What was asked to be embedded.

    Raises:
        ConfigError: it is none of the three.
    """
    for known in get_args(Embed):
        if value == known:
            return known  # type: ignore[no-any-return]
    raise ConfigError(f'embed is "small", "full" or "link", got {value!r}')


def draw_figure(
    path: Path, *, embed: Embed, wide: bool, prompt: str, lines: tuple[str, ...], url: str
) -> Figure:
    """Draw a clip's figure. It takes about a second, most of it for the small copy.

    Args:
        path: The clip's file.
        embed: What plays in it: "small", a copy of at most 1 MB; "full", all of it; "link", the
            file itself, put into the folder ``clips`` beside the notebook.
        wide: Whether it is at least as wide as tall.
        prompt: What was asked for.
        lines: Facts for the caption.
        url: Where the service keeps the clip.
    """
    troubles, still, src = [], b"", ""
    try:
        stamp = _stamp(path)
        still = _still(path, stamp)
        src = _source(path, embed, stamp)
    except (MediaError, OSError) as error:
        # An output that cannot play still says what it was.
        # A system's error quotes whole paths, which a notebook hands on.
        reason = error.strerror if isinstance(error, OSError) else str(error)
        troubles.append(reason or type(error).__name__)
    # For "link" the copy beside the notebook is there now.
    href = _beside(path) or _reachable(url)
    picture = f"data:image/jpeg;base64,{base64.b64encode(still).decode()}" if still else ""
    caption = [f"<q>{escape(_short(prompt))}</q>"] if prompt else []
    caption += [*map(escape, (*lines, *troubles)), _link(href, "full quality (mp4)")]
    if still and not href:
        caption.append("full quality: <code>clip.show(&quot;link&quot;)</code>")
    return Figure(
        f'<figure class="ltx-clip" style="margin:0;max-width:{_WIDE if wide else _TALL}px">'
        f"{_player(src, picture, alt=_short(prompt) or 'a clip', href=href)}"
        f'<figcaption style="font-size:90%">{"<br>".join(filter(None, caption))}</figcaption>'
        "</figure>",
        still,
    )


def _player(src: str, picture: str, *, alt: str, href: str) -> str:
    label = escape(alt)
    still = _link(href, f'<img alt="{label}" src="{picture}">' if picture else label)
    if not src:
        return f"<div>{still}</div>"
    poster = f'poster="{picture}" ' if picture else ""
    return (
        # src on the video element itself, never on a source element (see above).
        '<video controls playsinline preload="metadata" '
        'style="width:100%;border-radius:6px;background:#000" '
        f'aria-label="{label}" {poster}src="{src}">{still}</video>'
    )


def _source(path: Path, embed: Embed, stamp: tuple[int, int]) -> str:
    from ltx_widgets.video.share import whole_copy

    if embed == "link":
        return _put_beside(path)
    copy = whole_copy(path) if embed == "full" else _small(path, stamp)
    return f"data:video/mp4;base64,{base64.b64encode(copy).decode()}"


# A clip that is shown again is not encoded again; the newest few are kept.
@lru_cache(maxsize=8)
def _small(path: Path, stamp: tuple[int, int]) -> bytes:  # noqa: ARG001 - part of the key
    from ltx_widgets.video.share import small_copy

    return small_copy(path, max_bytes=_COPY_BYTES)


@lru_cache(maxsize=8)
def _still(path: Path, stamp: tuple[int, int]) -> bytes:  # noqa: ARG001 - part of the key
    from ltx_widgets.video.share import poster

    return poster(path, max_height=_STILL_SIDE, max_bytes=_STILL_BYTES)


def _stamp(path: Path) -> tuple[int, int]:
    """Tells one content of a path from another.

    Raises:
        MediaError: there is no file.
    """
    if not path.is_file():
        raise MediaError(f"the clip's file is gone: {path.name}")
    status = path.stat()
    return status.st_mtime_ns, status.st_size


def _put_beside(path: Path) -> str:
    known = _beside(path)
    if known:
        return known
    to = Path(FOLDER, path.name)
    to.parent.mkdir(exist_ok=True)
    if to.exists():
        raise MediaError(f"{to} is another film; move it away to have this one linked")
    part = to.with_name(f".{to.name}.{secrets.token_hex(4)}.part")
    try:
        shutil.copyfile(path, part)
        part.replace(to)
    finally:
        part.unlink(missing_ok=True)
    return _beside(path)


def _beside(path: Path) -> str:
    """The clip's file, or a copy of it by the same name, as an address relative to the notebook.

    A kernel's folder is its notebook's.
    """
    here = Path.cwd()
    size = path.stat().st_size if path.is_file() else -1
    for candidate in (path.absolute(), here / path.name, here / FOLDER / path.name):
        inside = candidate.is_relative_to(here) and candidate.is_file()
        if inside and candidate.stat().st_size == size:
            return quote(candidate.relative_to(here).as_posix())
    return ""


def _reachable(url: str) -> str:
    """An address that others may follow: not of this computer, and without a signature."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return ""
    plain = parts.scheme in ("http", "https") and not (parts.query or parts.username)
    return url if plain and host and not _is_loopback(host) else ""


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _link(href: str, content: str) -> str:
    """`content`, which is HTML, as a link where there is an address."""
    if not href:
        return content if content.startswith("<img") else ""
    return f'<a href="{escape(href)}" target="_blank" rel="noopener" download>{content}</a>'


def _short(text: str) -> str:
    words = re.sub(r"\s+", " ", text).strip()
    return words if len(words) <= _LONGEST_PROMPT else f"{words[:_LONGEST_PROMPT]}…"
