"""The oracles against what is printed, against each other, and against hand calculation."""

from dataclasses import replace

import pytest

from tests.twin.oracles import closed_forms as exact
from tests.twin.oracles.anchors import SERIAL, equal, unreliable
from tests.twin.oracles.chain import stationary
from tests.twin.oracles.markov import Line, Station, steady

PRINTED = 5.1e-6
"""Half of the last printed digit of a table with five digits, and a little."""


def _pair(first: float, second: float, places: int, **keys: bool) -> Line:
    stations = (Station(rate=first, **keys), Station(rate=second))
    return Line(stations=stations, places=(places,))


@pytest.mark.parametrize(("stations", "places"), sorted(SERIAL))
def test_equal_stations_as_in_the_table(stations: int, places: int) -> None:
    """The chain gives all digits of the table of equal exponential stations."""
    found = steady(equal(stations, places)).throughput
    assert found == pytest.approx(SERIAL[stations, places], abs=PRINTED)


@pytest.mark.parametrize("case", [(1.0, 1.0, 0), (1.0, 1.0, 5), (1.2, 1.0, 3), (1.0, 1.5, 4)])
def test_two_stations_as_in_closed_form(case: tuple[float, float, int]) -> None:
    """Chain and formula agree to twelve digits, and with the printed number."""
    printed = {0: 2 / 3, 5: 0.875, 3: 0.899294, 4: 0.968917}[case[2]]
    found = steady(_pair(*case)).throughput
    assert found == pytest.approx(exact.pair(*case), rel=1e-12)
    assert found == pytest.approx(printed, abs=5.1e-7)


@pytest.mark.parametrize("name", sorted(unreliable()))
def test_unreliable_lines_as_printed(name: str) -> None:
    """Throughput to six digits, levels to four; four stations have 3408 states."""
    line, throughput, levels = unreliable()[name]
    found = steady(line)
    assert found.throughput == pytest.approx(throughput, abs=5.1e-7)
    assert found.levels[1 : 1 + len(levels)] == pytest.approx(levels, abs=5.1e-5)
    assert found.states == 3408 or name != "four alike"
    for one in found.shares:
        assert sum(one.values()) == pytest.approx(1.0)
    running = [
        share["running"] * one.rate for share, one in zip(found.shares, line.stations, strict=True)
    ]
    assert running == pytest.approx([found.throughput] * len(running))


def test_idle_and_blocked_shares_as_printed() -> None:
    """The last of two idles .1211 of the time, the first of three is blocked .1776."""
    assert steady(unreliable()["two alike"][0]).shares[1]["starved"] == pytest.approx(
        0.1211, abs=5.1e-5
    )
    assert steady(unreliable()["three alike"][0]).shares[0]["blocked"] == pytest.approx(
        0.1776, abs=5.1e-5
    )


@pytest.mark.parametrize(
    ("parts", "rates", "printed"),
    [
        (5, (1.0, 1.0, 1.0, 1.0), 0.625),
        (10, (1.0, 1.2, 0.9, 1.5), 0.807163),
        (3, (1.0, 2.0), 0.933333),
    ],
)
def test_closed_lines_as_by_mean_values(
    parts: int, rates: tuple[float, ...], printed: float
) -> None:
    """A line with a limit of parts is a closed network: chain, mean values and print agree."""
    stations = tuple(Station(rate=rate) for rate in rates)
    line = Line(stations=stations, places=(parts,) * (len(rates) - 1), wip=parts)
    assert steady(line).throughput == pytest.approx(exact.closed_line(rates, parts), rel=1e-10)
    assert exact.closed_line(rates, parts) == pytest.approx(printed, abs=5.1e-7)


@pytest.mark.parametrize(
    ("people", "up", "waits"), [(1, 0.785418, 1.36041), (2, 0.896136, 0.142502)]
)
@pytest.mark.parametrize("calendar", [True, False])
def test_machines_that_share_repairers(
    people: int, up: float, waits: float, *, calendar: bool
) -> None:
    """Chain, formula and print agree; a saturated machine has one clock of both kinds."""
    machines = Station(rate=1.0, servers=10, fails=0.01, repairs=0.1, calendar=calendar)
    found = steady(Line(stations=(machines,), people=people)).shares[0]["running"]
    assert (found, waits) == pytest.approx(exact.interference(10, people, 100.0, 10.0), abs=5e-6)
    assert found == pytest.approx(up, abs=5.1e-7)
    assert steady(Line(stations=(machines,))).shares[0]["running"] == pytest.approx(1 / 1.1)


