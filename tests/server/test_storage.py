"""Uploads: whole or not there, bounded, found again, and nobody's way out of their folder."""

import socket
import sqlite3
from contextlib import closing
from urllib.parse import urlsplit

import httpx
import pytest

from ltx_widgets.server.rows import STEPS
from ltx_widgets.server.store import Store

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8
PAGE = b"<html><script>alert(1)</script></html>"
BOTH = {"content_type": "image/png", "file_name": "fox.png"}


def begin(server, **fields):
    """The two addresses of a new upload."""
    reply = server.http.post(
        "/storage/upload/initiate?storage_type=fal-cdn-v3", json={**BOTH, **fields}
    )
    assert reply.status_code == 200
    return reply.json()


def uploaded(server, content, **fields):
    """The address of an upload that has come."""
    addresses = begin(server, **fields)
    assert httpx.put(addresses["upload_url"], content=content).status_code == 200
    return addresses["file_url"]


def on_disk(server):
    return sorted((server.state_dir / "uploads").iterdir())


def test_what_was_put_is_read_back_without_a_key(server):
    """The addresses are the tickets, for writing as for reading."""
    reply = httpx.get(uploaded(server, PNG))

    assert (reply.status_code, reply.content) == (200, PNG)
    assert reply.headers["content-type"] == "image/png"
    assert reply.headers["content-disposition"].startswith("inline")
    assert reply.headers["x-content-type-options"] == "nosniff"


def test_a_part_of_an_upload_is_sent_when_asked(server):
    """Range and HEAD work as they do for clips."""
    url = uploaded(server, PNG)
    part = httpx.get(url, headers={"Range": "bytes=8-17"})

    assert (part.status_code, part.content) == (206, PNG[8:18])
    assert int(httpx.head(url).headers["content-length"]) == len(PNG)


@pytest.mark.parametrize("claimed", ["text/html", "image/svg+xml", "image/png"])
def test_a_page_is_never_served_as_one(server, claimed):
    """The type is that of the content, and what is no medium is only for saving."""
    url = uploaded(server, PAGE, content_type=claimed, file_name="page.html")
    headers = httpx.get(url).headers

    assert headers["content-type"] == "application/octet-stream"
    assert headers["content-disposition"].startswith("attachment")


def test_to_begin_an_upload_takes_the_key(server):
    """Only who may submit may fill the disk."""
    url = f"{server.running.url}/storage/upload/initiate?storage_type=fal-cdn-v3"

    assert httpx.post(url, json=BOTH).status_code == 401


def test_another_storage_type_is_refused(server):
    """As fal refuses it."""
    reply = server.http.post("/storage/upload/initiate?storage_type=gcs", json=BOTH)

    assert reply.status_code == 400
    assert "storage type" in reply.json()["detail"]


@pytest.mark.parametrize(
    ("body", "loc", "kind"),
    [
        ({"file_name": "a.png"}, ["body", "content_type"], "missing"),
        ({"content_type": "image/png"}, ["body", "file_name"], "missing"),
        ({**BOTH, "file_name": 3}, ["body", "file_name"], "string_type"),
        ({**BOTH, "file_name": "n" * 2000}, ["body", "file_name"], "string_too_long"),
        ([1], ["body"], "dict_type"),
    ],
)
def test_a_bad_body_is_refused_item_by_item(server, body, loc, kind):
    """422 with fal's items."""
    reply = server.http.post("/storage/upload/initiate", json=body)

    assert reply.status_code == 422
    assert [(item["loc"], item["type"]) for item in reply.json()["detail"]] == [(loc, kind)]


@pytest.mark.parametrize(
    "name", ["../../queue.db", "/etc/passwd", "..\\a", ".", "", "a/b", "\r\nx: y", "é" * 99, "CON"]
)
def test_names_decide_no_path(server, name):
    """Files are named by ids; what a name keeps is one safe part of the address."""
    url = uploaded(server, PNG, file_name=name)

    assert httpx.get(url).content == PNG
    assert urlsplit(url).path.count("/") == 3
    assert {path.suffix for path in on_disk(server)} <= {".bin", ".parts"}


