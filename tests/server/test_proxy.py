"""The workshop proxy, with TLS under fal's own names behind it."""

import asyncio
import json
from contextlib import asynccontextmanager

import httpx
import pytest
from scripted import Answer, Scripted

PRO = "fal-ai/ltx-2.3/text-to-video"
SUBMIT = f"https://queue.fal.run/{PRO}"
JOB = "https://queue.fal.run/fal-ai/ltx-2.3/requests/r1"


@asynccontextmanager
async def calling(workshop, **headers):
    given = {"Authorization": f"Key {workshop.password}", **headers}
    async with httpx.AsyncClient(headers=given, timeout=20, trust_env=False) as http:
        yield http


def asking(workshop, *answers, method="POST", target=SUBMIT, headers=None, **what):
    """Ask once through the proxy; what fal heard, and the reply."""

    async def scenario():
        async with Scripted() as fal, calling(workshop) as http:
            workshop.lead(fal.url)
            fal.on("", *(answers or [Answer()]))
            given = {"x-fal-target-url": target, **(headers or {})}
            reply = await http.request(method, workshop.url, headers=given, **what)
            return fal.asked, reply

    return asyncio.run(scenario())


def test_a_call_arrives_as_it_was_made_with_the_proxys_key(workshop):
    """Server 15: method, address, body and fal's own headers; no other of the caller's."""
    body = json.dumps({"prompt": "é"}).encode()
    headers = {
        "Content-Type": "application/json",
        "X-Fal-Queue-Priority": "low",
        "X-Fal-Client-Proxy": "somebody else's",
        "Cookie": "a=b",
        "Origin": "https://page.example",
        "X-Other": "1",
    }

    [asked], _ = asking(workshop, target=f"{SUBMIT}?fal_webhook=x", headers=headers, content=body)

    assert (asked.method, asked.path, asked.body) == ("POST", f"/{PRO}?fal_webhook=x", body)
    assert asked.headers["authorization"] == f"Key {workshop.key}"
    assert asked.headers["host"] == "queue.fal.run"
    assert asked.headers["content-type"] == "application/json"
    assert asked.headers["x-fal-queue-priority"] == "low"
    assert asked.headers["x-fal-client-proxy"].startswith("ltx_widgets/")
    assert not {"cookie", "origin", "x-other", "x-fal-target-url"} & set(asked.headers)
    assert workshop.password not in str(asked)


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("POST", f"http://queue.fal.run/{PRO}"),
        ("POST", f"https://evilfal.run/{PRO}"),
        ("POST", f"https://queue.fal.run.evil.example/{PRO}"),
        ("POST", f"https://queue.fal.run@evil.example/{PRO}"),
        ("POST", "https://queue.fal.run/fal-ai/flux/dev"),
        ("GET", "https://queue.fal.run/fal-ai/flux/requests/r1"),
        ("PUT", "https://queue.fal.run/fal-ai/flux/requests/r1/cancel"),
        ("POST", "https://rest.fal.ai/tokens/"),
        ("GET", "https://v3.fal.media/files/a"),
        ("GET", ""),
    ],
)
def test_other_addresses_are_refused_before_anything_is_sent(workshop, method, target):
    """Server 15: 400 with the reason, for every method; the key goes nowhere."""
    reply = workshop.server.http.request(
        method, "/_ltx/proxy", headers={"x-fal-target-url": target}
    )

    assert reply.status_code == 400
    assert reply.json()["detail"].startswith("Invalid request: ")
    assert reply.headers["x-fal-error-type"] == "bad_request"
    assert workshop.front.opened == []


@pytest.mark.parametrize("targets", [[], [SUBMIT, SUBMIT]], ids=["none", "two"])
def test_one_address_is_needed(workshop, targets):
    """Server 15: 400 that names the header."""
    headers = [("x-fal-target-url", target) for target in targets]

    reply = workshop.server.http.post("/_ltx/proxy", headers=headers)

    assert reply.status_code == 400
    assert f"got {len(targets)}" in reply.json()["detail"]
    assert workshop.front.opened == []


@pytest.mark.parametrize("given", [None, "Key wrong", "Key {fal}"])
def test_callers_need_the_servers_own_key(workshop, given):
    """Server 15: 401; fal's key is no password here."""
    headers = {"x-fal-target-url": SUBMIT}
    if given:
        headers["Authorization"] = given.format(fal=workshop.key)

    reply = httpx.post(workshop.url, headers=headers, json={})

    assert reply.status_code == 401
    assert workshop.front.opened == []


