"""Scenarios: every mistake has its place, and the same seed strikes at the same times."""

from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
import yaml
from jsonschema import Draft202012Validator

from linewright.plant import Plant, PlantBuilder
from linewright.plant.address import Address
from linewright.plant.calendar.work import WorkCalendar, working_ns
from linewright.plant.language.reference import reference_page
from linewright.plant.language.schema import schema_of
from linewright.plant.language.shapes.compiler import element_shape
from linewright.plant.model.behaviour import Duration
from linewright.plant.records import Change, decode, encode
from linewright.plant.scenario import (
    Moment,
    Scenario,
    ScenarioInvalid,
    changes,
    check_scenario,
    check_scenario_text,
    load_scenario,
    occurrences,
    targets,
)
from linewright.plant.scenario.events import LISTS
from linewright.plant.scenario.occurrences import draw_s

H_NS = 3600 * 10**9
HEAD = "{scenario: s, plant: acme, seed: 1, starts: 2026-11-23 06:00, lasts: 8 h"


@pytest.fixture(scope="module")
def plant() -> Plant:
    """Return a plant with one connected mill, one lathe without a connection and a furnace."""
    builder = PlantBuilder("acme")
    gateways = {"rtu": {"modbus": "tcp://10.0.0.9:502", "budget": {"connections": 1}}}
    site = builder.site("reno", timezone="America/Chicago", currency="USD", gateways=gateways)
    mills = site.area("shop").work_centre("mills")
    remedies = {"change": {"call": "maintenance"}}
    mills.station(
        "mill",
        does={"mill": "60 s"},
        connect={"opcua": "opc.tcp://10.0.0.1:4840"},
        fails={"jam": {"every": "30 h", "repair": "20 min"}},
        wears={"cutter": {"life": "8 h", "remedies": remedies}},
        tags={
            "temp": {"node": "ns=2;s=T", "unit": "degC"},
            "good": {"node": "ns=2;s=G", "role": "parts.good"},
            "auto": {"node": "ns=2;s=A", "role": "permit.automatic"},
        },
        commands={
            "feed": {"node": "ns=2;s=F", "range": [50, 100], "permit": "automatic"},
        },
    )
    mills.station("lathe", does={"turn": "90 s"})
    mills.station("furnace", does={"heat": "1 h"}, connect={"gateway": "rtu", "unit_id": 3})
    builder.product("p1", route=["mill", "turn", "heat"])
    builder.add("material", "bar", unit="m")
    return builder.done()


def scenario_of(plant: Plant, lists: str, seed: int = 1) -> Scenario:
    """Return a right scenario of eight hours with these lists."""
    head = HEAD.replace("seed: 1", f"seed: {seed}")
    checked = check_scenario_text(f"{head}, {lists}}}", plant)
    assert checked.problems == ()
    assert checked.scenario is not None
    return checked.scenario


