"""What the steps of a route take, give, spoil and find, and what a product promises."""

import pytest

from linewright.plant import Plant, to_text
from linewright.plant.language.load import check_text, load_text
from linewright.plant.model.products import Amount, Step

PLANT = """
linewright: 1
enterprise: acme
sites:
  reno:
    timezone: America/Los_Angeles
    currency: USD
    areas: {shop: {work_centres: {cell: {stations: {one: {does: {join: 9 s, test: 9 s}}}}}}}
materials: {oil: {unit: l}, screw: {}}
families: {kits: {}}
products:
  pump: {route: [join, {operation: test, KEYS}], options: {seal: [soft, hard]}}
  core: {MORE route: [join, test]}
"""


def _checked(keys: str, more: str = "") -> list[tuple[str, str]]:
    text = PLANT.replace(", KEYS", f", {keys}" if keys else "").replace("MORE ", more)
    found = check_text(text).problems
    return [(problem.code, problem.hint) for problem in found if problem.code != "unused"]


def _plant(keys: str, more: str = "") -> Plant:
    return load_text(PLANT.replace("KEYS", keys).replace("MORE ", more))


def _step(keys: str) -> Step:
    return _plant(keys).products["pump"].routes["standard"].steps[1]


def test_what_a_step_takes_is_read_as_in_a_bill_of_material() -> None:
    """Pieces, quantities with their unit, and amounts for some choices of options."""
    step = _step("takes: {core: 1, oil: 0.9 l, screw: {amount: 4, when: seal == 'hard'}}")
    assert dict(step.takes) == {
        "core": Amount(value=1.0),
        "oil": Amount(value=0.9, unit="l"),
        "screw": Amount(value=4.0, when="seal == 'hard'"),
    }


def test_what_a_step_spoils_and_finds_are_shares() -> None:
    """Left out, nothing is spoiled unseen, nothing found, and no good piece taken for bad."""
    plain = Step(operation="test")
    assert (plain.defects_share, plain.detects_share, plain.false_alarms_share) == (0.0, 0.0, 0.0)
    assert (dict(plain.takes), dict(plain.gives)) == ({}, {})
    step = _step("defects: 2 %, detects: 95 %, false_alarms: 0.5 %, gives: {core: 2}")
    assert (step.defects_share, step.detects_share, step.false_alarms_share) == (0.02, 0.95, 0.005)
    assert dict(step.gives) == {"core": 2}


def test_what_a_product_promises_is_read() -> None:
    """Its rank, the time between releases and the promised time; left out: none of them."""
    plant = _plant("when: seal == 'soft'", "priority: 3, arrives: 2 h exponential, lead: 5 d, ")
    core, pump = plant.products["core"], plant.products["pump"]
    assert core.priority == 3
    assert core.arrives is not None
    assert (core.arrives.mean_s, core.arrives.family) == (7200.0, "exponential")
    assert core.lead is not None
    assert core.lead.mean_s == 432_000.0
    assert (pump.priority, pump.arrives, pump.lead) == (1, None, None)


@pytest.mark.parametrize(
    ("keys", "code", "hint"),
    [
        ("takes: {oyl: 1 l}", "reference-dangling", "`oil`"),
        ("takes: {oil: 1 kg}", "bom-unit", "0.5 l"),
        ("takes: {core: 1 l}", "bom-unit", "number"),
        ("takes: {screw: 0}", "out-of-range", ""),
        ("takes: {oil: {amount: 1 l, when: sael == 'hard'}}", "reference-dangling", "`seal`"),
        ("gives: {cor: 1}", "reference-dangling", "`core`"),
        ("gives: {oil: 1}", "reference-dangling", "core"),
        ("gives: {core: 0}", "out-of-range", ""),
        ("detects: 120 %", "out-of-range", ""),
    ],
)
def test_a_slip_in_a_step_is_told_with_what_to_write(keys: str, code: str, hint: str) -> None:
    """One slip is one problem, with the nearest name or an example."""
    ((found, told),) = _checked(keys)
    assert found == code
    assert hint in told


def test_products_that_take_or_become_each_other() -> None:
    """A circle of what steps take, or of what they give, is told; one of each is no circle."""
    back = "route: [join, {operation: test, WHAT: {pump: 1}}] #"
    circle = {"takes": "bom-cycle", "gives": "gives-cycle"}
    for what, code in circle.items():
        found = _checked(f"{what}: {{core: 1}}", back.replace("WHAT", what).replace(" #", "}#"))
        assert [each for each, _ in found] == [code]
    apart = back.replace("WHAT", "gives").replace(" #", "}#")
    assert _checked("takes: {core: 1}", apart) == []


def test_a_product_that_others_become_needs_no_route() -> None:
    """What is won by taking apart is made by that; what nothing gives needs a route."""
    without = "family: kits}#"
    assert _checked("gives: {core: 2}", without) == []
    assert [code for code, _ in _checked("takes: {core: 2}", without)] == ["route-missing"]


def test_a_step_after_the_end_of_a_piece_is_told() -> None:
    """Unless the giving step is for some choices of options only."""
    steps = "route: [{operation: join, gives: {pump: 1} WHEN}, test]}#"
    assert [code for code, _ in _checked("", steps.replace(" WHEN", ""))] == ["route-ends-early"]
    chosen = "options: {all: [yes, no]}, " + steps.replace(" WHEN", ", when: all == 'yes'")
    assert _checked("", chosen) == []


def test_a_condition_in_a_family_names_no_option_and_breaks_nothing() -> None:
    """A family has no options: a formula without names is taken, one with a name is told."""
    text = PLANT.replace(", KEYS", "").replace("MORE ", "")
    route = "kits: {route: [{operation: join, when: FORMULA}]}"
    taken = check_text(text.replace("kits: {}", route.replace("FORMULA", "1 < 2")))
    assert [problem.code for problem in taken.problems] == ["unused"]
    named = check_text(text.replace("kits: {}", route.replace("FORMULA", "seal == 'soft'")))
    assert [problem.code for problem in named.errors] == ["reference-dangling"]


def test_steps_and_products_are_written_as_they_were_read() -> None:
    """What is written reads back equal, without a remark of its own."""
    plant = _plant(
        "takes: {oil: 0.9 l}, defects: 2 %, detects: 95 %, false_alarms: 0.5 %, gives: {core: 2}",
        "priority: 3, arrives: 90 min cv 0.5, lead: 5 d, ",
    )
    assert load_text(to_text(plant)) == plant
