"""What people do to a day through the API before its figures are compared."""

from http import HTTPStatus
from typing import Any

from benchmarks.measure import note
from benchmarks.web.stand import Stand

__all__ = ["acted"]

LINE = "nogales/machining/bracket"
STATION = f"{LINE}/mill"
DAY = "2026-11-25"
"""A whole day of the past of the demo."""

CODES = ("breakdown/mechanical", "no_material", "tooling/tool_change")
STOPS_MIN = 6
"""Fewer are no day of the demo: the book is not read yet."""

LONG_S = 300.0
"""Stops from here on are split."""


class _Acting:
    """Asks, and counts what was taken and what refused."""

    def __init__(self, stand: Stand) -> None:
        self.stand = stand
        self.taken = self.refused = 0

    def post(self, path: str, body: object = None) -> Any:  # noqa: ANN401  # JSON
        status, answer = self.stand.ask("POST", path, body)
        if status == HTTPStatus.OK:
            self.taken += 1
        else:
            self.refused += 1
            note(f"{path}: {status} {answer}"[:300])
        return answer

    def stops(self) -> list[tuple[str, dict[str, Any]]]:
        """Stops of the line, station by station in order of time."""
        found = self.stand.get("/api/stops", address=LINE, window=DAY).get("stops", {})
        return sorted(found.items(), key=lambda one: (one[1]["address"], one[1]["from_ms"]))


def acted(stand: Stand) -> tuple[int, int]:
    """Explain, split, merge and undo stops, report pieces; how much was taken, how much refused."""
    acting = _Acting(stand)
    stand.wait_until(
        lambda: stand.ask("GET", "/api/sites")[1].get("clock", {}).get("t_ms"), "plant time"
    )
    stand.wait_until(lambda: len(acting.stops()) >= STOPS_MIN, "stops of the demo")
    _stops(acting)
    _pieces(acting)
    return acting.taken, acting.refused


def _stops(acting: _Acting) -> None:
    long = [one for one in acting.stops() if one[1]["s"] > LONG_S and one[1]["state"] == "down"]
    halves: list[list[str]] = []
    for number, (stop, view) in enumerate(long[:3]):
        at_ms = view["from_ms"] + round(view["s"] * 400)
        first, second = ({"code": CODES[(number + n) % 3]} for n in (0, 1))
        body = {"at_ms": at_ms, "first": first, "second": second}
        answer = acting.post(f"/api/stops/{stop}/split", body)
        ends_ms = view["from_ms"], at_ms
        halves.append([name for name, one in answer["stops"].items() if one["from_ms"] in ends_ms])
    acting.post("/api/stops/merge", {"stops": halves[0], "reason": {"code": CODES[0]}})
    rest = [one for one in acting.stops() if not one[1].get("reason")]
    for stop, _ in rest[:4]:
        acting.post(f"/api/stops/{stop}/reason", {"code": CODES[1], "comment": "seen"})
    changed = [one for one in acting.stops() if one[1].get("can_undo")]
    for stop, _ in changed[-2:]:
        acting.post(f"/api/stops/{stop}/undo")


def _pieces(acting: _Acting) -> None:
    window = acting.stand.get("/api/losses", address=LINE, window=DAY)["window"]
    at_ms = window["from_ms"] + 5 * 3600_000
    report = {"address": STATION, "at_ms": at_ms}
    acting.post("/api/parts", report | {"good": 7, "scrap": 2, "cause": "burr"})
    acting.post("/api/parts", report | {"scrap": 9, "cause": "pores", "found": True})
    gone = acting.post("/api/parts", report | {"good": 5})
    back = acting.post(
        "/api/parts", report | {"at_ms": at_ms + 3600_000, "scrap": 3, "found": True}
    )
    for entry in (gone, back):
        acting.post(f"/api/entries/{entry.get('id', 'none')}/undo")
