"""Choosing on a plant: what may vary in it, and runs of it as observations."""

import pytest

from linewright.plant import Plant, PlantBuilder
from linewright.twin import TwinFault
from linewright.twin.choosing import (
    Aim,
    Budget,
    SpaceInvalid,
    ask,
    observer,
    optimise,
    pool,
    sensitivity,
)
from linewright.twin.choosing.plants import Job, ran
from linewright.twin.experiment import Runs, model_of
from linewright.twin.experiment.replicating import Chunk, replicate
from tests.twin.choosing.three_stations import exact

PUMP = "reno/shop/pump"
HOUR_NS = 3600 * 10**9
SHORT = Runs(hours=60.0, warm_up=10.0, seed=3, jit=False)


def _plant(places: tuple[int, int] = (1, 7), times: tuple[float, ...] = (50, 60, 50)) -> Plant:
    """Return three stations with exponential times."""
    plant = PlantBuilder("acme")
    site = plant.site("reno", timezone="UTC", currency="USD", crews={"fitters": 2})
    line = site.area("shop").line("pump", flow=["a", places[0], "b", places[1], "c"])
    for name, time in zip("abc", times, strict=True):
        line.station(name, does={f"do_{name}": f"{time} s exponential"})
    return plant.done()


def test_what_may_vary() -> None:
    """Buffers, places, speeds, people and any key: each with its path and what it is today."""
    vary = ["buffers=0..9", "places b=1..3", "speed c=80..120 % by 10", "people fitters=1..4"]
    question = ask(_plant(), "pump", [*vary, "a.does.do_a.time=40..60 s by 5"])
    assert [(one.variable.name, one.path, one.today) for one in question.varied] == [
        ("a-b", f"{PUMP}/a-b.places", 1),
        ("b-c", f"{PUMP}/b-c.places", 7),
        ("places b", f"{PUMP}/b.places", 1),
        ("speed c", f"{PUMP}/c", 100.0),
        ("fitters", "reno.crews.fitters.people", 2),
        ("a.does.do_a.time", "a.does.do_a.time", None),
    ]
    assert question.today is None
    scenario = question.scenario(question.space.design((2, 3, 0, 1, 0, 1)))
    values = {one.path: one.value for one in scenario.settings}
    assert values[f"{PUMP}/a-b.places"] == "2"
    assert values["a.does.do_a.time"] == "45 s"
    assert [(one.parameter, one.value) for one in scenario.changes] == [("speed", 90.0)]


def test_today_must_keep_to_the_limits() -> None:
    """The plant as it stands is a design, unless a sum or a bound leaves it out."""
    assert ask(_plant(), PUMP, ["buffers=0..9"], sums=["buffers = 8"]).today == {"a-b": 1, "b-c": 7}
    assert ask(_plant(), PUMP, ["buffers=0..9"], sums=["a-b + b-c <= 7"]).today is None
    assert ask(_plant(), PUMP, ["buffers=0..5"]).today is None


@pytest.mark.parametrize(
    ("vary", "sums", "figure"),
    [
        (["buffer a-c=1..9"], [], "throughput"),
        (["places d=1..9"], [], "throughput"),
        (["people nobody=1..9"], [], "throughput"),
        (["dispatch=fifo|edd"], [], "throughput"),
        (["colour=1..9"], [], "throughput"),
        (["buffers"], [], "throughput"),
        (["buffers=1..9"], ["a-c = 9"], "throughput"),
        (["buffers=1..9"], [], "wealth"),
        (["buffers=1..9", "buffer a-b=1..3"], [], "throughput"),
    ],
)
def test_questions_that_cannot_be(vary: list[str], sums: list[str], figure: str) -> None:
    """What is not in the plant, or not understood, is told with what there is."""
    with pytest.raises(SpaceInvalid):
        assert ask(_plant(), PUMP, vary, sums=sums, figure=figure).space is None


