"""Every clip ever made here is found again, with what it was made with; the bin gives back."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest
from library_scene import EXTEND, Scene, fill, paint
from PIL import Image

from ltx_widgets.errors import InvalidRequest, MediaError


@pytest.fixture
def scene(tmp_path):
    return Scene(tmp_path / "home")


def prompts(runs):
    return [run.request["prompt"] for run in runs]


def test_the_newest_come_first_a_page_at_a_time(scene):
    """The next page goes on where the last one ended."""
    for number in range(5):
        scene.add(f"clip {number}", film=False)

    first = scene.library.find(limit=3)
    assert prompts(first) == ["clip 4", "clip 3", "clip 2"]
    assert prompts(scene.library.find(before=first[-1].number)) == ["clip 1", "clip 0"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("fox", ["A red fox", "the FOX sleeps"]),
        ("fox red", ["A red fox"]),
        ("strasse", ["Die Straße"]),
        ("ÜBER", ["über uns"]),
        ("u\u0308ber", ["über uns"]),
        ("100%", ["100% wool"]),
        ("_", []),
        ("  ", ["100% wool", "A red fox", "Die Straße", "the FOX sleeps", "über uns"]),
    ],
)
def test_all_words_must_stand_in_the_prompt(scene, words, found):
    """In any order and either case, whatever the alphabet; no sign is a pattern."""
    for prompt in ("A red fox", "the FOX sleeps", "Die Straße", "über uns", "100% wool"):
        scene.add(prompt, film=False)

    assert sorted(prompts(scene.library.find(words))) == found
    assert scene.library.count(words) == len(found)


def test_by_endpoint_task_place_and_mark(scene):
    """Each narrows the list, and they go together."""
    scene.add("a", film=False)
    longer = scene.add("b", endpoint=EXTEND, place="hosted", film=False)
    scene.add("c", endpoint="fal-ai/ltx-2/extend-video", film=False)
    scene.library.keep([longer])

    assert prompts(scene.library.find(what="extend-video")) == ["c", "b"]
    assert prompts(scene.library.find(what="ltx-2.3/extend-video")) == ["b"]
    assert prompts(scene.library.find(place="local", what="extend-video")) == ["c"]
    assert prompts(scene.library.find(kept=True)) == ["b"]
    scene.library.keep([longer], on=False)
    assert scene.library.count(kept=True) == 0
    with pytest.raises(InvalidRequest, match="did you mean"):
        scene.library.find(what="ltx-2.3/extend-vide")


def test_runs_without_a_clip_are_not_in_there(scene):
    """Only what is finished is."""
    scene.history.begin(endpoint=EXTEND, place="local", url="", request={})

    assert scene.library.find() == []


def test_a_clip_comes_back_with_its_facts(scene):
    """Of those whose files are there, as many as asked for."""
    scene.add("first")
    scene.add("gone", film=False)
    scene.add("last")

    assert [clip.request["prompt"] for clip in scene.library.clips()] == ["last", "first"]
    (clip,) = scene.library.clips(limit=1)
    assert (clip.width, clip.frames, clip.cost) == (320, 10, "free")


def test_a_file_that_is_gone_says_what_to_do(scene):
    """It is offered to fetch it again."""
    number = scene.add("gone", film=False)

    with pytest.raises(MediaError, match=r"resume\('r0000001'\)"):
        scene.library.clip(scene.run(number))


def test_a_home_that_was_moved_still_has_its_clips(scene, tmp_path):
    """The history has paths of before; the files are found beside it."""
    scene.add("a fox")
    moved = scene.folder.rename(tmp_path / "moved")

    assert len(Scene(moved).library.clips()) == 1


def test_stills_are_made_once_and_small(scene):
    """160 pixels on the shorter side; a clip that is gone still has its picture."""
    run = scene.run(scene.add("a fox"))
    still = scene.library.poster(run)
    made = still.stat().st_mtime_ns
    run.clip.unlink()

    assert Image.open(io.BytesIO(still.read_bytes())).size == (284, 160)
    assert scene.library.poster(run).stat().st_mtime_ns == made
    assert still.stat().st_size < 20_000


def test_a_still_is_of_the_film_that_is_there(scene):
    """A film that was made anew under the same name gets a new one."""
    run = scene.run(scene.add("a fox"))
    before = scene.library.poster(run).read_bytes()
    paint(run.clip, shade=10)

    assert scene.library.poster(run).read_bytes() != before


def test_a_preview_is_a_small_film(scene):
    """For the page, and kept as well."""
    run = scene.run(scene.add("a fox"))

    assert scene.library.preview(run).stat().st_size < 400_000


def test_what_is_taken_out_can_be_put_back(scene):
    """It leaves the list, its file waits in the bin; another kernel may undo it."""
    number = scene.add("a fox")
    path = scene.run(number).clip
    scene.library.remove([number])

    assert (scene.library.count(), scene.library.count(removed=True)) == (0, 1)
    assert not path.exists()
    assert scene.library.clip(scene.run(number)).frames == 10
    Scene(scene.folder).library.restore([number])
    assert path.exists()
    assert scene.library.count() == 1


@pytest.mark.parametrize(("days", "left"), [(29, True), (31, False)])
def test_the_bin_is_emptied_after_thirty_days(scene, days, left):
    """By the next kernel that opens the library; small pictures go as well."""
    number = scene.add("a fox")
    still = scene.library.poster(scene.run(number))
    scene.library.remove([number])
    scene.age(number, days)

    Scene(scene.folder).library.find()
    assert (scene.library.file(scene.run(number)) is not None) == left
    assert still.exists() == left


def test_the_bin_stays_while_somebody_exports(scene):
    """Another kernel's export may be reading from it."""
    number = scene.add("a fox")
    scene.library.remove([number])
    scene.age(number, 31)
    with scene.library.reading():
        Scene(scene.folder).library.find()
    assert scene.library.file(scene.run(number)) is not None

    Scene(scene.folder).library.find()
    assert scene.library.file(scene.run(number)) is None


