"""`python -m tools.people --data FOLDER --url URL`: the people of a play enter what is due.

An emulated plant writes down what people have to enter where no machine tells it
(`emulate/people.jsonl`, docs/emulate.md). This program enters it through the server, as a tablet
would, when its time has come on the plant clock; what a scenario says is late comes late. It goes
on until it is ended, or with `--once` until all that is due now is in. An entry that was made
before is the same entry, so that it can be started again.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

__all__ = ["Player", "asked_of", "entries_of", "main"]

WAIT_S = 60.0
"""How long an answer may take: days of long ago are read from history first."""

LOOK_S = 1.0
"""How often it is looked whether something is due."""

START_LOOKS_MAX = 60
"""How often it is looked whether a server that has just started tells plant time."""

AGAIN_MAX = 5
"""How often an entry is tried again where the server is busy or its bus away."""

BUSY = frozenset({429, 503})

ROUTES = {"parts": "parts", "found": "parts", "job": "jobs", "sign_on": "sign-ons"}
"""Where an entry is made, by its kind."""


def entries_of(file: Path) -> list[dict[str, Any]]:
    """Return the entries of a play that are ever made, by the time of their entering."""
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    found: dict[str, dict[str, Any]] = {}
    for line in lines:
        entry = json.loads(line)
        if entry.get("fate") != "missing":
            found.setdefault(entry["id"], entry)
    return sorted(found.values(), key=lambda one: (one["enter_ns"], one["id"]))


def asked_of(entry: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the route that takes an entry, and the body."""
    body = {"address": entry["address"], "at_ms": entry["t_ns"] // 10**6}
    names = ("good", "scrap", "cause", "job", "act", "person", "presence")
    body |= {name: entry[name] for name in names if entry.get(name)}
    if entry["kind"] == "found":
        body["found"] = True
    return f"/api/{ROUTES[entry['kind']]}", body


@dataclass
class Player:
    """Makes entries at a server.

    Attributes
    ----------
    made, refused
        How many by kind, and what the server refused, with its words.
    """

    url: str
    key: str
    made: dict[str, int] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    done: set[str] = field(default_factory=set)

    def now_ns(self) -> int:
        """Return plant time, as the server knows it."""
        for _ in range(START_LOOKS_MAX):
            status, sites = self.ask("GET", "/api/sites", None)
            if status == HTTPStatus.OK and sites["clock"].get("t_ms"):
                return int(sites["clock"]["t_ms"]) * 10**6
            time.sleep(LOOK_S)
        raise SystemExit(f"{self.url} does not tell plant time")

    def due(self, entries: list[dict[str, Any]], now_ns: int) -> Iterator[dict[str, Any]]:
        """Yield the entries that are due and not made yet."""
        for one in entries:
            if one["enter_ns"] <= now_ns and one["id"] not in self.done:
                yield one

    def enter(self, entry: Mapping[str, Any]) -> bool:
        """Make one entry; returns whether the server took it."""
        self.done.add(entry["id"])
        path, body = asked_of(entry)
        status, answer = self.ask("POST", path, body)
        for _ in range(AGAIN_MAX):
            if status not in BUSY:
                break
            time.sleep(LOOK_S)
            status, answer = self.ask("POST", path, body)
        if status == HTTPStatus.OK:
            self.made[entry["kind"]] = self.made.get(entry["kind"], 0) + 1
            return True
        self.refused.append(f"{entry['id']}: {status} {answer.get('what', answer)}")
        return False

    def ask(self, method: str, path: str, body: object) -> tuple[int, Any]:
        """Return status and answer."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"authorization": f"Bearer {self.key}", "content-type": "application/json"}
        asked = Request(f"{self.url}{path}", data, headers, method=method)  # noqa: S310  # as given
        try:
            with urlopen(asked, timeout=WAIT_S) as answer:  # noqa: S310  # as given
                return answer.status, json.load(answer)
        except HTTPError as fault:
            return fault.code, _read(fault.read())


def _read(data: bytes) -> Any:  # noqa: ANN401  # whatever the server says
    try:
        return json.loads(data)
    except ValueError:
        return {"what": data.decode("utf-8", "replace")[:200]}


def main() -> int:
    """Enter what is due; 1 where the server refused something."""
    parser = argparse.ArgumentParser(prog="python -m tools.people")
    parser.add_argument("--data", type=Path, required=True, help="data folder of the site")
    parser.add_argument("--url", required=True, help="address of the server")
    parser.add_argument("--once", action="store_true", help="end when nothing is due")
    given = parser.parse_args()
    key = (given.data / "server" / "key").read_text("utf-8").strip()
    player = Player(given.url.rstrip("/"), key)
    while True:
        entries = entries_of(given.data / "emulate" / "people.jsonl")
        for one in player.due(entries, player.now_ns()):
            player.enter(one)
        if given.once:
            break
        time.sleep(LOOK_S)
    told = ", ".join(f"{count} {kind}" for kind, count in sorted(player.made.items()))
    print(f"entered: {told or 'nothing'}; refused: {len(player.refused)}")
    for words in player.refused:
        print(words)
    return 1 if player.refused else 0


if __name__ == "__main__":
    sys.exit(main())
