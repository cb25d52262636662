"""What a scenario says of people: which of their entries are missing, late or wrong."""

from typing import Literal

import msgspec

from linewright.emulate.faults.series import uniform
from linewright.plant import Address, Plant
from linewright.plant.scenario import Occurrence, Scenario, draw_s, occurrences

__all__ = ["ALL_RIGHT", "Habit", "Habits"]

NS_PER_S = 1_000_000_000

PEOPLE = "people."

Kind = Literal["reasons", "counts", "scrap", "sign_ons", "jobs"]


class Habit(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of one entry.

    Examples
    --------
    >>> Habit(late_ns=5).missing
    False
    """

    missing: bool = False
    late_ns: int = 0
    wrong: bool = False
    factor: float = 1.0
    """Of a wrong count."""


ALL_RIGHT = Habit()


class Habits:
    """The mistakes that people of a play make.

    Parameters
    ----------
    scenario, plant
        The scenario, checked against the plant; None: nobody makes any.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> _ = plant.site("reno", timezone="America/Los_Angeles", currency="USD")
    >>> Habits(None, plant.done()).of("jobs", Address("reno/a/b/c"), 0)
    Habit(missing=False, late_ns=0, wrong=False, factor=1.0)
    """

    def __init__(self, scenario: Scenario | None, plant: Plant) -> None:
        self._scenario = scenario
        self._strikes: dict[str, list[Occurrence]] = {}
        for one in () if scenario is None else occurrences(scenario, plant):
            if one.event.startswith(PEOPLE):
                name = one.event.removeprefix(PEOPLE)
                self._strikes.setdefault(name, []).append(one)

    def tells(self, kind: Kind) -> bool:
        """Tell whether the scenario says anything of such entries."""
        events = {} if self._scenario is None else self._scenario.people
        return any(getattr(one, kind) is not None for one in events.values())

    def of(self, kind: Kind, address: Address, t_ns: int, *key: object) -> Habit:
        """Return what becomes of an entry.

        Parameters
        ----------
        kind
            What is entered.
        address, t_ns
            Where and when it happened.
        key
            What tells the entry from others of the kind there; left out: its time. Entries with the
            same key, such as begin and end of a job, have the same fate.
        """
        found = ALL_RIGHT
        if self._scenario is None:
            return found
        for name, strikes in self._strikes.items():
            event = self._scenario.people[name]
            mistake = getattr(event, kind)
            if mistake is None or not any(_holds(one, address, t_ns) for one in strikes):
                continue

            def chance(what: str, name: str = name) -> float:
                assert self._scenario is not None, "it has strikes"
                return uniform(self._scenario.seed, name, what, kind, address, *(key or (t_ns,)))

            if event.share is not None and chance("share") >= event.share:
                continue
            if mistake == "missing":
                found = msgspec.structs.replace(found, missing=True)
            elif mistake == "late" and event.delay is not None:
                late_ns = round(draw_s(event.delay, chance("delay")) * NS_PER_S)
                found = msgspec.structs.replace(found, late_ns=found.late_ns + late_ns)
            elif mistake == "wrong":
                factor = 1.0 + (event.wrong_by_share or 0.0) * (2.0 * chance("by") - 1.0)
                found = msgspec.structs.replace(found, wrong=True, factor=factor)
        return found


def _holds(strike: Occurrence, address: Address, t_ns: int) -> bool:
    """Whether a strike is on at a place and time."""
    begun = strike.at_ns <= t_ns and (strike.until_ns is None or t_ns < strike.until_ns)
    return begun and strike.address.contains(address)
