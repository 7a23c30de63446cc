"""The four ways into the storage (Server 12), and what they refuse."""

import os
import socket
import time
from datetime import datetime
from urllib.parse import urlsplit

import pytest

PARTS = [os.urandom(70_000), os.urandom(70_000), os.urandom(123)]
TYPE = {"storage_type": "fal-cdn-v3"}


def no_key(**headers):
    return {"Authorization": "", **headers}


def token(server):
    return server.http.post("/storage/auth/token", params=TYPE, json={}).json()


def bearer(server, **headers):
    return {"Authorization": f"Bearer {token(server)['token']}", **headers}


def begin(server, way, name="film.mp4", **headers):
    """Where parts go by number, where they are completed, and the file's address."""
    if way == "python":
        told = bearer(server, **{"X-Fal-File-Name": name}, **headers)
        reply = server.http.post("/files/upload/multipart", headers=told).json()
        base = f"{reply['access_url']}/multipart/{reply['uploadId']}"
        return lambda tail: f"{base}/{tail}", reply["access_url"]
    body = {"content_type": "video/mp4", "file_name": name}
    reply = server.http.post(
        "/storage/upload/initiate-multipart", params=TYPE, json=body, headers=headers
    ).json()
    path, _, query = reply["upload_url"].partition("?")
    return lambda tail: f"{path}/{tail}?{query}", reply["file_url"]


def put(server, url, part):
    reply = server.http.put(url, content=part, headers=no_key())
    assert reply.status_code == 200, reply.text
    return reply


def complete(server, url, named):
    parts = [{"partNumber": number, "etag": etag} for number, etag in named]
    return server.http.post(url, json={"parts": parts}, headers=no_key())


@pytest.fixture(params=["python", "javascript"])
def way(request):
    """Both names that the parts' routes have."""
    return request.param


def test_parts_in_any_order_make_the_file(server, way):
    """ETag in header and JSON; the list unsorted, a part named twice, one put again: the latest."""
    where, url = begin(server, way)
    put(server, where(2), b"a first try")
    tags = {}
    for number in (3, 2, 1):
        reply = put(server, where(number), PARTS[number - 1])
        tags[number] = reply.headers["etag"]
        assert reply.json() == {"partNumber": number, "etag": reply.headers["etag"]}

    done = complete(server, where("complete"), [*tags.items(), (2, tags[2])])

    assert done.status_code == 200
    assert done.json()["access_url"] == done.json()["file_url"] == url
    assert server.http.get(url, headers=no_key()).content == b"".join(PARTS)


def test_a_complete_may_be_asked_twice(server, way):
    """Whoever lost the answer asks again; but more parts make another upload."""
    where, _ = begin(server, way)
    tag = put(server, where(1), PARTS[0]).headers["etag"]

    first = complete(server, where("complete"), [(1, tag)])
    again = complete(server, where("complete"), [(1, tag)])
    late = server.http.put(where(2), content=b"more", headers=no_key())

    assert first.json() == again.json()
    assert (late.status_code, "complete" in late.json()["detail"]) == (400, True)


@pytest.mark.parametrize(
    ("put_numbers", "named", "said"),
    [
        ([1, 3], [1, 3], r"not come: [2]"),
        ([1, 2], [1, 2, 3], r"not come: [3]"),
        ([1, 2], [1], r"part 2 is here"),
        ([], [1], r"no part"),
        ([2], [], r"not come: [1]"),
    ],
    ids=["gap", "one too many named", "one not named", "none", "nothing named"],
)
def test_parts_that_make_no_file_are_refused(server, way, put_numbers, named, said):
    """4xx with what is missing; nothing can be fetched; the parts stay for another try."""
    where, url = begin(server, way)
    tags = {n: put(server, where(n), PARTS[n - 1]).headers["etag"] for n in put_numbers}

    refused = complete(server, where("complete"), [(n, tags.get(n, '"x"')) for n in named])

    assert refused.status_code == 400
    assert said in refused.json()["detail"]
    assert server.http.get(url, headers=no_key()).status_code == 404


def test_a_wrong_etag_is_refused(server, way):
    """The uploader's idea of a part is not what is here: told, not glued together."""
    where, _ = begin(server, way)
    tag = put(server, where(1), PARTS[0]).headers["etag"]

    wrong = complete(server, where("complete"), [(1, '"0123"')])
    two = complete(server, where("complete"), [(1, tag), (1, '"0123"')])

    assert (wrong.status_code, two.status_code) == (400, 400)
    assert "named twice" in two.json()["detail"]


