"""Fetching what a request names: public places only, in bounded time and size."""

import socket
import ssl
import threading
from contextlib import closing
from pathlib import Path

import pytest
from hostile_web import Web, good, moved, without_end

from ltx_widgets.errors import EngineCancelled, MediaError
from ltx_widgets.server.addresses import is_public, place_of
from ltx_widgets.server.fetch import FetchRules, fetch

CERTIFICATE = Path(__file__).with_name("self_signed.pem")
BODY = bytes(range(256)) * 300
HEAD = b"HTTP/1.1 200 OK\r\n"
LAB = FetchRules(allow_private=True, whole_s=20)
HASTY = FetchRules(allow_private=True, whole_s=1.0)
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"

INSIDE = """
    0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1
    172.31.255.255 192.0.0.1 192.0.2.1 192.168.1.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1
    239.1.1.1 240.0.0.1 255.255.255.255 :: ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:10.0.0.1
    64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::7f00:1 100::1 2001:0:7f00:1::1 2001:db8::1
    2002:7f00:1:: 2002:a00:1:: fc00::1 fd00:ec2::254 fe80::1 fe80::1%lo fec0::1 ff02::1 x
"""


@pytest.fixture(scope="module")
def web():
    routes = {
        "/good": good(BODY),
        "/good?a=%2F&b=ä": good(BODY),
        "/chunked": CHUNKED + b"5\r\nhello\r\n0\r\n\r\n",
        "/until-close": HEAD + b"\r\n" + BODY,
        "/moved": moved("/good"),
        "/moved-3": moved("/moved-2"),
        "/moved-2": moved("/moved", 307),
        "/moved-4": moved("/moved-3"),
        "/round": moved("/round"),
        "/to-file": moved("file:///etc/passwd"),
        "/to-gopher": moved("gopher://127.0.0.1/"),
        "/to-nowhere": b"HTTP/1.1 302 moved\r\n\r\n",
        "/to-inside": moved("http://127.0.0.2/secret"),
        "/short": HEAD + b"Content-Length: 9999\r\n\r\nhello",
        "/short-chunk": CHUNKED + b"ff\r\nhello",
        "/packed": good(BODY, "Content-Encoding: gzip"),
        "/packed-twice": HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "/large": HEAD + b"Content-Length: 99999999999\r\n\r\n",
        "/endless": without_end(HEAD + b"\r\n"),
        "/endless-chunks": without_end(CHUNKED, b"10000\r\n" + b"x" * 65536 + b"\r\n"),
        "/drip": without_end(HEAD + b"Content-Length: 5000\r\n\r\n", b"x", 0.05),
        "/drip-head": without_end(HEAD + b"X-A: ", b"x", 0.05),
        "/silent": lambda line: line.recv(1),
        "/going-on": without_end(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.01),
        "/long-header": without_end(HEAD + b"X-A: "),
        "/many-headers": without_end(HEAD, b"X-A: 1\r\n" * 100),
        "/garbage": b"\x00\x01\x02\r\n\r\n",
        "/0.9": b"just text",
        "/error": b"HTTP/1.1 500 oh\r\nContent-Length: 6\r\n\r\nsecret",
        "/none": b"HTTP/1.1 204 none\r\n\r\n",
        "/closed": b"",
    }
    with closing(Web(routes)) as web:
        yield web


@pytest.fixture
def to(tmp_path):
    return tmp_path / "file.part"


@pytest.mark.parametrize("path", ["/good", "/until-close", "/moved", "/moved-3"])
def test_a_file_is_fetched(web, to, path):
    """Whole, however it is sent, over three redirects at most."""
    size = fetch(web.url + path, to, max_bytes=len(BODY), rules=LAB)

    assert (size, to.read_bytes()) == (len(BODY), BODY)


def test_chunks_are_put_together(web, to):
    """Chunked replies have no length of their own."""
    fetch(web.url + "/chunked", to, max_bytes=5, rules=LAB)

    assert to.read_bytes() == b"hello"


