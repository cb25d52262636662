"""What arrives of what is true: faults of signals, links and servers, one by one."""

import pytest

from linewright.emulate.faults.links import OPEN, reach_of
from linewright.emulate.faults.series import RESTART_NS, Series, faults_of, uniform
from linewright.emulate.machines import Sample
from tests.emulate.faulty import (
    DRAG,
    GOOD,
    LOAD,
    ONE,
    RIG,
    START_NS,
    TEMP,
    S,
    at,
    begun,
    faults,
    plant,
    played,
    shown,
    through,
    way,
)

HERE = "at: reno/shop/lathes/one"
RAMP = [at(TEMP, second, 20.0 + second) for second in range(0, 100, 10)]


def test_without_faults_everything_is_shown_but_repetitions() -> None:
    """A value that repeats the one before is left out; times of a tag rise."""
    samples = [at(TEMP, 1, 20.0), at(TEMP, 2, 20.0), at(TEMP, 2, 21.0), at(TEMP, 2, 22.0)]
    assert shown(through("", samples)) == [(1, 20.0), (2, 21.0), (2.000001, 22.0)]
    assert faults_of(None, plant(), played()).tags == {}


def test_a_clock_that_is_off_shifts_times_and_the_truth_says_so() -> None:
    """A step of the clock moves what is shown from then on; the true time stands beside it."""
    found = through(f"signals: {{c: {{clock: -7 min, {HERE}, from: 30 s}}}}", RAMP)
    moved = [one for one in found if one.true_ns is not None]
    assert len(moved) == 7
    assert all(one.t_ns == one.really_ns - 420 * S for one in moved)
    assert [one.really_ns for one in found] == [one.t_ns for one in RAMP]


def test_a_clock_that_gains_is_ahead_in_proportion() -> None:
    """After 50 s at 1 % the clock is half a second ahead, for samples and for the server."""
    one = way(f"signals: {{c: {{clock_drift: 1 %, {HERE}}}}}")
    _, found = one.carry(begun(), RAMP, START_NS + 100 * S)
    assert found[5].t_ns - found[5].really_ns == S // 2
    assert one.ahead_ns(ONE, START_NS + 50 * S) == S // 2
    assert one.ahead_ns(RIG, START_NS + 50 * S) == 0


def test_a_counter_that_is_reset_begins_again_at_nothing() -> None:
    """At the reset 0 is shown, and from then on what was counted since."""
    counts = [at(GOOD, 10 * k, k) for k in range(1, 7)]
    found = through(f"signals: {{c: {{counter: resets, {HERE}, from: 35 s}}}}", counts)
    assert shown(found) == [(10, 1), (20, 2), (30, 3), (35, 0), (40, 1), (50, 2), (60, 3)]
    assert [one.true for one in found][-1] == 6


def test_a_counter_rolls_over_beyond_its_highest() -> None:
    """After 3 comes 0."""
    counts = [at(GOOD, 10 * k, k) for k in range(1, 7)]
    found = through(f"signals: {{c: {{counter: rolls_over, beyond: 3, {HERE}}}}}", counts)
    assert [value for _, value in shown(found)] == [1, 2, 3, 0, 1, 2]


@pytest.mark.parametrize(
    ("value", "moved"),
    [("jumps, by: 4 degC", [4.0] * 10), ("drifts, by: 36 degC", [0.1 * k for k in range(10)])],
)
def test_values_jump_and_drift(value: str, moved: list[float]) -> None:
    """A jump is there at once, a drift of 36 degC in an hour is 0.1 degC after ten seconds."""
    found = through(f"signals: {{v: {{value: {value}, at: '{TEMP}'}}}}", RAMP)
    shifts = [float(one.value) - value.value for one, value in zip(found, RAMP, strict=True)]  # type: ignore[operator]  # numbers
    assert shifts == pytest.approx(moved, abs=0.006)
    assert all(one.true in {None, value.value} for one, value in zip(found, RAMP, strict=True))


