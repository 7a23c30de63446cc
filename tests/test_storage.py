"""Large files in parts: sent apart, tried again apart, gone on with later (Client 17)."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import tracemalloc
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from scripted import CUT, Answer, Scripted

from ltx_widgets.client import LTXClient
from ltx_widgets.config import Secret, Target
from ltx_widgets.errors import APIError, LTXError, MediaError, ProtocolError
from ltx_widgets.media.material import Material
from ltx_widgets.storage import Outgoing
from ltx_widgets.storage_wire import Slot, read_token, slot_facts, slot_from_facts
from ltx_widgets.uploads import Uploads

PART = 10 << 20
SIZE = 2 * PART + 1234


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """A file of two parts and a bit, no two bytes of which are where they could be swapped."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    path.write_bytes(os.urandom(SIZE))
    return path


@pytest.fixture
def material(film):
    digest = hashlib.sha256(film.read_bytes()).hexdigest()
    return Material(
        "video", "film", path=film, sha256=digest, size=SIZE, content_type="video/mp4", name="f.mp4"
    )


def real(server, work):
    """Run `work(client)` against the project's own server."""

    async def scene():
        async with LTXClient(Target("local", server.url, server.key)) as client:
            return await asyncio.wait_for(work(client), 60)

    return asyncio.run(scene())


def scripted(play, *, way="signed"):
    """Run `play(server, client)` against a scripted storage that has one way in."""

    async def scene():
        async with Scripted() as server:
            _script(server, way)
            async with LTXClient(Target("server", server.url, Secret("canary"))) as client:
                return await asyncio.wait_for(play(server, client), 60)

    return asyncio.run(scene())


def _script(server, way):
    def tagged(asked):
        number = asked.path.partition("?")[0].rsplit("/", 1)[1]
        etag = f'"e{number}"'
        if way == "token":
            return Answer(200, {}, {"ETag": etag})
        return Answer(200, {"partNumber": int(number), "etag": etag})

    slot = {"upload_url": f"{server.url}/put?sig=1", "file_url": f"{server.url}/f"}
    nowhere = Answer(400, {"detail": "Invalid storage type"})
    for name in ("initiate", "initiate-multipart"):
        server.on(f"/upload/{name}", Answer(200, slot) if way == "signed" else nowhere)
    server.on("/storage/auth/token", Answer(200, token(server)))
    server.on(
        "/files/upload/multipart",
        Answer(200, {"access_url": f"{server.url}/cdn/f", "uploadId": "u1"}),
    )
    server.on("/files/upload", Answer(200, {"access_url": f"{server.url}/cdn/f"}))
    base = "/put" if way == "signed" else "/cdn/f/multipart/u1"
    for number in (1, 2, 3):
        server.on(f"{base}/{number}", tagged)
    server.on(f"{base}/complete", Answer(200, {}))


def token(server, *, lasts_s=3600):
    ends = datetime.now(UTC) + timedelta(seconds=lasts_s)
    return {
        "token": "t0ken",
        "token_type": "Bearer",
        "base_url": server.url,
        "expires_at": str(ends),
    }


def upload(client, film, **how):
    return client.files.upload(Outgoing(film, "f é.mp4", "video/mp4"), **how)


def parts_of(server):
    """The parts that arrived, by number, in the order of their arrival."""
    asked = [a for a in server.asked if a.method == "PUT"]
    return [(int(a.path.partition("?")[0].rsplit("/", 1)[1]), a) for a in asked]


def test_a_large_file_arrives_byte_by_byte(tiny, film):
    """Client 17: in parts, at our own server; the first and last figures of progress are right."""
    told = []

    async def work(client):
        url = await upload(client, film, on_progress=lambda *now: told.append(now))
        return url, client.requests

    url, requests = real(tiny, work)

    assert httpx.get(url).content == film.read_bytes()
    assert requests == 5  # begin, three parts, complete
    assert told[-1] == (SIZE, SIZE)


def test_memory_stays_flat(tiny, film):
    """Client 17: a few chunks at a time, whatever the file's size."""

    async def work(client):
        tracemalloc.start()
        await upload(client, film)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    assert real(tiny, work) < 9 << 20


