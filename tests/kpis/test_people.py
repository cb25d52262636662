"""The program that plays people: which entries it makes, when, and through which route."""

import json
from pathlib import Path
from typing import Any

import pytest

from tools.people import Player, asked_of, entries_of


def entry(name: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401  # fields of an entry
    """Return an entry as a play writes it."""
    place = {"id": name, "address": "n/m/b/saw", "t_ns": 5_000_000_123, "enter_ns": 9_000_000_000}
    return place | {"kind": "parts"} | more


def test_entries_come_once_in_order_and_lost_ones_never(tmp_path: Path) -> None:
    """A play that was killed may write one again; what was never entered is passed over."""
    rows = [
        entry("b", good=3),
        entry("a", good=1, enter_ns=7),
        entry("c", fate="missing"),
        entry("b", good=3),
    ]
    file = tmp_path / "people.jsonl"
    assert entries_of(file) == []
    file.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    assert [one["id"] for one in entries_of(file)] == ["a", "b"]


@pytest.mark.parametrize(
    ("more", "route", "told"),
    [
        ({"good": 3}, "/api/parts", {"good": 3}),
        (
            {"kind": "found", "scrap": 2, "cause": "dimension"},
            "/api/parts",
            {"scrap": 2, "cause": "dimension", "found": True},
        ),
        (
            {"kind": "job", "job": "p-1", "act": "start"},
            "/api/jobs",
            {"job": "p-1", "act": "start"},
        ),
        (
            {"kind": "sign_on", "person": "q01", "presence": "off"},
            "/api/sign-ons",
            {"person": "q01", "presence": "off"},
        ),
    ],
)
def test_each_kind_has_its_route(more: dict[str, Any], route: str, told: dict[str, Any]) -> None:
    """With the time at which it happened, in ms."""
    assert asked_of(entry("a", **more)) == (route, {"address": "n/m/b/saw", "at_ms": 5000} | told)


def test_an_entry_is_due_when_its_time_has_come_and_then_once() -> None:
    """Not before it is entered, and not again."""
    player = Player("http://127.0.0.1:1", "key")
    early, late = entry("a", enter_ns=10), entry("b", enter_ns=20)
    assert list(player.due([early, late], 10)) == [early]
    player.done.add("a")
    assert list(player.due([early, late], 20)) == [late]
