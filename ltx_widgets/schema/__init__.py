"""LTX endpoints as data: requests, rules, prices, results, and what a form needs to know."""

from ltx_widgets.schema._request import Request, check_request, read_request
from ltx_widgets.schema.endpoints import (
    DEFAULT_ENDPOINT,
    ENDPOINTS,
    SHORT_NAMES,
    Endpoint,
    choose_endpoint,
    find_endpoint,
)
from ltx_widgets.schema.fields import FieldSpec, describe
from ltx_widgets.schema.media import MediaFacts, MediaKind, advise_on_media, check_media
from ltx_widgets.schema.prices import PRICES, Estimate, Price, estimate
from ltx_widgets.schema.results import VideoFile, VideoResult
from ltx_widgets.schema.rules import AnyRule, Rule

__all__ = [
    "DEFAULT_ENDPOINT",
    "ENDPOINTS",
    "PRICES",
    "SHORT_NAMES",
    "AnyRule",
    "Endpoint",
    "Estimate",
    "FieldSpec",
    "MediaFacts",
    "MediaKind",
    "Price",
    "Request",
    "Rule",
    "VideoFile",
    "VideoResult",
    "advise_on_media",
    "check_media",
    "check_request",
    "choose_endpoint",
    "describe",
    "estimate",
    "find_endpoint",
    "read_request",
]
