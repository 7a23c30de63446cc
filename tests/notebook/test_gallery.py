"""The gallery without a browser: what its page asks, and what it hears."""

import json
import zipfile
from pathlib import Path

import pytest
from library_scene import EXTEND, RETAKE, Scene, fill
from page_parts import parts, wait_until

import ltx_widgets as ltx
from ltx_widgets.session import configure
from ltx_widgets.widgets import gallery_board
from ltx_widgets.widgets.feed import PIECE
from ltx_widgets.widgets.gallery import Gallery

ALL = {"words": "", "what": "", "place": "", "show": "all"}


class Visitor:
    """A page of a gallery: says what a page says, and keeps what comes back."""

    def __init__(self, board, heard):
        self._board, self._heard = board, heard

    def say(self, kind, **content):
        self._board._handle_custom_msg({"kind": kind, "view": "v1", **content}, [])

    def told(self, kind):
        """What came of that kind, oldest first."""
        sent = [data["content"] for *_, data in self._heard if data.get("method") == "custom"]
        return [content for content in sent if content["kind"] == kind]

    def ask(self, kind, answer, **content):
        """Say something and wait for the next answer of that kind."""
        before = len(self.told(answer))
        self.say(kind, **content)
        wait_until(lambda: len(self.told(answer)) > before)
        return self.told(answer)[-1]

    def list(self, before=None, **query):
        return self.ask("list", "page", ask=1, query={**ALL, **query}, before=before, limit=24)

    def fetch(self, name):
        """A file by the feed: how many bytes it has in all, or why there is none."""
        known = [len(self.told(kind)) for kind in ("piece", "trouble")]
        self.say("want", name=name, at=0)
        wait_until(lambda: [len(self.told(kind)) for kind in ("piece", "trouble")] != known)
        pieces, troubles = self.told("piece"), self.told("trouble")
        return troubles[-1]["reason"] if len(troubles) > known[1] else pieces[-1]["total"]


@pytest.fixture
def scene(home):
    """A home with a few clips, and the shared session on it."""
    made = Scene(home)
    configure(server="local")
    return made


@pytest.fixture
def handed():
    """What was handed to forms."""
    return []


@pytest.fixture
def shown():
    """The clips that were opened."""
    return []


@pytest.fixture
def visit(scene, heard, handed, shown):
    gallery = Gallery(handoff=lambda *given: handed.append(given), show=shown.append)
    yield Visitor(gallery.board, heard)
    gallery.close()


def titles(page):
    return [item["title"] for item in page["items"]]


def test_a_page_of_clips_at_a_time(scene, visit):
    """24 of them, with what is to be known of each; then those after them."""
    fill(scene.history, 30)

    page = visit.list()
    assert (len(page["items"]), page["total"], page["more"]) == (24, 30, True)
    assert page["items"][0]["title"] == "Füchse im Schnee 29"
    assert page["items"][0]["facts"] == "Text to video · 6 s · free"
    rest = visit.list(before=page["items"][-1]["number"])
    assert (len(rest["items"]), rest["more"]) == (6, False)


def test_nothing_of_a_clip_is_saved_with_the_notebook(scene, visit, heard):
    """What a page shows comes by messages; the widget's state stays small and says nothing."""
    scene.add("a secret fox")
    visit.list()

    state = json.dumps(visit._board.get_state(), default=str)
    assert "secret" not in state
    assert len(visit._board._esm) < 30_000


def test_filters_narrow_the_list(scene, visit):
    """Words, kind, place and mark."""
    scene.add("a red fox")
    number = scene.add("a blue fox", endpoint=EXTEND, place="hosted")
    visit.ask("keep", "changed", numbers=[number], on=True)

    for query in ({"words": "FOX blue"}, {"what": "extend-video"}, {"what": EXTEND}):
        assert titles(visit.list(**query)) == ["a blue fox"]
    assert titles(visit.list(place="hosted", show="kept")) == ["a blue fox"]
    assert visit.list(words="cat")["total"] == 0
    assert visit.ask("list", "told", query={**ALL, "what": "x"}, limit=1)["bad"]


def test_a_click_opens_the_clip(scene, visit, shown):
    """In whatever place the gallery was given."""
    number = scene.add("a fox")
    visit.say("open", number=number)

    (clip,) = shown
    assert clip.request["prompt"] == "a fox"
    assert visit.told("opened")


