"""Clips go out whole, with what they were made with, or not at all."""

from __future__ import annotations

import json
import zipfile

import av
import pytest
from library_scene import Scene

from ltx_widgets.errors import MediaError
from ltx_widgets.library import export


@pytest.fixture
def scene(tmp_path):
    return Scene(tmp_path / "home")


def test_to_a_folder(scene, tmp_path):
    """Each clip with a file of its settings beside it; those that are gone are counted."""
    signed = "https://v3.fal.media/files/x.png?token=canary"
    number = scene.add("a fox / in \\ the snow", image_url=signed)
    scene.add("gone", film=False)

    done = export(scene.library, scene.library.find(), tmp_path / "out" / "clips")
    assert (done.clips, done.missing, done.path) == (1, 1, tmp_path / "out" / "clips")
    assert sorted(path.name for path in done.path.iterdir()) == [
        "0001-a-r0000001.json",
        "0001-a-r0000001.mp4",
    ]
    assert (done.path / "0001-a-r0000001.mp4").read_bytes() == scene.run(number).clip.read_bytes()
    told = json.loads((done.path / "0001-a-r0000001.json").read_text("utf8"))
    assert told["request"]["image_url"] == "https://v3.fal.media/files/x.png"
    assert told["request_id"] == scene.id_of(number)


def test_nothing_is_overwritten(scene, tmp_path):
    """The next free name is taken."""
    scene.add("a fox")
    for name in ("clips", "clips.zip"):
        paths = [
            export(scene.library, scene.library.find(), tmp_path / name).path.name for _ in range(3)
        ]
        stem, dot, end = name.partition(".")
        assert paths == [name, f"{stem}-2{dot}{end}", f"{stem}-3{dot}{end}"]


def test_to_a_zip(scene, tmp_path):
    """Stored as they are, and every one can be played."""
    for prompt in ("one", "two"):
        scene.add(prompt)
    seen = []

    done = export(scene.library, scene.library.find(), tmp_path / "a.zip", on_done=seen.append)
    assert seen == [1, 2]
    with zipfile.ZipFile(done.path) as archive:
        assert archive.testzip() is None
        assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}
        assert len(archive.namelist()) == 4
        with archive.open("0002-two-r0000002.mp4") as file, av.open(file) as film:
            assert sum(1 for _ in film.decode(video=0)) == 10


@pytest.mark.parametrize("name", ["clips", "clips.zip"])
def test_a_cancelled_export_leaves_nothing(scene, tmp_path, name):
    """However far it was."""
    for prompt in ("one", "two"):
        scene.add(prompt)
    done = []

    made = export(
        scene.library,
        scene.library.find(),
        tmp_path / name,
        on_done=done.append,
        cancelled=lambda: bool(done),
    )
    assert made is None
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_a_clip_that_is_deleted_meanwhile_goes_along(scene, tmp_path):
    """Another kernel took it out after the export began: it is read from the bin."""
    number = scene.add("a fox")
    runs = scene.library.find()
    scene.library.remove([number])

    assert export(scene.library, runs, tmp_path / "clips").clips == 1


def test_a_place_that_cannot_be_written(scene, tmp_path):
    """The error says what to do, and nothing is left."""
    (tmp_path / "file").write_text("")

    with pytest.raises(MediaError, match="name another place"):
        export(scene.library, scene.library.find(), tmp_path / "file" / "clips")
