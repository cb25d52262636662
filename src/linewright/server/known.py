"""What the server knows of its site at this moment: kept small, filled by its shell."""

from collections import OrderedDict, deque
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from linewright.plant import Plant
from linewright.plant.records import Ack, Audit, Case, Command, LineState

T = TypeVar("T")

__all__ = ["ALIVE_S", "AUDITS_MAX", "UP", "Alive", "Known", "Moment", "Stop"]

ALIVE_S = 2.5
"""A service that was not heard of for so long is down: it speaks twice a second."""

UP = "up"
"""Under which name the supervisor gives its signs of life."""

AUDITS_MAX = 200
"""Audit records that the page can show; history has all of them."""

COMMANDS_MAX = 500
"""Commands and their outcomes that are kept for the cases on the page."""

CASES_MAX = 200
"""Cases that are kept; the oldest go first, and history has all of them."""


LINKS_MAX = 10_000
"""Most sources of which is known how they are reached."""


class Alive(msgspec.Struct, frozen=True, kw_only=True):
    """The last sign of life of a service.

    Examples
    --------
    >>> Alive(pid=1, since_ns=0, heard_s=5.0).heard_s
    5.0
    """

    pid: int
    since_ns: int
    """Wall clock of its start."""
    heard_s: float = 0.0
    """Monotonic clock of this process."""
    pids: Mapping[str, int] | None = None
    """Of the supervisor: the process of each service that runs. None: it is not told."""
    is_beat: bool = True
    """Whether it came in its time; no: something has changed just now."""


class Stop(msgspec.Struct, frozen=True, kw_only=True):
    """Whether automatic actions are stopped, by whom and since when.

    Examples
    --------
    >>> Stop().stopped
    False
    """

    stopped: bool = False
    by: str = ""
    at_ns: int = 0
    """Plant time."""


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """The plant that is in force, and the clocks of one moment.

    Examples
    --------
    >>> Moment(plant=Plant(linewright=1, enterprise="acme", sites={}), site="reno", rev="r1",
    ...     emulated=False, t_ns=0, speed=1.0, wall_ns=0, mono_s=0.0).speed
    1.0
    """

    plant: Plant
    site: str
    rev: str
    emulated: bool
    t_ns: int
    """Plant time; 0 while the clock of an emulated plant was not heard yet."""
    speed: float
    wall_ns: int
    mono_s: float


class Known:
    """What has been heard; `version` grows with every change.

    Examples
    --------
    >>> known = Known()
    >>> known.hear_alive("live", Alive(pid=7, since_ns=0, heard_s=1.0))
    >>> known.version, known.alive["live"].pid
    (1, 7)
    """

    def __init__(self) -> None:
        self.version = 0
        self.lines: dict[str, LineState] = {}
        self.cases: OrderedDict[str, Case] = OrderedDict()
        self.alive: dict[str, Alive] = {}
        self.audits: deque[Audit] = deque(maxlen=AUDITS_MAX)
        self.commands: OrderedDict[str, Command] = OrderedDict()
        self.acks: OrderedDict[str, Ack] = OrderedDict()
        self.stop = Stop()
        self.links: dict[str, dict[str, Any]] = {}

    def hear_link(self, source: str, link: dict[str, Any] | None) -> None:
        """Take how a source is reached; None: there is no such source any more."""
        if link is None:
            self.links.pop(source, None)
        elif source in self.links or len(self.links) < LINKS_MAX:
            self.links[source] = link
        self.version += 1

    def hear_line(self, state: LineState) -> None:
        """Take the state of a line."""
        self.lines[state.address] = state
        self.version += 1

    def hear_case(self, case: Case) -> None:
        """Take a folded case; the latest heard of stands last."""
        self.cases[case.case_id] = case
        _keep(self.cases, CASES_MAX)
        self.version += 1

    def hear_alive(self, service: str, alive: Alive) -> None:
        """Take a sign of life."""
        self.alive[service] = alive
        self.version += 1

    def is_up(self, service: str, mono_s: float) -> bool:
        """Whether a service lives: it spoke a moment ago, and its process has not ended since.

        Parameters
        ----------
        service
            Its name.
        mono_s
            Monotonic clock of now.

        Notes
        -----
        The supervisor knows the end of a process at once, and tells which ones run. A sign of
        life of another process than that is one from before.

        Examples
        --------
        >>> known = Known()
        >>> known.hear_alive("live", Alive(pid=7, since_ns=0, heard_s=1.0))
        >>> known.is_up("live", 2.0), known.is_up("live", 9.0)
        (True, False)
        >>> known.hear_alive(UP, Alive(pid=1, since_ns=0, heard_s=2.0, pids={}))
        >>> known.is_up("live", 2.0)
        False
        """
        alive = self.alive.get(service)
        if alive is None or mono_s - alive.heard_s > ALIVE_S:
            return False
        told = self.alive.get(UP)
        if service == UP or told is None or told.pids is None:
            return True
        return told.pids.get(service) == alive.pid

    def hear_record(self, record: object) -> None:
        """Take an audit record, a command or its outcome; others are passed over."""
        if isinstance(record, Audit):
            self.audits.append(record)
        elif isinstance(record, Command):
            self.commands[record.id] = record
            _keep(self.commands, COMMANDS_MAX)
        elif isinstance(record, Ack):
            self.acks[record.command] = record
            _keep(self.acks, COMMANDS_MAX)
        else:
            return
        self.version += 1

    def hear_stop(self, stop: Stop) -> None:
        """Take whether automatic actions are stopped."""
        self.stop = stop
        self.version += 1


def _keep(kept: "OrderedDict[str, T]", most: int) -> None:
    while len(kept) > most:
        kept.popitem(last=False)