def test_erlang_as_printed() -> None:
    """Probability to wait and mean wait of M/M/1, M/M/2 and M/M/5, to all printed digits."""
    assert exact.mmc_wait(0.9, 1.0, 1) == pytest.approx(9.0)
    assert exact.erlang_c(2, 1.6) == pytest.approx(0.71111, abs=PRINTED)
    assert exact.mmc_wait(1.6, 1.0, 2) == pytest.approx(1.77778, abs=PRINTED)
    assert exact.erlang_c(5, 4.5) == pytest.approx(0.76249, abs=PRINTED)
    assert exact.mmc_wait(4.5, 1.0, 5) == pytest.approx(1.52499, abs=PRINTED)
    assert [exact.mg1_wait(0.8, 1.0, scv) for scv in (0.0, 0.5, 4.0)] == pytest.approx([2, 3, 10])


@pytest.mark.parametrize(("servers", "room"), [(1, 5), (2, 2), (3, 8)])
def test_a_queue_with_limited_room(servers: int, room: int) -> None:
    """Loss and number inside of M/M/c/K: birth and death, and the chain of the line."""
    line = Line(stations=(Station(rate=1.0, servers=servers),), arrives=1.4, queue=room - servers)
    found = steady(line)
    assert (found.lost, found.inside) == pytest.approx(exact.mmck(1.4, 1.0, servers, room))
    assert found.throughput == pytest.approx(1.4 * (1.0 - found.lost))


def test_bernoulli_lines() -> None:
    """Two machines as printed, chain as formula; five within the error of published runs."""
    for case, printed in {(0.9, 0.9, 3): 0.870968, (0.8, 0.9, 2): 0.778702}.items():
        found = exact.bernoulli_pair(*case)
        assert found == pytest.approx(printed, abs=5.1e-7)
        assert exact.bernoulli_line(case[:2], (case[2],)) == pytest.approx(found)
    for shares, simulated in {
        (0.9, 0.9, 0.9, 0.9, 0.9): 0.83938,
        (0.7, 0.75, 0.8, 0.85, 0.9): 0.65183,
        (0.9, 0.85, 0.7, 0.85, 0.9): 0.68261,
    }.items():
        assert exact.bernoulli_line(shares, (3,) * 4) == pytest.approx(simulated, abs=5e-4)


def test_blocking_before_service_is_worth_one_place_less() -> None:
    """Two stations that block before service are those after service with one place less."""
    for places in (1, 2, 5):
        before = steady(_pair(1.2, 1.0, places, before=True)).throughput
        assert before == pytest.approx(exact.pair(1.2, 1.0, places - 1))


@pytest.mark.parametrize("before", [False, True])
def test_lines_are_reversible_in_the_chain(*, before: bool) -> None:
    """Reliable lines of both kinds of blocking are as fast backwards (Muth, 1979)."""
    stations = tuple(Station(rate=rate, before=before) for rate in (1.0, 0.8, 1.3, 1.1))
    line = Line(stations=stations, places=(2, 1, 3))
    back = Line(stations=stations[::-1], places=(3, 1, 2))
    assert steady(line).throughput == pytest.approx(steady(back).throughput, rel=1e-10)


def test_scrap_and_a_part_done_again_are_slower_work() -> None:
    """At a first station with material always there, both thin the stream of its good parts."""
    for first in (Station(rate=1.6, scrap=0.25), Station(rate=1.6, again=0.25)):
        line = Line(stations=(first, Station(rate=1.0)), places=(2,))
        assert steady(line).throughput == pytest.approx(exact.pair(1.2, 1.0, 2))


def test_priority_in_a_crew() -> None:
    """It shifts the waiting from one machine to the others, and the sum stays as in formula."""
    down = []
    for first in (1, 3):
        one = Station(rate=1.0, fails=0.05, repairs=0.1, calendar=True)
        stations = tuple(replace(one, priority=k) for k in (first, 2, 2))
        shares = steady(Line(stations=stations, places=(1, 1), people=1)).shares
        down.append([each["down"] for each in shares])
    whole = 3.0 * (1.0 - exact.interference(3, 1, 20.0, 10.0)[0])
    assert [sum(each) for each in down] == pytest.approx([whole, whole])
    assert down[0][0] < down[0][1] == pytest.approx(down[0][2])
    assert down[1][0] > down[1][1] == pytest.approx(down[1][2])


def test_a_finished_part_on_a_failed_server() -> None:
    """Whether it may leave matters to the throughput, and only with calendar clocks."""
    for calendar in (False, True):
        one = Station(rate=1.0, fails=0.05, repairs=0.1, calendar=calendar)
        leaves, keeps = (
            steady(Line(stations=(one,) * 3, places=(1, 1), keeps=keeps)).throughput
            for keeps in (False, True)
        )
        assert leaves > keeps + 1e-4 if calendar else leaves == pytest.approx(keeps)