def test_what_is_gone_says_so(scene, visit, shown):
    """A clip without its file, and a number that there never was."""
    number = scene.add("a fox", film=False)
    visit.say("open", number=number)
    visit.say("open", number=99)

    assert visit.list()["items"][0]["gone"]
    gone, unknown = visit.told("told")
    assert "resume('r0000001')" in gone["text"]
    assert unknown["text"] == "There is no such clip any more."
    assert shown == []


def test_settings_go_to_a_form(scene, visit, handed):
    """With the media that are at hand; the rest is named."""
    number = scene.add("a fox", seed=3)
    lost = scene.add("on", endpoint=EXTEND, video_url="http://127.0.0.1:1/gone.mp4")
    visit.say("use", number=number, how="settings")
    visit.say("use", number=lost, how="settings")

    assert handed[0] == ("fal-ai/ltx-2.3/text-to-video", {"prompt": "a fox", "duration": 6})
    assert "video_url" not in handed[1][1]
    assert "without the video" in visit.told("told")[-1]["text"]


@pytest.mark.parametrize("task", ["extend-video", "retake-video"])
def test_a_clip_goes_on(scene, visit, handed, task):
    """Into the form of that task, as the clip that it is: its line of descent is kept."""
    number = scene.add("a fox")
    visit.say("use", number=number, how=task)

    ((what, fields),) = handed
    assert what == task
    assert fields["video_url"].request_id == scene.id_of(number)


def test_alone_it_opens_player_and_form_below_itself(scene, heard):
    """And takes both along when it is closed."""
    number = scene.add("a fox")
    gallery = ltx.gallery()
    visit = Visitor(gallery.board, heard)
    visit.say("open", number=number)
    visit.say("use", number=number, how="extend-video")

    names = [type(part).__name__ for part in parts(gallery)]
    assert "Player" in names
    assert "ExtendVideo" in names
    gallery.close()


def test_deleted_and_undone(scene, visit):
    """Into the bin, and back again by the numbers that the page was told."""
    number = scene.add("a fox")
    path = scene.run(number).clip
    told = visit.ask("remove", "told", numbers=[number])
    assert (told["text"], told["undo"]) == ("1 clip is in the bin, for 30 days.", [number])
    assert not path.exists()
    assert visit.list()["total"] == 0
    assert titles(visit.list(show="bin")) == ["a fox"]

    visit.ask("restore", "told", numbers=told["undo"])
    assert path.exists()
    assert visit.list()["total"] == 1


def test_pictures_come_by_the_feed(scene, visit):
    """Stills and small films of clips that there are; nothing else can be named."""
    number = scene.add("a fox")

    assert 0 < visit.fetch(f"poster-{number}") < 20_000
    assert 0 < visit.fetch(f"preview-{number}") < 400_000
    for name in ("poster-99", "poster-x", "../history.db", "zip-1"):
        assert visit.fetch(name) == "there is no such file"


def test_a_lineage(scene, visit):
    """As trees of titles, with one quiet line where it was extended again and again."""
    numbers = [scene.add("first", film=False)]
    for prompt, endpoint in (("second", EXTEND), ("third", EXTEND), ("last", RETAKE)):
        parents = {"video_url": scene.id_of(numbers[-1])}
        numbers.append(scene.add(prompt, endpoint=endpoint, parents=parents, film=False))

    told = visit.ask("family", "family", number=numbers[1])
    (tree,) = told["trees"]
    assert (tree["title"], tree["children"][0]["title"]) == ("first", "second")
    assert told["note"] == ""
    assert "Extended 2 times" in visit.ask("family", "family", number=numbers[3])["note"]


def end_of_export(visit):
    wait_until(lambda: visit.told("export") and visit.told("export")[-1]["phase"] != "going")
    return visit.told("export")[-1]


@pytest.mark.parametrize(("how", "made"), [("folder", "out"), ("zip", "out.zip")])
def test_an_export(scene, visit, tmp_path, monkeypatch, how, made):
    """Of those that were chosen, beside the notebook."""
    monkeypatch.chdir(tmp_path)
    numbers = [scene.add(prompt) for prompt in ("one", "two", "three")]
    visit.say("export", numbers=numbers[:2], query=ALL, how=how, to="out")

    assert end_of_export(visit)["text"] == f"2 clips exported to {made}."
    assert (tmp_path / made).exists()


