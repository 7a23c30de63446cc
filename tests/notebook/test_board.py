"""The board of jobs: what the page is told of them, how often, and what it may ask for."""

import time

import pytest
from page_parts import wait_until

from ltx_widgets.errors import InvalidRequest, JobFailed, Problem, TransportTimeout
from ltx_widgets.session import Session
from ltx_widgets.widgets.board import Board
from ltx_widgets.wire import LogLine, Queued, Running


class PageOfBoard:
    """What the page knows of a board, put together from the messages as board.js does."""

    def __init__(self, board, heard):
        self._board, self._heard, self._at = board, heard, 0
        self.rows, self.logs, self.said, self.messages = {}, {}, [], []

    def hear(self):
        while self._at < len(self._heard):
            when, who, kind, data = self._heard[self._at]
            self._at += 1
            if kind == "comm_msg" and who == self._board.model_id and "content" in data:
                self.messages.append((when, data["content"]))
                self._learn(data["content"])
        return self

    def _learn(self, said):
        if said["kind"] == "all":
            self.rows = {}
        for row in said.get("rows", ()):
            self.rows.setdefault(row["id"], {}).update(row)
        for id_ in said.get("gone", ()):
            del self.rows[id_]
        for id_, news in said.get("logs", {}).items():
            had = self.logs.get(id_, [])
            self.logs[id_] = (had[: len(had) - news["cut"]] + news["add"])[-200:]
        self.said.append(said)

    def ask(self, kind, **more):
        self._board._handle_custom_msg({"kind": kind, **more}, [])

    def row(self, job):
        return self.hear().rows.get(str(job.number), {})


@pytest.fixture
def session(tmp_path):
    """Whose loop the board paints on."""
    made = Session(server="http://127.0.0.1:9", folder=tmp_path / "board")
    yield made
    made.close()


@pytest.fixture
def clips():
    """The clips that the board told of."""
    return []


@pytest.fixture
def board(heard, clips):
    made = Board(lambda job, clip: clips.append((job, clip)), clips.append)
    yield made
    made.close()


@pytest.fixture
def page(board, heard):
    return PageOfBoard(board, heard)


def test_a_row_tells_how_a_job_stands(board, page, session, make_job):
    """Name, phase, progress and place in the queue, as they change."""
    job = make_job()
    board.add(job, session)
    wait_until(lambda: page.row(job).get("words") == "Sending")
    assert page.row(job)["title"] == job.endpoint.title

    job.accept("r1")
    job.advance(Queued(3))
    wait_until(lambda: page.row(job)["words"] == "In the queue, 3 ahead")

    job.advance(Running((LogLine("rendering: 30% 45/150 frames"),)))
    wait_until(lambda: page.row(job)["progress"] == 30)
    assert page.row(job)["phase"] == "running"


def test_twenty_jobs_are_five_messages_a_second(board, page, session, make_job):
    """However many jobs and however fast their logs grow, all news come in one message."""
    jobs = [make_job() for _ in range(20)]
    for job in jobs:
        board.add(job, session)
        job.accept("r1")
    began = time.monotonic()
    steps = 0
    while time.monotonic() - began < 2:
        steps += 1
        for job in jobs:
            job.advance(Running((LogLine(f"{steps % 99}% {steps}"),)))
        time.sleep(0.005)

    times = [when for when, _ in page.hear().messages]
    # Any three of them take two pauses, on however slow a machine.
    assert all(c - a >= 0.39 for a, c in zip(times, times[2:], strict=False))
    assert len(times) > 3
    assert len(page.rows) == 20


def test_what_did_not_change_is_not_told(board, page, session, make_job):
    """A job that says nothing costs no message: the page moves the clock."""
    job = make_job()
    board.add(job, session)
    job.accept("r1")
    job.advance(Running())
    wait_until(lambda: page.row(job).get("phase") == "running")
    before = len(page.messages)

    other = make_job()
    board.add(other, session)
    wait_until(lambda: page.row(other))

    changed = [row for _, said in page.messages[before:] for row in said["rows"]]
    assert {row["id"] for row in changed} == {str(other.number)}


def test_a_log_goes_over_only_while_it_is_open(board, page, session, make_job):
    """Lines are told from the moment somebody opens it: first all, then what is new."""
    job = make_job()
    board.add(job, session)
    job.advance(Running(tuple(LogLine(f"line {n}") for n in range(300))))
    wait_until(lambda: page.row(job).get("phase") == "running")
    id_ = str(job.number)
    assert not page.logs

    page.ask("log", id=id_, open=True)
    assert page.hear().logs[id_] == [f"line {n}" for n in range(100, 300)]

    job.advance(Running((LogLine("5% 1/20"),)))
    job.advance(Running((LogLine("10% 2/20"), LogLine("<b>"))))
    wait_until(lambda: page.hear().logs[id_][-2:] == ["10% 2/20", "<b>"])
    assert page.logs[id_] == [line.message for line in job.snapshot().logs]

    page.ask("log", id=id_, open=False)
    job.advance(Running((LogLine("unseen"),)))
    board.add(make_job(), session)
    wait_until(lambda: len(page.hear().rows) == 2)
    assert "unseen" not in page.logs[id_]


