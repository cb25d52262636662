"""From the history of a site to the course of each of its stations."""

from tools.recompute.booking import book, gaps_of, spoken
from tools.recompute.calendar import Calendar
from tools.recompute.day import Course, Interval, Plan, events_of, pieces_of
from tools.recompute.derived import derived, names_of
from tools.recompute.fold import corrected, made_of, said_parts, said_states, states_of
from tools.recompute.history import History
from tools.recompute.plantfile import Site, Station


def course_of(
    station: Station, site: Site, calendar: Calendar, history: History, whole: Interval
) -> Course:
    """What a station did, from samples where there are any, else from records."""
    tag = station.tag("state")
    raw = history.samples.get(f"{station.address}#{tag.name}", []) if tag else []
    said = history.of("state", station.address)
    people = [record for record in said if record["source"] != "live"]
    states = states_of(tag, raw) if tag and raw else said_states(said)
    if tag and tag.derive and history.samples:
        parts = {n: history.samples.get(f"{station.address}#{n}", []) for n in names_of(tag.derive)}
        states = derived(tag, parts)
    if (raw or (tag and tag.derive)) and history.samples and people:
        states = sorted([*states, *said_states(people)], key=lambda state: state.t_ns)
    counted = history.of("parts", station.address)
    if history.samples:
        counted = [record for record in counted if record["source"] != "live"]
    again = corrected(history, station.address) if history.samples else []
    made = sorted(
        [*again, *made_of(station, history), *said_parts(counted)], key=lambda one: one.t_ns
    )
    shifts = calendar.of(station.shifts)
    plan = Plan.of(shifts, whole)
    gaps = gaps_of(station, history.of("gap", station.address))
    pieces = pieces_of(states, gaps, whole)
    events = events_of(pieces, plan, whole)
    reasons = spoken(history.of("reason", station.address), pieces)
    booked = book(station, events, reasons, site.trees.get(station.reasons, {}))
    return Course(
        station=station,
        plan=plan,
        pieces=pieces,
        events=events,
        booked=booked,
        made=made,
        whole=whole,
    )
