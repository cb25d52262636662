"""The values that experiments give."""

import math

import msgspec
import pytest

from linewright.plant import Address
from linewright.plant.model import FrozenMap
from linewright.twin.experiment import (
    Estimate,
    ExperimentResult,
    Measured,
    Progress,
    RunResult,
    WarmUp,
    key_of,
    run,
)
from tests.twin.experiment.anchors import AT, HERE, ROOM, pair, runs


def _one(measure: str, at: str = "", *, mean: float = 4.0, half: float = 1.0) -> Estimate:
    return Estimate(
        measure=measure, at=at, mean=mean, half_width=half, level=0.9, replications=3, unit="1"
    )


def test_an_interval_lies_around_its_mean() -> None:
    """Low and high are a half-width away; the relative one is a share of the mean's size."""
    one = _one("wip", mean=-4.0)
    assert (one.low, one.high, one.relative) == (-5.0, -3.0, 0.25)
    assert _one("wip", mean=0.0).relative == math.inf
    assert _one("wip", mean=0.0, half=0.0).relative == 0.0


def test_figures_are_found_by_measure_and_place() -> None:
    """`at` gives one figure, `of` all places of a measure."""
    each = [_one("wip"), _one("down", "a/b/c/saw"), _one("down", "a/b/c/mill", mean=2.0)]
    found = Measured(FrozenMap({key_of(one.measure, one.at): one for one in each}))
    assert found.at("wip") == each[0]
    assert found.at("down", "a/b/c/mill") == each[2]
    assert found.at("down") is None
    assert list(found.of("down")) == ["a/b/c/saw", "a/b/c/mill"]


def _waiting(*waits: tuple[float, float], made: float = 4.0) -> RunResult:
    """A run of stations that wait so long for parts, each with its half-width."""
    each = [
        _one("throughput", mean=made),
        *(_one("starved", f"s{k}", mean=mean, half=half) for k, (mean, half) in enumerate(waits)),
        *(_one("blocked", f"s{k}", mean=0.1, half=0.0) for k in range(len(waits))),
    ]
    return RunResult(
        name="baseline", address=Address(AT), at_ns=0, hours=40.0, seed=1, replications=3,
        level=0.95, warm_up=WarmUp(hours=2.5, how="given"), values={},
        measured=Measured(FrozenMap({key_of(one.measure, one.at): one for one in each})),
    )  # fmt: skip


def test_the_narrowest_waits_least_beyond_chance() -> None:
    """None is named where two overlap, where there is one alone, or where nothing is made."""
    assert _waiting((0.5, 0.1), (0.1, 0.1), (0.6, 0.1)).narrowest == "s1"
    assert _waiting((0.5, 0.1), (0.4, 0.1)).narrowest is None
    assert _waiting((0.5, math.nan), (0.1, math.inf)).narrowest == "s1"
    assert _waiting((0.1, 0.0)).narrowest is None
    assert _waiting((0.5, 0.1), (0.1, 0.1), made=0.0).narrowest is None
    assert _waiting((0.5, 0.1)).measured_h == 37.5


def test_what_is_left_follows_what_it_took() -> None:
    """The estimated end is nothing before the first replication and 0 at the last."""
    assert Progress(done=0, expected=9, what="runs").left_s(3.0) is None
    assert Progress(done=3, expected=9, what="runs").left_s(3.0) == 6.0
    assert Progress(done=9, expected=9, what="runs").left_s(3.0) == 0.0


def test_results_become_json_and_back() -> None:
    """A result is plain data: the same after JSON, addresses written as texts."""
    one = run(pair(), AT, runs(seconds=100, warm_s=10, replications=2), workers=HERE)
    whole = ExperimentResult(runs=(one,), comparisons=(), level=0.95, scenarios=(ROOM,))
    data = msgspec.json.encode(whole, enc_hook=str)
    again = msgspec.json.decode(data, type=ExperimentResult, dec_hook=_read)
    assert again.run_of("baseline").address == AT
    assert again.runs[0].measured.at("wip") == one.measured.at("wip")
    with pytest.raises(KeyError):
        whole.run_of("none")


def _read(kind: type, value: object) -> object:
    return kind(value)