@pytest.mark.parametrize("status", [200, 202, 400, 401, 403, 404, 422, 429, 499, 500, 504])
def test_status_headers_and_body_come_back_as_they_are(workshop, status):
    """Server 15: the official proxy makes 200 of each of them."""
    told = {"X-Fal-Request-Id": "r1", "X-Fal-Needs-Retry": "0", "Retry-After": "7"}
    answer = Answer(status, {"detail": [{"loc": ["body", "prompt"], "msg": "é"}]}, told)

    _, reply = asking(workshop, answer, method="GET", target=JOB)

    assert reply.status_code == status
    assert reply.json() == answer.body
    assert {name: reply.headers[name] for name in told} == told


def test_what_fals_host_says_of_itself_stays_there(workshop):
    """Cookies, TLS and cross-origin leave are this server's own matters."""
    headers = {
        "Set-Cookie": "session=1; Path=/",
        "Strict-Transport-Security": "max-age=1",
        "Access-Control-Allow-Origin": "https://fal.ai",
        "Connection": "close, X-Private",
        "X-Private": "1",
    }

    _, reply = asking(workshop, Answer(200, {}, headers))
    [asked], _ = asking(workshop)

    assert not {name.lower() for name in headers} & (set(reply.headers) - {"connection"})
    assert "cookie" not in asked.headers


def test_a_key_that_fal_reflects_does_not_come_back(workshop):
    """Server 15: not in a header, not in a body, and not its secret half alone."""
    secret = workshop.key.partition(":")[2]
    answer = Answer(400, {"detail": f"bad {workshop.key}, {secret}"}, {"X-Seen": workshop.key})

    _, reply = asking(workshop, answer)

    assert reply.json() == {"detail": "bad [redacted], [redacted]"}
    assert reply.headers["x-seen"] == "[redacted]"


def test_a_cancel_goes_without_a_body(workshop):
    """Server 15: the PUT that crashes one of the official proxies."""
    answer = Answer(202, {"status": "CANCELLATION_REQUESTED"})

    [asked], reply = asking(workshop, answer, method="PUT", target=f"{JOB}/cancel")

    assert (asked.method, asked.headers["content-length"], asked.body) == ("PUT", "0", b"")
    assert (reply.status_code, reply.json()) == (202, answer.body)


@pytest.mark.parametrize(
    ("location", "shown"),
    [(f"{JOB}/status", True), ("https://evil.example/", False), ("/elsewhere", False)],
)
def test_redirects_are_handed_back(workshop, location, shown):
    """Server 15: never followed with the key, and their address shown only if it is one of ours."""
    asked, reply = asking(
        workshop, Answer(307, {}, {"Location": location}), method="GET", target=JOB
    )

    assert len(asked) == 1
    assert (reply.status_code, reply.headers.get("location")) == (307, location if shown else None)


def test_bodies_have_a_limit(workshop):
    """Server 15: 413 beyond 24 MiB, before anything is sent."""
    reply = workshop.server.http.post(
        "/_ltx/proxy", headers={"x-fal-target-url": SUBMIT}, content=bytes((24 << 20) + 1)
    )

    assert reply.status_code == 413
    assert workshop.front.opened == []


