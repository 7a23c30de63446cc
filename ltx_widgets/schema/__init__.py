"""LTX endpoints as data: requests, rules, prices, results, and what a form needs to know."""

from ltx_widgets.schema._request import Request, check_request, read_request
from ltx_widgets.schema.endpoints import DEFAULT_ENDPOINT, ENDPOINTS, Endpoint, find_endpoint
from ltx_widgets.schema.fields import FieldSpec, describe
from ltx_widgets.schema.prices import PRICES, Estimate, Price, estimate
from ltx_widgets.schema.results import VideoFile, VideoResult
from ltx_widgets.schema.rules import Rule

__all__ = [
    "DEFAULT_ENDPOINT",
    "ENDPOINTS",
    "PRICES",
    "Endpoint",
    "Estimate",
    "FieldSpec",
    "Price",
    "Request",
    "Rule",
    "VideoFile",
    "VideoResult",
    "check_request",
    "describe",
    "estimate",
    "find_endpoint",
    "read_request",
]
