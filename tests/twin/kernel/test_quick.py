"""The short way from cycle to cycle against the long one, which a trace asks for."""

import pytest

from linewright.plant import Plant
from linewright.twin import Ring, advance, begin, compile_plant
from tests.twin.small import LINE, NS, plant_of

EXP = "9 s exponential"
PLAIN = {"a": EXP, "b": EXP, "c": EXP}
FLOW: list[str | int] = ["a", 2, "b", 3, "c"]
SHIFTS = {"shifts": {"early": "daily 00:00-00:20", "late": "daily 00:40-23:00"}}
FAILS = {"fails": {"jam": {"every": "200 s", "repair": "30 s"}}}
PLANTS = [
    plant_of(FLOW, stations=PLAIN),
    plant_of(["a", 0, "b", 0, "c"], stations=PLAIN),
    plant_of(FLOW, stations=PLAIN, site=SHIFTS),
    plant_of(FLOW, stations={name: {"cycle": EXP, **FAILS} for name in PLAIN}),
    plant_of(FLOW, stations={**PLAIN, "b": {"cycle": "18 s exponential", "places": 2}}),
    plant_of(FLOW, stations={**PLAIN, "b": {"cycle": {"time": EXP, "scrap": "10 %"}}}),
    plant_of(["a"], stations={"a": "9 s"}, products={"p": {"route": ["do_a"], "arrives": EXP}}),
    plant_of(
        FLOW,
        stations=PLAIN,
        products={
            "p": {"route": ["do_a", {"operation": "do_b", "queue_limit": "9 s"}, "do_c"]},
        },
    ),
    plant_of(
        ["a", 4, "b"],
        stations={"a": EXP, "b": EXP},
        line={"release": "conwip", "wip": 3},
        products={"p": {"route": ["do_a", "do_b"]}, "q": {"route": ["do_a", "do_b"]}},
    ),
    plant_of(
        ["a", 4, "b"],
        stations={"a": EXP, "b": {"cycle": EXP, **FAILS}},
        line={"release": "kanban", "wip": 2},
        products={"p": {"route": ["do_a", "do_b"]}, "q": {"route": ["do_b"]}},
        site=SHIFTS,
    ),
    plant_of(["a", 1, "b"], stations={"a": {"cycle": EXP, "blocking": "before_service"}, "b": EXP}),
    plant_of(["a", 1, "b"], stations={"a": {"cycle": "2 s", "places": 3}, "b": EXP}),
]


@pytest.mark.parametrize("plant", PLANTS)
def test_both_ways_are_one_and_the_same_run(plant: Plant) -> None:
    """With a trace the long way is gone, without one the short: the states are the same bytes."""
    model = compile_plant(plant, LINE)
    for seed in range(3):
        state = begin(model, at_ns=0, seed=seed)
        quick = advance(model, state, 4000 * NS, jit=False)
        assert quick == advance(model, state, 4000 * NS, trace=Ring(model), jit=False)
        assert quick.events > 400