class Held:
    """Stands for fal: says what the test tells it to, when it tells it to."""

    def __init__(self):
        self.asked = asyncio.Event()
        self.gone = asyncio.Event()

    @asynccontextmanager
    async def behind(self, workshop):
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        workshop.lead(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        async with server:
            yield self

    async def hears(self, opening):
        """Wait until a call is here; one that is over before that never came."""
        asked = asyncio.create_task(self.asked.wait())
        await asyncio.wait({asked, opening}, return_when=asyncio.FIRST_COMPLETED)
        assert not opening.done(), opening.result()
        asked.cancel()

    def say(self, raw):
        self._writer.write(raw)

    def hang_up(self):
        self._writer.close()

    async def _serve(self, reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        self._writer = writer
        self.asked.set()
        while await reader.read(1 << 16):
            pass
        self.gone.set()
        writer.close()


EVENTS_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"


def test_events_come_one_by_one(workshop):
    """Server 15: each is there before the next one is said; the end of the stream is an end."""

    async def scenario():
        async with Held().behind(workshop) as fal, calling(workshop) as http:
            headers = {"x-fal-target-url": f"{JOB}/status/stream?logs=1"}
            call = http.build_request("GET", workshop.url, headers=headers)
            opening = asyncio.create_task(http.send(call, stream=True))
            await fal.hears(opening)
            fal.say(EVENTS_HEAD)
            reply = await opening
            chunks = reply.aiter_raw()
            for number in range(3):
                fal.say(b"data: %d\n\n" % number)
                assert await anext(chunks) == b"data: %d\n\n" % number
            fal.hang_up()
            assert [chunk async for chunk in chunks] == []
            return reply

    reply = asyncio.run(scenario())

    assert reply.headers["content-type"] == "text/event-stream"
    assert reply.headers["x-accel-buffering"] == "no"


@pytest.mark.parametrize("begun", [True, False], ids=["streaming", "waiting"])
def test_who_hangs_up_ends_the_call_at_fal(workshop, begun):
    """Server 15: nothing goes on at fal that nobody listens to."""

    async def scenario():
        async with Held().behind(workshop) as fal, calling(workshop) as http:
            headers = {"x-fal-target-url": f"{JOB}/status/stream"}
            call = http.build_request("GET", workshop.url, headers=headers)
            opening = asyncio.create_task(http.send(call, stream=True))
            await fal.hears(opening)
            if begun:
                fal.say(EVENTS_HEAD + b": hello\n\n")
                await (await opening).aclose()
            else:
                opening.cancel()
            await asyncio.wait_for(fal.gone.wait(), 20)

    asyncio.run(scenario())


async def pieces(size):
    for _ in range(size >> 16):
        yield bytes(1 << 16)


def test_bodies_of_unknown_size_have_a_limit_too(workshop):
    """Server 15: 413, or cut off before that is read; the call at fal is cut off in any case."""

    async def scenario():
        async with Held().behind(workshop) as fal, calling(workshop) as http:
            headers = {"x-fal-target-url": SUBMIT}
            try:
                sent = await http.post(workshop.url, headers=headers, content=pieces(26 << 20))
                status = sent.status_code
            except (httpx.ReadError, httpx.WriteError):
                status = 413  # Still sending, it never read the answer.
            await asyncio.wait_for(fal.gone.wait(), 20)
            return status

    assert asyncio.run(scenario()) == 413


def test_a_cut_reply_looks_cut(workshop):
    """Half of a reply is never handed on as a whole one."""
    cut = Answer(200, {"video": {"url": "https://v3.fal.media/a.mp4"}}, {"Content-Length": "500"})

    with pytest.raises(httpx.RemoteProtocolError):
        asking(workshop, cut, method="GET", target=JOB)


def test_a_fal_that_breaks_off_is_a_502_of_nobodys_job(workshop):
    """No error type and no word on trying again: what was sent may have been taken."""
    _, reply = asking(workshop, Answer(cut_after=0))

    assert reply.status_code == 502
    assert not {"x-fal-error-type", "x-fal-needs-retry", "retry-after"} & set(reply.headers)
    assert "fal broke the connection off" in reply.json()["detail"]


def test_a_fal_that_cannot_be_reached_may_be_asked_again(start):
    """503 with the retry hint: nothing was sent, so that even a submit is safe."""
    proxy = start("--proxy", environ={"FAL_KEY": "a:b", "HTTPS_PROXY": "http://127.0.0.1:9"})

    reply = proxy.http.post("/_ltx/proxy", headers={"x-fal-target-url": SUBMIT}, json={})

    assert (reply.status_code, reply.headers["x-fal-needs-retry"]) == (503, "1")


def test_without_a_key_for_fal_there_is_no_proxy(start):
    """It refuses to start, and says what is missing."""
    server = start("--proxy")

    assert "set FAL_KEY" in server.said
    assert server.ended() == 1


def test_a_pair_of_variables_is_a_key_too(workshop, start):
    """The official proxy sends "Key undefined" then."""
    pair = {"FAL_KEY_ID": "some", "FAL_KEY_SECRET": "pair"}
    proxy = start("--proxy", environ={**pair, **workshop.front.environ})

    reply = proxy.http.post("/_ltx/proxy", headers={"x-fal-target-url": SUBMIT}, json={})

    assert reply.status_code == 502  # Nothing of use stands behind the front now.
    assert "authorization: key some:pair" in workshop.front.heads[0].lower()


def test_more_endpoints_are_passed_on_where_they_are_named(workshop, start):
    """Server 15: --proxy-allow widens the list."""
    flux = {"x-fal-target-url": "https://queue.fal.run/fal-ai/flux/dev"}
    environ = {"FAL_KEY": "a:b", **workshop.front.environ}
    proxy = start("--proxy", "--proxy-allow", "fal-ai/flux/**", environ=environ)

    assert proxy.http.post("/_ltx/proxy", headers=flux, json={}).status_code == 502
    assert workshop.front.opened == ["queue.fal.run:443"]


def test_a_wider_list_alone_is_a_mistake(start):
    """It would do nothing."""
    server = start("--proxy-allow", "**")

    assert server.ended() == 2


def test_other_servers_have_no_proxy(server):
    """404, whatever is asked."""
    reply = server.http.post("/_ltx/proxy", headers={"x-fal-target-url": SUBMIT}, json={})

    assert reply.status_code == 404


def test_the_key_is_in_no_file(workshop):
    """Server 15: not in the log, the queue or the note."""
    asking(workshop, Answer(500, {}, {"X-Seen": workshop.key}))
    secret = workshop.key.partition(":")[2].encode()

    files = [path for path in workshop.server.state_dir.rglob("*") if path.is_file()]

    assert files
    assert [path for path in files if secret in path.read_bytes()] == []