def test_signed_addresses_never_see_the_key(film):
    """Client 17: the key goes to the host that gives places, the bytes go without it."""

    async def play(server, client):
        await upload(client, film)
        return server.asked

    asked = scripted(play)

    first, *others = asked
    assert first.headers["authorization"] == "Key canary"
    assert json.loads(first.body) == {"content_type": "video/mp4", "file_name": "f é.mp4"}
    assert all("authorization" not in other.headers for other in others)
    assert sorted(other.path for other in others) == [
        "/put/1?sig=1",
        "/put/2?sig=1",
        "/put/3?sig=1",
        "/put/complete?sig=1",
    ]


def test_parts_are_named_by_number_in_the_end(film):
    """Client 17: sorted, however they arrived, each with its tag as it came."""

    async def play(server, client):
        await upload(client, film)
        return json.loads(server.asked[-1].body)

    assert scripted(play) == {"parts": [{"partNumber": n, "etag": f'"e{n}"'} for n in (1, 2, 3)]}


@pytest.mark.parametrize("trouble", [CUT, Answer(503), Answer(429), Answer(500)])
def test_only_the_part_in_trouble_is_sent_again(film, trouble):
    """Client 17: the others went and stay."""

    async def play(server, client):
        good = server.script["/put/2"][0]
        server.on("/put/2", trouble, good)
        await upload(client, film)
        return sorted(number for number, _ in parts_of(server))

    assert scripted(play) == [1, 2, 2, 3]


def test_a_part_that_is_refused_ends_the_upload(film):
    """Client 17: its words are told, and the rest is not sent."""

    async def play(server, client):
        server.on("/put/1", Answer(413, {"detail": "too large for us"}))
        with pytest.raises(APIError, match="too large for us"):
            await upload(client, film)
        return server.count("/complete")

    assert scripted(play) == 0


def test_the_other_way_is_taken_where_the_first_is_closed(film):
    """Client 17: a token, then parts with it; the key itself stays with the REST host."""

    async def play(server, client):
        url = await upload(client, film)
        return url == f"{server.url}/cdn/f", server.asked

    found, asked = scripted(play, way="token")

    told = {a.path.partition("?")[0]: a.headers.get("authorization") for a in asked}
    assert found
    assert told.pop("/storage/upload/initiate-multipart") == "Key canary"
    assert told.pop("/storage/auth/token") == "Key canary"
    assert set(told.values()) == {"Bearer t0ken"}
    assert len(told) == 5
    begin = next(a for a in asked if a.path == "/files/upload/multipart")
    assert begin.headers["x-fal-file-name"] == "f %C3%A9.mp4"


def test_a_small_file_takes_the_other_way_too(tmp_path):
    """Client 17: whole, with a token."""
    path = tmp_path / "a.png"
    path.write_bytes(b"png")

    async def play(server, client):
        url = await upload(client, path)
        return url == f"{server.url}/cdn/f", server.asked[-1]

    found, post = scripted(play, way="token")

    assert found
    assert (post.method, post.path, post.body) == ("POST", "/files/upload", b"png")


@pytest.mark.parametrize(("lasts_s", "asked"), [(3600, 1), (60, 2)])
def test_a_token_is_kept_until_shortly_before_its_end(tmp_path, lasts_s, asked):
    """Client 17: refreshed early, so that no part meets its end."""
    path = tmp_path / "a.png"
    path.write_bytes(b"png")

    async def play(server, client):
        server.on("/storage/auth/token", Answer(200, token(server, lasts_s=lasts_s)))
        await upload(client, path)
        await upload(client, path)
        return server.count("/auth/token")

    assert scripted(play, way="token") == asked


def test_a_token_is_in_no_repr():
    """Client 22: it is a secret like the key."""
    facts = {"token": "t0ken", "base_url": "https://x", "expires_at": "2026-01-01T00:00:00+00:00"}

    assert "t0ken" not in repr(read_token(facts))


def test_what_went_is_not_sent_again(tiny, material, tmp_path):
    """Client 17: cut off in the middle, the next kernel sends the rest, and the file is whole."""
    ledger = tmp_path / "uploads.db"

    async def cut_off(client):
        keep = Uploads(ledger)._keep_begun

        async def keep_one(slot):
            keep(material.sha256, client.target.storage, slot)
            if slot.etags:
                raise KeyError  # as good as a killed kernel: one part went, and is written down

        with pytest.raises(KeyError):
            await upload(client, material.path, keep=keep_one)

    async def go_on(client):
        return await Uploads(ledger).address(client, material), client.requests

    real(tiny, cut_off)
    url, requests = real(tiny, go_on)

    assert httpx.get(url).content == material.path.read_bytes()
    assert requests <= 3  # two parts at most, and complete


