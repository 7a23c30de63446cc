"""Request models and server agree: what one accepts the other accepts, at every endpoint."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ltx_widgets.errors import InvalidRequest
from ltx_widgets.schema import ENDPOINTS, check_request, describe

# Nothing answers at the discard port, and no engine is asked: the jobs are cancelled at once.
ADDRESS = "https://127.0.0.1:9/a"
# What a look at the media says, if it comes before the cancel, is no word about the request.
_OF_MEDIA = ("file_download_error", "unsupported_", "image_load_error")
WORDS = ["1080p", "9:16", "auto", "end", "replace_audio", ADDRESS, "data:,x", "6", "ftp://a/b", ""]
ANYTHING = st.one_of(
    st.integers(-3, 60),
    st.floats(allow_nan=False, allow_infinity=False, width=16),
    st.booleans(),
    st.none(),
    st.sampled_from(WORDS),
    st.text("abc ", max_size=9),
    st.lists(st.integers(), max_size=1),
)


def bodies(row):
    """Bodies of an endpoint: its own fields, good and bad, and now and then a foreign key."""
    good = {spec.name: _good(spec) for spec in describe(row.model)}
    mixed = {name: st.one_of(values, values, ANYTHING) for name, values in good.items()}
    needed = {spec.name for spec in describe(row.model) if spec.required}
    whole = st.fixed_dictionaries(
        {name: mixed[name] for name in needed},
        optional={name: mixed[name] for name in mixed.keys() - needed},
    )
    return st.one_of(whole, whole, st.dictionaries(st.sampled_from([*mixed, "seed"]), ANYTHING))


def _good(spec):
    if spec.choices:
        return st.sampled_from(spec.choices)
    if spec.media:
        return st.just(ADDRESS)
    if spec.kind == "number":
        return st.integers(int(spec.minimum), int(spec.maximum))
    return st.booleans() if spec.kind == "flag" else st.sampled_from(["a fox", "rain"])


def refused_by_model(row, body):
    try:
        check_request(row.model, body)
    except InvalidRequest as error:
        return {problem.field for problem in error.problems}
    return set()


def refused_by_server(server, row, body):
    """The fields that the server refuses before anything is fetched or drawn."""
    ticket = server.http.post(f"/{row.id}", json=body).json()
    server.cancel(ticket)
    answer = server.result(ticket)
    if answer.status_code != 422:
        return set()
    items = answer.json()["detail"]
    return {".".join(item["loc"][1:]) for item in items if not item["type"].startswith(_OF_MEDIA)}


@pytest.mark.parametrize("row", ENDPOINTS.values(), ids=lambda row: row.id)
def test_what_the_model_refuses_the_server_refuses_at_the_same_fields(server, row):
    """Server 9: and what the model accepts, the server accepts."""

    @settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(bodies(row))
    def agree(body):
        assert refused_by_server(server, row, body) == refused_by_model(row, body)

    agree()
