"""Engines by name: loaded in the worker only, so that the server never imports one."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import ModuleType

from ltx_widgets.engines.base import Engine
from ltx_widgets.errors import ConfigError, InvalidRequest, Problem
from ltx_widgets.schema import Endpoint

__all__ = ["choose_engine", "engines_for", "load_engine"]


def engines_for(specs: Iterable[str]) -> tuple[list[Engine], list[str]]:
    """The engines that can be loaded here, in order, and why the others cannot."""
    engines, troubles = [], []
    for spec in specs:
        try:
            engines.append(load_engine(spec))
        except ConfigError as error:
            troubles.append(str(error))
    return engines, troubles


def load_engine(spec: str) -> Engine:
    """An engine from where its class is.

    Args:
        spec: "module:Class", or "path/to/file.py:Class" for an engine under development.

    Raises:
        ConfigError: it cannot be imported or made; the message says why.
    """
    place, _, name = spec.rpartition(":")
    try:
        module = (
            _from_file(Path(place)) if place.endswith(".py") else importlib.import_module(place)
        )
        engine: Engine = getattr(module, name)()
    except Exception as error:
        # Whatever an engine's import raises, other engines may still work.
        raise ConfigError(
            f"engine {spec} cannot be used: {type(error).__name__}: {error}"
        ) from error
    return engine


def _from_file(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def choose_engine(engines: Sequence[Engine], endpoint: Endpoint) -> Engine:
    """The first engine that supports the endpoint.

    Raises:
        InvalidRequest: none does.
    """
    for engine in engines:
        if engine.supports(endpoint):
            return engine
    problem = Problem(
        "", f"no engine here can make {endpoint.task} yet", type="feature_not_supported"
    )
    raise InvalidRequest((problem,))