def test_a_fetch_says_who_it_is_and_no_more(web, to, monkeypatch):
    """No cookie, no key, no proxy of the environment; the reply shall come unpacked."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    fetch(web.url + "/good", to, max_bytes=len(BODY), rules=LAB)

    assert web.seen[-1] == (
        f"GET /good HTTP/1.1\r\nHost: 127.0.0.1:{web.port}\r\nAccept: */*\r\n"
        "Accept-Encoding: identity\r\nConnection: close\r\nUser-Agent: ltx-widgets\r\n\r\n"
    )


def test_progress_is_told_in_bytes(web, to):
    """The last count is the size."""
    told = []
    fetch(web.url + "/good", to, max_bytes=len(BODY), rules=LAB, tell=told.append)

    assert told == [65536, len(BODY)]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/moved-4", "more than 3 times"),
        ("/round", "more than 3 times"),
        ("/to-file", "is a file address"),
        ("/to-gopher", "is a gopher address"),
        ("/to-nowhere", "no address to go on to"),
        ("/short", "too early"),
        ("/short-chunk", "broke off"),
        ("/packed", "packed"),
        ("/packed-twice", "packed"),
        ("/drip", "within 1 s"),
        ("/drip-head", "within 1 s"),
        ("/silent", "within 1 s"),
        ("/going-on", "within 1 s"),
        ("/long-header", "no HTTP reply"),
        ("/many-headers", "no HTTP reply"),
        ("/garbage", "no HTTP reply"),
        ("/0.9", "no HTTP reply"),
        ("/error", "answered with 500"),
        ("/none", "answered with 204"),
        ("/closed", "no HTTP reply"),
        ("/nothing-there", "answered with 404"),
    ],
)
def test_what_is_no_good_reply_is_a_download_error(web, to, path, text):
    """In bounded time, with a reason, and nothing left on disk."""
    rules = HASTY if text == "within 1 s" else LAB
    with pytest.raises(MediaError, match=text) as caught:
        fetch(web.url + path, to, max_bytes=1 << 20, rules=rules)

    assert caught.value.type == "file_download_error"
    assert "secret" not in str(caught.value)
    assert not to.exists()


@pytest.mark.parametrize("path", ["/good", "/large", "/endless", "/endless-chunks"])
def test_what_is_too_large_is_not_read_on(web, to, path):
    """Whether its size is told or not."""
    with pytest.raises(MediaError, match="larger than the 1000 bytes") as caught:
        fetch(web.url + path, to, max_bytes=1000, rules=LAB)

    assert caught.value.type == "file_too_large"
    assert caught.value.context == {"max_size": 1000}
    assert not to.exists()


@pytest.mark.parametrize("path", ["/silent", "/endless", "/drip-head"])
def test_a_cancelled_fetch_ends(web, to, path):
    """Also while nothing comes."""
    rules = FetchRules(allow_private=True, whole_s=30)
    before = len(web.seen)
    with pytest.raises(EngineCancelled):
        fetch(
            web.url + path,
            to,
            max_bytes=1 << 60,
            rules=rules,
            cancelled=lambda: len(web.seen) > before,
        )

    assert not to.exists()


def test_a_certificate_that_nobody_signed_is_refused(to):
    """TLS is verified, and the host must be the one that was asked for."""
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trust.load_cert_chain(CERTIFICATE)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def shake_hands():
            line, _ = listener.accept()
            with line, pytest.raises(ssl.SSLError):
                trust.wrap_socket(line, server_side=True)

        server = threading.Thread(target=shake_hands)
        server.start()
        url = f"https://127.0.0.1:{listener.getsockname()[1]}/"
        with pytest.raises(MediaError, match="no valid certificate"):
            fetch(url, to, max_bytes=1, rules=LAB)
        server.join()


def test_a_name_is_looked_up_once(web, to):
    """What a name says later changes nothing: the connection goes to what was checked."""
    asked = []

    def resolve(host, port):
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    rules = FetchRules(allow_private=True, resolve=resolve)
    fetch(f"http://media.example:{web.port}/good", to, max_bytes=len(BODY), rules=rules)

    assert asked == ["media.example"]
    assert f"\r\nHost: media.example:{web.port}\r\n" in web.seen[-1]


@pytest.mark.parametrize(
    "answer", [["127.0.0.1"], ["93.184.215.14", "127.0.0.1"], ["::ffff:127.0.0.1"], []]
)
def test_a_name_that_leads_inside_is_refused(web, to, answer):
    """Every one of its addresses must be public; nobody is called before."""
    before = len(web.seen)
    with pytest.raises(MediaError, match=r"media\.example") as caught:
        fetch(
            f"http://media.example:{web.port}/good",
            to,
            max_bytes=1 << 20,
            rules=FetchRules(resolve=lambda *_: answer),
        )

    assert caught.value.type == "file_download_error"
    assert len(web.seen) == before


def test_a_resolver_that_does_not_answer_is_not_waited_for(to):
    """Its time is bounded, too."""
    done = threading.Event()
    rules = FetchRules(connect_s=0.1, resolve=lambda *_: [str(done.wait(30))])
    with pytest.raises(MediaError, match="not found within"):
        fetch("https://media.example/", to, max_bytes=1, rules=rules)
    done.set()


@pytest.mark.parametrize("address", INSIDE.split())
def test_addresses_that_are_not_public(address):
    """However they are wrapped."""
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "93.184.215.14", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"]
)
def test_addresses_that_are_public(address):
    """The internet stays reachable, through NAT64 as well."""
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.com/a",
        "gopher://example.com/_x",
        "concat:a|b",
        "//example.com/a",
        "/etc/passwd",
        "https://",
        "https:///a",
        "https://example.com:0/",
        "https://example.com:99999/",
        "https://example.com:x/",
        "https://good@127.0.0.1/",
        "https://user:secret@example.com/",
        "https://example.com/a\r\nX-A: 1",
        "https://exa mple.com/",
        "https://example.com\\@127.0.0.1/",
        "https://[::1/",
        "https://" + "a" * 70 + ".com/",
        "https://example.com/" + "a" * 9000,
    ],
)
def test_what_is_no_plain_web_address_is_refused(url):
    """Before anything is looked up."""
    with pytest.raises(MediaError) as caught:
        place_of(url)

    assert caught.value.type == "file_download_error"
    assert "secret" not in str(caught.value)


def test_a_presigned_address_is_asked_for_letter_by_letter():
    """Escapes stay, what is not ASCII gets escaped."""
    place = place_of("HTTPS://Bücher.example/a%2Fb/ä?sig=a%2Bb/c+d==&x=[1]")

    assert place.host == "xn--bcher-kva.example"
    assert place.target == "/a%2Fb/%C3%A4?sig=a%2Bb/c+d==&x=%5B1%5D"
    assert (place.port, place.host_header) == (443, place.host)
