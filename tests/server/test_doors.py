"""What comes to the door: odd requests, endless ones, foreign names, a full disk.

Each test sends bytes of its own over a real socket, since no HTTP library would.
"""

import http.client
import socket
import sys
from contextlib import closing
from urllib.parse import urlsplit

import httpx
import psutil
import pytest

from ltx_widgets.server.operations import OPERATIONS

PRO = "fal-ai/ltx-2.3/text-to-video"
SUBMIT = f"POST /{PRO}"
DIGITS = "9" * 5000


def connect(server):
    address = urlsplit(server.running.url)
    return socket.create_connection((address.hostname, address.port), timeout=20)


def head(server, line, *more, host="127.0.0.1"):
    """A request's head with the key."""
    key = f"Authorization: Key {server.running.key.reveal()}"
    return "\r\n".join([f"{line} HTTP/1.1", f"Host: {host}", key, *more, "", ""]).encode("latin-1")


def ask(server, line, *more, body=b"", host="127.0.0.1"):
    """The status and the body of the reply to raw bytes."""
    with connect(server) as there:
        there.sendall(head(server, line, *more, "Connection: close", host=host) + body)
        with closing(http.client.HTTPResponse(there)) as reply:
            reply.begin()
            return reply.status, reply.read()


def sized(body):
    return f"Content-Length: {len(body)}"


@pytest.mark.parametrize(
    "lines",
    [
        ["Content-Length: 2", "Content-Length: 3"],
        ["Content-Length: -2"],
        ["Content-Length: +2"],
        ["Content-Length: 0x2"],
        ["Content-Length: " + "9" * 25],
        [f"Content-Length: {DIGITS}"],
        ["Transfer-Encoding: gzip"],
        ["Transfer-Encoding: chunked, gzip"],
        ["Host: evil.example"],
        ["X-A: a\0b"],
        ["X A: a"],
    ],
)
def test_ambiguous_heads_are_refused(server, lines):
    """Server 14: two lengths, two hosts or a length that is none end in a 400."""
    assert ask(server, SUBMIT, *lines, body=b"{}")[0] == 400


@pytest.mark.parametrize("chunk", [b"zz\r\n{}\r\n", b"f" * 30 + b"\r\n{}\r\n", b"-1\r\n\r\n"])
def test_chunks_of_no_size_are_refused(server, chunk):
    """A chunk whose size cannot be read is not waited for."""
    assert ask(server, SUBMIT, "Transfer-Encoding: chunked", body=chunk)[0] == 400


def test_a_body_may_come_in_chunks(server):
    """Server 1: no length is needed."""
    body = b'2\r\n{"\r\nb\r\nprompt":"a"\r\n1\r\n}\r\n0\r\n\r\n'

    assert ask(server, SUBMIT, "Transfer-Encoding: chunked", body=body)[0] == 200


def test_a_head_has_a_limit(server):
    """Server 18: beyond some 64 KiB nothing is read on."""
    with connect(server) as there:
        there.sendall(b"GET /_ltx/health HTTP/1.1\r\n")
        try:
            for _ in range(64):
                there.sendall(b"X-A: " + b"a" * 65536 + b"\r\n")
            said = there.recv(65536)
        except ConnectionError:
            said = b""  # It hung up while we were still talking.

    assert said == b"" or said.startswith(b"HTTP/1.1 400")
    assert server.http.get("/_ltx/health").status_code == 200


def test_half_requests_hold_up_nobody(server):
    """Callers that never finish what they began leave the others alone."""
    halves = [connect(server) for _ in range(40)]
    for number, half in enumerate(halves):
        whole = head(server, SUBMIT, "Content-Length: 1000")
        half.sendall(whole + b'{"prom' if number % 2 else whole[:-3])

    assert server.wait(server.submit("a fox"))["status"] == "COMPLETED"
    for half in halves:
        half.close()


@pytest.mark.parametrize(
    "host",
    [
        *("localhost.", "127.1", "2130706433", "0x7f.1", "0.0.0.0", "[::]", "[::ffff:10.0.0.1]"),
        *("user@127.0.0.1", "127.0.0.1@evil.example", "127.0.0.1,evil.example", "127.0.0.1/evil"),
        *("127.0.0.1#", "127.0.0.1?", "127.0.0.1:80:80", "127.0.0.1:x", "127.0.0.1:123456"),
        *("[::1", "::1]", "[127.0.0.1]", "[::1%25lo]", "[::1%lo]", "[::1]evil", "::1"),
    ],
)
def test_odd_spellings_of_a_host_are_refused(server, host):
    """Server 14: only plain names and addresses of loopback are let in; the key does not help."""
    assert ask(server, "GET /_ltx/health", host=host)[0] == 403


