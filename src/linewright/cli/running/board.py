"""What `up` shows: a row for each service, a row for each link that needs a look, the address.

On a terminal the rows stay in place; in a pipe or a log each change is a line.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, Self

from linewright.cli.ending import Failed
from linewright.cli.looking import words
from linewright.cli.looking.drawing import Board, waiting
from linewright.cli.running.asking import ask
from linewright.connectors.link import NOT_TOLD, link_state
from linewright.server import Plan, Running, Told, read_running

__all__ = ["PlantBoard", "link_line", "links_line"]

LINKS_EACH_S = 2.0
"""How often the links are asked for."""

LINKS_MAX = 20
"""Most links with a row of their own; of the others only how many there are in each state."""

LINES = frozenset(["refused", "tls", "first", "others"])
"""What is told as a line of its own: events, and what people copy whole."""

WAITS = "is prepared: kernels are compiled, and time goes forward unseen"
"""What a play does before its clock is heard."""
RUNS = "runs"
"""What it does from then on."""

WAIT_WORDS = "the NATS server reads its store"
JOIN_WORDS = "the NATS server is waited for"


class PlantBoard:
    """The rows of a plant that runs.

    Parameters
    ----------
    plan
        What runs.
    line
        Writes a line where nothing stays in place.
    """

    def __init__(self, plan: Plan, line: Callable[[str], None]) -> None:
        self._plan = plan
        self._board = Board(line)
        self._links: dict[str, tuple[str, str]] = {}
        self._summary = ""
        self._play = ""
        self._waiting: Any = None

    def __enter__(self) -> Self:
        self._board.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._end_waiting()
        self._board.__exit__(*error)

    def say(self, line: str) -> None:
        """Write a line above the rows."""
        self._board.say(line)

    def tell(self, told: Told) -> None:
        """Show what a service does now."""
        if told.name == "page":
            self._board.foot(f"page     {told.state}")
            return
        if told.name in LINES:
            self._board.say(str(told))  # an event, not a state: each is a line of its own
            return
        if told.name == "bus":
            self._end_waiting()
        if told.state == "starting":
            words = JOIN_WORDS if self._plan.nats else WAIT_WORDS
            if not self._board.is_live:
                self._waiting = waiting(words)
                self._waiting.__enter__()
                return
            self._board.row(told.name, (told.state, words, "", ""), "")
            return
        cells = (told.state, told.does, told.count, told.words)
        self._board.row(told.name, cells, str(told))

    async def watch_links(self) -> None:
        """Show how the machines are reached, whenever that changes, until it is cancelled."""
        while True:
            await asyncio.sleep(LINKS_EACH_S)
            running = read_running(self._plan.data)
            if running is not None and running.url:
                if self._plan.scenario is not None:
                    self.show_play(await asyncio.to_thread(_t_ms, running))
                self.show_links(await asyncio.to_thread(_links, running))

    def show_links(self, links: list[dict[str, Any]] | None) -> None:
        """Show how the machines are reached, where that has changed; None: it is not known."""
        if not links:
            return
        now_ns = time.time_ns()
        links = [
            link | {"state": NOT_TOLD, "why": words.SEE_CONNECT, "next_step": ""}
            if link_state(link, now_ns) == NOT_TOLD
            else link
            for link in links
        ]
        summary = links_line(links)
        if summary != self._summary:
            self._summary = summary
            self._board.row("links", (summary, "", "", ""), f"links    {summary}")
        for link in links[:LINKS_MAX]:
            name = str(link.get("source", ""))
            now = (str(link.get("state", "")), str(link.get("why", "")))
            before = self._links.get(name)
            self._links[name] = now
            is_well = now[0] in {"connected", "connecting"}
            if before != now and (not is_well or (before is not None and before[0] != now[0])):
                line = link_line(link)
                self._board.say(line)

    def show_play(self, t_ms: int | None) -> None:
        """Show that a play is still being prepared, and when it runs; each once.

        Parameters
        ----------
        t_ms
            Time of the plant; None while it is not known.
        """
        if t_ms is None and self._play == RUNS:
            return  # its clock is not heard any more, as at the end: it was prepared all the same
        words = WAITS if t_ms is None else RUNS
        if words != self._play and (self._play or words == WAITS):
            self._board.row("play", (words, "", "", ""), f"play     {words}")
        self._play = words

    def _end_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.__exit__(None, None, None)
            self._waiting = None


def links_line(links: Iterable[dict[str, Any]]) -> str:
    """Return how many links are in each state.

    Examples
    --------
    >>> links_line([{"state": "connected"}, {"state": "lost"}, {"state": "connected"}])
    '2 connected, 1 lost'
    """
    counts = Counter(str(link.get("state", "not known")) for link in links)
    return ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))


def link_line(link: dict[str, Any]) -> str:
    """Return how one source is reached, why, and what to do.

    Examples
    --------
    >>> link_line({"source": "saw", "state": "lost", "why": "refused", "next_step": "look at it"})
    'link     saw lost: refused (look at it)'
    """
    why = f": {words.short(str(link['why']))}" if link.get("why") else ""
    step = f" ({words.to_do(link)})" if link.get("next_step") else ""
    return f"link     {link.get('source', '?')} {link.get('state', '?')}{why}{step}"


def _t_ms(running: Running) -> int | None:
    """Return the time of the plant; None while it is not known or the page does not answer."""
    try:
        state = ask(running, "/api/state").body
    except Failed:
        return None
    t_ms = state.get("clock", {}).get("t_ms") if isinstance(state, dict) else None
    return None if t_ms is None else int(t_ms)


def _links(running: Running) -> list[dict[str, Any]] | None:
    """Return how the sources are reached; None while the page does not answer."""
    try:
        answer = ask(running, "/api/links")
    except Failed:
        return None
    return answer.body if isinstance(answer.body, list) else None