def test_the_reading_address_does_not_write(server):
    """Who was given a file cannot change it."""
    url = uploaded(server, PNG)

    assert httpx.put(url, content=b"other").status_code == 403
    assert httpx.put(f"{url}?ticket=0", content=b"other").status_code == 403
    assert httpx.get(url).content == PNG


def test_the_latest_put_counts(server):
    """A client whose reply got lost puts again."""
    addresses = begin(server)
    for content in (PNG, PNG + b"more"):
        httpx.put(addresses["upload_url"], content=content)

    assert httpx.get(addresses["file_url"]).content == PNG + b"more"


def test_nothing_is_served_before_it_came(server):
    """404 until then, and for ids that nobody was given."""
    url = begin(server)["file_url"]

    assert httpx.get(url).status_code == 404
    assert httpx.get(url.replace("/uploads/", "/uploads/0")).status_code == 404
    assert httpx.get(url[:-1]).status_code == 404


def test_an_interrupted_upload_leaves_nothing(start):
    """No file, no draft, and the upload can be put again."""
    server = start()
    addresses = begin(server)
    parts = urlsplit(addresses["upload_url"])
    with socket.create_connection((parts.hostname, parts.port)) as broken:
        broken.sendall(
            f"PUT {parts.path}?{parts.query} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
            "Content-Length: 1000000\r\n\r\n".encode()
        )
        broken.sendall(b"x" * 65536)
    assert httpx.put(addresses["upload_url"], content=PNG).status_code == 200
    # A clean end waits for what is still open.
    server.process.terminate()
    server.ended()

    assert [path.suffix for path in on_disk(server)] == [".bin"]


def chunks(size):
    """A body of unknown length."""
    for _ in range(size // 1024):
        yield bytes(1024)


@pytest.mark.parametrize("content", [bytes(300_000), chunks(300_000)], ids=["announced", "chunked"])
def test_a_file_that_is_too_large_is_refused(start, content):
    """413, and nothing stays, whether its size was announced or not."""
    server = start("--max-upload", "0.0002")  # about 215 kB
    reply = httpx.put(begin(server)["upload_url"], content=content)

    assert reply.status_code == 413
    assert on_disk(server) == []


def test_uploads_have_a_quota_together(start):
    """507 once it is used up; the earlier ones stay."""
    server = start("--upload-quota", "0.0002")
    first = uploaded(server, PNG + bytes(150_000))
    reply = httpx.put(begin(server)["upload_url"], content=bytes(100_000))

    assert reply.status_code == 507
    assert httpx.get(first).status_code == 200


def test_uploads_survive_a_kill(start):
    """The next server of the folder serves them; drafts of the dead one go."""
    server = start()
    url = uploaded(server, PNG)
    (server.state_dir / "uploads" / "0123.part").write_bytes(b"half")
    server.kill()
    again = start()

    assert httpx.get(again.running.url + urlsplit(url).path).content == PNG
    assert [path.suffix for path in on_disk(again)] == [".bin"]


def test_old_uploads_are_swept(start):
    """After a week, as the next upload begins."""
    server = start()
    url = uploaded(server, PNG)
    server.kill()
    with closing(sqlite3.connect(server.state_dir / "queue.db")) as db, db:
        db.execute("UPDATE uploads SET created = created - 8 * 24 * 3600")
    again = start()

    assert httpx.get(again.running.url + urlsplit(url).path).status_code == 404
    assert on_disk(again) == []


def test_a_store_of_the_first_version_keeps_its_queue(tmp_path):
    """Version 1 had no uploads and no options; its jobs go on."""
    path = tmp_path / "queue.db"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(f"{STEPS[0]}; PRAGMA user_version = 1")
        db.execute(
            "INSERT INTO jobs (request_id, endpoint, body, state, created)"
            " VALUES ('a', 'fal-ai/ltx-2.3/text-to-video', '{}', 'queued', 1.0)"
        )
        db.commit()

    with closing(Store(path)) as store:
        assert store.job("a").state == "queued"
        assert store.claim("f").request_id == "a"
        assert store.uploads.add("b", "ticket", "name") == store.uploads.find("b")
