"""What a media field was given: variables of the notebook by name, and what tells a change."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Hashable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ltx_widgets.clip import Clip
from ltx_widgets.media.addresses import is_address
from ltx_widgets.still import Still
from ltx_widgets.widgets._kernel import variables
from ltx_widgets.widgets.upload import Uploaded

__all__ = ["Variable", "expression_of", "is_file", "mark_of"]

_NAME = re.compile(r"([^\W\d]\w*)(?:\.(first_frame|last_frame))?")
_PIECE = 1 << 20
_MOST_PIECES = 128


@dataclass(frozen=True, slots=True, eq=False)
class Variable:
    """A variable of the notebook, given by its name, as it was when it was read.

    Attributes:
        name: As it was typed: "clip", or "clip.last_frame" and "clip.first_frame" of a clip.
        value: What it was.
    """

    name: str
    value: Any

    def __repr__(self) -> str:
        return f"Variable({self.name})"

    @classmethod
    def named(cls, text: Any) -> Variable | None:
        """The variable of that name; None where there is none, or where a file has that name.

        Args:
            text: What was given; anything but a text is no name.
        """
        found = _NAME.fullmatch(text.strip()) if isinstance(text, str) else None
        if found is None or is_file(text.strip()):
            return None
        known = variables()
        if found[1] not in known:
            return None
        value = known[found[1]]
        if found[2] is None:
            return cls(found[0], value)
        if not isinstance(value, Clip):
            return None
        return cls(found[0], Still(value, 0 if found[2] == "first_frame" else value.frames - 1))

    @property
    def now(self) -> Variable | None:
        """The same name as it stands now; None if nothing has it any more."""
        return Variable.named(self.name)


def mark_of(given: Any) -> Hashable:
    """Something that is another one as soon as what was given changed.

    A file is told by its size and its time of change; a variable by what it names; an array also by
    its content, of which 128 MiB are looked at, evenly spread. In other objects a change within
    goes unnoticed.
    """
    if isinstance(given, Variable):
        return (_identity(given.value), mark_of(given.value))
    path = _file_of(given)
    if path is not None:
        with suppress(OSError):
            stat = path.stat()
            return (stat.st_mtime_ns, stat.st_size)
        return None
    return _digest(given)


def expression_of(given: Any, *, typed: bool = False) -> str | None:
    """Python text that names what was given, as a notebook would write it; None if nothing does.

    A file outside of the working folder that nobody typed is left out: where it lies is its
    owner's business, and a notebook is passed on.

    Args:
        given: What a field was given.
        typed: Whether it stands in the page already.
    """
    if isinstance(given, Variable):
        return given.name
    if given is None or isinstance(given, Uploaded):
        return None
    if isinstance(given, str | Path):
        return _text_of(given, typed=typed)
    name = _name_of(given)
    if name is None and isinstance(given, Clip) and given.request_id:
        return f"ltx.resume({_quoted(given.request_id)}).result()"
    if name is None and isinstance(given, Still):
        clip = expression_of(given.clip)
        return clip and f"{clip}.{_frame_text(given)}"
    return name


def _text_of(given: str | Path, *, typed: bool) -> str | None:
    text = str(given).strip()
    if is_address(text):
        return None if text[:5].lower() == "data:" else _quoted(text)
    return _quoted(text) if typed else _relative(Path(text))


def _frame_text(still: Still) -> str:
    if still.frame in (0, still.clip.frames - 1):
        return "last_frame" if still.frame else "first_frame"
    return f"frame({round(still.seconds, 4):g})"


def _name_of(value: Any) -> str | None:
    """A variable that is this very object; not IPython's own, such as the last output."""
    names = (name for name, known in variables().items() if known is value)
    return next((name for name in names if not name.startswith("_")), None)


def _relative(path: Path) -> str | None:
    with suppress(OSError, ValueError):
        inside = path if not path.is_absolute() else path.relative_to(Path.cwd())
        return _quoted(inside.as_posix())
    return None


def _quoted(text: str | Path) -> str:
    # JSON's texts are Python's as well, in the quotes that people write.
    return json.dumps(str(text).strip(), ensure_ascii=False)


def is_file(text: str) -> bool:
    """Whether a text is the path of a file here."""
    with suppress(OSError, RuntimeError, ValueError):  # Too long, nobody's "~", a zero byte.
        return Path(text.strip()).expanduser().is_file()
    return False


def _identity(value: Any) -> Hashable:
    """What a variable names: a text by its letters, anything else by which object it is."""
    if isinstance(value, Still):
        return (id(value.clip), value.frame)
    return value if isinstance(value, str | Path) else id(value)


def _file_of(given: Any) -> Path | None:
    """The file that is read for it; None where there is none."""
    if isinstance(given, Still):
        given = given.clip
    if isinstance(given, str):
        if is_address(given.strip()):
            return None
        given = Path(given.strip())
    if type(given).__module__.startswith("PIL."):
        return None  # Its pixels are read, whatever file they came from.
    if not isinstance(given, Path):
        # An upload's and a clip's; what IPython shows of a file has its name.
        given = getattr(given, "path", None) or getattr(given, "filename", None)
        given = Path(given) if isinstance(given, str) else given
    with suppress(RuntimeError):  # Nobody's "~".
        return given.expanduser() if isinstance(given, Path) else None
    return None


def _digest(value: Any) -> Hashable:
    if type(value).__module__.startswith("PIL."):
        value = value.tobytes()
    if isinstance(value, tuple | list):
        return tuple(map(_digest, value[:2]))  # an array and its rate
    try:
        content = memoryview(value)
    except TypeError:
        return None
    if not content.nbytes:
        return None
    if not content.c_contiguous:
        content = memoryview(content.tobytes())
    content = content.cast("B")
    step = max(_PIECE, -(-content.nbytes // _MOST_PIECES))
    digest = hashlib.blake2b(digest_size=16)
    for at in range(0, content.nbytes, step):
        digest.update(content[at : at + _PIECE])
    return digest.hexdigest()