def test_jackson_with_rework() -> None:
    """A share done again raises the rate by 1/(1-p); the chain agrees, and traffic too."""
    line = Line(stations=(Station(rate=1.0, again=0.2),), arrives=0.4, queue=400)
    assert steady(line).inside == pytest.approx(exact.jackson_inside([1.0], [0.5]), abs=1e-9)
    assert exact.traffic((0.4, 0.0), ((0.0, 1.0), (0.2, 0.0))) == pytest.approx([0.5, 0.5])
    assert exact.visits(0.2, 100) == pytest.approx(1.25)
    assert exact.visits(0.3, 1) == pytest.approx(1.3)


def test_priorities() -> None:
    """Classes alike keep the mean wait of FIFO; the first class waits least; by hand for two."""
    waits = exact.cobham([(0.3, 1.0, 1.0), (0.5, 1.0, 1.0)])
    assert waits == pytest.approx([0.8 / 0.7, 0.8 / (0.7 * 0.2)])
    kept = (0.3 * waits[0] + 0.5 * waits[1]) / 0.8
    assert kept == pytest.approx(exact.mmc_wait(0.8, 1.0, 1))


def test_loads() -> None:
    """Loads of one are M/M/1; loads of four wait as their birth-and-death chain says."""
    assert exact.bulk_wait(0.8, 1.0, 1) == pytest.approx(4.0)

    def moves(now: tuple[int, int]) -> list[tuple[float, tuple[int, int]]]:
        busy, n = now
        if not busy:
            return [(2.0, (1, 0))]
        after = (1, n - min(n, 4)) if n else (0, 0)
        return [(1.0, after)] + ([(2.0, (1, n + 1))] if n < 400 else [])

    level = sum(each * n for (_, n), each in stationary((0, 0), moves).items())
    assert exact.bulk_wait(2.0, 1.0, 4) == pytest.approx(level / 2.0)


def test_maintenance() -> None:
    """Without ageing upkeep only costs; the renewal equation gives t and the known asymptote."""
    for policy in (exact.maintained_by_age, exact.maintained_in_turn):
        found = policy((1.0, 30.0), 20.0, repair=5.0, takes=0.0)
        assert found == pytest.approx(30.0 / 35.0, rel=1e-5)
    assert exact.renewals((1.0, 10.0), 30.0) == pytest.approx(3.0, abs=1e-6)
    shape, scale = exact.weibull(30.0, 0.5)
    far = exact.renewals((shape, scale), 300.0)
    assert far == pytest.approx(300.0 / 30.0 + (0.25 - 1.0) / 2.0, abs=1e-3)
    by_age = exact.maintained_by_age((shape, scale), 20.0, repair=5.0, takes=1.0)
    in_turn = exact.maintained_in_turn((shape, scale), 20.0, repair=5.0, takes=1.0)
    assert by_age > in_turn > 30.0 / 35.0


def test_small_hand_calculations() -> None:
    """Set-ups in turn, conveyors, inspection, energy, and joints at their limits."""
    assert exact.cyclic_rate(10.0, (5, 5), (30.0, 70.0)) == 0.05
    assert exact.conveyor_rate(5.0, 5.0, 30.0, 4) == pytest.approx(4 / 30)
    assert exact.conveyor_rate(5.0, 6.0, 12.0, 4) == pytest.approx(1 / 6)
    assert exact.found_bad(0.05, 0.9, 0.02) == pytest.approx((0.064, 0.005))
    assert exact.energy_kwh((4.0, 1.0), (1800.0, 3600.0)) == pytest.approx(3.0)
    assert exact.assembly((1.0, 1.0), 1e7, (0, 0)) == pytest.approx(2 / 3, rel=1e-6)
    assert exact.assembly((1e6, 1.0), 1.5, (1, 2)) == pytest.approx(
        exact.pair(1.0, 1.5, 2), rel=1e-4
    )


def test_the_optimum_of_three_stations() -> None:
    """The best of 21 660 designs gives 5.7761, the next one 5.7708, a third 5.7101."""
    designs = {(6, 7, 7, 12): 5.7761, (7, 7, 6, 8): 5.7761, (7, 7, 6, 9): 5.7708}
    for (a, b, c, first), printed in {**designs, (7, 6, 7, 10): 5.7101}.items():
        stations = tuple(Station(rate=float(rate)) for rate in (a, b, c))
        line = Line(stations=stations, places=(first - 1, 19 - first))
        assert steady(line).throughput == pytest.approx(printed, abs=5.1e-5)


def test_a_chain_that_comes_to_a_stand_is_told() -> None:
    """Two closed classes are an error, not a wrong answer."""
    with pytest.raises(ValueError, match="2 closed classes"):
        stationary(0, lambda n: [(1.0, 1), (1.0, 2)] if n == 0 else [])
