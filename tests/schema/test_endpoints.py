"""The table of endpoints and its prices."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from ltx_widgets.errors import InvalidRequest
from ltx_widgets.schema import DEFAULT_ENDPOINT, ENDPOINTS, PRICES, Price, estimate, find_endpoint

REFERENCE = Path(__file__).parents[3] / "shared" / "reference" / "endpoints.json"


def test_all_nineteen_are_there(facts):
    """Each id has the task, tier and state of the table of facts."""
    assert {row.id: (row.task, row.tier, row.state) for row in ENDPOINTS.values()} == {
        id_: (fact["task"], fact["tier"], fact["state"]) for id_, fact in facts["endpoints"].items()
    }


def test_every_endpoint_has_its_request(facts):
    """Each id has the request that fal's pages name."""
    assert {row.id: row.model.__name__ for row in ENDPOINTS.values()} == {
        id_: fact["request"] for id_, fact in facts["endpoints"].items()
    }


@pytest.mark.skipif(not REFERENCE.exists(), reason="needs the reference beside the checkout")
def test_the_table_agrees_with_the_reference():
    """The ids, tiers and prices are those of the reference the project was made from."""
    for stated in json.loads(REFERENCE.read_text("utf8"))["endpoints"]:
        row = ENDPOINTS[stated["id"]]
        rates = stated["pricing"].get("by_resolution")
        assert (row.family, row.task, row.tier) == (
            stated["family"],
            stated["task"],
            stated["tier"],
        )
        assert row.state in stated["status"]["state"]
        if rates:
            newest = PRICES[row.id][-1].per_second
            assert {key: float(value) for key, value in newest.items()} == rates


def test_the_default_is_live():
    """Nobody lands on a retired endpoint without asking for it."""
    assert find_endpoint(DEFAULT_ENDPOINT).state == "live"
    assert find_endpoint(DEFAULT_ENDPOINT).family == "ltx-2.3"


def test_every_retired_id_names_its_live_twin():
    """What is no longer offered points to what is."""
    for row in ENDPOINTS.values():
        if row.state == "live":
            assert row.twin is None
        else:
            assert ENDPOINTS[row.twin].state == "live"
            assert (ENDPOINTS[row.twin].task, ENDPOINTS[row.twin].tier) == (row.task, row.tier)


def test_the_fal_prefix_may_be_left_out():
    """People write ltx-2.3/text-to-video."""
    assert find_endpoint("ltx-2.3/text-to-video").id == "fal-ai/ltx-2.3/text-to-video"


def test_a_wrong_id_names_the_nearest():
    """A typo in an id gets the id that was probably meant."""
    with pytest.raises(InvalidRequest, match=r"did you mean fal-ai/ltx-2\.3/text-to-video\?"):
        find_endpoint("fal-ai/ltx-2.3/text2video")


def test_requests_are_followed_without_the_task():
    """The follow-up base is owner/alias."""
    assert find_endpoint("ltx-2.3/text-to-video/fast").app == "fal-ai/ltx-2.3"


def test_prices_are_those_of_the_table(facts):
    """The newest price of each endpoint, by resolution."""
    assert {
        id_: {key: str(value) for key, value in prices[-1].per_second.items()}
        for id_, prices in PRICES.items()
    } == {id_: fact["usd_per_second"] for id_, fact in facts["endpoints"].items()}


@pytest.mark.parametrize(
    ("endpoint", "body", "usd"),
    [
        ("ltx-2.3/text-to-video", {"duration": 6, "resolution": "1080p"}, "0.48"),
        ("ltx-2.3/text-to-video", {"duration": 10, "resolution": "2160p"}, "3.20"),
        ("ltx-2.3/text-to-video/fast", {"duration": 20, "resolution": "1080p"}, "1.20"),
        ("ltx-2/text-to-video/fast", {"duration": 8, "resolution": "1440p"}, "0.64"),
    ],
)
def test_a_request_has_a_price(endpoint, body, usd):
    """Seconds times the rate of its resolution."""
    assert estimate(find_endpoint(endpoint), body).usd == Decimal(usd)


def test_prices_have_dates():
    """Before 1 April 2026 the launch price of 2.3 held."""
    row, body = find_endpoint("ltx-2.3/text-to-video"), {"duration": 10, "resolution": "1080p"}

    assert estimate(row, body, on=date(2026, 3, 31)).usd == Decimal("0.60")
    assert estimate(row, body, on=date(2026, 4, 1)).usd == Decimal("0.80")


def test_prices_can_be_replaced():
    """A user's own figures take the place of ours."""
    own = Price(date(2027, 1, 1), {"1080p": Decimal("0.05")})
    row = find_endpoint("ltx-2.3/text-to-video")

    assert estimate(row, {"duration": 6, "resolution": "1080p"}, prices=[own]).usd == Decimal(
        "0.30"
    )


def test_a_price_by_source_length_is_a_rate_only():
    """Where the seconds of a given file are billed, the estimate says the rate."""
    seen = estimate(find_endpoint("ltx-2.3/retake-video"), {"duration": 5})

    assert seen.usd is None
    assert str(seen).startswith("$0.10/s")
