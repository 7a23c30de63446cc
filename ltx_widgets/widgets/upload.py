"""A browser upload of any size: pieces over the widget's own messages, straight into a file.

Jupyter's FileUpload sends a file as one message, and the web socket drops those over 10 MiB
without a word. Here the page sends 1 MiB at a time, two of them ahead of what was taken at most.

Page to kernel: ``hello``, ``offer`` (name, size, stamp), ``piece`` (at; one buffer), ``where``,
``cancel``. Kernel to page: ``welcome``, ``go`` (at: send on from there), ``taken`` (at), ``done``,
``refused`` (reason). All but ``hello`` and ``welcome`` name their upload. What else a person does
there is told by ``text`` (an address or a path that was dropped or pasted), ``file`` (a path of
JupyterLab's file list), ``clear`` and ``earlier``.
"""

from __future__ import annotations

import secrets
import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anywidget
import traitlets as t

from ltx_widgets.config import forget_old, private_folder
from ltx_widgets.errors import MediaError
from ltx_widgets.media.foreign import sniffed_as
from ltx_widgets.schema import MediaKind
from ltx_widgets.widgets._kernel import let_clicks_through
from ltx_widgets.widgets.style import script

__all__ = ["LARGEST", "Incoming", "UploadPicker", "Uploaded"]

LARGEST = 4 * 1024**3
"""Bytes that one upload may have."""

