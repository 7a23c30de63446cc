"""What comes back through the proxy, byte by byte."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ltx_widgets.config import Secret
from ltx_widgets.server.proxy_replies import Redactor

KEY = Secret("ab-ac:abacuses")


def through(pieces):
    redactor = Redactor(KEY)
    return b"".join([*map(redactor.feed, pieces), redactor.end()])


@given(
    st.lists(st.sampled_from([b"ab-ac:abacuses", b"abacuses", b"ab", b"a", b":", b"-ac", b"x"])),
    st.lists(st.integers(1, 9)),
)
def test_no_cut_lets_the_key_pass(words, cuts):
    """Server 15: wherever the pieces are cut; and what is no key stays as it is."""
    whole = b"".join(words)
    pieces, rest = [], whole
    for cut in cuts:
        pieces.append(rest[:cut])
        rest = rest[cut:]

    came = through([*pieces, rest])

    assert b"abacuses" not in came
    assert came.replace(b"[redacted]", b"") == (
        whole.replace(b"ab-ac:abacuses", b"").replace(b"abacuses", b"")
    )


@pytest.mark.parametrize("piece", [b"data: {}\n\n", b": keep-alive\n\n", b"x"])
def test_nothing_is_held_back_that_cannot_be_a_key(piece):
    """Server 15: an event goes on at once."""
    assert Redactor(KEY).feed(piece) == piece
