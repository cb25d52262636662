"""What the server says of the same windows, and every difference from what was computed."""

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

Answer: TypeAlias = Any
"""What the server said, as JSON."""

WAIT_S = 60.0
"""How long an answer may take: a busy computer works out days anew."""

ATTEMPTS_MAX = 30
AGAIN_S = 2.0
"""A server that starts, or was killed and is started again, is asked for a minute."""

SHOWN_MAX = 40
"""How many differences are printed for one page; all are counted."""


@dataclass
class Server:
    """The server's API, with its key."""

    url: str
    key: str

    def ask(self, path: str) -> Answer:
        """The answer of a resource."""
        asked = Request(  # noqa: S310 - an address that the person gave
            f"{self.url}/api/{path}", headers={"authorization": f"Bearer {self.key}"}
        )
        for attempt in range(ATTEMPTS_MAX):
            try:
                with urlopen(asked, timeout=WAIT_S) as answer:  # noqa: S310 - as above
                    return json.load(answer)
            except HTTPError as fault:
                return {"error": fault.code, "text": fault.read().decode("utf-8", "replace")}
            except URLError:
                if attempt == ATTEMPTS_MAX - 1:
                    raise
                time.sleep(AGAIN_S)
        raise AssertionError

    def of(self, resource: str, address: str, window: str) -> Answer:
        """A resource of a place over a window."""
        return self.ask(f"{resource}?address={quote(address)}&window={quote(window)}")


@dataclass
class Account:
    """How many figures were compared, and which differ."""

    compared: int = 0
    differences: list[str] = field(default_factory=list)

    def same(self, where: str, own: object, theirs: object) -> None:
        """Compare one figure."""
        self.compared += 1
        if own != theirs:
            self.differences.append(f"{where}: computed {own!r}, server {theirs!r}")

    def maps(self, where: str, own: Mapping[str, Any], theirs: Mapping[str, Any]) -> None:
        """Compare figures by name."""
        for name in sorted({*own, *theirs}):
            self.same(f"{where} {name}", own.get(name), theirs.get(name))


def compare_losses(account: Account, where: str, own: Mapping[str, Any], theirs: Answer) -> None:
    """Bars, printed shares, indicators."""
    if "bars" not in theirs:
        account.same(where, "an answer", theirs)
        return
    account.same(f"{where} calendar_s", own["calendar_s"], theirs["calendar_s"])
    account.maps(f"{where} bar", own["bars"], {b["code"]: b["s"] for b in theirs["bars"]})
    account.maps(
        f"{where} share", own["percents"], {b["code"]: b["percent"] for b in theirs["bars"]}
    )
    account.maps(f"{where} kpi", own["kpis"], theirs.get("kpis", {}))
    for address in sorted({*own["stations"], *theirs.get("stations", {})}):
        account.maps(
            f"{where} {address}",
            own["stations"].get(address, {}),
            theirs.get("stations", {}).get(address, {}),
        )


def compare_hours(account: Account, where: str, own: Mapping[str, Any], theirs: Answer) -> None:
    """Hour by hour."""
    if not own:
        return
    account.same(f"{where} rate_per_h", own["rate_per_h"], theirs.get("rate_per_h"))
    account.same(f"{where} target_end", own["target_end"], theirs.get("target_end"))
    rows = theirs.get("hours", [])
    account.same(f"{where} hours", len(own["hours"]), len(rows))
    for number, (mine, other) in enumerate(zip(own["hours"], rows, strict=False)):
        for name, value in mine.items():
            said = other.get(name)
            if name == "lost_s":
                account.maps(f"{where} hour {number} lost", value, said or {})
            else:
                empty = {"red": False, "scrap": 0, "unexplained_s": 0.0}.get(name)
                account.same(
                    f"{where} hour {number} {name}", value, empty if said is None else said
                )


def compare_stops(account: Account, where: str, own: Mapping[str, Any], theirs: Answer) -> None:
    """Stops and micro-stops."""
    account.maps(f"{where} micro-stops", own["micro"], theirs.get("micro_stops", {}))
    said = {(stop["address"], stop["from_ms"]): stop for stop in theirs.get("stops", {}).values()}
    mine = {(stop["address"], stop["from_ms"]): stop for stop in own["stops"]}
    for key in sorted({*said, *mine}):
        if key not in said or key not in mine:
            account.same(f"{where} stop {key}", mine.get(key), said.get(key))
            continue
        for name, value in mine[key].items():
            account.same(f"{where} stop {key} {name}", value, said[key].get(name, ""))


def compare_pareto(
    account: Account, where: str, own: Iterable[tuple[str, float, int]], theirs: Answer
) -> None:
    """Rows by code."""
    said = sorted((row[0], row[1], row[2]) for row in theirs.get("rows", []))
    account.same(f"{where} rows", sorted(own), said)


def compare_strips(
    account: Account, where: str, own: Iterable[tuple[int, int, str]], theirs: Iterable[Any]
) -> None:
    """Stretches by category; states are told apart on the page alone."""
    said: list[tuple[int, int, str]] = []
    for a, b, _, category in theirs:
        if said and said[-1][2] == category and said[-1][1] == a:
            said[-1] = (said[-1][0], b, category)
        else:
            said.append((a, b, category))
    mine = [one for one in own if one[1] > one[0]]
    account.same(f"{where} stretches", len(mine), len(said))
    for one, other in zip(mine, said, strict=False):
        account.compared += 1
        if one != other:
            account.same(where, one, other)
            break