MISTAKES = {
    "machines: {a: {fails: jamm, at: reno/shop/mills/mill}}": ("reference-dangling", "jam"),
    "machines: {a: {fails: jam, at: reno/shop/mill/mill}}": ("reference-dangling", "mills/mill"),
    "machines: {a: {wears: cuter, at: reno, used: 1 %}}": ("reference-dangling", "cutter"),
    "machines: {a: {wears: cutter, shows: {tmp: 3 degC}, used: 1 %}}": (
        "reference-dangling",
        "temp",
    ),
    "machines: {a: {wears: cutter, shows: {temp: 3 bar}, used: 1 %}}": ("unit-dimension", "degC"),
    "machines: {a: {wears: cutter}}": ("key-missing", "differs"),
    "machines: {a: {slow: 5 %}}": ("key-unknown", "slows"),
    "machines: {a: {slows: 5 %, scraps: 2 %}}": ("keys-exclusive", "two events"),
    "machines: {a: {slows: 5 %, used: 20 %}}": ("keys-exclusive", "wears"),
    "machines: {a: {at: reno}}": ("key-missing", "fails, wears, slows, scraps"),
    "machines: {a: {slows: 20}}": ("out-of-range", ""),
    "machines: {a: {slows: 5 %, every: 1 h}}": ("key-missing", "for:"),
    "machines: {a: {fails: jam, every: 1 ms}}": ("out-of-range", "times at one place"),
    "machines: {a: {fails: jam, every: 1 h weibull cv 0.5}}": ("distribution-invalid", "constant"),
    "machines: {a: {fails: jam, from: 9 h}}": ("out-of-range", "has ended"),
    "machines: {a: {fails: jam, from: 2026-11-23 05:59}}": ("out-of-range", "before"),
    "machines: {a: {fails: jam, from: 2026-11-31 05:59}}": ("date-invalid", "clock"),
    "signals: {a: {clock: 3 min, at: reno/shop/mills/lathe}}": ("reference-dangling", "connected"),
    "signals: {a: {clock: 3 min, at: reno/shop/mills/furnace}}": ("reference-dangling", "a time"),
    "signals: {a: {value: stuck, at: reno/shop/mills/mill}}": ("value-invalid", "#tag"),
    "signals: {a: {value: stuck, at: reno/shop/mills/mill#feed}}": ("value-invalid", "#tag"),
    "signals: {a: {value: noisy, at: reno/shop/mills/mill#temp}}": ("key-missing", "by"),
    "signals: {a: {value: stuck, by: 3 degC, at: reno/shop/mills/mill#temp}}": (
        "keys-exclusive",
        "value: noisy",
    ),
    "signals: {a: {counter: rolls_over}}": ("key-missing", "beyond"),
    "signals: {a: {counter: reset}}": ("choice-unknown", "resets"),
    "signals: {a: {samples: late}}": ("key-missing", "delay"),
    "links: {a: {link: cut, gateway: rtx}}": ("reference-dangling", "rtu"),
    "links: {a: {link: cut, renumbered: true}}": ("keys-exclusive", "server: restarts"),
    "people: {a: {counts: late, share: 120 %}}": ("out-of-range", ""),
    "people: {a: {reasons: missing, delay: 1 h}}": ("keys-exclusive", "reasons: late"),
    "orders: {a: {rush: p2, quantity: 3, due_in: 2 d}}": ("reference-dangling", "p1"),
    "orders: {a: {rush: p1, due_in: 2 d}}": ("key-missing", "quantity"),
    "supply: {a: {late: 3 d, material: [bare]}}": ("reference-dangling", "bar"),
    "energy: {a: {peak: 40 kWh}}": ("unit-dimension", ""),
    "services: {a: {kill: historian}}": ("choice-unknown", "history"),
    "services: {a: {cut_off: rino}}": ("reference-dangling", "reno"),
    "truth: {a: {of: machines.b}}": ("reference-dangling", "event"),
    "site: rino": ("reference-dangling", "reno"),
}


@pytest.mark.parametrize("lists", MISTAKES)
def test_a_mistake_is_named_with_its_place_and_what_is_right(plant: Plant, lists: str) -> None:
    """Each mistake has its code, a line and column, and a word that leads on."""
    code, word = MISTAKES[lists]
    checked = check_scenario_text(f"{HEAD},\n{lists}\n}}", plant, "bad.yaml")
    found = [problem for problem in checked.problems if problem.code == code]
    assert checked.scenario is None
    assert len(found) == 1, checked.problems
    assert word in str(found[0])
    assert (found[0].file, found[0].line) == ("bad.yaml", 2)


def test_all_mistakes_are_reported_at_once(plant: Plant) -> None:
    """Three wrong names in three lists give three problems in the order of the file."""
    text = f"""{HEAD},
      machines: {{a: {{fails: jamm, at: reno}}}},
      orders: {{b: {{rush: p2, quantity: 3, due_in: 2 d}}}},
      truth: {{c: {{of: machines.z}}}}
    }}"""
    problems = check_scenario_text(text, plant).problems
    assert [problem.line for problem in problems] == [2, 3, 4]
    assert {problem.code for problem in problems} == {"reference-dangling"}


@pytest.mark.parametrize("text", ["", "[1, 2]", "42", "a: {b: ", "\x00", "machines: 7", "- a"])
def test_anything_but_a_scenario_is_a_problem_and_no_crash(plant: Plant, text: str) -> None:
    """Whatever stands in a file, there is a report and no exception."""
    checked = check_scenario_text(text, plant)
    assert checked.scenario is None
    assert checked.problems


def test_load_raises_with_all_problems(plant: Plant, tmp_path: Path) -> None:
    """`load_scenario` gives the scenario, or an error that carries every problem."""
    path = tmp_path / "one.yaml"
    path.write_text(f"{HEAD}}}", "utf-8")
    assert load_scenario(path, plant).scenario == "s"
    path.write_text(f"{HEAD}, plan: x, lasts: 3 h}}", "utf-8")
    with pytest.raises(ScenarioInvalid) as caught:
        load_scenario(path, plant)
    assert len(caught.value.problems) == 2
    assert "(and 1 more)" in str(caught.value)
    assert check_scenario(tmp_path, plant).problems[0].code == "file-missing"