@pytest.mark.parametrize("number", [0, 10_001])
def test_part_numbers_are_bounded(server, way, number):
    """1 to 10,000, as stated for fal's own parts."""
    where, _ = begin(server, way)

    assert server.http.put(where(number), content=b"x", headers=no_key()).status_code == 400


def test_parts_survive_the_server(start):
    """A server that is killed between two parts goes on with the third."""
    server = start()
    where, url = begin(server, "javascript")
    tags = {n: put(server, where(n), PARTS[n - 1]).headers["etag"] for n in (1, 2)}
    old = str(server.http.base_url).rstrip("/")
    server.kill()

    again = start()
    new = str(again.http.base_url).rstrip("/")
    tags[3] = put(again, where(3).replace(old, new), PARTS[2]).headers["etag"]
    done = complete(again, where("complete").replace(old, new), tags.items())

    assert done.status_code == 200
    assert again.http.get(url.replace(old, new)).content == b"".join(PARTS)
    assert [path.suffix for path in (again.state_dir / "uploads").iterdir()] == [".bin"]


def test_parts_count_towards_the_quota(start):
    """What is on its way takes room as what has come."""
    server = start("--upload-quota", str(100_000 / 2**30))
    where, _ = begin(server, "javascript")
    put(server, where(1), PARTS[0])

    refused = server.http.put(where(2), content=PARTS[1], headers=no_key())

    assert refused.status_code == 507
    assert "quota" in refused.json()["detail"]


def test_a_file_of_parts_may_not_be_larger_than_any_other(start):
    """Each part is small enough, all together are not."""
    server = start("--max-upload", str(100_000 / 2**30))
    where, _ = begin(server, "javascript")
    tags = {n: put(server, where(n), PARTS[n - 1]).headers["etag"] for n in (1, 2)}

    assert complete(server, where("complete"), tags.items()).status_code == 413


def test_a_token_opens_the_post(server):
    """Python's way: a token with an end that old Pythons can read, then the bytes."""
    facts = token(server)
    told = {"X-Fal-File-Name": "a photo.png", "Content-Type": "image/png"}

    reply = server.http.post(
        "/files/upload",
        content=PARTS[0],
        headers={"Authorization": f"{facts['token_type']} {facts['token']}", **told},
    )

    ends = datetime.fromisoformat(facts["expires_at"])
    assert facts["expires_at"].endswith("+00:00")
    assert 0 < ends.timestamp() - time.time() <= 3600
    assert facts["base_url"] == server.running.url
    assert reply.json()["access_url"].endswith("/a_photo.png")
    assert server.http.get(reply.json()["access_url"], headers=no_key()).content == PARTS[0]


@pytest.mark.parametrize("path", ["/files/upload", "/files/upload/multipart"])
@pytest.mark.parametrize(
    "given",
    [
        "",
        "Bearer",
        "Bearer x",
        "Bearer 99999999999.00",
        "Bearer 1.{good}",
        "Key {good}",
        "Bearer é.",
    ],
)
def test_anything_but_a_good_token_is_refused(server, path, given):
    """401, an ended token and the key itself included."""
    good = token(server)["token"].partition(".")[2]

    reply = server.http.post(
        path, content=b"x", headers={"Authorization": given.format(good=good).encode("latin-1")}
    )

    assert reply.status_code == 401


def test_a_token_opens_nothing_else(server):
    """It is for files; the queue wants the key."""
    reply = server.http.get("/_ltx/jobs", headers=bearer(server))

    assert reply.status_code == 401


@pytest.mark.parametrize("path", ["/storage/auth/token", "/storage/upload/initiate-multipart"])
def test_other_storage_types_are_refused(server, path):
    """400, as the service does since it gave gcs up."""
    reply = server.http.post(path, params={"storage_type": "gcs"}, json={})

    assert (reply.status_code, "Invalid storage type" in reply.text) == (400, True)


def test_a_ticket_is_wanted_for_every_part(server, way):
    """Who can read a file cannot write it."""
    where, url = begin(server, way)
    wrong = {"python": f"{url}/multipart/no/1", "javascript": f"{url}/1?ticket=no"}[way]

    reply = server.http.put(wrong, content=b"x", headers=no_key())

    assert reply.status_code == 403
    assert put(server, where(1), b"x").status_code == 200


