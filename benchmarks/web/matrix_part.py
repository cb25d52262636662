"""Each route with each role: the server's own matrix, a table by hand, and what really happens.

The table by hand is written from docs/signing.md: which word a route needs, and which role holds a
word. It is not read from the server's tables. People of each role are made, sign in by their links,
and ask every route; a refusal of the role is 403, and anything else is not.
"""

import json
import re
import urllib.request
from collections.abc import Iterator
from typing import Any, NamedTuple

from benchmarks.measure import Claim, note
from benchmarks.web.stand import Stand

__all__ = ["measure_matrix"]

ROLES = ("operator", "supervisor", "engineer", "quality", "manager", "admin")

UP = {
    "operator": frozenset(ROLES),
    "supervisor": frozenset(["supervisor", "engineer", "manager", "admin"]),
    "engineer": frozenset(["engineer", "manager", "admin"]),
    "admin": frozenset(["admin"]),
}
"""Roles that are at least one of the ladder; quality stands beside it."""

MAY = {
    "see": UP["operator"],
    "reason": UP["operator"],
    "report": UP["operator"],
    "call": UP["operator"],
    "acknowledge": UP["operator"],
    "stop": UP["operator"],
    "correct_event": UP["supervisor"],
    "confirm_case": UP["supervisor"] | {"quality"},
    "stop_clear": UP["supervisor"],
    "command": UP["supervisor"],
    "trust": UP["supervisor"],
    "sign_report": UP["supervisor"] | {"quality"},
    "audit": UP["supervisor"] | {"quality"},
    "people": UP["admin"],
    "tokens": UP["admin"],
    "peers": UP["admin"],
    "": frozenset(ROLES),
}
"""Who may, as the page on signing says it."""

NEEDS = """
see: GET alarms, alarms/journal, alarms/report, calls, calls/journal, cases, cases/{}
see: GET commands, commands/{}
see: GET connections, entries
see: GET grafana/kpis, grafana/series, grafana/stops, grafana/tags, hours, line
see: GET line/ahead, links, live, losses, namespace, pareto, permissions, plant, report, sessions
see: GET sites, state, station, stops, strips, trend, trend.csv, values, /metrics
see: PUT session, session/password
see: DELETE sessions/{}
reason: POST stops/{}/reason, stops/{}/undo
reason: PUT hours/comment
report: POST parts, jobs, sign-ons, entries/{}/undo
correct_event: POST stops/{}/split, stops/merge
correct_event: PUT report/note
sign_report: POST report/sign
acknowledge: POST alarms/{}
call: POST calls, calls/{}
confirm_case: POST cases/{}/confirm, cases/{}/refuse
command: POST commands
trust: POST trust
stop: POST stop
stop_clear: POST stop/clear
audit: GET audit
tokens: GET tokens
tokens: POST tokens
tokens: DELETE tokens/{}
peers: GET peers
peers: POST peers, peers/try
peers: DELETE peers/{}
people: GET people, people/{}/sessions
people: POST people, people/{}/link
people: PUT people/{}
people: DELETE people/{}, people/{}/sessions/{}
-: GET session, oidc, oidc/back, openapi.json, /ca.crt
-: POST sign-in, sign-out, first, link, key
"""
"""Which word each route needs; `-` is open to whoever asks."""

SKIPPED = frozenset(["POST /api/sign-out", "GET /api/live"])
"""Not asked: one ends the session that asks, the other one never ends."""

REFUSED = 403
UNKNOWN = 401
ID = "nothing-such"
PASSWORD = "Corridor gearbox 1877 lathe"  # noqa: S105  # of people who live for a minute


class Person(NamedTuple):
    """A person of one role, signed in."""

    role: str
    cookie: str
    csrf: str