def test_the_signed_address_is_forgotten_once_the_file_is_there(tiny, material, tmp_path):
    """Client 22: while it is needed it is kept for its owner only; afterwards not at all."""
    ledger = tmp_path / "uploads.db"

    real(tiny, lambda client: Uploads(ledger).address(client, material))

    assert b"ticket=" not in ledger.read_bytes()
    assert ledger.stat().st_mode & 0o077 == 0


def test_a_stale_place_is_begun_anew(tiny, film):
    """Client 17: what was begun is gone at the storage: all of it goes up again."""
    lost = Slot("signed", f"{tiny.url}/uploads/{'0' * 32}/f?ticket=x", f"{tiny.url}/f", PART)

    url = real(tiny, lambda client: upload(client, film, begun=lost.with_part(1, '"a"')))

    assert httpx.get(url).content == film.read_bytes()


def test_facts_of_a_slot_come_back():
    """What is written down between kernels says all that it takes."""
    slot = Slot("token", "https://x/put", "https://x/f", PART, {2: '"b"'})

    assert slot_from_facts(json.loads(json.dumps(slot_facts(slot)))) == slot
    with pytest.raises(LTXError):
        slot_from_facts({"way": "signed"})


def test_a_lost_answer_to_complete_is_no_loss(film):
    """Client 17: asked again it may be unknown by then; the file itself is the proof."""

    async def play(server, client):
        server.on("/put/complete", CUT, Answer(404, {"detail": "no such upload"}))
        server.on("/f", Answer(200, {}))
        return await upload(client, film) == f"{server.url}/f"

    assert scripted(play)


def test_complete_that_is_refused_is_an_error(film):
    """Client 17: no file, no address."""

    async def play(server, client):
        server.on("/put/complete", Answer(400, {"detail": "part 2 is missing"}))
        with pytest.raises(APIError, match="part 2 is missing"):
            await upload(client, film)

    scripted(play)


@pytest.mark.parametrize("change", ["longer", "shorter", "other"])
def test_a_file_that_changes_meanwhile_is_named(tmp_path, change):
    """Client 17: a mixture is no file; said plainly, at the latest before it is completed."""
    path = tmp_path / "growing.mp4"
    path.write_bytes(bytes(SIZE))

    def meddle(done, _):
        if done == 0 and path.stat().st_size == SIZE:
            with path.open("r+b") as file:
                if change == "shorter":
                    file.truncate(100)
                file.seek(0, os.SEEK_END if change == "longer" else os.SEEK_SET)
                file.write(b"x")
            os.utime(path, ns=(1, 1))

    async def play(server, client):
        with pytest.raises(MediaError, match=r"f é\.mp4 (changed|became shorter)"):
            await upload(client, path, on_progress=meddle)
        return server.count("/complete")

    assert scripted(play) == 0


def test_a_cancelled_upload_stops(film):
    """Client 17: nothing more is sent, and nothing is left running."""

    async def play(server, client):
        begun = asyncio.Event()
        work = asyncio.ensure_future(
            upload(client, film, on_progress=lambda done, _: done and begun.set())
        )
        await begun.wait()
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        return server.count("/complete"), len(asyncio.all_tasks())

    completes, tasks = scripted(play)
    assert completes == 0
    assert tasks <= 2 + 3  # this scene, its time-out, and the server's own readers


@pytest.mark.parametrize("where", ["upload_url", "base_url"])
def test_a_plain_foreign_address_gets_nothing(film, where):
    """Client 17: bytes and tokens go over https, or to the host that was configured."""

    async def play(server, client):
        if where == "base_url":
            _script(server, "token")
            facts = {**token(server), "base_url": "http://203.0.113.1"}
            server.on("/storage/auth/token", Answer(200, facts))
        else:
            facts = {"upload_url": "http://203.0.113.1/put", "file_url": "https://x/f"}
            server.on("/upload/initiate-multipart", Answer(200, facts))
        with pytest.raises(ProtocolError, match="https"):
            await upload(client, film)

    scripted(play)