def test_a_kernel_that_died_between_file_and_note_loses_nothing(scene):
    """The file is in the bin, the row says that it is in the gallery: it is."""
    number = scene.add("a fox")
    run = scene.run(number)
    (scene.folder / "bin").mkdir()
    run.clip.rename(scene.folder / "bin" / f"{number}-{run.clip.name}")

    Scene(scene.folder).library.find()
    assert scene.library.clip(run).frames == 10


def test_settings_bring_media_back(scene):
    """The clip that it was, an address that may live, or what is missing."""
    source = scene.add("a fox")
    parents = {"video_url": scene.id_of(source)}
    longer = scene.add(
        "on it goes", endpoint=EXTEND, parents=parents, video_url="http://127.0.0.1:1/x.mp4"
    )
    kept = scene.library.settings(scene.run(longer))
    assert kept.endpoint == EXTEND
    assert kept.fields["video_url"].request_id == scene.id_of(source)
    assert (kept.fields["prompt"], kept.missing) == ("on it goes", ())

    for address, server, missing in (
        ("https://v3.fal.media/files/x.mp4", "", ()),
        ("http://127.0.0.1:7000/files/x.mp4", "http://127.0.0.1:7000", ()),
        ("http://127.0.0.1:7000/files/x.mp4", "http://127.0.0.1:8000", ("video",)),
    ):
        number = scene.add("b", endpoint=EXTEND, video_url=address)
        settings = scene.library.settings(scene.run(number), server=server)
        assert settings.missing == missing
        assert settings.fields.get("video_url") == (None if missing else address)


THOUSANDS = """
import sys, tracemalloc
from pathlib import Path
from ltx_widgets.history import History
from ltx_widgets.library import Library
folder = Path(sys.argv[1])
library = Library(folder, History(folder / "history.db"))
library.find(limit=1)  # what is loaded at the first look is not counted
tracemalloc.start()
assert library.count() == 10_000
assert len(library.find("FÜCHSE 77")) == 24
assert sum(1 for _ in library.every("schnee")) == 10_000
print(tracemalloc.get_traced_memory()[1])
"""


def test_ten_thousand_clips_take_no_memory(tmp_path):
    """A page of the list, searched or not, holds a page; going through all holds a hundred."""
    scene = Scene(tmp_path)
    fill(scene.history, 10_000)
    # In a process of its own: threads of other tests would be counted here.
    peak = subprocess.run(
        [sys.executable, "-c", THOUSANDS, str(tmp_path)], capture_output=True, check=True, text=True
    ).stdout

    assert int(peak) < 2_000_000
    assert sum(map(len, scene.library.family(scene.run(5000)))) == 200


def test_reading_is_no_change(scene):
    """The stamp tells of what was written, by whichever kernel."""
    number = scene.add("a fox", film=False)
    before = scene.library.stamp()
    scene.library.find("fox")
    scene.library.count()
    assert scene.library.stamp() == before

    Scene(scene.folder).library.keep([number])
    assert scene.library.stamp() != before
