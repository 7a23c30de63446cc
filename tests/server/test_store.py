"""The queue in SQLite, without a server around it."""

import pytest

from ltx_widgets.errors import ConfigError
from ltx_widgets.server.failures import CANCELLED, fault
from ltx_widgets.server.options import Options
from ltx_widgets.server.store import Store

PRO = "fal-ai/ltx-2.3/text-to-video"


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "queue.db")
    yield store
    store.close()


def added(store, *ids):
    return [store.add(request_id, PRO, {"prompt": request_id}) for request_id in ids]


def test_jobs_start_in_their_order(store):
    """The oldest queued job is claimed first, and an empty queue claims nothing."""
    added(store, "a", "b")

    claimed = [store.claim("f1"), store.claim("f2"), store.claim("f3")]

    assert [job and job.request_id for job in claimed] == ["a", "b", None]
    assert claimed[0].state == "running"
    assert claimed[0].attempt == 1


def test_positions_count_the_queued_jobs_ahead(store):
    """A running job is not ahead of anybody."""
    _, b, c = added(store, "a", "b", "c")
    store.claim("f")

    assert [store.position(job) for job in (b, c)] == [0, 1]
    assert store.counts() == {"queued": 2, "running": 1, "finished": 0}


def test_an_added_job_reads_back_as_it_was_returned(store):
    """What `add` returns is what `job` finds."""
    (job,) = added(store, "a")

    assert store.job("a") == job
    assert store.body("a") == {"prompt": "a"}
    assert store.job("b") is None


def test_a_refused_job_is_finished_from_the_start(store):
    """It never waits, and keeps its failure."""
    job = store.add("a", PRO, {}, failure=fault("no"))

    assert store.job("a") == job
    assert job.state == "finished"
    assert store.claim("f") is None


def test_an_attempt_ends_once(store):
    """The result of an attempt that was given up in between does not count."""
    added(store, "a")
    first = store.claim("f1")
    store.put_back(first, counts=True)
    second = store.claim("f2")

    assert not store.finish(first, {"engine": "late"})
    assert store.finish(second, {"engine": "right"})
    assert not store.finish(second, {"engine": "twice"})
    assert store.job("a").result == {"engine": "right"}


def test_a_job_goes_back_to_its_old_place(store):
    """A job whose render was interrupted is the next again."""
    added(store, "a", "b")
    store.put_back(store.claim("f"), counts=False)

    again = store.claim("f2")

    assert (again.request_id, again.attempt) == ("a", 1)


def test_attempts_count_when_they_should(store):
    """A crash counts, an interruption of our own does not."""
    added(store, "a")
    store.put_back(store.claim("f"), counts=True)

    assert store.claim("f2").attempt == 2


def test_cancelling_depends_on_the_state(store):
    """Queued jobs are dropped, running ones marked, finished ones left alone."""
    added(store, "a", "b")
    store.claim("f")

    answers = [store.cancel("a", CANCELLED), store.cancel("b", CANCELLED)]

    assert answers == ["stopping", "dropped"]
    assert store.cancel("b", CANCELLED) == "already_finished"
    assert store.job("b").failure == CANCELLED
    assert store.job("a").stopping


def test_a_clip_is_found_only_when_finished(store):
    """Half-written files have no job yet."""
    added(store, "a")
    job = store.claim("f")
    assert store.clip("f") is None

    store.finish(job, {"engine": "x"})

    assert store.clip("f").request_id == "a"


def test_a_failed_job_has_no_clip(store):
    """Whatever its engine left is not served."""
    added(store, "a")
    store.finish(store.claim("f"), fault("no"))

    assert store.clip("f") is None


def test_log_lines_come_in_order_and_from_anywhere(store):
    """`after` leaves out the lines that were sent already."""
    for message in ("one", "two", "three"):
        store.log("a", message)

    assert [line.message for line in store.lines("a", after=1)] == ["two", "three"]
    assert store.lines("b") == []


def test_everything_is_there_after_reopening(tmp_path):
    """Closing without a word loses nothing."""
    first = Store(tmp_path / "queue.db")
    added(first, "a", "b")
    first.claim("f")
    first.close()

    second = Store(tmp_path / "queue.db")

    assert [job.request_id for job in second.running()] == ["a"]
    assert [job.request_id for job in second.recent(9)] == ["b", "a"]
    second.close()


def test_a_file_that_is_no_store_is_refused_by_name(tmp_path):
    """The message says which file to move away."""
    (tmp_path / "queue.db").write_bytes(b"something else entirely " * 99)

    with pytest.raises(ConfigError, match=r"queue\.db"):
        Store(tmp_path / "queue.db")


def test_a_newer_store_is_refused(tmp_path):
    """A downgrade must not damage the queue."""
    store = Store(tmp_path / "queue.db")
    store._db.execute("PRAGMA user_version = 99")
    store.close()

    with pytest.raises(ConfigError, match="newer"):
        Store(tmp_path / "queue.db")


def test_a_call_costs_the_same_however_many_jobs_are_finished(store):
    """Server 17: steps of the database, counted, with ten and with two thousand finished jobs."""

    def finished(count):
        for number in range(count):
            store.add(f"{len(done)}-{number}", PRO, {"prompt": "a"})
            job = store.claim(f"file-{len(done)}-{number}")
            store.log(job.request_id, "a line")
            store.finish(job, {"engine": "x"})
        done.append(count)

    def steps(name):
        taken = 0

        def step():
            nonlocal taken
            taken += 1
            return 0

        store._db.set_progress_handler(step, 1)
        job = store.add(name, PRO, {"prompt": "a"}, options=Options(submission=f"{name:0>16}"))
        store.submitted("nobody")
        store.position(job)
        store.waiting(PRO)
        store.busy()
        store.unfinished()
        store.give_up_late(CANCELLED)
        store.next_start_by()
        store.expired_clips()
        job = store.claim(f"file-{name}")
        store.log(name, "a line")
        store.lines(name)
        store.finish(job, {"engine": "x"})
        store.clip(f"file-{name}")
        store.running()
        store.recent(5)
        store._db.set_progress_handler(None, 0)
        return taken

    done = []
    finished(10)
    few = steps("few")
    finished(2000)
    many = steps("many")

    assert many < 1.2 * few
