"""How a machine is reached at an instant: by its faults alone, as a pure function of time."""

from typing import Literal

import msgspec

from linewright.emulate.faults.series import RESTARTS, Faults, Series
from linewright.plant import Address

__all__ = ["Reach", "reach_of"]

State = Literal["open", "cut", "half_open", "away", "frozen", "refusing"]

_STATES: dict[str, State] = {
    "link: cut": "cut",
    "link: half_open": "half_open",
    RESTARTS: "away",
    "server: freezes": "frozen",
    "server: refuses": "refusing",
}

_WORST: tuple[State, ...] = ("away", "cut", "half_open", "frozen", "refusing")

SHIFTS = 3
"""Numberings of its namespaces that a server goes through, one a restart."""


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """How a machine is reached: its link and server, how often it restarted, and its clock.

    `shift` is by how much the numbers of its namespaces are moved; `ahead_ns` how far its clock
    is ahead; `breaks` how often its connections were broken by now, also between two looks.
    """

    state: State = "open"
    restarts: int = 0
    shift: int = 0
    breaks: int = 0
    ahead_ns: int = 0


def reach_of(faults: Faults, station: Address, t_ns: int, *, ahead_ns: int = 0) -> Reach:
    """Return how a station is reached at an instant.

    Parameters
    ----------
    faults, station
        The faults, and where.
    t_ns
        Plant time.
    ahead_ns
        How far the clock of the station is ahead then.

    Returns
    -------
    Reach
        Of several faults at once the worst counts.
    """
    series = faults.at_station(station)
    if not series and not ahead_ns:
        return OPEN
    held = {_STATES[one.happens] for one in series if one.at(t_ns) is not None}
    restarts = [one for one in series if one.happens == RESTARTS]
    return Reach(
        state=next((one for one in _WORST if one in held), "open"),
        restarts=sum(len(one.within(-1, t_ns)) for one in restarts),
        shift=sum(len(one.within(-1, t_ns)) for one in restarts if one.renumbered) % SHIFTS,
        breaks=sum(_breaks(one, t_ns) for one in series),
        ahead_ns=ahead_ns,
    )


def _breaks(series: Series, t_ns: int) -> int:
    """Return how often a fault broke connections: cut as it begins, half-open as it ends."""
    struck = len(series.within(-1, t_ns))
    if series.happens == "link: cut":
        return struck
    if series.happens == "link: half_open":
        return struck - (series.at(t_ns) is not None)
    return 0


OPEN = Reach()
"""A machine that is reached as it should be."""
