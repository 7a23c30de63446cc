"""Where the proxy's key may go."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ltx_widgets.schema import ENDPOINTS
from ltx_widgets.server.targets import BadTarget, Targets
from ltx_widgets.storage_wire import initiate_call
from ltx_widgets.wire import Ticket, cancel_call, follow_base, result_call
from ltx_widgets.wire import status_call as status
from ltx_widgets.wire import stream_call as stream

QUEUE = "https://queue.fal.run"
PRO = "fal-ai/ltx-2.3/text-to-video"
REST = "https://rest.fal.ai/storage/upload"
ID = "8f6ad7d9-3d2c-4a7e-9d7e-0c8b5a0a6d1f"


def allows(method, address, *more):
    try:
        Targets(more).check(method, address)
    except BadTarget:
        return False
    return True


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_every_call_about_our_own_endpoints_is_let_through(endpoint):
    """Server 15: submit, direct run, and each follow-up under the base and the full id."""
    assert allows("POST", f"{QUEUE}/{endpoint}")
    assert allows("POST", f"{QUEUE}/{endpoint}?fal_webhook=https%3A%2F%2Fexample.com%2Fhook")
    assert allows("POST", f"https://fal.run/{endpoint}")
    assert allows("POST", f"https://fal.run/{endpoint}/stream")
    for call in (status, stream, result_call, cancel_call):
        asked = call(Ticket(endpoint, ID))
        assert allows(asked.method, f"{QUEUE}{asked.path}?logs=1")
    assert allows("GET", f"{QUEUE}/{endpoint}/requests/{ID}/status/")
    assert allows("GET", f"{QUEUE}/{follow_base(endpoint)}/requests/{ID}/response")


@pytest.mark.parametrize("step", ["initiate", "initiate-multipart", "complete-multipart"])
def test_the_steps_of_an_upload_are_let_through(step):
    """Server 15: files over 90 MiB too, which the official proxy refuses."""
    assert allows("POST", f"{REST}/{step}?storage_type=fal-cdn-v3")


@pytest.mark.parametrize("parts", [False, True])
def test_our_own_clients_initiate_is_among_them(parts):
    """The two halves of this package agree."""
    call = initiate_call("a.png", "image/png", parts=parts)
    query = "&".join(f"{name}={value}" for name, value in call.params.items())

    assert allows(call.method, f"https://rest.fal.ai{call.path}?{query}")


@pytest.mark.parametrize(
    "address",
    [
        "",
        PRO,
        f"http://queue.fal.run/{PRO}",
        f"HTTPS://queue.fal.run/{PRO}",
        f"//queue.fal.run/{PRO}",
        f"https:/queue.fal.run/{PRO}",
        f"https:\\\\queue.fal.run/{PRO}",
        f"https://evil-queue.fal.run/{PRO}",
        f"https://queue.fal.run.evil.example/{PRO}",
        f"https://evilfal.run/{PRO}",
        f"https://evil.example/{PRO}",
        f"https://evil.example/?https://queue.fal.run/{PRO}",
        f"https://queuexfal.run/{PRO}",
        f"https://QUEUE.fal.run/{PRO}",
        f"https://queue.fal.run./{PRO}",
        f"https://queue.fal.run:8443/{PRO}",
        f"https://queue.fal.run:/{PRO}",
        f"https://user@queue.fal.run/{PRO}",
        f"https://queue.fal.run@evil.example/{PRO}",
        f"https://queue.fal.run:443@evil.example/{PRO}",
        f"https://queue.fal.run\\@evil.example/{PRO}",
        f"https://queue.fal.run%2f@evil.example/{PRO}",
        f"https://queue.fal.run/{PRO}#@evil.example",
        f"https://queue.fal.run/{PRO}\r\nx: y",
        f"https://queue.fal.run/{PRO}\n",
        f" https://queue.fal.run/{PRO}",
        f"https://queue.fal.run/{PRO}\x00",
        f"https://queue.fal.run/{PRO}\u0661",
        f"https://queue.fal.run//{PRO}",
        f"https://queue.fal.run/{PRO}/../../../fal-ai/other",
        f"https://queue.fal.run/./{PRO}",
        f"https://queue.fal.run/%2e%2e/{PRO}",
        f"https://queue.fal.run/fal-ai%2Fltx-2.3/text-to-video?{'a' * 5000}",
        f"https://queue.fal.run/{PRO}?{'a' * 5000}",
        "https://queue.fal.run",
        "https://queue.fal.run/",
        f"https://ws.fal.run/{PRO}",
        "https://api.fal.ai/v1/models/pricing",
        "https://rest.fal.ai/storage/auth/token?storage_type=fal-cdn-v3",
        "https://rest.fal.ai/tokens/",
        f"{REST}/initiate?storage_type=gcs",
        f"{REST}/initiate?storage_type=fal-cdn-v3&storage_type=gcs",
        f"{REST}/initiate/more",
        f"{REST}/..",
    ],
)
@pytest.mark.parametrize("method", ["POST", "GET", "PUT", "HEAD"])
def test_no_other_address_is_asked(method, address):
    """Server 15: other schemes, hosts that only look alike, users, ports, other services."""
    assert not allows(method, address, "fal-ai/**")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "fal-ai/flux/dev"),
        ("POST", f"{PRO}/more"),
        ("POST", "fal-ai/ltx-2.3"),
        ("POST", f"fal-ai/ltx-2.3/requests/{ID}/cancel"),
        ("GET", f"fal-ai/flux/requests/{ID}"),
        ("GET", f"fal-ai/flux/requests/{ID}/status"),
        ("GET", PRO),
        ("GET", f"fal-ai/ltx-2.3/requests/{ID}/cancel"),
        ("GET", f"fal-ai/ltx-2.3/requests/{ID}/other"),
        ("GET", f"fal-ai/ltx-2.3/more/requests/{ID}"),
        ("PUT", f"fal-ai/flux/requests/{ID}/cancel"),
        ("PUT", f"fal-ai/ltx-2.3/requests/{ID}"),
        ("PUT", PRO),
        ("DELETE", f"fal-ai/ltx-2.3/requests/{ID}"),
        ("HEAD", f"fal-ai/ltx-2.3/requests/{ID}"),
    ],
)
@pytest.mark.parametrize("host", ["queue.fal.run", "fal.run"])
def test_the_endpoints_are_checked_for_every_method(method, path, host):
    """Server 15: the official proxy looks at POST only."""
    assert not allows(method, f"https://{host}/{path}")


def test_the_direct_host_has_no_follow_ups():
    """Nothing is queued there."""
    assert not allows("GET", f"https://fal.run/fal-ai/ltx-2.3/requests/{ID}/status")


@pytest.mark.parametrize(
    ("pattern", "endpoint", "base"),
    [
        ("fal-ai/flux/*", "fal-ai/flux/dev", "fal-ai/flux"),
        ("fal-ai/flux/dev", "fal-ai/flux/dev", "fal-ai/flux"),
        ("fal-ai/*", "fal-ai/some", "fal-ai/some"),
        ("fal-ai/**", "fal-ai/a/b/c", "fal-ai/a"),
        ("**/fast", "any/app/fast", "any/app"),
        ("fal-ai/*/fast", "fal-ai/app/fast", "fal-ai/app"),
        ("fal-ai/app/**", "fal-ai/app/x/y", "fal-ai/app"),
        ("workflows/me/*", "workflows/me/flow", "workflows/me/flow"),
        ("workflows/me/flow/**", "workflows/me/flow/x", "workflows/me/flow"),
        ("**", "any/app", "any/app"),
    ],
)
def test_more_endpoints_can_be_allowed(pattern, endpoint, base):
    """Server 15: a glob opens the endpoint and what it is followed under."""
    assert allows("POST", f"{QUEUE}/{endpoint}", pattern)
    assert allows("GET", f"{QUEUE}/{base}/requests/{ID}/status", pattern)
    assert allows("PUT", f"{QUEUE}/{base}/requests/{ID}/cancel", pattern)
    assert not allows("POST", f"{QUEUE}/{endpoint}")


@pytest.mark.parametrize(
    ("pattern", "endpoint"),
    [
        ("fal-ai/flux/*", "fal-ai/flux/dev/more"),
        ("fal-ai/flux/*", "fal-ai/fluxx/dev"),
        ("fal-ai/flu.", "fal-ai/flux"),
        ("fal-ai/[f]lux", "fal-ai/flux"),
    ],
)
def test_a_glob_opens_no_more_than_it_says(pattern, endpoint):
    """One star stays within a segment; nothing else in it is special."""
    assert not allows("POST", f"{QUEUE}/{endpoint}", pattern)


@given(st.text(min_size=1), st.sampled_from([f"https://queue.fal.run/{PRO}", f"{REST}/initiate"]))
def test_nothing_can_be_put_before_an_address(text, address):
    """Server 15: the match is of the whole."""
    assert not allows("POST", text + address)