def test_a_page_that_comes_later_gets_everything(board, page, session, make_job):
    """After a reload, rows are there again, with the time as it is now."""
    job = make_job()
    board.add(job, session)
    wait_until(lambda: page.row(job))
    page.rows.clear()

    page.ask("hello")

    assert page.row(job)["words"] == "Sending"
    assert page.row(job)["elapsed"] >= 0


def test_cancel_cancels(board, page, session, make_job):
    """The row says so; there is nothing to cancel any more, and no reason for alarm."""
    job = make_job()
    job.accept("r1")
    board.add(job, session)
    wait_until(lambda: page.row(job).get("cancel"))

    page.ask("cancel", id=str(job.number))

    wait_until(lambda: page.row(job)["over"])
    assert page.row(job)["words"] == "Cancelled"
    assert page.row(job)["reasons"] == []
    assert not page.row(job)["cancel"]


def test_a_cancel_without_an_answer_is_told(board, page, session, make_job):
    """It can be asked for again."""
    job = make_job(TransportTimeout("no answer to the cancel"))
    job.accept("r1")
    board.add(job, session)
    wait_until(lambda: page.row(job))

    page.ask("cancel", id=str(job.number))

    wait_until(lambda: page.row(job)["asking"] == "no answer to the cancel")
    assert page.row(job)["cancel"]
    job.fail(JobFailed("over", request_id="r1"))


def test_a_failed_job_tells_its_reasons(board, page, session, make_job):
    """A line for each problem, with its fix."""
    job = make_job()
    board.add(job, session)
    problems = Problem("fps", "must be 25", fix={"fps": 25}), Problem("prompt", "is unsafe")

    job.fail(InvalidRequest(problems, request_id="r1"))

    wait_until(lambda: page.row(job).get("over"))
    assert page.row(job)["words"] == "Failed"
    assert page.row(job)["reasons"] == ["fps: must be 25; set fps = 25", "prompt: is unsafe"]


def test_a_finished_clip_is_told_and_can_be_shown(board, page, session, local, clips):
    """Once by itself, and again when somebody asks for it."""
    job = local.submit("a tiny clip")
    board.add(job, local)
    clip = job.result()
    wait_until(lambda: page.row(job).get("clip"))

    assert page.row(job)["words"].startswith("Finished in")
    assert page.row(job)["facts"] == clip.summary
    assert clips == [(job, clip)]
    page.ask("show", id=str(job.number))
    assert clips[-1] is clip


def test_the_whole_log_is_asked_of_the_server(board, page, local):
    """On demand: the server keeps each line."""
    job = local.submit("frames=12 pace=0.25")
    board.add(job, local)
    job.result()
    wait_until(lambda: page.row(job).get("over"))

    page.ask("whole", id=str(job.number))

    wait_until(lambda: page.hear().said[-1]["kind"] == "whole")
    assert sum("frames" in line for line in page.said[-1]["lines"]) > 1


def test_a_log_that_cannot_be_had_says_why(board, page, session, make_job):
    """The reason stands where the lines would."""
    job = make_job()

    async def refuse(_):
        raise TransportTimeout("nobody there")

    job._read_log = refuse
    job.accept("r1")
    board.add(job, session)
    wait_until(lambda: page.row(job))

    page.ask("whole", id=str(job.number))

    wait_until(lambda: page.hear().said[-1]["kind"] == "whole")
    assert "nobody there" in page.said[-1]["reason"]


def test_old_rows_make_room(board, page, session, make_job):
    """The newest that are over stay, and all that run; failures stay longest."""
    failed, running = make_job(), make_job()
    done = [make_job() for _ in range(12)]
    for job in (failed, running, *done):
        board.add(job, session)
    failed.fail(JobFailed("no paint", request_id="r1"))
    for job in done:
        job.cancel()

    wait_until(lambda: len(page.hear().rows) == 9 and page.row(done[-1]).get("over"))
    assert page.row(failed)
    assert page.row(running)
    assert not page.row(done[0])


def test_a_row_can_be_dismissed_when_it_is_over(board, page, session, make_job):
    """Not before: what runs must not be lost from sight."""
    job = make_job()
    job.accept("r1")
    board.add(job, session)
    wait_until(lambda: page.row(job))
    page.ask("dismiss", id=str(job.number))
    assert page.row(job)

    job.cancel()
    wait_until(lambda: page.row(job)["over"])
    page.ask("dismiss", id=str(job.number))

    wait_until(lambda: not page.hear().rows)
    assert board.jobs == []


def test_nonsense_from_a_page_does_nothing(board, page, session, make_job):
    """Names that were never told are not heard."""
    for kind in ("cancel", "log", "whole", "show", "dismiss", "?"):
        page.ask(kind, id="nobody")
        page.ask(kind)

    assert page.hear().messages == []


def test_a_closed_board_says_nothing_more(board, page, session, make_job):
    """And what runs goes on."""
    job = make_job()
    board.add(job, session)
    wait_until(lambda: page.row(job))

    board.close()
    before = len(page.messages)
    job.accept("r1")
    wait_until(lambda: not board._painting)

    assert len(page.hear().messages) == before
    assert not job.done
