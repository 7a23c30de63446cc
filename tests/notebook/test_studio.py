"""The studio and the job board, without a browser: what is where, and what comes back."""

from datetime import UTC, datetime, timedelta

import pytest
from page_parts import find, wait_until

import ltx_widgets as ltx
from ltx_widgets import session as sessions
from ltx_widgets.errors import InvalidRequest
from ltx_widgets.session import Session
from ltx_widgets.widgets import board as boards
from ltx_widgets.widgets import studio as studios
from ltx_widgets.widgets.job_board import JobBoard
from ltx_widgets.widgets.lookout import Lookout

SLOW = "frames=300 pace=0.05"


@pytest.fixture
def studio(local):
    made = ltx.studio(prompt="a fox")
    yield made
    made.close()


@pytest.fixture
def board(local):
    made = ltx.job_board()
    yield made
    made.close()


def ids(board):
    """The request ids on a board."""
    return [job.request_id for job in board.board.jobs]


def left_behind(server, prompt=SLOW):
    """A job of a kernel that is gone."""
    kernel = Session(server="local", folder=server.home)
    job = kernel.submit(prompt)
    wait_until(lambda: job.request_id and kernel.history.matching(job.request_id))
    kernel.close()
    return job.request_id


def test_forms_are_made_when_they_are_chosen(studio):
    """And what stands in one is there again later."""
    first = studio.form
    assert studio.task == "text-to-video"

    studio._tasks.value = "image-to-video"
    studio.form.fill(prompt="it turns")
    studio._tasks.value = "text-to-video"

    assert studio.form is first
    assert studio.form.request["prompt"] == "a fox"
    assert studio._forms.keys() == {"text-to-video", "image-to-video"}
    assert "ltx-away" in studio._forms["image-to-video"]._dom_classes
    assert "ltx-away" not in first._dom_classes
    assert studio._forms["image-to-video"].request["prompt"] == "it turns"


def test_a_clip_appears_in_the_studio(studio):
    """Generate puts the job on the board, and its clip into the player when it is there."""
    find(studio.form, "Generate").click()

    wait_until(lambda: studio.form.clip is not None)
    assert studio.board.jobs[0] is studio.form.job
    wait_until(lambda: studio.stage.clip is studio.form.clip)


def test_only_what_was_asked_for_last_comes_into_the_player(studio, local):
    """Whoever watches a clip is not disturbed by others that finish."""
    find(studio.form, "Generate").click()
    wait_until(lambda: studio.stage.clip is not None)
    shown = studio.stage.clip

    other = local.submit("another clip")
    other.result()
    wait_until(lambda: other in studio.board.jobs)

    assert studio.stage.clip is shown


def test_a_task_fills_its_form_and_keeps_the_rest(studio):
    """The way from a frame: a half-written prompt stays."""
    studio._tasks.value = "image-to-video"
    studio.form.fill(prompt="half written")

    studio._tasks.value = "text-to-video"
    studio.open_form("image-to-video", {"duration": 8})

    assert studio.task == "image-to-video"
    assert studio.form.request["prompt"] == "half written"
    assert studio.form.request["duration"] == 8


def test_a_page_that_comes_late_is_led_there_too(heard, local, monkeypatch):
    """Its script may listen only after the form was opened; much later it stays where it is."""

    def told(kind):
        sent = [data["content"] for *_, data in heard if data.get("method") == "custom"]
        return [content for content in sent if content["kind"] == kind]

    def come():
        for part in (studio._guide, studio.board):
            part._handle_custom_msg({"kind": "hello"}, [])

    studio = ltx.studio()
    come()
    assert (told("lead"), told("all")[-1]["said"]) == ([], "")

    studio.open_form("image-to-video", {"duration": 8})
    come()
    first, again = told("lead")
    assert again == {**first, "again": True}  # Not for somebody who went elsewhere meanwhile.
    assert told("all")[-1]["said"] == "Image to video: the form is filled in."

    for module in (studios, boards):
        monkeypatch.setattr(module, "_FRESH_S", 0)
    come()
    assert (len(told("lead")), told("all")[-1]["said"]) == (2, "")
    studio.close()