def measure_matrix(stand: Stand) -> list[Claim]:
    """Compare the three for every route and role."""
    by_hand = dict(_by_hand())
    told = {f"{x['method']} {_plain(x['path'])}": x for x in stand.get("/api/permissions")}
    document = stand.get("/api/openapi.json")["paths"]
    routes = {
        f"{method.upper()} {_plain(path)}": path
        for path, methods in document.items()
        for method in methods
    }
    wrong = [f"{route}: not in the table by hand" for route in sorted(set(routes) - set(by_hand))]
    wrong += [f"{route}: not a route" for route in sorted(set(by_hand) - set(routes))]
    wrong += [f"{route}: not told" for route in sorted(set(routes) - set(told))]
    people = [_person(stand, role) for role in ROLES]
    asked = 0
    for route in sorted(set(routes) & set(by_hand) & set(told)):
        for person in people:
            asked += 1
            should = person.role in MAY[by_hand[route]]
            if (person.role in told[route].get("roles", [])) is not should and by_hand[route]:
                wrong.append(f"{route} {person.role}: told otherwise than {should}")
            if (
                by_hand[route]
                and route not in SKIPPED
                and _may(stand, route, routes[route], person) is not should
            ):
                wrong.append(f"{route} {person.role}: done otherwise than {should}")
        if by_hand[route] and route not in SKIPPED:
            asked += 1
            if not _is_refused_to_nobody(stand, route, routes[route]):
                wrong.append(f"{route}: answered to nobody")
    stand.ask("POST", "/api/stop/clear")
    for each in wrong:
        note(f"matrix: {each}")
    note(f"matrix: {len(routes)} routes, {asked} cells, {len(wrong)} wrong")
    return [
        Claim(
            name="permission_matrix_failures",
            value=float(len(wrong)),
            unit="count",
            correct=asked > len(ROLES) * 50,
            rows=({"routes": len(routes), "cells": asked, "wrong": wrong},),
        )
    ]


def _by_hand() -> Iterator[tuple[str, str]]:
    for line in NEEDS.strip().splitlines():
        word, _, rest = line.partition(": ")
        method, _, paths = rest.partition(" ")
        for path in paths.split(", "):
            whole = path if path.startswith("/") else f"/api/{path}"
            yield f"{method} {whole}", "" if word == "-" else word


def _plain(path: str) -> str:
    return re.sub(r"\{\w+\}", "{}", path)


def _person(stand: Stand, role: str) -> Person:
    """Add a person, follow the link of the answer, and keep the session."""
    body = {"person": f"m-{role}", "name": role, "roles": {"*": role}}
    _, made = stand.ask("POST", "/api/people", body, *_admin(stand))
    token = str(made["link"]).rpartition("=")[2]
    return _signed(stand, role, "/api/link", {"token": token, "password": PASSWORD})


_ADMINS: dict[str, Person] = {}


def _admin(stand: Stand) -> tuple[str, str]:
    """Cookie and token of the first admin, made once by the link that `up` printed."""
    if stand.url not in _ADMINS:
        log = stand.log()
        token = re.findall(r"#first=([\w-]+)", log)[-1]
        body = {"token": token, "person": "m-first", "name": "first", "password": PASSWORD}
        _ADMINS[stand.url] = _signed(stand, "admin", "/api/first", body)
    first = _ADMINS[stand.url]
    return first.cookie, first.csrf


def _signed(stand: Stand, role: str, path: str, body: dict[str, Any]) -> Person:
    request = urllib.request.Request(  # noqa: S310  # ours
        stand.url + path,
        data=json.dumps(body).encode(),
        headers={"content-type": "application/json", "origin": stand.url},
    )
    with urllib.request.urlopen(request, timeout=30) as reply:  # noqa: S310  # ours
        cookie = str(reply.headers["set-cookie"]).partition(";")[0]
        view = json.loads(reply.read())
    return Person(role, cookie, str(view["csrf"]))


def _may(stand: Stand, route: str, path: str, person: Person) -> bool:
    """Whether the role is let through to what the route does."""
    status, answer = stand.ask(*_question(route, path), person.cookie, person.csrf)
    return status not in {UNKNOWN, REFUSED} or not _is_of_role(answer)


def _is_refused_to_nobody(stand: Stand, route: str, path: str) -> bool:
    status, _ = stand.ask(*_question(route, path), "none=none", "")
    return status in {UNKNOWN, REFUSED}


def _question(route: str, path: str) -> tuple[str, str, Any]:
    method = route.partition(" ")[0]
    body: dict[str, Any] | None = {} if method in {"POST", "PUT"} else None
    return method, re.sub(r"\{\w+\}", ID, path), body


def _is_of_role(answer: Any) -> bool:  # noqa: ANN401  # JSON
    """Whether it is the role that is refused, and not the page that asks."""
    return isinstance(answer, dict) and "csrf" not in str(answer.get("what", "")).lower()
