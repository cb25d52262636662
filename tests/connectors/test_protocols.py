"""Every protocol has its folder and its opening."""

import importlib
import inspect

import pytest

from linewright.connectors.manifest import PROTOCOLS


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_every_protocol_opens_a_link_in_one_way(protocol: str) -> None:
    """`link(endpoint, feeds, around)` in `link.py` of the folder that is called as the protocol."""
    found = importlib.import_module(f"linewright.connectors.{protocol}.link")
    assert list(inspect.signature(found.link).parameters) == ["endpoint", "feeds", "around"]


def test_a_protocol_is_imported_when_it_is_used() -> None:
    """The registry itself loads no library of any protocol."""
    source = inspect.getsource(importlib.import_module("linewright.connectors.protocols"))
    assert not any(f"connectors.{protocol}" in source for protocol in PROTOCOLS)
