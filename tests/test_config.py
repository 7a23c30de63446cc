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
    """Client 4: one variable or two."""
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
    """Client 3: a key for fal is not sent to somebody else's machine."""
    target = resolve_target(server="https://gpu.example", environ={"FAL_KEY": KEY})

    assert target == Target("server", "https://gpu.example", None)


def test_local_can_be_asked_for_with_a_key_present():
    """server="local" tries things out free of charge."""
    assert resolve_target(server="local", environ={"FAL_KEY": KEY}) == Target("local")


@pytest.mark.parametrize(
    "url", ["gpu.example", "ftp://gpu.example", "http://gpu.example", "https://a:b@gpu.example"]
)
def test_unusable_servers_are_refused(url):
    """Client 20: no scheme, a foreign one, plain http over a network, a password in the address."""
    with pytest.raises(ConfigError):
        resolve_target(server=url, environ={})


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000/", "http://localhost:1", "http://[::1]:1"])
def test_plain_http_is_fine_on_this_computer(url):
    """Client 20: loopback needs no TLS."""
    assert resolve_target(server=url, environ={}).url == url.rstrip("/")


def test_a_secret_does_not_show_itself():
    """Client 22: not in a repr, a text, a format or a pickle."""
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
