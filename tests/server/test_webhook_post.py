"""One POST to whom a webhook names: what counts as an answer, who is called, and for how long."""

import asyncio
import socket
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hook_receiver import HookReceiver
from hostile_web import Web, without_end

from ltx_widgets.server.addresses import is_own, place_of
from ltx_widgets.server.changes import Changes
from ltx_widgets.server.failures import fault
from ltx_widgets.server.store import Store
from ltx_widgets.server.webhook_key import KeyFile
from ltx_widgets.server.webhook_post import NoAnswer, NotAllowed, Reach, post
from ltx_widgets.server.webhooks import Deliveries, DeliveryRules

PRO = "fal-ai/ltx-2.3/text-to-video"
CERTIFICATE = Path(__file__).with_name("self_signed.pem")


@pytest.fixture
def web():
    web = Web(
        {
            "/continued": b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
            "/forever": b"HTTP/1.1 100 Continue\r\n\r\n" * 9,
            "/endless": without_end(b"HTTP/1.1 200 OK\r\n\r\n"),
            "/talks": without_end(b"HTTP/1.1 200 OK\r\n\r\n", b"a", 0.05),
            "/garbage": b"220 mail.example ESMTP\r\n\r\n",
            "/odd": b"HTTP/1.1 2000 OK\r\n\r\n",
            "/long": b"HTTP/1.1 200 OK\r\nX-A: " + b"a" * (1 << 17),
            "/cut": b"HTTP/1.1 200 OK\r\n",
            "/drip": without_end(b"HTTP/1.1 200 OK\r\nX-A: ", b"a", 0.05),
            "/": b"HTTP/1.1 200 OK\r\n\r\n",
        }
    )
    yield web
    web.close()


def send(url, *, reach=None, within_s=5.0):
    """POST two bytes and give the status."""

    async def work():
        with ThreadPoolExecutor(1) as names:
            return await post(
                place_of(url), {}, b"{}", reach=reach or Reach(), names=names, within_s=within_s
            )

    return asyncio.run(work())


def waits_in(task):
    """The names of the coroutines that a task waits in, one inside the other."""
    inner, names = task.get_coro(), []
    while hasattr(inner, "cr_code"):
        names.append(inner.cr_code.co_name)
        inner = inner.cr_await
    return names


@pytest.mark.parametrize(("path", "status"), [("/continued", 204), ("/endless", 200), ("/x", 404)])
def test_the_final_status_is_the_answer(web, path, status):
    """Whatever comes before it or after it."""
    assert send(web.url + path) == status


@pytest.mark.parametrize("path", ["/garbage", "/odd", "/long", "/cut", "/forever"])
def test_what_is_no_reply_is_no_answer(web, path):
    """And may be tried again."""
    with pytest.raises(NoAnswer):
        send(web.url + path)


def test_a_try_has_one_deadline(web):
    """Server 11: bytes that keep coming do not move it."""
    with pytest.raises(NoAnswer, match=r"within 0\.3 s"):
        send(web.url + "/drip", within_s=0.3)


def test_an_answer_in_time_counts_though_its_sender_talks_on(web, monkeypatch):
    """A try that was acknowledged is not made again."""
    monkeypatch.setattr("ltx_widgets.server.webhook_post._GOODBYE_S", 3)

    assert send(web.url + "/talks", within_s=2) == 200


def test_an_end_during_the_leave_keeps_the_answer(web, monkeypatch):
    """Nor is it where the server ends just then."""
    monkeypatch.setattr("ltx_widgets.server.webhook_post._GOODBYE_S", 60)

    async def work():
        with ThreadPoolExecutor(1) as names:
            place = place_of(web.url + "/talks")
            task = asyncio.create_task(
                post(place, {}, b"{}", reach=Reach(), names=names, within_s=20)
            )
            # Nothing tells when it has read the answer.
            while not task.done() and "_say_goodbye" not in waits_in(task):  # noqa: ASYNC110
                await asyncio.sleep(0)
            task.cancel()
            return await task

    assert asyncio.run(work()) == 200


