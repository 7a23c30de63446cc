"""Finished clips: in whole, in part, and to nobody who does not know their name."""

import httpx
import pytest

CLIP = bytes(range(256)) * 16


@pytest.fixture(scope="module")
def url(server):
    ticket = server.submit("a fox")
    server.wait(ticket)
    return server.result(ticket).json()["video"]["url"]


def test_a_clip_needs_no_key(url):
    """Server 12: players and <video> tags send none."""
    reply = httpx.get(url)

    assert (reply.status_code, reply.content) == (200, CLIP)
    assert reply.headers["content-type"] == "video/mp4"
    assert reply.headers["accept-ranges"] == "bytes"
    assert reply.headers["x-content-type-options"] == "nosniff"


def test_only_the_head_is_sent_when_asked(url):
    """HEAD tells the size."""
    reply = httpx.head(url)

    assert (reply.status_code, reply.content) == (200, b"")
    assert int(reply.headers["content-length"]) == len(CLIP)


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-9", slice(0, 10)),
        ("bytes=4000-", slice(4000, None)),
        ("bytes=-5", slice(-5, None)),
    ],
)
def test_a_part_is_sent_when_asked(url, asked, part):
    """Server 12: 206 with exactly the bytes: seeking in a player depends on it."""
    reply = httpx.get(url, headers={"Range": asked})

    assert (reply.status_code, reply.content) == (206, CLIP[part])
    assert reply.headers["content-range"].endswith(f"/{len(CLIP)}")


def test_a_part_beyond_the_end_is_refused(url):
    """416 tells the real size."""
    reply = httpx.get(url, headers={"Range": "bytes=99999-"})

    assert reply.status_code == 416
    assert reply.headers["content-range"] == f"bytes */{len(CLIP)}"


def test_a_part_of_another_version_is_not_mixed_in(url):
    """If-Range with a foreign ETag gives the whole."""
    etag = httpx.head(url).headers["etag"]
    wrong = httpx.get(url, headers={"Range": "bytes=0-9", "If-Range": '"other"'})
    right = httpx.get(url, headers={"Range": "bytes=0-9", "If-Range": etag})

    assert (wrong.status_code, right.status_code) == (200, 206)


@pytest.mark.parametrize(
    "path",
    [
        "/files/00000000000000000000000000000000/clip.mp4",
        "/files/../queue.db",
        "/files/%2e%2e/queue.db",
        "/files/..%2fqueue.db/clip.mp4",
        "/files/%2e%2e%2fserver.json/x",
    ],
)
def test_nothing_else_is_served(server, path):
    """Unknown names and ways out of the folder lead nowhere."""
    reply = httpx.get(f"{server.running.url}{path}", headers=server.http.headers)

    assert reply.status_code in (404, 405)


def test_a_clip_answers_to_its_whole_name_only(url):
    """The id with another name is nobody."""
    assert httpx.get(url.rsplit("/", 1)[0] + "/other.mp4").status_code == 404


def test_a_half_written_file_is_not_served(slow):
    """The draft of a running render cannot be fetched, even by its name on disk."""
    ticket = slow.submit("a frames=5000")
    slow.wait_for(ticket, "IN_PROGRESS", lines=2)
    (draft,) = (slow.state_dir / "files").iterdir()
    file_id = draft.stem.removeprefix("draft-")

    name = f"slow-{ticket['request_id'][:8]}.mp4"
    for path in (f"/files/{file_id}/{name}", f"/files/{draft.stem}/{name}"):
        assert slow.http.get(path).status_code == 404


def test_a_clip_that_somebody_deleted_is_gone(start):
    """404 and not a broken reply."""
    server = start()
    ticket = server.submit("a fox")
    server.wait(ticket)
    (file,) = (server.state_dir / "files").iterdir()
    file.unlink()

    assert server.http.get(server.result(ticket).json()["video"]["url"]).status_code == 404
