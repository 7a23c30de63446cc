"""A library of known clips: real films, and a history as many kernels would have left it."""

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

from ltx_widgets.history import History
from ltx_widgets.library import Library
from ltx_widgets.video.encode import Mp4Writer, Picture

T2V = "fal-ai/ltx-2.3/text-to-video"
EXTEND = "fal-ai/ltx-2.3/extend-video"
RETAKE = "fal-ai/ltx-2.3/retake-video"


def paint(to, *, shade=90, tint=128, frames=10, size=(320, 180)):
    """A small film that grows lighter."""
    to.parent.mkdir(parents=True, exist_ok=True)
    picture = Picture(*size)
    picture.u[:], picture.v[:] = tint, 255 - tint
    with Mp4Writer(to, width=size[0], height=size[1], fps=25) as film:
        for number in range(frames):
            picture.y[:] = shade + 5 * number
            film.write(picture)
    return to


class Scene:
    """A folder with clips, made one by one.

    Args:
        folder: The home folder.
    """

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.history = History(folder / "history.db")
        self.library = Library(folder, self.history)

    def add(self, prompt, *, endpoint=T2V, place="local", parents=None, film=True, **fields):
        """A finished run with its film; returns its number.

        Args:
            prompt: Its first word is in the file's name.
            endpoint: Who was asked.
            place: Where it went.
            parents: Request ids by field.
            film: False for a clip whose file is gone; else films to take in turn.
            fields: Other fields of the request.
        """
        request = {"prompt": prompt, "duration": 6, **fields}
        number = self.history.begin(endpoint=endpoint, place=place, url="", request=request)
        request_id = f"r{number:07d}-0000"
        path = self.folder / "clips" / f"{prompt.split()[0]}-r{number:07d}.mp4"
        path.parent.mkdir(exist_ok=True)
        self.history.accepted(number, request_id)
        facts = {"cost": "free", "engine": "tiny", "url": "", "parents": parents or {}}
        if film is True:
            paint(path, tint=60 + 40 * number % 160)
        elif film:
            shutil.copyfile(film[number % len(film)], path)
        self.history.finished(number, clip=path, facts=facts)
        return number

    def run(self, number):
        """The row of that number."""
        return self.history.numbered([number])[0]

    def id_of(self, number):
        return self.run(number).request_id

    def age(self, number, days):
        """Let a clip have been taken out so many days ago."""
        when = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="milliseconds")
        with closing(sqlite3.connect(self.history.path)) as db, db:
            db.execute("UPDATE runs SET removed = ? WHERE number = ?", (when, number))


def fill(history, count):
    """Write thousands of finished runs into a history at once; their films are not there."""
    rows = (
        (
            f"many{number}",
            T2V,
            json.dumps({"prompt": f"Füchse im Schnee {number}", "duration": 6}),
            json.dumps({"cost": "free", "parents": {"video_url": f"many{number - 1}"}}),
            f"/gone/clip-{number}.mp4",
        )
        for number in range(count)
    )
    with closing(sqlite3.connect(history.path)) as db, db:
        db.executemany(
            "INSERT INTO runs (request_id, endpoint, place, url, request, state, started, facts,"
            " clip) SELECT ?1, ?2, 'local', '', ?3, 'finished', '2026-11-01T10:00:00.000+00:00',"
            " ?4, ?5",
            rows,
        )