@pytest.mark.parametrize("host", ["LocalHost", "127.0.0.1", "127.9.9.9:1", "[::1]:80", "[0::1]"])
def test_plain_spellings_are_let_in(server, host):
    """Server 14: whatever the case and the port."""
    assert ask(server, "GET /_ltx/health", host=host)[0] == 200


WAYS_OUT = [
    *("..%2f..%2fserver.json", "%2e%2e%2fqueue.db", "..%5c..%5cqueue.db", "%2fetc%2fpasswd"),
    *("..", "%2e%2e", "%00", "%ff%fe", "%ed%a0%80", "%zz", "C:%5cqueue.db", "....//queue.db"),
]
PLACES = sorted({(row.method, row.path) for row in OPERATIONS if "{" in row.path})


@pytest.mark.parametrize(("method", "path"), PLACES)
def test_no_path_leads_out_of_the_folder(server, method, path):
    """Server 12: whatever stands for a name in an address, nothing is found and nothing breaks."""
    for way_out in WAYS_OUT:
        place = path
        while "{" in place:
            before, _, rest = place.partition("{")
            place = before + way_out + rest.partition("}")[2]
        status, said = ask(server, f"{method} {place}?ticket=x", "Content-Length: 2", body=b"{}")

        assert status in (400, 403, 404, 405), place
        assert server.running.key.reveal().encode() not in said
        assert b"SQLite" not in said


@pytest.mark.parametrize(
    "name",
    ["../../evil.png", "/etc/evil.png", "..\\..\\evil.png", "a\0b.png", "..", "C:evil", "é" * 900],
)
def test_an_uploads_name_leads_nowhere(server, name):
    """Server 12: a name is for people; bytes lie under the upload's own id, inside the folder."""
    asked = {"content_type": "image/png", "file_name": name}
    slot = server.http.post("/storage/upload/initiate", json=asked).json()

    assert httpx.put(slot["upload_url"], content=b"x").status_code == 200
    assert httpx.get(slot["file_url"]).content == b"x"
    upload_id, shown = slot["file_url"].split("/")[-2:]
    assert (server.state_dir / "uploads" / f"{upload_id}.bin").read_bytes() == b"x"
    assert not set(shown) & {"/", "\\", "\0", "%"}
    assert shown.lstrip(".") == shown
    assert not list(server.state_dir.parent.glob("**/*evil*"))


@pytest.mark.parametrize("method", ["DELETE", "PATCH", "TRACE", "CONNECT", "BREW", "GET"])
def test_other_methods_are_not_allowed(server, method):
    """405 with what is allowed."""
    status, said = ask(server, f"{method} /{PRO}")

    assert (status, said) == (405, b'{"detail":"Method Not Allowed"}')


@pytest.mark.parametrize(
    "given", ["Key ", "Key é", "Key {key}x", "Key  {key}", "{key}", "Key \xff"]
)
def test_keys_that_are_nearly_right_are_wrong(server, given):
    """Server 14: every byte counts, and bytes that no key has do no harm."""
    header = f"Authorization: {given.format(key=server.running.key.reveal())}"
    with connect(server) as there:
        request = f"GET /_ltx/health HTTP/1.1\r\nHost: localhost\r\n{header}\r\n\r\n"
        there.sendall(request.encode("latin-1"))

        assert there.recv(4096).startswith(b"HTTP/1.1 401 ")


@pytest.mark.parametrize(
    ("line", "more", "status"),
    [
        (f"GET /_ltx/jobs?limit={DIGITS}", "", 200),
        (f"{SUBMIT}?fal_max_queue_length={DIGITS}", "", 200),
        (SUBMIT, f"X-Fal-Request-Timeout: {DIGITS}", 400),
        (
            SUBMIT,
            'X-Fal-Object-Lifecycle-Preference: {"expiration_duration_seconds": 1%s}' % ("0" * 400),
            400,
        ),
    ],
)
def test_numbers_without_end_are_no_fault(server, line, more, status):
    """Numbers that Python cannot read or hold are read as far as they go, or refused."""
    body = b'{"prompt":"a"}' if line.startswith("POST") else b""

    assert ask(server, line, *filter(None, [more]), sized(body), body=body)[0] == status


