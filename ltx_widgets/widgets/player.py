"""A clip on the page, frame by frame, with ways on from any of its frames.

The page shows a picture of the first frame at once, then a small copy with every frame, and the
file itself when somebody asks for it. Page to kernel: what a `Feed` hears, and ``do`` (what: one
of "first image", "last image", "extend" and "retake"; serial, frame, marks).
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets as w
import traitlets as t

from ltx_widgets.clip import Clip
from ltx_widgets.config import private_folder
from ltx_widgets.errors import LTXError, MediaError
from ltx_widgets.schema import ENDPOINTS, FieldSpec, describe
from ltx_widgets.session import default_session
from ltx_widgets.still import Still
from ltx_widgets.widgets.feed import Feed
from ltx_widgets.widgets.handoff import Handoff, below
from ltx_widgets.widgets.previews import SMALL, first_picture, small_film
from ltx_widgets.widgets.style import close_fully, script

__all__ = ["Player"]

_TITLE = 120

# Two players of one clip may want the same copy.
_encoding = threading.Lock()


class _Screen(anywidget.AnyWidget):
    """The film with its buttons; `Player` has the words for it."""

    _esm = script("feed.js", "player_parts.js", "player_film.js", "player.js", "player_view.js")
    _css = Path(__file__).with_name("player.css")
    clip = t.Dict().tag(sync=True)
    poster = t.Unicode().tag(sync=True)
    frame = t.Int().tag(sync=True)
    marks = t.List(default_value=[None, None]).tag(sync=True)
    loop = t.Bool().tag(sync=True)
    speed = t.Float(1.0).tag(sync=True)
    note = t.Dict().tag(sync=True)

    def __repr__(self) -> str:
        return "Screen()"


class Player(w.VBox):
    """Plays a clip, shows any of its frames, and goes on from there.

    The keys are told by its ``?`` button: arrows go by frames, I and O mark a part.

    Args:
        clip: What to show.
        handoff: Where "use this frame", "extend from here" and "retake this part" lead; into a
            form below the player, if left out.

    Example::

        player = ltx.Player(clip)
        player.frame = 37
        ltx.run("the fox looks up", image=player.still)
    """

    def __init__(self, clip: Clip, *, handoff: Handoff | None = None) -> None:
        # Callbacks may come from two threads on ipykernel 7.0 to 7.3.
        self._lock = threading.RLock()
        self._serial = 0
        self._cutting = False
        self._place = w.VBox()
        self._handoff = handoff or below(self._place)
        self._form = "the form" if handoff else "the form below"
        self._screen = _Screen(**self._facts(clip))
        Feed(self._screen, self._find)
        self._screen.on_msg(self._heard)
        super().__init__([self._screen] if handoff else [self._screen, self._place])
        self.add_class("ltx-player-box")
        self._start_picture()

    def __repr__(self) -> str:
        return f"Player({self._clip.summary})"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        bundle: dict[str, Any] = super()._repr_mimebundle_(**kwargs) or {}
        # For pages without the kernel: a saved notebook on a website, an untrusted one.
        return {**bundle, "text/html": "<em>Player: run this cell.</em>"}

    @property
    def clip(self) -> Clip:
        """The clip that is shown."""
        return self._clip

    @property
    def frame(self) -> int:
        """The number of the frame that is shown, from 0; it may be set.

        While the film runs it stays where it began.

        Raises:
            MediaError: set to a frame that the clip has not.
        """
        return int(self._screen.frame)

    @frame.setter
    def frame(self, number: int) -> None:
        self._screen.frame = Still(self._clip, number).frame

    @property
    def position(self) -> float:
        """When that frame is shown, in seconds; it may be set, to the nearest frame.

        Raises:
            MediaError: set to a time that the clip has not.
        """
        return self.still.seconds

    @position.setter
    def position(self, seconds: float) -> None:
        self.frame = min(round(seconds * self._clip.fps), self._clip.frames - 1)

    @property
    def still(self) -> Still:
        """That frame as a picture, at full size, that a request takes as its image."""
        return Still(self._clip, self.frame)

    @property
    def section(self) -> tuple[float, float] | None:
        """The marked part as (start, end) in seconds; None where nothing is marked.

        It may be set, to the nearest frames; None takes the marks away.

        Raises:
            MediaError: set to a part that the clip has not.
        """
        return _part(self._screen.marks, self._clip)

    @section.setter
    def section(self, part: tuple[float, float] | None) -> None:
        if part is None:
            self._screen.marks = [None, None]
            return
        first, last = (round(seconds * self._clip.fps) for seconds in part)
        if not 0 <= first < last <= self._clip.frames:
            raise MediaError(
                f"expected a start and a later end from 0 to {self._clip.duration:g} s, "
                f"got {part[0]:g} s and {part[1]:g} s"
            )
        self._screen.marks = [first, last - 1]

    def show(self, clip: Clip) -> None:
        """Show another clip, from its beginning."""
        with self._lock:
            facts = self._facts(clip)
            with self._screen.hold_sync():
                # Not `set_state`: that is for what the page said, and is not told to it again.
                for name, value in facts.items():
                    self._screen.set_trait(name, value)
        self._start_picture()

    def use_frame(self, place: str = "first image") -> None:
        """Begin a new clip with the frame that is shown: opens image to video.

        Args:
            place: "first image" or "last image", of the new clip.
        """
        self._use(self.frame, place)

    def _use(self, frame: int, place: str) -> None:
        still = Still(self._clip, frame)
        specs = _specs("image-to-video")
        name = "end_image_url" if place == "last image" else "image_url"
        fields = {name: still, **_matching(self._clip, specs)}
        self._hand_over(
            "image-to-video", fields, f"Frame {still.frame} is the {place} in {self._form}."
        )

    def extend(self) -> None:
        """Make the clip go on from the frame that is shown: opens extend video.

        The service goes on from a clip's end. Before the last frame, a copy that ends with the
        frame shown is made first, on a thread: encoded anew, since a copy of the stream could end
        at a key frame only.
        """
        self._extend(self.frame)

    def _extend(self, frame: int) -> None:
        clip = self._clip
        if frame == clip.frames - 1:
            self._hand_over("extend-video", {"video_url": clip}, f"The clip is in {self._form}.")
            return
        with self._lock:
            if self._cutting:  # The other half of a double click.
                return
            self._cutting = True
        self._say(f"Cutting the clip after frame {frame} …")
        default_session().start(self._cut_and_extend(clip, frame))

    def retake(self) -> None:
        """Make the marked part anew: opens retake video."""
        self._retake(self.section)

    def _retake(self, part: tuple[float, float] | None) -> None:
        if part is None:
            self._say("Mark a part first: go to its first frame and press I, then O at its last.")
            return
        start, length = round(part[0], 3), round(part[1] - part[0], 3)
        problem = _against_retake(start, length, self._clip)
        if problem:
            self._say(problem, wrong=True)
            return
        fields = {"video_url": self._clip, "start_time": start, "duration": length}
        told = f"{start:g} to {start + length:g} s of the clip are in {self._form}."
        self._hand_over("retake-video", fields, told)

    def close(self) -> None:
        """Take it off the page, with the forms that it opened below itself."""
        for form in self._place.children:
            form.close()
        for part in (self._screen, self._place, self):
            close_fully(part)

    def _facts(self, clip: Clip) -> dict[str, Any]:
        """What the page is told of a clip; neither its path nor any of its bytes."""
        self._clip = clip
        self._serial += 1
        size = 0
        with suppress(OSError):  # The page hears that it is gone when it asks for it.
            size = clip.path.stat().st_size
        title = " ".join(str(clip.request.get("prompt") or clip.summary).split())
        told = {
            "serial": self._serial,
            "title": title[:_TITLE],
            "file": clip.path.name,
            "bytes": size,
            "small": size > SMALL,
            "fps": clip.fps,
            "frames": clip.frames,
            "width": clip.width,
            "height": clip.height,
            "sound": clip.has_audio,
        }
        return {"clip": told, "frame": 0, "marks": [None, None], "poster": "", "note": {}}

    def _start_picture(self) -> None:
        default_session().start(self._show_picture(self._serial, self._clip))

    async def _show_picture(self, serial: int, clip: Clip) -> None:
        # A clip whose file is gone has none; the page hears of it when it asks for the film.
        with suppress(LTXError, OSError):
            picture = await asyncio.to_thread(first_picture, clip.path, _folder())
            data = base64.b64encode(picture).decode("ascii")
            with self._lock:
                if serial == self._serial:
                    self._screen.poster = f"data:image/jpeg;base64,{data}"

    def _find(self, name: str) -> Path:
        """The file that the page asks for, of the clip that is shown and no other."""
        with self._lock:
            clip, serial = self._clip, self._serial
        finders = {
            f"{serial}/small": lambda: small_film(clip.path, _folder()),
            f"{serial}/full": lambda: clip.path,
        }
        return finders[name]()

    def _heard(self, _: Any, said: Mapping[str, Any], __: Sequence[Any]) -> None:
        match said:
            case {"kind": "do", "what": str(what), "serial": self._serial, "frame": int(frame)}:
                # What is asked may have overtaken the traits. They stay as they are: set from here,
                # they would pull back a page that moved on meanwhile. No lock is held from here on:
                # where it leads may have one of its own.
                self._act(what, max(0, min(frame, self._clip.frames - 1)), said.get("marks"))

    def _act(self, what: str, frame: int, marks: Any) -> None:
        if what == "extend":
            self._extend(frame)
        elif what == "retake":
            known = _are_marks(marks, self._clip)
            self._retake(_part(marks, self._clip) if known else self.section)
        else:
            self._use(frame, what)

    async def _cut_and_extend(self, clip: Clip, frame: int) -> None:
        try:
            part = await asyncio.to_thread(_first_frames, clip, frame + 1)
        except (LTXError, OSError) as error:
            self._say(f"The clip cannot be cut: {error}", wrong=True)
            return
        finally:
            self._cutting = False
        told = f"The clip up to frame {frame}, {part.duration:.2f} s, is in {self._form}."
        await asyncio.to_thread(self._hand_over, "extend-video", {"video_url": part}, told)

    def _hand_over(self, task: str, fields: Mapping[str, Any], told: str) -> None:
        try:
            self._handoff(task, fields)
        except LTXError as error:
            self._say(str(error), wrong=True)
        else:
            self._say(told)

    def _say(self, text: str, *, wrong: bool = False) -> None:
        self._screen.note = {"text": text, "wrong": wrong}


def _folder() -> Path:
    return default_session().folder / "previews"


def _are_marks(marks: Any, clip: Clip) -> bool:
    """Whether a page's word is what marks are: two frames of the clip, or none."""
    match marks:
        case [first, last]:
            return all(
                mark is None or (isinstance(mark, int) and 0 <= mark < clip.frames)
                for mark in (first, last)
            )
    return False


