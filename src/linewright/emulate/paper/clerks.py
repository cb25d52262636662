"""Who counts what no machine counts: stations on paper, and scrap that no machine knows.

Each hour people count what a station without a wire made. A job of paper lasts a shift, from its
begin to its end, and so does who works there. A machine that counts every piece, or only the good
ones, knows nothing of scrap: people find it, at once or, as the scenario says, later.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

import msgspec

from linewright.emulate.faults.series import uniform
from linewright.emulate.paper.habits import Habit, Habits
from linewright.plant import Address, Plant
from linewright.plant.calendar import WorkCalendar, compile_calendar
from linewright.plant.model import Station
from linewright.plant.scenario import Scenario

__all__ = ["HOUR_NS", "PEOPLE", "Clerks", "Entry"]

PEOPLE = "people.jsonl"
"""File beside the truth with the entries, one a line."""

NS_PER_S = 1_000_000_000
HOUR_NS = 3600 * NS_PER_S
DAY_NS = 24 * HOUR_NS

BEFORE_NS = NS_PER_S
"""What was made in an hour is told for its last second."""

ENTERED_S = (60.0, 600.0)
"""Between these so long after it happened something is entered, where nobody is late."""

CAUSE = "dimension"
"""Defect code that people give: a play does not say why a piece is bad."""

Counts = Mapping[Address, tuple[int, int]]
"""Good and bad pieces so far, by station."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that a person has to enter.

    `found` are pieces that a machine has counted as good. `true` is what was so where the entry is
    wrong; `fate` is `missing` where it is never made.

    Examples
    --------
    >>> Entry(id="a", kind="parts", address=Address("n/m/b/saw"), t_ns=1, enter_ns=2, good=3).fate
    ''
    """

    id: str
    kind: Literal["parts", "found", "job", "sign_on"]
    address: Address
    t_ns: int
    enter_ns: int
    good: int = 0
    scrap: int = 0
    cause: str = ""
    job: str = ""
    act: str = ""
    person: str = ""
    presence: str = ""
    true: int | None = None
    fate: str = ""


class _Turn(NamedTuple):
    """A shift at a station: its name, day, begin and end."""

    name: str
    day: str
    from_ns: int
    until_ns: int


class Clerks:
    """The people of a site who write things down, in a play that goes by.

    Parameters
    ----------
    plant, site
        The plant, and the site that is played.
    scenario
        What it says of people, and its seed; None: they enter everything in time.
    seed
        Of the play.
    """

    def __init__(
        self, plant: Plant, site: str, *, scenario: Scenario | None = None, seed: int = 0
    ) -> None:
        self._habits = Habits(scenario, plant)
        self._seed = seed
        stations = dict(plant.stations_in(Address(site)))
        groups = dict(plant.groups())
        self.on_paper = tuple(at for at, one in stations.items() if not one.connected)
        """Stations without a wire."""
        self._calendars: dict[Address, WorkCalendar] = {}
        for at in self.on_paper:
            group = groups[at.parent or at]
            shifts = stations[at].shifts or group.shifts
            self._calendars[at] = plant.sites[site].calendar(shifts)
        self._finds = {at: _finds(one) for at, one in stations.items() if one.connected}
        self._before: dict[Address, tuple[int, int]] = {}
        self._since_ns: int | None = None
        self._began_ns = 0

    def look(self, t_ns: int, counts: Counts) -> tuple[Entry, ...]:
        """Return what is to be entered of the time since the last look; the first has nothing.

        Parameters
        ----------
        t_ns
            Plant time now.
        counts
            What each station made so far.
        """
        since_ns, self._since_ns = self._since_ns, t_ns
        before, self._before = self._before, dict(counts)
        if since_ns is None or since_ns >= t_ns:
            self._began_ns = t_ns
            return ()
        found: list[Entry] = []
        for at, (good, bad) in counts.items():
            was_good, was_bad = before.get(at, (good, bad))
            found += self._counted(at, t_ns - BEFORE_NS, good - was_good, bad - was_bad)
        for at in self.on_paper:
            found += self._shifts(at, since_ns, t_ns)
        return tuple(sorted(found, key=lambda one: (one.enter_ns, one.id)))

    def _counted(self, at: Address, t_ns: int, good: int, bad: int) -> Iterator[Entry]:
        """Yield what people count of an hour."""
        finds = "parts" if at in self._calendars else self._finds.get(at, "")
        if at in self._calendars and good > 0:
            habit = self._habits.of("counts", at, t_ns)
            told = round(good * habit.factor)
            yield self._entry("parts", at, t_ns, habit, good=told, true=good)
        if finds and bad > 0:
            habit = self._habits.of("scrap", at, t_ns)
            told = round(bad * habit.factor)
            kind: Any = finds
            yield self._entry(kind, at, t_ns, habit, scrap=told, cause=CAUSE, true=bad)

    def _shifts(self, at: Address, since_ns: int, t_ns: int) -> Iterator[Entry]:
        """Yield the jobs of paper and the people that begin and end in a stretch of time."""
        for turn in _turns(self._calendars[at], since_ns, t_ns):
            name = f"paper-{at.name}-{turn.day}-{turn.name}"
            person = f"q{1 + self.on_paper.index(at):02d}-{turn.name}"
            jobs = self._habits.of("jobs", at, turn.from_ns, name)
            signs = self._habits.of("sign_ons", at, turn.from_ns, name)
            # Of a shift that was on at the first look people come then.
            came_ns = max(turn.from_ns, self._began_ns)
            is_first = came_ns == since_ns == self._began_ns
            ends = ((came_ns, "start", "on"), (turn.until_ns, "finish", "off"))
            for when_ns, act, presence in ends:
                if since_ns < when_ns <= t_ns or (is_first and act == "start"):
                    end_ns = when_ns if act == "start" else when_ns - BEFORE_NS
                    yield self._entry("job", at, end_ns, jobs, job=name, act=act)
                    yield self._entry(
                        "sign_on", at, end_ns, signs, person=person, presence=presence
                    )

    def _entry(
        self,
        kind: Literal["parts", "found", "job", "sign_on"],
        at: Address,
        t_ns: int,
        habit: Habit,
        **said: Any,  # noqa: ANN401  # further fields of an entry
    ) -> Entry:
        what = "scrap" if said.get("scrap") else said.get("act") or said.get("presence") or "good"
        low_s, high_s = ENTERED_S
        after_s = low_s + (high_s - low_s) * uniform(self._seed, "entered", kind, at, t_ns)
        if not habit.wrong:
            said.pop("true", None)
        return Entry(
            id=f"{kind}/{what}/{at}/{t_ns}",
            kind=kind,
            address=at,
            t_ns=t_ns,
            enter_ns=t_ns + round(after_s * NS_PER_S) + habit.late_ns,
            fate="missing" if habit.missing else "",
            **said,
        )


def _finds(station: Station) -> str:
    """Return how people tell scrap of a machine: as `parts`, as `found`; empty: it counts it."""
    roles = {tag.role for tag in station.tags.values() if tag.role}
    if "parts.scrap" in roles or ("parts.good" in roles and "parts.total" in roles):
        return ""
    if "parts.good" in roles:
        return "parts"
    return "found" if roles & {"parts.total", "cycle"} else ""


def _turns(calendar: WorkCalendar, since_ns: int, t_ns: int) -> tuple[_Turn, ...]:
    """Return the shifts that touch a stretch of time, whole."""
    found: dict[tuple[str, str], _Turn] = {}
    begin_ns = max(0, since_ns - DAY_NS)
    for one in compile_calendar(calendar, begin_ns, t_ns + DAY_NS):
        key = one.shift, one.production_day
        was = found.get(key, _Turn(*key, one.start_ns, one.end_ns))
        from_ns, until_ns = min(was.from_ns, one.start_ns), max(was.until_ns, one.end_ns)
        found[key] = _Turn(*key, from_ns, until_ns)
    return tuple(one for one in found.values() if since_ns < one.until_ns and one.from_ns <= t_ns)