def test_a_site_is_needed_where_there_are_two(plant: Plant) -> None:
    """With two sites nobody knows whose clock is meant, until `site` says it."""
    builder = PlantBuilder("acme")
    builder.site("reno", timezone="America/Chicago", currency="USD")
    builder.site("leon", timezone="America/Mexico_City", currency="MXN")
    two = builder.done()
    problems = check_scenario_text(f"{HEAD}}}", two).problems
    assert [(problem.code, problem.hint) for problem in problems] == [
        ("key-missing", "add `site:`, one of reno, leon")
    ]
    checked = check_scenario_text(f"{HEAD}, site: leon}}", two)
    assert checked.scenario is not None
    assert checked.scenario.clock_of(two).key == "America/Mexico_City"
    assert plant.sites.keys() == {"reno"}


def test_a_local_time_that_the_clock_skips_is_refused(plant: Plant) -> None:
    """On the night when the clocks go forward, half past two does not exist."""
    head = HEAD.replace("2026-11-23 06:00", "2026-03-08 02:30")
    problems = check_scenario_text(f"{head}}}", plant).problems
    assert [problem.code for problem in problems] == ["date-invalid"]
    assert "America/Chicago" in problems[0].message


def test_moments_count_true_time_over_a_clock_change(plant: Plant) -> None:
    """Six hours after midnight of that night the clock shows seven, and both spellings agree."""
    head = HEAD.replace("2026-11-23 06:00", "2026-03-08 00:00")
    lists = "machines: {a: {slows: 5 %, from: 6 h}, b: {slows: 5 %, from: 2026-03-08 07:00}}"
    checked = check_scenario_text(f"{head}, {lists}}}", plant)
    assert checked.scenario is not None
    ours = checked.scenario
    begins = {ours.begins_ns(event, plant) for _, event in ours.events()}
    assert begins == {ours.start_ns(plant) + 6 * H_NS}
    assert ours.machines["a"].begins == Moment(after_s=21_600.0)


def test_events_strike_where_they_can(plant: Plant) -> None:
    """Counters are tags that count, clocks belong to servers with a time, the rest to places."""
    lists = """
      machines: {m: {fails: jam}, n: {slows: 2 %}},
      signals: {c: {counter: resets}, t: {clock: 5 s}, s: {samples: lost, share: 1 %},
                v: {value: stuck, at: 'reno/shop/mills/mill#temp'}},
      links: {g: {link: cut, gateway: rtu}, l: {server: restarts}},
      people: {p: {reasons: missing, share: 35 %}}"""
    found = {
        name: [place.removeprefix("reno/shop/mills/") for place in targets(event, plant)]
        for name, event in scenario_of(plant, lists).events()
    }
    assert found == {
        "machines.m": ["mill"],
        "machines.n": ["mill", "lathe", "furnace"],
        "signals.c": ["mill#good"],
        "signals.t": ["mill"],
        "signals.s": ["mill", "furnace"],
        "signals.v": ["mill#temp"],
        "links.g": ["furnace"],
        "links.l": ["mill", "furnace"],
        "people.p": ["reno"],
    }


def test_what_alters_the_twin_becomes_changes(plant: Plant) -> None:
    """Faults of machines and other loads are changes with the values of the file, all encodable."""
    lists = """
      machines: {w: {wears: cutter, used: 70 %, faster: 4, from: 3 h},
                 f: {fails: jam, repair: 5 min, from: 1 h},
                 s: {slows: 20 %, at: reno/shop/mills/lathe, from: 2 h, for: 30 min},
                 b: {scraps: 8 %, at: reno/shop/mills/mill, from: 4 h}},
      signals: {c: {counter: resets}},
      energy: {e: {peak: 30 kW}}"""
    scenario = scenario_of(plant, lists)
    start_ns = scenario.start_ns(plant)
    found = changes(scenario, plant)
    rows = [(one.address.rpartition("/")[2], one.parameter, one.value) for one in found]
    times = [
        ((one.at_ns - start_ns) / H_NS, one.until_ns and (one.until_ns - one.at_ns) / H_NS)
        for one in found
    ]
    assert rows == [
        ("reno", "other_kw", 30.0),
        ("mill", "fail_jam", True),
        ("lathe", "cycle_factor", 1.2),
        ("mill", "used_cutter", 0.7),
        ("mill", "faster_cutter", 4.0),
        ("mill", "scrap_share", 0.08),
    ]
    assert times == [(0, None), (1, 1 / 12), (2, 0.5), (3, None), (3, None), (4, None)]
    assert all(decode(encode(one), Change) == one for one in found)


