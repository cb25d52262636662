"""What people of the past have entered: sign-ons, reasons, calls for help, orders.

All of it follows from the plant, the seed and the states that came, so that it is the same in
every run. People are numbers here, and nobody has a name.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from linewright.emulate.faults.series import uniform
from linewright.emulate.flows.flow import Done
from linewright.emulate.paper.habits import Habits
from linewright.plant import Address, Plant
from linewright.plant.calendar import Interval, compile_calendar
from linewright.plant.records import (
    Call,
    CallEvent,
    CallKind,
    How,
    Order,
    OrderStatus,
    Presence,
    Quality,
    Reason,
    Record,
    SignOn,
    State,
    StationState,
    order_of,
)
from linewright.plant.scenario import Occurrence

__all__ = ["REASONS_SHARE", "People"]

NS_PER_S = 1_000_000_000

PANEL = "panel"
"""Where people of the past enter things."""

MECHANIC = "m01"
"""Who comes when maintenance is called."""

SEES = int(Quality.SIMULATED)

REASONS_SHARE = 0.8
"""Share of the stops for which somebody has given the reason: in a plant some are always open."""

MICRO_STOP_S = 120.0
"""Shorter stops need no reason, where the plant file does not say."""

ENTERED_S = (20.0, 240.0)
"""Between these so long after the end of a stop its reason is entered."""

CALLED_S, HEARD_S, CAME_S = 60.0, 90.0, 240.0
"""So long after the begin of a breakdown maintenance is called, hears of it, and comes."""

LATE_S_MAX = 300.0
"""So long after the begin of a shift people sign on at most."""

DAY_NS = 24 * 3600 * NS_PER_S
"""Longer than any shift: so far beyond the past its calendar is looked at."""

_STOPS = frozenset({StationState.DOWN, StationState.SET_UP})
"""States that somebody explains."""


class People:
    """The people of a site, in a play that goes by.

    Parameters
    ----------
    plant, plant_rev, site
        The plant as applied.
    span_ns
        Begin and end of the past.
    seed
        Of the play.
    strikes
        Of the scenario. Where an event is called like a reason of the station's tree, this is the
        reason that people give for the stop.
    habits
        What the scenario says of people: reasons and sign-ons that are missing, late or wrong.
    """

    def __init__(  # noqa: PLR0913  # each is named, and may be left out
        self,
        plant: Plant,
        plant_rev: str,
        site: str,
        *,
        span_ns: tuple[int, int],
        seed: int,
        strikes: Sequence[Occurrence] = (),
        habits: Habits | None = None,
    ) -> None:
        self._plant_rev = plant_rev
        self._span_ns = span_ns
        self._seed = seed
        self._habits = Habits(None, plant) if habits is None else habits
        self._stations = dict(plant.stations_in(Address(site)))
        self._places = [at for at, one in self._stations.items() if one.connected]
        self._turns = list(plant.sites[site].shifts)
        begin_ns, end_ns = span_ns
        self._shifts = _shifts(
            compile_calendar(plant.sites[site].calendar(), begin_ns, end_ns + DAY_NS)
        )
        self._paths = {
            address: dict(_paths(plant.reasons.get(one.reasons or "", {})))
            for address, one in self._stations.items()
        }
        self._strikes = [one for one in strikes if one.event.startswith("machines.")]
        self._open: dict[Address, State] = {}
        self._modes: dict[Address, dict[int, str]] = {}
        self._due: list[Record] = []

    def signed_on(self) -> tuple[Record, ...]:
        """Return who signs on and off, in order of time."""
        begin_ns, until_ns = self._span_ns
        found: list[Record] = []
        for shift, from_ns, end_ns in self._shifts:
            for address in self._places:
                late_s = LATE_S_MAX * uniform(self._seed, "on", address, from_ns)
                on_ns = from_ns + round(late_s * NS_PER_S)
                person = self._person(address, shift)
                habit = self._habits.of("sign_ons", address, from_ns)
                if habit.missing:
                    continue
                for presence, t_ns in ((Presence.ON, on_ns), (Presence.OFF, end_ns)):
                    if not begin_ns <= t_ns < until_ns:
                        continue
                    is_on = presence is Presence.ON
                    found.append(
                        SignOn(
                            **self._head(address, t_ns, t_ns + habit.late_ns, person),
                            person=person,
                            presence=presence,
                            shift=shift,
                            until_ns=end_ns if is_on else None,
                        )
                    )
        return tuple(sorted(found, key=order_of))

    def take(
        self,
        records: Iterable[Record],
        failing: Mapping[Address, Mapping[str, int]],
        until_ns: int,
    ) -> tuple[Record, ...]:
        """Take what has come up to an instant, and return what people have entered by then.

        Parameters
        ----------
        records
            In order of time.
        failing
            Failure modes that hold now, by station.
        until_ns
            Plant time.
        """
        self.see(failing)
        for one in records:
            if isinstance(one, State):
                self._hear(one)
        due = [one for one in self._due if one.seen_ns <= until_ns]
        self._due = [one for one in self._due if one.seen_ns > until_ns]
        return tuple(sorted(due, key=lambda one: (one.seen_ns, order_of(one))))

    def see(self, failing: Mapping[Address, Mapping[str, int]]) -> None:
        """Look at which failure modes hold now; often enough, for what is over is not told."""
        for address, modes in failing.items():
            for mode, since_ns in modes.items():
                self._modes.setdefault(address, {})[since_ns] = mode

    def ordered(
        self,
        came: Iterable[Order],
        known: Iterable[Order],
        done: Iterable[tuple[Address, Done]],
    ) -> tuple[Record, ...]:
        """Return orders that came, and those of the known ones that were made."""
        by_name = {one.order: one for one in known}
        head = {"plant_rev": self._plant_rev, "quality": SEES, "id": ""}
        found = [msgspec.structs.replace(one, seen_ns=one.t_ns, **head) for one in came]
        found += [
            msgspec.structs.replace(
                by_name[one.name],
                t_ns=one.t_ns,
                seen_ns=one.t_ns,
                status=OrderStatus.FINISHED,
                delivered=Decimal(one.good),
                **head,
            )
            for _, one in done
            if one.name in by_name
        ]
        return tuple(sorted(found, key=order_of))

    def _head(self, address: Address, t_ns: int, seen_ns: int, person: str) -> dict[str, Any]:
        return {
            "address": address,
            "t_ns": t_ns,
            "seen_ns": seen_ns,
            "plant_rev": self._plant_rev,
            "how": How.PERSON,
            "source": PANEL,
            "by": person,
            "quality": SEES,
        }

    def _hear(self, state: State) -> None:
        """Take a station's next state: a stop may begin, or be over."""
        stop = self._open.pop(state.address, None)
        if stop is not None:
            self._over(stop, state.t_ns)
        if state.state in _STOPS and state.address in self._stations:
            self._open[state.address] = state

    def _over(self, stop: State, end_ns: int) -> None:
        """Have the reason of a stop entered, and tell how help was called and came."""
        address, began_ns = stop.address, stop.t_ns
        station = self._stations[address]
        person = self._who(address, end_ns)
        micro_stop_s = station.micro_stop_s or MICRO_STOP_S
        if person is None or end_ns - began_ns < micro_stop_s * NS_PER_S:
            return
        modes = self._of(stop, end_ns)
        if any(station.fails[one].crew for one in modes):
            self._due += self._help(stop, person, end_ns)
        code, habit = self._code(stop, modes), self._habits.of("reasons", address, began_ns)
        share = 1.0 if self._habits.tells("reasons") else REASONS_SHARE
        if habit.wrong:
            code = _first(self._paths[address].values())
        is_open = uniform(self._seed, "reason", address, began_ns) >= share
        if code is None or habit.missing or is_open:
            return
        low_s, high_s = ENTERED_S
        after_s = low_s + (high_s - low_s) * uniform(self._seed, "when", address, began_ns)
        entered_ns = end_ns + round(after_s * NS_PER_S) + habit.late_ns
        self._due.append(
            Reason(
                **self._head(address, began_ns, entered_ns, person),
                code=code,
                until_ns=end_ns,
                states=(stop.id,),
            )
        )

    def _of(self, stop: State, end_ns: int) -> tuple[str, ...]:
        """Return the failure modes that struck in a stop."""
        struck = self._modes.get(stop.address, {})
        fails = self._stations[stop.address].fails
        first_ns = stop.t_ns - NS_PER_S
        return tuple(
            mode
            for since_ns, mode in sorted(struck.items())
            if first_ns <= since_ns < end_ns and mode in fails
        )

    def _help(self, stop: State, person: str, end_ns: int) -> Iterator[Record]:
        """Yield the steps of a call for maintenance, as far as there was time for them."""
        steps = (
            (CallEvent.RAISED, CALLED_S),
            (CallEvent.ACKNOWLEDGED, HEARD_S),
            (CallEvent.ARRIVED, CAME_S),
            (CallEvent.RESOLVED, (end_ns - stop.t_ns) / NS_PER_S),
        )
        call: str | None = None
        for event, after_s in steps:
            t_ns = min(stop.t_ns + round(after_s * NS_PER_S), end_ns)
            by = person if event is CallEvent.RAISED else MECHANIC
            record = Call(
                **self._head(stop.address, t_ns, t_ns, by),
                kind=CallKind.MAINTENANCE,
                event=event,
                call=call,
            )
            call = call or record.id
            yield record

    def _person(self, address: Address, shift: str) -> str:
        """Return who works at a station in a shift."""
        number = self._places.index(address) * len(self._turns) + self._turns.index(shift)
        return f"p{1 + number:02d}"

    def _who(self, address: Address, t_ns: int) -> str | None:
        """Return who works at a station at a time; None: nobody does."""
        if address not in self._places:
            return None
        on = (shift for shift, from_ns, end_ns in self._shifts if from_ns <= t_ns <= end_ns)
        shift = next(on, None)
        return None if shift is None else self._person(address, shift)

    def _code(self, stop: State, modes: Iterable[str]) -> str | None:
        """Return the path of the reason of a stop in the station's tree; None: none fits."""
        paths, fails = self._paths[stop.address], self._stations[stop.address].fails
        told = [
            one.event.partition(".")[2]
            for one in self._strikes
            if one.address == stop.address and abs(stop.t_ns - one.at_ns) < NS_PER_S
        ]
        told += [reason for one in modes if (reason := fails[one].reason) is not None]
        return next((paths[one] for one in told if one in paths), None)


def _paths(tree: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    """Yield the name of each reason of a tree, and its path there."""
    for name, node in tree.items():
        yield name, f"{above}{name}"
        yield from _paths(node.reasons, f"{above}{name}/")


def _first(paths: Iterable[str]) -> str | None:
    """Return the first reason of a tree that an operator can pick; None: there is none."""
    known = tuple(paths)
    leaves = (one for one in known if not any(each.startswith(f"{one}/") for each in known))
    return next(leaves, None)


def _shifts(intervals: Iterable[Interval]) -> tuple[tuple[str, int, int], ...]:
    """Return shifts, each with its begin and end, breaks included."""
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for one in intervals:
        key = (one.shift, one.production_day)
        begin_ns, end_ns = found.get(key, (one.start_ns, one.end_ns))
        found[key] = (min(begin_ns, one.start_ns), max(end_ns, one.end_ns))
    return tuple((shift, *span) for (shift, _), span in found.items())