def test_a_line_that_is_not_there() -> None:
    """A slip in the address is told with the nearest."""
    with pytest.raises(TwinFault, match="pump"):
        ask(_plant(), "reno/shop/pum", ["buffers=0..9"])


def test_observations_are_runs() -> None:
    """An observation is the figure of a run of the changed plant; money is weighed in."""
    question = ask(_plant(), PUMP, ["buffers=0..9"], figure="2 throughput - 3 a-b")
    (seen,) = observer(question, SHORT)([({"a-b": 4, "b-c": 2}, 5)])
    chunk = _chunk(places=(4, 2))
    assert seen == pytest.approx(2.0 * ran(Job(chunk, {"throughput": 1.0}, 0.0))[0] - 12.0)


def test_levels_are_counted_where_asked() -> None:
    """A figure of what is inside is that of an experiment; an unknown one is told."""
    chunk = _chunk(places=(4, 2))
    rows = replicate(chunk)
    assert ran(Job(chunk, {"wip": 1.0}, 0.0)) == [rows.values[0][rows.keys.index("wip")]]
    assert ran(Job(chunk, {"good": 1.0}, 0.0)) == [rows.values[0][rows.keys.index("good")]]
    with pytest.raises(SpaceInvalid, match="is no figure of this run"):
        ran(Job(chunk, {"goods": 1.0}, 0.0))


def _chunk(places: tuple[int, int]) -> Chunk:
    return Chunk(
        model=model_of(_plant(places), PUMP),
        seed=SHORT.seed,
        at_ns=0,
        warm_ns=10 * HOUR_NS,
        until_ns=60 * HOUR_NS,
        replications=(5,),
        jit=False,
    )


def test_a_warm_up_in_hours() -> None:
    """A warm-up that is to be found, or is longer than the run, is refused."""
    question = ask(_plant(), PUMP, ["buffers=0..9"])
    for warm_up in ("mser5", 60.0):
        with pytest.raises(SpaceInvalid, match="warm-up"):
            observer(question, Runs(hours=60.0, warm_up=warm_up))


def test_workers_change_nothing() -> None:
    """Two processes observe the same bits as none."""
    question = ask(_plant(), PUMP, ["buffers=0..9"])
    jobs = [({"a-b": k, "b-c": 9 - k}, r) for r in range(9) for k in (2, 5)]
    with pool(2) as mapped:
        assert observer(question, SHORT, mapped)(jobs) == observer(question, SHORT)(jobs)


def test_places_are_moved_where_they_help() -> None:
    """Eight places in two buffers: the split found is within delta of the exact best one.

    The exact throughputs are those of the Markov chain, whose buffers count the machine.
    """
    question = ask(_plant(times=(50, 60, 40)), PUMP, ["buffers=0..8"], sums=["buffers = 8"])
    rates = {k: exact_per_h(k) for k in range(9)}
    runs = Runs(hours=300.0, warm_up=20.0)
    found = optimise(
        question.space,
        observer(question, runs),
        Aim(delta=1.0),
        start=question.today,
        budget=Budget(observations=6000),
    )
    assert max(rates.values()) - rates[int(found.best["a-b"])] <= 1.0
    assert (found.scope, found.looked_at) == ("all", 9)


def exact_per_h(places: int) -> float:
    """Return the exact throughput with so many places in the first buffer."""
    return 3600.0 * exact((1 / 50, 1 / 60, 1 / 40, places + 1, 8 - places + 1))


def test_which_buffer_place_is_worth_most() -> None:
    """With one place before and seven behind the bottleneck, one more before it is worth more."""
    question = ask(_plant(), PUMP, ["buffers=0..9"])
    assert question.today is not None
    found = sensitivity(question.space, question.today, observer(question, Runs(hours=300.0)))
    assert [one.name for one in found.effects] == ["a-b", "b-c"]
    assert found.effects[0].is_sure