def test_the_same_seed_strikes_at_the_same_times(plant: Plant) -> None:
    """Equal seeds give equal occurrences, another seed others, and a new event moves none."""
    lists = "machines: {f: {fails: jam, every: 1 h, repair: 5 min exponential}"
    one = occurrences(scenario_of(plant, lists + "}"), plant)
    again = occurrences(scenario_of(plant, lists + "}"), plant)
    other = occurrences(scenario_of(plant, lists + "}", seed=2), plant)
    more = occurrences(scenario_of(plant, lists + ", g: {fails: jam, every: 2 h}}"), plant)
    assert one == again
    assert one != other
    assert one == tuple(each for each in more if each.event == "machines.f")
    assert all(
        each.until_ns is not None and each.until_ns < following.at_ns
        for each, following in pairwise(one)
    )


def test_repetitions_come_as_often_as_said(plant: Plant) -> None:
    """Over 1,000 h, a failure every 2 h on average comes 500 times, give or take four sigma."""
    head = HEAD.replace("8 h", "1000 h")
    checked = check_scenario_text(f"{head}, machines: {{f: {{fails: jam, every: 2 h}}}}}}", plant)
    assert checked.scenario is not None
    found = occurrences(checked.scenario, plant)
    assert 500 - 4 * 22.4 < len(found) < 500 + 4 * 22.4
    assert found == tuple(sorted(found, key=lambda one: one.at_ns))
    assert all(one.address == Address("reno/shop/mills/mill") for one in found)


@pytest.mark.parametrize(
    ("given", "mean_s"),
    [
        (Duration(mean_s=30.0), 30.0),
        (Duration(mean_s=30.0, family="exponential"), 30.0),
        (Duration(family="uniform", low_s=10.0, high_s=50.0), 30.0),
        (Duration(family="triangular", low_s=10.0, mode_s=20.0, high_s=60.0), 30.0),
    ],
)
def test_drawn_durations_have_the_mean_of_their_distribution(
    given: Duration, mean_s: float
) -> None:
    """The inverse of each distribution, averaged over even steps, gives its mean."""
    steps = 20_000
    drawn = [draw_s(given, (step + 0.5) / steps) for step in range(steps)]
    assert drawn == sorted(drawn)
    assert sum(drawn) / steps == pytest.approx(mean_s, rel=1e-3)
    assert given.expected_s == pytest.approx(mean_s)


def test_a_scenario_written_and_read_again_is_equal(plant: Plant) -> None:
    """What the language writes of a scenario reads back to the same values, moments included."""
    lists = """
      machines: {w: {wears: cutter, used: 70 %, from: 3 h, shows: {temp: -4 degC}}},
      signals: {c: {clock: -3 min, from: 2026-11-23 09:30}},
      orders: {r: {rush: p1, quantity: 3, due_in: 2 d, every: 3 h}}"""
    scenario = scenario_of(plant, lists)
    plain = element_shape(Scenario).write(scenario)
    again = check_scenario_text(msgspec.json.encode(plain), plant)
    assert again.problems == ()
    assert again.scenario == scenario


def test_the_page_tells_every_key(checkout: Path) -> None:
    """`docs/scenario.md` ends with the tables made from the annotations, word for word."""
    page = (checkout / "docs" / "scenario.md").read_text("utf-8")
    tables = reference_page(Scenario, "").strip()
    assert page.endswith(tables + "\n")
    head = page.removesuffix(tables + "\n")
    assert all(
        f"`{kind}`" in head or f"`{kind}:" in head for cls in LISTS.values() for kind in cls.KINDS
    )


@pytest.mark.parametrize("name", ["bracket/scenarios/worn-tool", "taller/scenarios/dirty"])
def test_editors_take_the_example_scenarios(checkout: Path, name: str) -> None:
    """The JSON Schema of a scenario accepts the examples, and refuses a misspelled choice."""
    taken = Draft202012Validator(schema_of(Scenario, "scenario", "Scenario"))
    plain = yaml.safe_load((checkout / "plants" / f"{name}.yaml").read_text("utf-8"))
    assert list(taken.iter_errors(plain)) == []
    plain["signals"] = {"a": {"counter": "reset"}}
    assert list(taken.iter_errors(plain))


def test_working_time_is_none_of_a_scenarios_business(plant: Plant) -> None:
    """A scenario runs through nights: its length is plant time, whatever the calendar says."""
    scenario = scenario_of(plant, "machines: {a: {slows: 1 %}}")
    asleep = WorkCalendar(timezone="America/Chicago")
    start_ns, end_ns = scenario.start_ns(plant), scenario.end_ns(plant)
    assert end_ns - start_ns == 8 * H_NS
    assert working_ns(asleep, start_ns, end_ns) == 0