def test_nobody_there_is_no_answer():
    """A closed port, and a name that is not known."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(NoAnswer, match="not to be reached"):
        send(f"http://127.0.0.1:{port}/")
    with pytest.raises(NoAnswer, match="not known"):
        send("http://hook.example/", reach=Reach(resolve=lambda *_: []))


def test_a_certificate_that_nobody_signed_is_no_answer():
    """TLS is verified."""
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trust.load_cert_chain(CERTIFICATE)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def shake_hands():
            line, _ = listener.accept()
            with line, pytest.raises((ssl.SSLError, ConnectionError)):
                trust.wrap_socket(line, server_side=True)

        thread = threading.Thread(target=shake_hands)
        thread.start()
        with pytest.raises(NoAnswer, match="SSLCertVerificationError"):
            send(f"https://127.0.0.1:{listener.getsockname()[1]}/")
        thread.join()


def test_a_name_is_looked_up_once(web):
    """The connection goes to what was checked, whatever the name says later."""
    asked = []

    def resolve(host, port):
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    assert send(f"http://hook.example:{web.port}/", reach=Reach(resolve=resolve)) == 200
    assert asked == ["hook.example"]
    assert f"\r\nHost: hook.example:{web.port}\r\n" in web.seen[-1]


@pytest.mark.parametrize("addresses", [["10.0.0.1"], ["127.0.0.1", "169.254.169.254"]])
def test_a_name_that_leads_into_the_network_is_not_called(web, addresses):
    """Every address must be allowed; nobody is called before."""
    reach = Reach(resolve=lambda *_: addresses)
    with pytest.raises(NotAllowed, match="does not call"):
        send(f"http://hook.example:{web.port}/", reach=reach)

    assert web.seen == []


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_loopback_is_this_computers(address):
    """Its own addresses may be called, other than at fal, unless they were ruled out."""
    assert is_own(address)
    assert Reach().allows(address)
    assert not Reach(own=False).allows(address)


@pytest.mark.parametrize(
    "address", ["0.0.0.0", "::", "10.255.255.1", "224.0.0.1", "255.255.255.255", "8.8.8.8", "x"]
)
def test_other_addresses_are_not_this_computers(address):
    """Also those that a socket could be bound to."""
    assert not is_own(address)


class Clock:
    """A clock that is set by hand."""

    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now


@pytest.fixture
def post_office(tmp_path):
    """Makes `Deliveries` on one store, each with rules of its own."""
    store = Store(tmp_path / "queue.db")

    def make(**clocks):
        rules = clocks.pop("rules", DeliveryRules((0.0,)))
        key = KeyFile(tmp_path / "webhook.key")
        return Deliveries(
            store, Changes(), tmp_path, key, rules=rules, own_url="http://127.0.0.1:1", **clocks
        )

    make.store = store
    yield make
    store.close()


def ended(store, url, request_id="r1"):
    """A job that is over, and its webhook."""
    store.webhooks.add(request_id, url, None)
    store.add(request_id, PRO, {}, failure=fault("no"))


def test_the_times_are_fals():
    """Server 11: 15 s for the first try, 120 s for each later one."""
    rules = DeliveryRules(())

    assert (rules.first_s, rules.later_s) == (15.0, 120.0)


def deliver_all(deliveries):
    """Deliver what is due, once."""

    async def work():
        deliveries._start_due()
        await asyncio.gather(*deliveries._under_way.values())
        await deliveries.close()

    asyncio.run(work())


@pytest.mark.parametrize(("tried", "first_s", "later_s"), [(0, 0.2, 9.0), (1, 9.0, 0.2)])
def test_first_and_later_tries_have_times_of_their_own(post_office, tried, first_s, later_s):
    """Server 11: a receiver that is silent is given up after the time of that try."""
    rules = DeliveryRules((0.0,) * tried, first_s=first_s, later_s=later_s)
    with HookReceiver(held=True) as receiver:
        ended(post_office.store, receiver.url)
        for _ in range(tried):
            post_office.store.webhooks.try_again("r1", 0)
        deliver_all(post_office(rules=rules))

    assert "within 0.2 s" in post_office.store.webhooks.find("r1").outcome


@pytest.mark.parametrize("jump", [-365 * 86_400, 365 * 86_400, -30, 30])
def test_a_clock_that_is_set_neither_stops_nor_floods(post_office, jump):
    """What was to come in 40 s still does, whatever the clock on the wall says then."""
    wall, steady = Clock(1e9), Clock(500.0)
    deliveries = post_office(clock=wall, steady=steady)
    ended(post_office.store, "http://127.0.0.1:1/")
    post_office.store.webhooks.try_again("r1", wall.now + 40)

    wall.now += 10 + jump
    steady.now += 10

    assert deliveries._start_due() == pytest.approx(30)
    assert deliveries._under_way == {}


def test_what_another_clock_noted_is_due_at_once(post_office):
    """A server on a computer whose clock was wrong for a day left it so."""
    wall = Clock(1e9)
    ended(post_office.store, "http://127.0.0.1:1/")
    post_office.store.webhooks.try_again("r1", wall.now + 86_400)

    post_office.store.webhooks.take_up(wall.now + 3600)

    assert post_office.store.webhooks.find("r1").due == 0


def test_first_tries_come_before_later_ones(post_office):
    """A receiver that never answers does not hold up those that would."""
    for name in ("old", "new"):
        ended(post_office.store, "http://127.0.0.1:1/", name)
    post_office.store.webhooks.try_again("old", 0)

    assert [hook.request_id for hook in post_office.store.webhooks.due(1.0, 9)] == ["new", "old"]


def test_what_cannot_be_made_is_given_up_too(post_office):
    """An engine's odd result, and an address that was allowed once: neither is tried for ever."""
    store = post_office.store
    store.webhooks.add("odd", "http://127.0.0.1:1/", None)
    store.add("odd", PRO, {})
    store.finish(store.claim("f"), {"engine": "odd", "no": "video"})
    ended(store, "gopher://127.0.0.1/", "gopher")

    deliver_all(post_office(rules=DeliveryRules(())))

    outcomes = [store.webhooks.find(name).outcome for name in ("odd", "gopher")]
    assert outcomes == [
        "could not be sent; try 1 was the last",
        "is a gopher address; use https",
    ]
    assert not store.webhooks.undelivered()


def test_what_is_due_is_found_without_a_look_at_the_rest(post_office):
    """A thousand that wait for a receiver cost as little as one."""
    database = post_office.store._db
    asked = []
    database.set_trace_callback(asked.append)
    post_office.store.webhooks.due(1.0, 8)
    post_office.store.webhooks.next_due(1.0)
    post_office.store.webhooks.undelivered()
    database.set_trace_callback(None)

    plans = [str(database.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()) for sql in asked]
    assert len(plans) == 4
    assert all("webhooks_due" in plan and "TEMP B-TREE" not in plan for plan in plans)