@pytest.mark.parametrize("number", [DIGITS, "0", "10001", "-1", "\u0661"])
def test_a_parts_number_is_one_of_ten_thousand(server, number):
    """Server 12: any other is a 400, whoever asks."""
    asked = {"content_type": "image/png", "file_name": "a.png"}
    slot = server.http.post("/storage/upload/initiate-multipart", json=asked).json()
    address = httpx.URL(slot["upload_url"])

    part = address.copy_with(path=f"{address.path}/{number}")
    assert httpx.put(part, content=b"x").status_code == 400


@pytest.mark.parametrize("number", [0, 10_001, "1", None])
def test_a_wrong_number_inside_a_list_is_refused(server, number):
    """Server 12: 422, though the bound is not one of the field itself."""
    asked = {"content_type": "image/png", "file_name": "a.png"}
    slot = server.http.post("/storage/upload/initiate-multipart", json=asked).json()
    address = httpx.URL(slot["upload_url"])

    wrong = {"parts": [{"partNumber": number, "etag": "x"}]}
    reply = httpx.post(address.copy_with(path=f"{address.path}/complete"), json=wrong)
    assert reply.status_code == 422
    assert reply.json()["detail"][0]["loc"] == ["body", "parts"]


@pytest.mark.parametrize(
    "body",
    [
        b'{"prompt":"a","fps":1e999}',
        b'{"prompt":"a","fps":-1e999}',
        b'{"prompt":"a","duration":1' + b"0" * 5000 + b"}",
        b'{"prompt":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"prompt":NaN}',
        b'{"prompt":"\xff\xfe"}',
    ],
)
def test_what_is_no_json_is_refused_at_once(server, body):
    """Server 1: 422, with an item that says why."""
    status, said = ask(server, SUBMIT, sized(body), body=body)

    assert status == 422
    assert b'"type":"json_invalid"' in said


@pytest.mark.parametrize(
    "fields",
    [
        '"duration":1' + "0" * 4000,
        '"\\ud800":1',
        f'"{"x" * (10 << 20)}":1',
        ",".join(f'"k{n}":1' for n in range(100_000)),
    ],
)
def test_fields_without_end_are_a_short_refusal(server, fields):
    """Server 9: a few of the problems are told, in few words."""
    body = f'{{"prompt":"a",{fields}}}'.encode()
    ticket = server.http.post(f"/{PRO}", content=body).json()

    server.wait(ticket)
    reply = server.result(ticket)
    assert reply.status_code == 422
    assert len(reply.content) < 100_000


def test_the_queue_has_a_limit(start):
    """Server 8: beyond it a submit is a 429 that may be tried again."""
    server = start("--queue-limit", "2", engines=("SlowEngine",))
    tickets = [server.submit("a frames=1000") for _ in range(2)]
    refused = server.http.post(f"/{PRO}", json={"prompt": "a"})

    assert refused.status_code == 429
    assert refused.json()["error_type"] == "queue_length_exceeded"
    assert refused.headers["x-fal-needs-retry"] == "1"
    for ticket in tickets:
        server.cancel(ticket)
        server.wait(ticket)
    assert "request_id" in server.submit("a frames=1")


needs_limits = pytest.mark.skipif(sys.platform != "linux", reason="limits another process's files")


def limit_files(process, most):
    """From now on no file of this process grows beyond `most` bytes, as on a full disk."""
    process.rlimit(psutil.RLIMIT_FSIZE, (most, psutil.RLIM_INFINITY))


@needs_limits
def test_a_clip_without_room_fails_its_job(start):
    """The job says why; the next one, with room, is made by the same worker."""
    server = start()
    server.wait(server.submit("a fox"))
    (worker,) = psutil.Process(server.process.pid).children()
    limit_files(worker, 100)
    ticket = server.submit("a fox")
    server.wait(ticket)
    failed = server.result(ticket)
    limit_files(worker, psutil.RLIM_INFINITY)

    assert failed.status_code == 500
    assert "make room" in failed.json()["detail"]
    assert server.wait(server.submit("a fox")).get("error") is None


@needs_limits
def test_a_queue_without_room_refuses_and_recovers(start):
    """What runs meanwhile ends when there is room again: none waits for ever."""
    server = start(engines=("SlowEngine",))
    running = server.submit("a frames=200")
    server.wait_for(running, "IN_PROGRESS")
    process = psutil.Process(server.process.pid)
    limit_files(process, 0)
    refused = server.http.post(f"/{PRO}", json={"prompt": "a"})
    assert server.http.get("/_ltx/health").status_code == 200
    limit_files(process, psutil.RLIM_INFINITY)

    assert refused.status_code == 507
    assert "make room" in refused.json()["detail"]
    assert server.wait(running)["status"] == "COMPLETED"
    assert server.wait(server.submit("a frames=1")).get("error") is None