_GIB = 1024**3
# The disk is the notebook's as well; some of it stays free.
_SPARE = 256 * 1024**2
_LONGEST_NAME = 120
_LONGEST_TEXT = 4096
# What a job needed of an upload was sent long before.
_KEPT_S = 7 * 24 * 3600
_NOUNS = {"image": "an image", "audio": "a sound file", "video": "a video"}


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file that came in whole.

    Attributes:
        path: Where it is; nothing of its name is in there.
        name: What the browser called it: for people to read, no more.
        size: Bytes.
    """

    path: Path
    name: str
    size: int


class Incoming:
    """One file on its way in: what came so far stands beside its later place.

    Args:
        folder: Where it goes; made if missing.
        name: What the browser calls it.
        size: Bytes it will have.
        stamp: The file's time of change, which tells another file of that name and size.

    Attributes:
        received: Bytes that are there.

    Raises:
        OSError: the file cannot be made.
    """

    def __init__(self, folder: Path, name: str, size: int, stamp: int) -> None:
        self.name, self.size, self.stamp = _label(name), size, stamp
        self.received = 0
        self._to = private_folder(folder) / secrets.token_hex(8)
        self._part = self._to.with_suffix(".part")
        self._file = self._part.open("wb")

    def is_same(self, name: str, size: int, stamp: int) -> bool:
        """Whether somebody offers this very file once more."""
        return (self.name, self.size, self.stamp) == (_label(name), size, stamp)

    def write(self, at: int, piece: memoryview) -> bool:
        """Put the next piece in; False for one that comes too early.

        A piece that is there already is passed over: the page may send one twice.

        Raises:
            ValueError: more came than was announced.
            OSError: the disk is full.
        """
        if at > self.received:
            return False
        if at < self.received:
            return True
        if at + piece.nbytes > self.size:
            raise ValueError("the file changed while it was sent; choose it again")
        self._file.write(piece)
        self.received += piece.nbytes
        return True

    def check(self, kind: MediaKind) -> None:
        """Look at what is there of it.

        Raises:
            MediaError: it is of another kind.
        """
        self._file.flush()
        sniffed_as(self._part, kind)

    def finish(self) -> Uploaded:
        """Move the whole file into its place."""
        self._file.close()
        self._part.replace(self._to)
        return Uploaded(self._to, self.name, self.size)

    def drop(self) -> None:
        """Leave nothing behind."""
        self._file.close()
        self._part.unlink(missing_ok=True)


class UploadPicker(anywidget.AnyWidget):
    """A button, and a place to drop or paste on, for one file of a kind.

    It also takes what lies around it in a form's field: there, text can be dropped as well.
    Messages are handled on whatever thread the kernel hears them; the state is behind one lock.

    Args:
        kind: "image", "audio" or "video".
        folder: Where files go; asked when one is offered.
        on_done: Called with each file that came in whole.
        title: What it is for, for people.
        heard: Called with what else is done there, by the names of the messages, and its text.
            Without it there are no buttons for it.
        largest: Bytes that a file may have.

    Attributes:
        chosen: Whether there is something to clear.
        listing: Whether the earlier clips are shown.
    """

    _esm = script("drop.js", "upload.js")
    accept = t.Unicode().tag(sync=True)
    wanted = t.Unicode().tag(sync=True)
    title = t.Unicode().tag(sync=True)
    alone = t.Bool().tag(sync=True)
    chosen = t.Bool(default_value=False).tag(sync=True)
    listing = t.Bool(default_value=False).tag(sync=True)
    # Traits end up in saved notebooks: a name and a size are all that is told there.
    state = t.Dict().tag(sync=True)

    def __init__(
        self,
        kind: MediaKind,
        folder: Callable[[], Path],
        on_done: Callable[[Uploaded], None],
        *,
        title: str = "File",
        heard: Callable[[str, str], None] | None = None,
        largest: int = LARGEST,
    ) -> None:
        self._kind: MediaKind = kind
        self._folder, self._on_done, self._largest = folder, on_done, largest
        self._heard = heard
        self._lock = threading.RLock()
        self._coming: Incoming | None = None
        self._id = ""
        super().__init__(
            accept=f"{kind}/*",
            wanted=_NOUNS[kind],
            title=title,
            alone=heard is None,
            state={"phase": "idle"},
        )
        let_clicks_through(self)
        self.on_msg(self._hear)

    def __repr__(self) -> str:
        return f"UploadPicker({self.accept})"

    def close(self) -> None:
        """Take it off the page; what is half there is deleted."""
        with self._lock:
            self._drop()
        super().close()

    def _hear(self, _: Any, said: Mapping[str, Any], buffers: Sequence[Any]) -> None:
        whole = None
        with self._lock:
            try:
                whole = self._answer(said, buffers)
            except (OSError, ValueError) as error:
                self._drop()
                self.send({"kind": "refused", "upload": said.get("upload"), "reason": str(error)})
        if whole is not None:
            self._on_done(whole)
        elif self._heard is not None:
            self._pass_on(self._heard, said)

    def _pass_on(self, heard: Callable[[str, str], None], said: Mapping[str, Any]) -> None:
        match said:
            case {"kind": ("text" | "file") as kind, "text": str(text)} if text.strip():
                heard(kind, text.strip()[:_LONGEST_TEXT])
            case {"kind": ("clear" | "earlier") as kind}:
                heard(kind, "")

    def _answer(self, said: Mapping[str, Any], buffers: Sequence[Any]) -> Uploaded | None:
        """Do what the page asks; the file, once it is whole."""
        match said:
            case {"kind": "hello"}:
                self._welcome()
            case {"kind": "offer", "upload": str(id_), "name": str(name), "size": int(size)}:
                stamp = said.get("stamp")
                self._take_offer(id_, name, size, stamp if isinstance(stamp, int) else 0)
            case {"kind": "piece", "upload": self._id, "at": int(at)} if self._coming and buffers:
                return self._take_piece(self._coming, at, memoryview(buffers[0]))
            case {"kind": "where", "upload": self._id} if self._coming:
                self._go_on(self._coming)
            case {"kind": "cancel"}:
                self._drop()
            case {"kind": "piece" | "where", "upload": str(id_)}:
                reason = "the upload was given up here; choose the file again"
                self.send({"kind": "refused", "upload": id_, "reason": reason})
        return None

    def _welcome(self) -> None:
        """A page is there. Where another one was sending, it may have been left."""
        if self._coming is not None:
            self._show("left", self._coming)
        self.send({"kind": "welcome"})

    def _take_offer(self, id_: str, name: str, size: int, stamp: int) -> None:
        if self._coming is None or not self._coming.is_same(name, size, stamp):
            self._drop()
            folder = private_folder(self._folder())
            _check_room(folder, size, self._largest)
            forget_old(folder, _KEPT_S)
            self._coming = Incoming(folder, name, size, stamp)
        self._id = id_
        self._show("coming", self._coming)
        self._go_on(self._coming)

    def _go_on(self, coming: Incoming) -> None:
        self.send({"kind": "go", "upload": self._id, "at": coming.received})

    def _take_piece(self, coming: Incoming, at: int, piece: memoryview) -> Uploaded | None:
        if not coming.write(at, piece):
            self._go_on(coming)
            return None
        if at == 0:
            _check_kind(coming, self._kind)
        if self.state.get("phase") != "coming":
            self._show("coming", coming)
        self.send({"kind": "taken", "upload": self._id, "at": coming.received})
        if coming.received < coming.size:
            return None
        whole = coming.finish()
        self._coming = None
        self.state = {"phase": "idle"}
        self.send({"kind": "done", "upload": self._id})
        return whole

    def _show(self, phase: str, coming: Incoming) -> None:
        done = coming.received if phase == "left" else 0
        self.state = {"phase": phase, "name": coming.name, "size": coming.size, "done": done}

    def _drop(self) -> None:
        coming, self._coming = self._coming, None
        if coming is not None:
            coming.drop()
        if self.comm is not None:
            self.state = {"phase": "idle"}


def _check_room(folder: Path, size: int, largest: int) -> None:
    """Raise ValueError for a file that cannot be taken, saying why and what to do."""
    if size <= 0:
        raise ValueError("the file is empty; choose another")
    if size > largest:
        raise ValueError(
            f"the file has {size / _GIB:.2f} GiB and at most {largest / _GIB:.2f} GiB can be "
            "uploaded; cut it, or give an https address"
        )
    free = shutil.disk_usage(folder).free
    if size + _SPARE > free:
        raise ValueError(
            f"the file needs {size / _GIB:.2f} GiB and {free / _GIB:.2f} GiB are free on this "
            "computer; make room, or give an https address"
        )


def _check_kind(coming: Incoming, kind: MediaKind) -> None:
    """Raise ValueError for a file that would be refused once it is here, which takes its time."""
    try:
        coming.check(kind)
    except MediaError as error:
        raise ValueError(f"{error}; choose another") from None


def _label(name: str) -> str:
    """A browser's file name as a text for people: one line, no folders."""
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(letter for letter in last if letter.isprintable()).strip() or "file"
    return shown if len(shown) <= _LONGEST_NAME else f"{shown[: _LONGEST_NAME - 1]}…"