def test_noise_is_drawn_anew_for_each_value_in_the_machines_own_form() -> None:
    """A tag with a factor of 0.5 in whole numbers moves by twice the amount, rounded."""
    samples = [at(LOAD, k, 100 + k % 2) for k in range(200)]
    found = through(f"signals: {{v: {{value: noisy, by: 10 %, at: '{LOAD}'}}}}", samples)
    moved = [float(one.value) - float(one.true) for one in found if one.true is not None]
    assert 15 < (sum(by * by for by in moved) / len(moved)) ** 0.5 < 25
    assert all(isinstance(one.value, int) for one in found)


@pytest.mark.parametrize("what", ["value: stuck", "samples: silent"])
def test_what_is_held_back_comes_with_its_newest_value_at_the_end(what: str) -> None:
    """Nothing is shown meanwhile; at the end the last value, all others stand as withheld."""
    found = through(f"signals: {{v: {{{what}, at: '{TEMP}', from: 25 s, for: 40 s}}}}", RAMP)
    assert [second for second, _ in shown(found)] == [0, 10, 20, 60, 70, 80, 90]
    assert [(one.t_ns - START_NS) // S for one in found if one.fate == "withheld"] == [30, 40, 50]


def test_lost_samples_are_in_the_truth_as_withheld() -> None:
    """About half is lost, and everything is either shown or withheld."""
    many = [at(TEMP, k, float(k)) for k in range(400)]
    found = through(f"signals: {{v: {{samples: lost, share: 50 %, {HERE}}}}}", many)
    withheld = sum(one.fate == "withheld" for one in found)
    assert 150 < withheld < 250
    assert len(found) == 400


def test_doubled_samples_are_shown_and_once_more_at_once() -> None:
    """The second has the time and value of the first, and says that it is one."""
    found = through(f"signals: {{v: {{samples: doubled, {HERE}}}}}", RAMP[:2])
    assert [(one.t_ns, one.fate) for one in found] == [
        (one.t_ns, fate) for one in RAMP[:2] for fate in ("", "again")
    ]


def test_late_samples_come_in_another_order_with_their_own_times() -> None:
    """With 15 s of delay for about half of them, times are no longer in order, and none is lost."""
    event = f"signals: {{v: {{samples: out_of_order, delay: 15 s, share: 50 %, {HERE}}}}}"
    found = through(event, RAMP)
    times = [one.t_ns for one in found]
    assert times != sorted(times)
    assert sorted(times) == [one.t_ns for one in RAMP]


def test_a_frozen_or_restarting_server_shows_nothing_meanwhile() -> None:
    """What changes while a server stands still or is away is never shown, but for the newest."""
    for event in ("server: freezes, for: 25 s", "server: restarts"):
        found = through(f"links: {{l: {{{event}, {HERE}, from: 15 s}}}}", RAMP[:4])
        assert {one.fate for one in found} <= {"", "withheld"}
        assert len(found) == 4
    assert RESTART_NS == 5 * S


def test_an_edge_node_stores_while_its_link_is_cut() -> None:
    """What came in the cut is shown when it ends, with its own times, as historical."""
    drags = [at(DRAG, k, 1.0 + k / 10) for k in range(0, 60, 10)]
    event = "links: {l: {link: cut, at: reno/shop/lathes/rig, from: 15 s, for: 30 s}}"
    found = through(event, drags)
    assert [one.historical for one in found] == [False, False, True, True, True, False]
    early = way(event).carry(begun(), drags[:5], START_NS + 44 * S)[1]
    assert len(early) == 2


def test_an_opcua_server_whose_link_is_cut_goes_on() -> None:
    """The machine does not know; what nobody hears is shown all the same, for the gap to say."""
    found = through(f"links: {{l: {{link: cut, {HERE}, from: 15 s, for: 30 s}}}}", RAMP)
    assert shown(found) == [((one.t_ns - START_NS) / S, one.value) for one in RAMP]


@pytest.mark.parametrize(
    ("event", "state"),
    [
        ("link: cut", "cut"),
        ("link: half_open", "half_open"),
        ("server: freezes", "frozen"),
        ("server: refuses", "refusing"),
        ("server: restarts", "away"),
    ],
)
def test_how_a_machine_is_reached_follows_from_the_time(event: str, state: str) -> None:
    """From 15 s on, for 30 s, and no longer."""
    found = faults(f"links: {{l: {{{event}, {HERE}, from: 15 s, for: 30 s}}}}")
    states = [reach_of(found, ONE, START_NS + t * S).state for t in (14, 15, 44, 45)]
    assert states == ["open", state, state, "open"]
    assert reach_of(found, RIG, START_NS + 20 * S) == OPEN


def test_each_renumbered_restart_moves_the_namespaces_on() -> None:
    """Restarts are counted, so that one within a single tick is seen; the third is as the first."""
    event = f"links: {{l: {{server: restarts, renumbered: true, {HERE}, every: 10 min constant}}}}"
    found = faults(event)
    reaches = [reach_of(found, ONE, START_NS + minute * 60 * S) for minute in (0, 11, 21, 32)]
    assert [one.restarts for one in reaches] == [0, 1, 2, 3]
    assert [one.shift for one in reaches] == [0, 1, 2, 0]


def test_a_share_is_drawn_from_seed_event_tag_and_time() -> None:
    """The same sample is always hit or never; over many the share comes out."""
    series = Series(
        event="signals.v", happens="samples: lost", begins=(0,), ends=(None,), share=0.25
    )
    hits = [series.hits(3, TEMP, t_ns) for t_ns in range(4000)]
    assert hits == [series.hits(3, TEMP, t_ns) for t_ns in range(4000)]
    assert 900 < sum(hits) < 1100
    assert 0.0 <= uniform(1, "x") < 1.0


def test_a_sample_that_repeats_what_is_shown_is_withheld() -> None:
    """After a lost change back and forth a server has nothing new to tell."""
    event = f"signals: {{v: {{samples: lost, {HERE}, from: 15 s, for: 10 s}}}}"
    found = through(event, [at(TEMP, 10, 1.0), at(TEMP, 20, 2.0), at(TEMP, 30, 1.0)])
    assert [one.fate for one in found] == ["", "withheld", "withheld"]
    assert Sample(TEMP, 5, 1.0).really_ns == 5


def test_equal_delays_change_places_too() -> None:
    """Out of order is out of order also where all samples are hit by one delay."""
    found = through(f"signals: {{v: {{samples: out_of_order, delay: 60 s, {HERE}}}}}", RAMP)
    times = [one.t_ns for one in found]
    assert times != sorted(times)
    assert sorted(times) == [one.t_ns for one in RAMP]


def test_an_edge_node_gives_up_its_oldest_samples() -> None:
    """Each is told once: the oldest as withheld, the newest stored, cut where one likes."""
    drags = [at(DRAG, k, 1.0 + k / 10) for k in range(0, 100, 10)]
    event = "links: {l: {link: cut, at: reno/shop/lathes/rig, from: 15 s, for: 70 s}}"
    one, carried = way(event, stored_max=3), begun()
    found: list[Sample] = []
    for end in (35, 55, 200):
        own = [drag for drag in drags if carried.t_ns < drag.t_ns <= START_NS + end * S]
        carried, out = one.carry(carried, own, START_NS + end * S)
        found += out
    whole = one.carry(begun(), drags, START_NS + 200 * S)[1]
    assert sorted(found, key=lambda one: one.t_ns) == sorted(whole, key=lambda one: one.t_ns)
    fates = {(one.t_ns - START_NS) // S: one.fate for one in found}
    assert [t for t, fate in fates.items() if fate == "withheld"] == [20, 30, 40, 50]
    assert len(found) == len(drags)
