"""Cases, commands by hand and the stop of automatic actions; what the command line asks for."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from linewright.connectors.link import link_state
from linewright.server.desk import Refusal
from linewright.server.picture import case_view
from linewright.server.web.asked import Asked, Said
from linewright.server.web.routes.asking import acts_of
from linewright.server.web.site import Site

__all__ = [
    "audit",
    "case",
    "cases",
    "clear",
    "confirm",
    "links",
    "live",
    "offer",
    "outcome",
    "refuse",
    "send",
    "state",
    "stop",
    "trust",
]

CASE_ID = re.compile(r"[a-z2-7]{26}")
"""What an id of a case looks like; anything else never becomes part of a subject."""

EVENT_EACH_S = 0.25
"""Shortest time between two events of one page: four in a second look alive and cost little."""

EVENT_LATEST_S = 1.0
"""Longest: a page that hears nothing for 2.5 s says that the connection is lost."""

PAGES_MAX = 64
"""Most pages that listen at once."""


def state(asked: Asked) -> Said:
    """Return the whole state as the command line and the old page show it."""
    return Said(body=asked.site.picture()[1])


def links(asked: Asked) -> list[dict[str, Any]]:
    """Return how each source is reached, as `connect` reports it."""
    known, now_ns = asked.site.acts.known, asked.site.moment().wall_ns
    found = sorted(known.links.values(), key=lambda link: str(link.get("source")))
    return [link | {"state": link_state(link, now_ns)} for link in found]


async def audit(asked: Asked) -> Said:
    """Return audit records after a number of the chain, each as the text that was hashed."""
    return Said(body=await asked.site.acts.audit(asked.query["after_n"]))


def cases(asked: Asked) -> dict[str, Any]:
    """Return the cases that are known, by id."""
    known, moment = asked.site.acts.known, asked.site.moment()
    return {
        "cases": {each.case_id: case_view(each, known, moment) for each in known.cases.values()}
    }


def case(asked: Asked) -> dict[str, Any]:
    """Return one case."""
    known = asked.site.acts.known
    found = known.cases.get(_case_id(asked.path["case_id"]))
    if found is None:
        raise _no_case()
    return case_view(found, known, asked.site.moment())


async def confirm(asked: Asked) -> object:
    """Grant what a case proposes."""
    return await _answered(asked, acts_of(asked).desk.confirm)


async def refuse(asked: Asked) -> object:
    """Close a case as refused."""
    return await _answered(asked, acts_of(asked).desk.refuse)


async def stop(asked: Asked) -> dict[str, bool]:
    """Stop automatic actions; this is not an emergency stop."""
    await acts_of(asked).desk.set_stop(stopped=True)
    return {"stopped": True}


async def clear(asked: Asked) -> dict[str, bool]:
    """Let automatic actions go on."""
    await acts_of(asked).desk.set_stop(stopped=False)
    return {"stopped": False}


async def offer(asked: Asked) -> dict[str, Any]:
    """Return what may be sent to a machine, and what it says now."""
    query = asked.query
    return await acts_of(asked).sending.offer(query["address"], query["parameter"])


def outcome(asked: Asked) -> dict[str, Any]:
    """Return what became of a command so far."""
    return asked.site.acts.sending.outcome(asked.path["command_id"])


async def send(asked: Asked) -> dict[str, Any]:
    """Grant and send one command."""
    sending = acts_of(asked).sending
    command = await sending.send(asked.body)
    return sending.outcome(command.id)


async def trust(asked: Asked) -> dict[str, Any]:
    """Trust the certificate that a source shows."""
    acts = acts_of(asked)
    return await acts.trust(acts.desk, asked.body)


def live(asked: Asked) -> Said:
    """Return the state of the old page as Server-Sent Events."""
    if _Listening.pages >= PAGES_MAX:
        raise Refusal(503, f"{PAGES_MAX} pages listen already", "/api/live", "close some")
    return Said(stream=_events(asked.site), media="text/event-stream")


class _Listening:
    """How many pages listen in this process."""

    pages = 0


async def _events(site: Site) -> AsyncIterator[bytes]:
    """Yield the state whenever it has changed, at most four times a second, at least once.

    A slow page is waited for, and then gets the newest state: nothing piles up for it.
    """
    _Listening.pages += 1
    loop = asyncio.get_running_loop()
    version, said_s = -1, 0.0
    try:
        while not site.stop.is_set():
            now_version, data = site.picture()
            if now_version != version or loop.time() - said_s >= EVENT_LATEST_S:
                version, said_s = now_version, loop.time()
                yield b"data: " + data + b"\n\n"
            await asyncio.sleep(EVENT_EACH_S)
    finally:
        _Listening.pages -= 1


async def _answered(asked: Asked, act: Callable[[str], Awaitable[Any]]) -> object:
    """Return the step that an act made; a case that is somewhere else comes with its state."""
    case_id = _case_id(asked.path["case_id"])
    try:
        step = await act(case_id)
    except Refusal as refusal:
        if refusal.status != 409:  # noqa: PLR2004  # HTTP: conflict
            raise
        known = asked.site.acts.known
        found = known.cases.get(case_id)
        view = None if found is None else case_view(found, known, asked.site.moment())
        said = {"what": refusal.what, "where": refusal.where, "to_do": refusal.to_do}
        return Said(body=said | {"state": view}, status=409)
    return {"case": case_id, "stage": step.stage.value, "grant": step.grant_id or ""}


def _case_id(text: str) -> str:
    """Return an id that can stand in a subject; anything else is no case."""
    if CASE_ID.fullmatch(text) is None:
        raise _no_case()
    return text


def _no_case() -> Refusal:
    to_do = "`linewright cases` lists the cases there are"
    return Refusal(404, "there is no such case", "/api/cases", to_do)