def test_an_endpoint_gets_a_form_of_these_settings_alone(studio):
    """The way from a clip: nothing of before mixes in."""
    studio.form.fill(duration=10)

    studio.open_form("fal-ai/ltx-2.3/text-to-video/fast", {"prompt": "a cat"})

    assert studio.form.endpoint == "fal-ai/ltx-2.3/text-to-video/fast"
    assert studio.form.request["prompt"] == "a cat"
    assert studio.form.request["duration"] == 6
    assert len(studio._place.children) == 1


def test_settings_that_are_not_offered_change_nothing(studio):
    """Whoever hands them over says so."""
    with pytest.raises(InvalidRequest):
        studio.open_form("image-to-video", {"duration": 7})

    assert studio.task == "text-to-video"


def test_it_says_where_calls_go_and_what_they_cost(local, monkeypatch):
    """Also after they went elsewhere; the day's price and budget where something costs."""
    monkeypatch.setattr(Lookout, "_look", lambda self: self._turn_to(sessions.default_session()))
    studio = ltx.studio()
    assert "embedded local server" in studio._head.value
    assert "today" not in studio._head.value

    paid = ltx.configure(key="k1:k2", budget=5)

    studio._lookout._look()
    assert "today: $0.00 of $5.00" in studio._head.value
    studio.close()
    paid.close()


def test_jobs_of_a_gone_kernel_are_gone_on_with(server, local):
    """A new board has what another kernel left, with its age, and gets its clip."""
    request_id = left_behind(server, "frames=100 pace=0.05")

    board = ltx.job_board()

    wait_until(lambda: request_id in ids(board))
    (job,) = (job for job in board.board.jobs if job.request_id == request_id)
    assert job.resumed
    assert job.result(60).request_id == request_id
    assert local.history.matching(request_id)[0].state == "finished"
    board.close()


def test_a_job_of_this_kernel_is_followed_once(board, local):
    """It comes by itself, and the history's row of it is no second job."""
    job = local.submit(SLOW)
    wait_until(lambda: job.request_id and local.history.matching(job.request_id))

    board._lookout._look()

    assert ids(board).count(job.request_id) == 1
    job.cancel()


def test_jobs_sent_before_the_board_are_on_it(local):
    """Those that are still under way."""
    over = local.submit("a fox")
    over.result()
    running = local.submit(SLOW)

    board = ltx.job_board()

    assert running in board.board.jobs
    assert over not in board.board.jobs
    board.close()
    running.cancel()


def test_a_job_of_another_place_is_listed_with_what_to_do(local):
    """It is not asked for here; the row says how to get there."""
    number = local.history.begin(
        endpoint="fal-ai/ltx-2.3/text-to-video",
        place="server",
        url="http://class.example",
        request={"prompt": "a far fox"},
    )
    local.history.accepted(number, "far-1")

    board = ltx.job_board()

    row = f"run-{number}"
    wait_until(lambda: board.board._entries.get(row) and board.board._entries[row].told)
    told = board.board._entries[row].told
    assert told["title"] == "a far fox"
    assert 'configure(server="http://class.example")' in told["reasons"][0]
    local.history.ended(number, "unknown")
    board.close()


def test_a_run_that_somebody_is_just_sending_is_left_alone(local):
    """Its kernel has not had its answer yet; a minute later it counts as left behind."""
    number = local.history.begin(
        endpoint="fal-ai/ltx-2.3/text-to-video", place="local", url="", request={}, submission="s-1"
    )
    board = JobBoard()

    board._lookout._look()
    assert number not in board._lookout._known

    long_ago = (datetime.now(UTC) - timedelta(minutes=2)).isoformat()
    local.history._update(number, started=long_ago)
    board._lookout._look()
    assert number in board._lookout._known
    wait_until(lambda: local.history.matching("s-1")[0].state == "failed")
    board.close()


def test_reprs_are_stable(studio, board):
    """A notebook that is run again shows no difference, and a page without a kernel says so."""
    assert repr(studio) == "Studio(fal-ai/ltx-2.3/text-to-video)"
    assert studio._repr_mimebundle_()["text/html"] == "<em>Studio: run this cell.</em>"
    assert repr(board) == "JobBoard()"
    assert board._repr_mimebundle_()["text/html"] == "<em>Jobs: run this cell.</em>"
