"""Tests of linewright.live.day.stops."""

from linewright.live.day import Stop, stops, unexplained
from linewright.plant.records import How
from tests.live.day.shop import MIN, SIX, course, minutes, plan, reason, state


def told(found: tuple[Stop, ...]) -> list[tuple[float, float, str, str]]:
    """Stops as minutes, category and code."""
    return [
        (minutes(each.start_ns), minutes(each.end_ns), each.category.value, each.code)
        for each in found
    ]


def test_states_of_standing_still_are_one_stop() -> None:
    """Idle, then down, then off is one event in the worst state, with all records."""
    found = course(
        state(0, "running"),
        state(5, "idle"),
        state(6, "down"),
        state(9, "off"),
        state(12, "running"),
    )
    (stop,) = stops(found)
    assert told((stop,)) == [(5, 12, "no_reason", "")]
    assert (stop.state, len(stop.records), stop.is_unexplained) == ("down", 3, True)


def test_below_the_threshold_is_a_micro_stop_and_at_it_a_stop() -> None:
    """The threshold of the station type is the first length that is a stop."""
    below, at = 5 + 2 - 1 / 60, 8 + 2
    found = course(
        state(0, "running"), state(5, "down"), state(below, "running"), state(8, "idle"),
        state(at, "running"),
    )  # fmt: skip
    assert [each.category.value for each in stops(found)] == ["micro_stop", "no_reason"]
    none = course(state(0, "running"), state(5, "down"), state(6, "running"), of=plan(micro=0.0))
    assert [each.category.value for each in stops(none)] == ["no_reason"]


def test_working_time_decides_on_a_micro_stop() -> None:
    """A break inside a stop does not count; a stop in a break alone is none."""
    found = course(
        state(0, "running"), state(239, "idle"), state(270.5, "running"), state(480 + 245, "down"),
        state(480 + 250, "running"),
    )  # fmt: skip
    assert [(each.is_micro, each.worked_ns) for each in stops(found)] == [(True, round(1.5 * MIN))]


def test_closed_time_cuts_a_stop() -> None:
    """Standing from before the end of the last shift until after the first begins: two stops."""
    found = course(
        state(0, "running"), state(950, "idle"), state(1440 + 5, "running"), heard_min=1500
    )
    assert told(stops(found)) == [(950, 960, "no_reason", ""), (1440, 1445, "no_reason", "")]
    first, second = stops(found)
    assert second.part_of == first.id


def test_the_machine_s_own_reason_is_booked_and_a_person_s_holds() -> None:
    """A code of the machine is mapped by the tree; a person's word stands above it."""
    head = (state(0, "running"), state(5, "down", code="drive"), state(15, "running"))
    (machine,) = stops(course(*head))
    assert (machine.category, machine.code, machine.by) == (
        "breakdown",
        "breakdown/drive",
        "machine",
    )
    (person,) = stops(course(*head, reason(5, None, "tool")))
    assert (person.category, person.code, person.by, person.person) == (
        "tooling",
        "tool",
        "person",
        "p7",
    )


def test_a_code_that_nobody_knows_is_other() -> None:
    """A reason was given, none of the tree: other."""
    (stop,) = stops(course(state(0, "down", code="x99"), state(15, "running")))
    assert (stop.category, stop.code) == ("other", "x99")


def test_an_inferred_reason_is_only_suggested() -> None:
    """What a program infers is not booked, it is offered with how sure it is."""
    inferred = reason(5, 15, "tool", how=How.INFERRED, by=None, probability=0.7)
    (stop,) = stops(course(state(5, "down"), state(15, "running"), inferred))
    assert (stop.category, stop.suggested, stop.chance) == ("no_reason", "tool", 0.7)


def test_stops_alike_make_a_suggestion() -> None:
    """Where people explained stops that began alike, the commonest code is offered."""
    records = [state(0, "running")]
    for k in range(4):
        records += [state(10 * k + 5, "down"), state(10 * k + 9, "running")]
    given = [
        reason(10 * k + 5, None, code) for k, code in enumerate(("tool", "tool", "no_material"))
    ]
    *_, last = stops(course(*records, *given))
    assert (last.suggested, last.chance) == ("tool", 0.667)


def test_an_open_stop_is_open_and_long_ones_are_first_in_the_queue() -> None:
    """A stop that goes on ends where the station was last heard; the queue is by length."""
    found = stops(course(state(0, "down"), state(5, "running"), state(9, "down"), heard_min=30))
    assert [each.is_open for each in found] == [False, True]
    assert [minutes(each.start_ns) for each in unexplained(found)] == [9, 0]


def test_blocked_starved_and_set_up_are_events_of_their_own() -> None:
    """They are no micro-stops however short, and wait for no reason."""
    found = course(
        state(0, "running"), state(1, "blocked"), state(1.5, "running"), state(2, "starved"),
        state(2.5, "running"), state(3, "set_up"), state(4, "running"),
    )  # fmt: skip
    assert [each.category.value for each in stops(found)] == ["blocked", "starved", "set_up"]
    assert unexplained(stops(found)) == ()
    assert [each.kind for each in stops(found, kinds=("set_up",))] == ["set_up"]


def test_a_window_gives_whole_stops_with_the_same_ids() -> None:
    """A stop that a window cuts is given whole, under the id that any window gives."""
    found = course(state(0, "running"), state(5, "down"), state(15, "running"), heard_min=30)
    assert stops(found, SIX + 7 * MIN, SIX + 8 * MIN) == stops(found)
    assert stops(found, SIX + 15 * MIN, SIX + 20 * MIN) == ()


def test_what_was_never_known_is_no_stop() -> None:
    """A record that says `unknown` before the first known state is as good as none."""
    assert stops(course(state(0, "unknown"), heard_min=60)) == ()
    found = course(state(0, "unknown"), state(30, "running"), state(40, "unknown"), heard_min=60)
    assert told(stops(found)) == [(40, 60, "unknown", "")]