def _part(marks: Sequence[int | None], clip: Clip) -> tuple[float, float] | None:
    """From the beginning of the first marked frame to the end of the last, in seconds."""
    first, last = marks
    if first is None and last is None:
        return None
    return (first or 0) / clip.fps, (clip.frames if last is None else last + 1) / clip.fps


def _specs(task: str) -> dict[str, FieldSpec]:
    """The fields of a task's first endpoint, which is the one that its form offers."""
    row = next(row for row in ENDPOINTS.values() if row.task == task)
    return {spec.name: spec for spec in describe(row.model)}


def _matching(clip: Clip, specs: Mapping[str, FieldSpec]) -> dict[str, Any]:
    """Rate and size of a clip, as far as they are offered, so that two clips fit together."""
    wanted = {"fps": round(clip.fps), "resolution": f"{min(clip.width, clip.height)}p"}
    return {name: value for name, value in wanted.items() if value in specs[name].choices}


def _against_retake(start: float, length: float, clip: Clip) -> str:
    """Why a part cannot be made anew, and what to do; empty where it can."""
    specs = _specs("retake-video")
    least, most = specs["duration"].minimum or 0, specs["duration"].maximum or clip.duration
    latest = specs["start_time"].maximum or clip.duration
    if clip.duration < least:
        return f"The clip lasts {clip.duration:g} s; a retake takes {least:g} s or more of one."
    if length < least:
        return (
            f"The part lasts {length:g} s; a retake takes {least:g} s or more. Mark a longer one."
        )
    if length > most:
        return (
            f"The part lasts {length:g} s; a retake takes {most:g} s at most. Mark a shorter one."
        )
    if start > latest:
        return f"The part begins at {start:g} s; a retake begins at {latest:g} s at the latest."
    return ""


def _first_frames(clip: Clip, count: int) -> Clip:
    """A clip's beginning as a clip of its own, whose job is the whole one's. Takes its time."""
    from ltx_widgets.video.convert import film_to_mp4

    if not clip.path.is_file():
        raise MediaError(f"the clip's file is gone: {clip.path.name}")
    stat = clip.path.stat()
    asked = f"{clip.path.absolute()} {stat.st_mtime_ns} {stat.st_size}"
    digest = hashlib.sha256(asked.encode()).hexdigest()[:16]
    folder: Path = private_folder(default_session().folder / "media")
    to = folder / f"{clip.path.stem[:40]}-{digest}-first-{count}-frames.mp4"
    with _encoding:
        if not to.exists():
            film_to_mp4(clip.path, to, end_s=count / clip.fps)
    # Not its address: that holds the whole clip.
    return replace(clip, path=to, url="", frames=count, duration=count / clip.fps)
