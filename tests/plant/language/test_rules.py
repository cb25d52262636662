"""Rules on the whole plant: each breaks in one way and says one thing."""

from pathlib import Path

import pytest
import yaml

from linewright.plant.language.load import check_text
from linewright.plant.language.rules.references import find_circle

FOLDER = Path(__file__).parent
BROKEN = [tuple(row.values()) for row in yaml.safe_load((FOLDER / "broken.yaml").read_text())]


@pytest.mark.parametrize(("old", "new", "code", "says"), BROKEN)
def test_one_mistake_gives_its_code(
    plant_text: str, old: str, new: str, code: str, says: str
) -> None:
    """A plant broken in one place is refused with the code of that mistake."""
    assert old in plant_text
    found = check_text(plant_text.replace(old, new, 1)).problems
    problems = [problem for problem in found if problem.code == code]
    assert problems, found
    assert any(says in problem.message + problem.hint for problem in problems)


@pytest.mark.parametrize(("old", "new", "code", "says"), BROKEN)
def test_a_mistake_causes_few_other_reports(
    plant_text: str, old: str, new: str, code: str, says: str
) -> None:
    """One slip never gives more than three problems, follow-up reports included."""
    del code, says
    problems = check_text(plant_text.replace(old, new, 1)).problems
    assert 1 <= len(problems) <= 3, problems


WARNED = [
    ("families: {steel: {}", "families: {tin: {}, steel: {}", "unused"),
    ("linewright: 1\n", "linewright: 1\nlanguages: [en, es, fr]\n", "label-missing"),
    ("permit: remote_enabled", "readback: true", "permit-missing"),
    (", range: [50, 120], permit", ", permit", "command-without-range"),
    (", budget: {batch: 60, gap: 20 ms}", "", ""),
    ("{node: ns=2;s=T, unit", "{unit", "tag-unbound"),
    (
        "{cut: 48 s}",
        "{cut: 48 s}\n                wears: {blade: {slows: 5 %}}",
        "wear-without-life",
    ),
    (
        "route: [cut, mill, inspect]",
        "route: [cut, mill, {operation: inspect, rework: 2 %}]",
        "rework-nowhere",
    ),
    (
        "mill: {times: {steel",
        "mill: {times: {stel: {any: 60 min}, any: {stel: 60 min}, steel",
        "setup-key-unknown",
    ),
    ("two: {does: {deburr: 25 s}}", "two: {does: {polish: 25 s}}", "station-idle"),
]


@pytest.mark.parametrize(("old", "new", "code"), WARNED)
def test_a_doubt_is_a_warning_and_the_plant_is_usable(
    plant_text: str, old: str, new: str, code: str
) -> None:
    """What may be meant is warned about, and the plant is given."""
    checked = check_text(plant_text.replace(old, new, 1))
    assert checked.plant is not None
    assert {problem.code for problem in checked.problems} == ({code} if code else set())


DISAGREEING = """
standard_times: [{operation: cut, time: 40 s, at: nogales/machining/bench}]
authority:
  one: {actions: [speed], at: nogales/machining/bench}
  two: {actions: [speed], at: nogales, range: [40, 100]}
tariffs:
  t:
    price: 1 MXN/kWh
    periods:
      peak: {hours: Mon-Fri 18:00-22:00, price: 3 MXN/kWh}
      dear: {hours: Fri 20:00-23:00, price: 4 MXN/kWh}
"""


def test_what_two_places_say_must_agree(plant_text: str) -> None:
    """A fixture, a standard time, a ceiling, a tariff and a mark against the plant around them."""
    text = plant_text.replace(
        "crews: {repair: 2}", "fixtures: {vise: {at: nogales/machining/bench}}"
    )
    text = text.replace(", crew: repair", "").replace(
        "{cut: 48 s}", "{cut: {time: 48 s, fixture: vise}}"
    )
    text = text.replace(
        "family: brass\n", "family: brass\n    controlled: {regime: X, sites: [reno]}\n"
    )
    text += DISAGREEING
    text = text.replace(
        "sites:\n", "sites:\n  reno: {timezone: UTC, currency: USD, tariff: t}\n", 1
    )
    assert {problem.code for problem in check_text(text).problems} == {
        "fixture-elsewhere",
        "standard-time-elsewhere",
        "ceiling-elsewhere",
        "ceiling-beyond-range",
        "tariff-periods-overlap",
        "controlled-elsewhere",
    }


def test_a_line_slower_than_its_takt_is_warned_about(plant_text: str) -> None:
    """Places and pieces per cycle count; what is fast enough is not named."""
    text = plant_text.replace("flow: [saw", "takt: 40 s\n            flow: [saw", 1)
    (problem,) = check_text(text).problems
    assert problem.code == "takt-impossible"
    assert "`saw` takes 48 s a piece" in problem.message


def test_constraints_that_no_choice_keeps_are_found(plant_text: str) -> None:
    """Options and constraints that exclude each other are an error; a possible choice is not."""
    options = """
    options: {motor: [m1, m2], color: [red, blue]}
    constraints: ["implies(motor == 'm2', color == 'blue')"{more}]
"""
    base = plant_text.replace("    family: brass\n", "    family: brass" + options)
    assert check_text(base.replace("{more}", "")).problems == ()
    worse = base.replace("{more}", ", \"motor == 'm2' and color == 'red'\"")
    assert [problem.code for problem in check_text(worse).problems] == ["constraints-unsatisfiable"]


def test_standard_times_may_follow_but_not_overlap(plant_text: str) -> None:
    """Two standard times for the same work follow each other, or are an error."""
    times = """standard_times:
  - {operation: cut, time: 47 s, until: 2026-06-30}
  - {operation: cut, time: 46 s, since: DATE}
"""
    assert check_text(times.replace("DATE", "2026-07-01") + plant_text).problems == ()
    (problem,) = check_text(times.replace("DATE", "2026-06-30") + plant_text).problems
    assert (problem.code, problem.line) == ("standard-time-doubled", 3)


def test_a_circle_is_found_in_a_graph() -> None:
    """A circle is given as its names in order; a graph without one gives nothing."""
    assert find_circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]
    assert find_circle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []
    assert find_circle({f"n{i}": {f"n{i + 1}"} for i in range(5000)}) == []
