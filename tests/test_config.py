"""Where calls go, and what a key may show of itself."""

from __future__ import annotations

import pickle
import stat

import pytest

from ltx_widgets.config import FAL_QUEUE, Secret, Target, home, resolve_target
from ltx_widgets.errors import ConfigError

KEY = "11111111-2222:canary"


def test_without_a_key_calls_stay_on_this_computer():
    """No key, no cost."""
    assert resolve_target(environ={}).place == "local"


@pytest.mark.parametrize(
    "environ",
    [{"FAL_KEY": KEY}, {"FAL_KEY_ID": "11111111-2222", "FAL_KEY_SECRET": "canary"}],
)
def test_a_key_in_the_environment_means_hosted(environ):
    """One variable or two."""
    assert resolve_target(environ=environ) == Target("hosted", FAL_QUEUE, Secret(KEY))


def test_half_a_key_is_an_error():
    """The missing half is named."""
    with pytest.raises(ConfigError, match="FAL_KEY_SECRET is missing"):
        resolve_target(environ={"FAL_KEY_ID": "x"})


def test_an_argument_wins():
    """What is said in the call goes before the environment."""
    target = resolve_target(key="a:b", environ={"FAL_KEY": KEY})

    assert target.key == Secret("a:b")


def test_a_server_of_ones_own_never_gets_the_fal_key():
    """A key for fal is not sent to somebody else's machine."""
    target = resolve_target(server="https://gpu.example", environ={"FAL_KEY": KEY})

    assert target == Target("server", "https://gpu.example", None)


def test_local_can_be_asked_for_with_a_key_present():
    """server="local" tries things out free of charge."""
    assert resolve_target(server="local", environ={"FAL_KEY": KEY}) == Target("local")


@pytest.mark.parametrize(
    "url", ["gpu.example", "ftp://gpu.example", "http://gpu.example", "https://a:b@gpu.example"]
)
def test_unusable_servers_are_refused(url):
    """No scheme, a foreign one, plain http over a network, a password in the address."""
    with pytest.raises(ConfigError):
        resolve_target(server=url, environ={})


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000/", "http://localhost:1", "http://[::1]:1"])
def test_plain_http_is_fine_on_this_computer(url):
    """Loopback needs no TLS."""
    assert resolve_target(server=url, environ={}).url == url.rstrip("/")


def test_a_secret_does_not_show_itself():
    """Not in a repr, a text, a format or a pickle."""
    secret = Secret("canary")

    assert "canary" not in f"{secret} {secret!r} {[secret]} {Target('hosted', 'u', secret)!r}"
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_home_is_for_its_owner():
    """The data folder is made when needed, and others cannot read it."""
    folder = home()

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("key", [" id:secret\n", "id:secret "])
def test_blanks_around_a_key_are_dropped(key):
    """A key read from a file ends with a newline."""
    assert resolve_target(key=key, environ={}).key == Secret("id:secret")
    assert resolve_target(environ={"FAL_KEY": key}).key == Secret("id:secret")


@pytest.mark.parametrize("key", ["id:sec ret", "id:sec\nret", "id:secrét"])
def test_a_key_that_is_none_is_refused_unseen(key):
    """The message says what is wrong without showing the key."""
    with pytest.raises(ConfigError) as refused:
        resolve_target(key=key, environ={})
    assert "ret" not in str(refused.value).replace("character", "")


def test_a_named_key_is_for_fal_whatever_the_environment_says():
    """It is not sent to the server of LTX_SERVER."""
    environ = {"LTX_SERVER": "https://gpu.example", "LTX_SERVER_KEY": "own"}

    assert resolve_target(key=KEY, environ=environ) == Target("hosted", FAL_QUEUE, Secret(KEY))


def test_fals_own_address_is_hosted_fal():
    """Named as a server it is still fal, and still costs money."""
    assert resolve_target(server=FAL_QUEUE, environ={"FAL_KEY": KEY}).place == "hosted"
    with pytest.raises(ConfigError, match="needs a key"):
        resolve_target(server=FAL_QUEUE, environ={})


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("https://class.example", "https://class.example/_ltx/proxy"),
        ("https://class.example/", "https://class.example/_ltx/proxy"),
        ("https://class.example/api/fal/proxy", "https://class.example/api/fal/proxy"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/_ltx/proxy"),
    ],
)
def test_a_proxy_is_a_way_to_hosted_fal(given, url):
    """Client 20: with a password instead of fal's key; the host alone means our own server."""
    target = resolve_target(proxy=given, key="password", environ={"FAL_KEY": KEY})

    assert target == Target("hosted", url, Secret("password"), proxied=True)
    assert (target.queue, target.storage) == (FAL_QUEUE, "https://rest.fal.ai")
    assert url in target.label
    assert "charged to the proxy's key" in target.label


def test_the_environment_may_name_a_proxy():
    """Client 20: it goes before a key for fal, which is never the password there."""
    environ = {"LTX_PROXY": "https://class.example", "FAL_KEY": KEY}

    with pytest.raises(ConfigError, match="LTX_PROXY_KEY"):
        resolve_target(environ=environ)
    target = resolve_target(environ={**environ, "LTX_PROXY_KEY": "password"})

    assert (target.proxied, target.key) == (True, Secret("password"))


@pytest.mark.parametrize(
    "named",
    [{"key": KEY}, {"server": "local"}, {"environ": {"LTX_SERVER": "local"}}],
    ids=["key", "server", "LTX_SERVER"],
)
def test_a_place_that_is_named_goes_before_the_environments_proxy(named):
    """Who asks for a free preview, or for fal itself, gets that."""
    environ = {"LTX_PROXY": "https://class.example", "LTX_PROXY_KEY": "p"}

    target = resolve_target(**{**named, "environ": {**environ, **named.get("environ", {})}})

    assert not target.proxied


@pytest.mark.parametrize("url", ["http://class.example", "class.example", "https://a:b@c.example"])
def test_unusable_proxies_are_refused(url):
    """Client 20: the password never goes over a network in the clear."""
    with pytest.raises(ConfigError):
        resolve_target(proxy=url, key="p", environ={})


def test_a_server_and_a_proxy_are_two_places():
    """Only one can be meant."""
    with pytest.raises(ConfigError, match="one of the two"):
        resolve_target(proxy="https://a.example", server="https://b.example", environ={})
