"""The server held against its own OpenAPI document by schemathesis: a real process, a real socket.

Each operation is called with what its schema allows and with what it forbids. Whatever comes, the
reply is one that the document names, of the type and shape that it states, and none is a 5xx.

`LTX_FUZZ_EXAMPLES` asks for more than the usual calls of each operation (`make soak`). The same
calls come every time: a failure is one for everybody.
"""

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi import checks

from ltx_widgets.server.openapi import document

PRO = "fal-ai/ltx-2.3/text-to-video"
# What the replies say is held against the document. That bad inputs are refused is not: a submit
# accepts them, as at fal, and its result refuses them.
CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
OPERATIONS = {
    found.ok().label: found.ok()
    for found in schemathesis.openapi.from_dict(document()).get_all_operations()
}
FUZZED = settings(
    max_examples=int(os.environ.get("LTX_FUZZ_EXAMPLES", "15")),
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def calls(operation):
    """Good and bad calls; some of them at places that exist."""
    strategies = [operation.as_strategy(generation_mode=mode) for mode in GenerationMode]
    return st.tuples(st.one_of(strategies), st.sampled_from(("fuzzed", "known")))


@pytest.fixture(scope="module")
def known(battered):
    """Parts of addresses that lead somewhere, and what a good call needs."""
    named = {"X-Ltx-Submission": "a-fox-that-is-known"}
    ticket = battered.http.post(f"/{PRO}", json={"prompt": "a fox"}, headers=named).json()
    battered.wait(ticket)
    clip = battered.result(ticket).json()["video"]["url"].split("/")
    asked = {"content_type": "image/png", "file_name": "a.png"}
    slot = battered.http.post("/storage/upload/initiate", json=asked).json()
    upload = slot["file_url"].split("/")
    return {
        "submission": named["X-Ltx-Submission"],
        "request_id": ticket["request_id"],
        "file_id": clip[-2],
        "upload_id": upload[-2],
        "files": clip[-1],
        "uploads": upload[-1],
        "ticket": slot["upload_url"].partition("ticket=")[2],
    }


def lead_somewhere(case, known):
    """Let a call reach what exists."""
    for name in case.path_parameters or {}:
        which = case.path.split("/")[1] if name == "name" else name
        case.path_parameters[name] = known.get(which, case.path_parameters[name])
    if "ticket" in (case.query or {}):
        case.query["ticket"] = known["ticket"]
    case.headers.pop("Authorization", None)


@pytest.mark.parametrize("label", OPERATIONS)
def test_every_reply_is_as_documented(battered, known, label):
    """Server 1: whatever is sent, the answer is one of the document's, and no 5xx."""
    key = f"Key {battered.running.key.reveal()}"
    # With its key, that one call would be the last.
    headers = {} if label.endswith("/_ltx/shutdown") else {"Authorization": key}

    @FUZZED
    @given(call=calls(OPERATIONS[label]))
    def fuzz(call):
        case, place = call
        if place == "known":
            lead_somewhere(case, known)
        case.call_and_validate(
            base_url=battered.running.url, headers=headers, checks=CHECKS, timeout=20
        )

    fuzz()


def test_nothing_of_it_was_a_fault_of_the_server(battered):
    """Server 9: the jobs of all those calls ended well, were refused or came too late."""
    jobs = battered.http.get("/_ltx/jobs", params={"limit": 1000}).json()["jobs"]
    ended = [job for job in jobs if job["state"] == "finished"]
    request = "/{endpoint}/requests/{request_id}"
    codes = {battered.http.get(request.format(**job)).status_code for job in ended}

    assert codes <= {200, 422, 504}
    log = (battered.state_dir / "server.log").read_text("utf8")
    assert [line for line in log.splitlines() if " ERROR " in line or "Traceback" in line] == []