@pytest.mark.parametrize(("decision", "code"), [("allow", 200), ("forbid", 403), ("hide", 404)])
def test_an_upload_is_for_whom_it_was_said_to_be(server, way, decision, code):
    """Server 12: the lifecycle header's default holds for who has no key."""
    text = f'{{"initial_acl": {{"default": "{decision}"}}}}'
    where, url = begin(server, way, **{"X-Fal-Object-Lifecycle": text})
    tag = put(server, where(1), PARTS[0]).headers["etag"]
    complete(server, where("complete"), [(1, tag)])

    assert server.http.get(url, headers=no_key()).status_code == code
    assert server.http.get(url).status_code == 200


def test_an_upload_is_kept_for_as_long_as_was_asked(server):
    """Server 12: after that its address is empty, and the next upload sweeps the bytes away."""
    body = {"content_type": "video/mp4", "file_name": "brief.mp4"}
    told = {"X-Fal-Object-Lifecycle": '{"expiration_duration_seconds": 0.001}'}
    slot = server.http.post("/storage/upload/initiate", params=TYPE, json=body, headers=told).json()
    server.http.put(slot["upload_url"], content=b"x", headers=no_key())

    gone = server.http.get(slot["file_url"])
    begin(server, "javascript")

    assert gone.status_code == 404
    assert not list((server.state_dir / "uploads").glob(f"{slot['file_url'].split('/')[-2]}*"))


def test_files_are_fetched_in_ranges(server, way):
    """Server 12: Range, ETag and the content's own type, without the key."""
    where, url = begin(server, way, name="a.png")
    png = b"\x89PNG\r\n\x1a\n" + PARTS[0]
    tag = put(server, where(1), png).headers["etag"]
    complete(server, where("complete"), [(1, tag)])

    part = server.http.get(url, headers=no_key(Range="bytes=8-11"))
    head = server.http.head(url, headers=no_key())

    assert (part.status_code, part.content) == (206, png[8:12])
    assert part.headers["content-range"] == f"bytes 8-11/{len(png)}"
    assert head.headers["content-type"] == "image/png"
    assert head.headers["etag"]


@pytest.mark.parametrize(
    "sizes",
    [(10 << 20, 10 << 20, 7), (11 << 20, 3), (5 << 20, 10 << 20, 11 << 20), (10 << 20,)],
    ids=["as fal's clients", "larger", "mixed", "one"],
)
def test_parts_of_any_size_make_the_file(server, sizes):
    """Written where they belong, or joined: the bytes are the same, and nothing else is left."""
    parts = [os.urandom(size) for size in sizes]
    where, url = begin(server, "javascript")
    tags = {n: put(server, where(n), part).headers["etag"] for n, part in enumerate(parts, 1)}

    complete(server, where("complete"), tags.items())

    assert server.http.get(url, headers=no_key()).content == b"".join(parts)
    upload_id = url.split("/")[-2]
    left = list((server.state_dir / "uploads").glob(f"{upload_id}*"))
    assert [path.name for path in left] == [f"{upload_id}.bin"]


def test_a_part_that_shrank_leaves_nothing_of_its_former_self(server, way):
    """The last part, put again and shorter, decides where the file ends."""
    where, url = begin(server, way)
    put(server, where(1), b"a much longer first try")
    tag = put(server, where(1), b"short").headers["etag"]

    complete(server, where("complete"), [(1, tag)])

    assert server.http.get(url, headers=no_key()).content == b"short"


def test_a_part_without_its_length_is_refused(server, way):
    """411: its place depends on it."""
    where, _ = begin(server, way)

    reply = server.http.put(where(1), content=iter([b"a", b"b"]), headers=no_key())

    assert reply.status_code == 411


def test_who_sends_a_part_anew_takes_it_over(server):
    """A first try that hangs in the middle neither blocks the second nor spoils it."""
    where, url = begin(server, "javascript")
    address = urlsplit(where(1))
    with socket.create_connection((address.hostname, address.port)) as hanging:
        hanging.sendall(
            f"PUT {address.path}?{address.query} HTTP/1.1\r\nHost: localhost\r\n"
            f"Content-Length: {9 << 20}\r\n\r\n".encode()
            + b"x" * (8 << 20)  # more than the sockets hold: the server has begun to read
        )
        tag = put(server, where(1), PARTS[0]).headers["etag"]
        hanging.sendall(b"x" * (1 << 20))
        answer = hanging.recv(100)

        done = complete(server, where("complete"), [(1, tag)])

    assert answer.startswith(b"HTTP/1.1 400")
    assert done.status_code == 200
    assert server.http.get(url, headers=no_key()).content == PARTS[0]
