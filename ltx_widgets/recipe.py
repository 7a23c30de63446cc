"""What a clip was made from, as a note inside its file: written to be handed on, read with care.

Whoever gets the file gets the note. So no key, no path, no query of an address (where signatures
are) and no address of this computer or its network goes in; and what comes out of a stranger's
file is checked as anything else from a stranger.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from ltx_widgets.config import package_version
from ltx_widgets.errors import MediaError
from ltx_widgets.media.addresses import checked_address

__all__ = ["Recipe", "read_recipe", "shareable", "xmp_packet"]

_FORMAT = 1
_LONGEST = 100_000
_LONGEST_LINE = 300
_MOST_ENTRIES = 64
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
# The JSON has no character that would end it, and no other program writes this name: no XML reader,
# with all that a hostile document can do to one, is needed.
_IN_PACKET = re.compile(r"<ltx:recipe>([^<]*)</ltx:recipe>")
_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:ltx="urn:ltx-widgets:recipe">
<xmp:CreatorTool>{tool}</xmp:CreatorTool>
<ltx:recipe>{recipe}</ltx:recipe>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a clip was made from.

    Attributes:
        endpoint: Who was asked.
        request: What was asked, without what must not be handed on; see `shareable`.
        request_id: The job that made it.
        parents: The request ids of the clips that its media came from, by field.
        cost: US dollars as text for people, "free" for local clips.
        engine: "preview" for clips of our own engine; empty for real ones.
        notes: What the engine said of it.
        made: When it was fetched, UTC, as ISO 8601.
        version: Of this package, which wrote it.
    """

    endpoint: str
    request: Mapping[str, Any]
    request_id: str = ""
    parents: Mapping[str, str] = field(default_factory=dict)
    cost: str = ""
    engine: str = ""
    notes: tuple[str, ...] = ()
    made: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    version: str = field(default_factory=package_version)

    def as_json(self) -> dict[str, Any]:
        """It as a JSON object."""
        return {"format": _FORMAT, **asdict(self)}


def shareable(request: Mapping[str, Any]) -> dict[str, Any]:
    """A request without what must not be handed on.

    Media stay as https addresses of public hosts, without query and fragment; data URIs and
    addresses of this computer or its network are left out.
    """
    kept = {}
    for name, value in request.items():
        if not name.endswith("_url"):
            kept[name] = value
        elif isinstance(value, str) and (address := _public(value)):
            kept[name] = address
    return kept


def xmp_packet(recipe: Recipe) -> str:
    """An XMP packet that holds a recipe, for `video.xmp.add_xmp`.

    Raises:
        MediaError: it is longer than a file should carry.
    """
    # ASCII alone, so that no control character can be in the packet.
    text = json.dumps({**recipe.as_json(), "request": shareable(recipe.request)})
    if len(text) > _LONGEST:
        raise MediaError(f"a recipe of {len(text)} characters is too long; {_LONGEST} would do")
    tool = f"ltx_widgets {recipe.version}"
    return _PACKET.format(tool=html.escape(tool), recipe=html.escape(text, quote=False))


def read_recipe(packets: tuple[str, ...]) -> Recipe | None:
    """The recipe in a file's XMP packets; None where none of them has one.

    Raises:
        MediaError: there is one, and it cannot be used; the message says why.
    """
    found = [match[1] for packet in packets for match in _IN_PACKET.finditer(packet)]
    if not found:
        return None
    # Ours is the last: it was put behind what was there.
    text = html.unescape(found[-1])
    if len(text) > _LONGEST:
        raise _unusable(f"it has {len(text)} characters; {_LONGEST} at most were expected")
    try:
        given = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise _unusable("it is damaged") from None
    if not isinstance(given, dict):
        raise _unusable(f"an object was expected, and {_kind(given)} came")
    if given.get("format") != _FORMAT:
        raise _unusable(f"it is of another format than {_FORMAT}; a newer ltx_widgets may read it")
    return Recipe(
        endpoint=_line(given, "endpoint"),
        request=shareable(_request(given.get("request"))),
        request_id=_line(given, "request_id"),
        parents=_parents(given.get("parents", {})),
        cost=_line(given, "cost"),
        engine=_line(given, "engine"),
        notes=_notes(given.get("notes", [])),
        made=_line(given, "made"),
        version=_line(given, "version"),
    )


def _public(address: str) -> str:
    try:
        # What a service elsewhere may fetch is what may be told elsewhere.
        return re.split(r"[?#]", checked_address(address, hosted=True), maxsplit=1)[0]
    except MediaError:
        return ""


def _line(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name, "")
    if not isinstance(value, str) or len(value) > _LONGEST_LINE:
        raise _unusable(f"a short text was expected as {name!r}, and {_kind(value)} came")
    return " ".join(value.split())


def _request(given: Any) -> dict[str, Any]:
    plain = isinstance(given, dict) and len(given) <= _MOST_ENTRIES
    if not plain or not all(_NAME.fullmatch(name) for name in given):
        raise _unusable(f"a request of named fields was expected, and {_kind(given)} came")
    for name, value in given.items():
        if not isinstance(value, str | int | float | None):
            raise _unusable(f"a text or a number was expected as {name}, and {_kind(value)} came")
    return dict(given)


def _parents(given: Any) -> dict[str, str]:
    if not isinstance(given, dict) or len(given) > _MOST_ENTRIES:
        raise _unusable(f"parents by field were expected, and {_kind(given)} came")
    return {name: _line(given, name) for name in given if _NAME.fullmatch(name)}


def _notes(given: Any) -> tuple[str, ...]:
    if not isinstance(given, list) or len(given) > _MOST_ENTRIES:
        raise _unusable(f"a list of notes was expected, and {_kind(given)} came")
    return tuple(note for note in given if isinstance(note, str))


def _refuse_constant(name: str) -> float:
    raise ValueError(name)


def _kind(value: Any) -> str:
    size = f" of {len(value)}" if isinstance(value, str | list | dict) else ""
    return f"{type(value).__name__}{size}"


def _unusable(why: str) -> MediaError:
    return MediaError(f"the recipe in this file cannot be used: {why}")
