"""The server's description of itself: complete, valid, and as fal's model pages have it."""

import re

import jsonschema
import pytest

from ltx_widgets.schema import ENDPOINTS
from ltx_widgets.server.app import routes
from ltx_widgets.server.openapi import document, endpoint_document
from ltx_widgets.server.operations import OPERATIONS

PRO = "fal-ai/ltx-2.3/text-to-video"
FAST = f"{PRO}/fast"


def test_every_route_is_described():
    """Server 1: what is served and what is described are the same."""
    served = [(way, route.path) for route in routes() for way in route.methods - {"HEAD"}]

    assert sorted(served) == sorted((row.method, row.path) for row in OPERATIONS)


def test_every_reference_leads_somewhere():
    """No shape is named that the document does not have, and none is there for nothing."""
    described = document()
    named = set(re.findall(r"#/components/schemas/(\w+)", repr(described)))

    assert named == set(described["components"]["schemas"])


def test_every_shape_is_a_json_schema():
    """Each component is valid JSON schema as of 2020-12."""
    for shape in document()["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(shape)


def test_the_document_is_served(server):
    """It names the server as the caller reached it, so that a tool can use it as it is."""
    served = server.http.get("/_ltx/openapi.json").json()

    assert served.pop("servers") == [{"url": server.running.url}]
    assert served == document()
    assert {f"/{name}" for name in ENDPOINTS} <= set(served["paths"])


def test_one_endpoint_is_served_as_on_fals_model_pages(server):
    """Server 2: submit under the full id, everything else under owner/alias."""
    address = "/api/openapi/queue/openapi.json"
    served = server.http.get(address, params={"endpoint_id": FAST}).json()

    request = "/fal-ai/ltx-2.3/requests/{request_id}"
    tails = ("", "/status", "/status/stream", "/cancel", "/response")
    assert set(served["paths"]) == {f"/{FAST}", *(request + tail for tail in tails)}
    assert served["info"]["title"] == f"Queue OpenAPI for {FAST}"
    assert served["info"]["x-fal-metadata"]["endpointId"] == FAST


@pytest.mark.parametrize("asked", ["", "fal-ai/nothing"])
def test_an_unknown_endpoint_has_no_document(server, asked):
    """404, with what to pass."""
    reply = server.http.get("/api/openapi/queue/openapi.json", params={"endpoint_id": asked})

    assert reply.status_code == 404
    assert "endpoint_id=" in reply.json()["detail"]


def test_an_input_is_described_by_the_schema_that_checks_it():
    """Names, choices and bounds come from the model; rules between fields are told in words."""
    name = ENDPOINTS[FAST].model.__name__
    shape = endpoint_document(FAST)["components"]["schemas"][name]

    assert shape["properties"]["duration"]["enum"] == [6, 8, 10, 12, 14, 16, 18, 20]
    assert shape["additionalProperties"] is False
    assert "Clips over 10 s come at 1080p and 25 fps only." in shape["description"]
    assert "sync_mode" in shape["properties"]