def test_all_that_is_listed_as_a_download(scene, visit, home):
    """A zip by the feed, which is deleted once the page has it."""
    for prompt in ("a fox", "a fox sleeps", "a cat"):
        scene.add(prompt)
    visit.say("export", numbers=None, query={**ALL, "words": "fox"}, how="download")

    told = end_of_export(visit)
    (path,) = (home / "exports").iterdir()
    assert len(zipfile.ZipFile(path).namelist()) == 4
    assert visit.fetch(told["name"]) == path.stat().st_size < PIECE
    visit.say("got", name=told["name"])
    assert not path.exists()


def test_an_export_is_cancelled(scene, visit, tmp_path, monkeypatch):
    """Nothing of it is left; and nothing is begun beside it."""
    monkeypatch.chdir(tmp_path)
    number = scene.add("a fox")
    clip = scene.run(number).clip
    with clip.open("r+b") as film:
        film.truncate(8_000_000_000)  # It has no blocks on the disk; copying it takes a while.
    visit.say("export", numbers=[number], query=ALL, how="folder", to="out")
    wait_until(lambda: visit.told("export"))
    visit.say("export", numbers=[number], query=ALL, how="folder", to="out")
    visit.say("stop")

    assert end_of_export(visit)["phase"] == "stopped"
    assert any("Another export" in told["text"] for told in visit.told("export"))
    assert list(tmp_path.glob("*out*")) == []


def test_an_export_without_a_name(scene, visit):
    """It says what is wanted."""
    scene.add("a fox")
    visit.say("export", numbers=None, query=ALL, how="folder", to=" ")

    assert "the name of a folder" in end_of_export(visit)["text"]


def test_clips_of_other_kernels_are_told(scene, visit, monkeypatch, home):
    """While the page is to be seen, and not afterwards."""
    monkeypatch.setattr(gallery_board, "_LOOK_S", 0.02)
    visit.list()
    visit.say("watch")
    Scene(home).add("by another kernel", film=False)
    wait_until(lambda: visit.told("changed"))

    visit.say("rest")
    wait_until(lambda: not visit._board._looking)


def test_clips_made_while_nobody_looked_are_told(scene, visit, monkeypatch):
    """Between the page's list and its first look, and while the page was out of sight."""
    monkeypatch.setattr(gallery_board, "_LOOK_S", 0.02)
    visit.list()
    for number in range(1, 3):
        scene.add("a fox", film=False)
        assert len(visit.told("changed")) == number - 1

        visit.say("watch")
        wait_until(lambda number=number: len(visit.told("changed")) == number)
        visit.say("rest")
        wait_until(lambda: not visit._board._looking)


def test_a_saved_notebook_shows_the_newest(scene):
    """Stills and captions without a kernel, at most 200 kB; no path of this computer."""
    for number in range(8):
        scene.add(f"clip {number} <b>", film=number != 7)

    bundle = ltx.gallery()._repr_mimebundle_()
    assert bundle["text/plain"].splitlines()[0] == "8 clips"
    assert "clip 7 <b>" in bundle["text/plain"]
    assert bundle["text/html"].count("<figure") == 6
    assert bundle["text/html"].count("data:image/jpeg") == 5
    assert "&lt;b&gt;" in bundle["text/html"]
    assert "and 2 more" in bundle["text/html"]
    assert len(bundle["text/html"]) < 200_000
    assert str(scene.folder) not in bundle["text/html"]
    assert repr(ltx.gallery()) == "Gallery()"


def test_an_empty_gallery(scene, visit):
    """It says so in each form."""
    assert visit.list()["items"] == []
    bundle = ltx.gallery()._repr_mimebundle_()
    assert bundle["text/plain"] == "0 clips: none was made yet"
    assert "no clip was made yet" in bundle["text/html"]


def test_a_clip_that_is_gone_is_fetched_again(local, heard):
    """From the service, while it has it."""
    clip = ltx.run("a fox to fetch again")
    number = local.library.find("fetch again")[0].number
    clip.path.unlink()
    gallery = ltx.gallery()
    visit = Visitor(gallery.board, heard)
    visit.say("again", number=number)
    wait_until(lambda: visit.told("told") and not visit.told("told")[-1]["text"].endswith("…"))

    assert visit.told("told")[-1]["text"] == "The clip is here again."
    assert Path(clip.path).exists()
    gallery.close()


def test_clips_for_people_without_the_page(scene):
    """By words and task, newest first."""
    scene.add("a red fox")
    scene.add("a blue fox", endpoint=EXTEND)

    assert [clip.endpoint for clip in ltx.clips("fox")] == [EXTEND, "fal-ai/ltx-2.3/text-to-video"]
    assert len(ltx.clips(endpoint="extend-video")) == len(ltx.clips(limit=1)) == 1
