"""Answers of queueing and reliability theory in closed form, each with its source.

Rates and times are in one unit, whichever. Gross & Harris: "Fundamentals of Queueing Theory",
4th ed.; Li & Meerkov: "Production Systems Engineering"; Barlow & Proschan: "Mathematical Theory
of Reliability".
"""

import itertools
import math
from collections.abc import Sequence

import numpy as np
from scipy import integrate, optimize, special

from tests.twin.oracles.chain import stationary

STEPS = 4_000
"""Steps of the renewal equation; the error falls with their square."""

Class = tuple[float, float, float]
"""A class of customers: arrival rate, mean service and squared coefficient of variation."""

Joint = tuple[int, int, int]
"""Finished parts of two feeders, and whether the station that joins them works."""


def erlang_c(servers: int, offered: float) -> float:
    """Return the probability to wait in M/M/c (A. K. Erlang, 1917); offered: load in servers."""
    top = offered**servers / math.factorial(servers) * servers / (servers - offered)
    return top / (sum(offered**k / math.factorial(k) for k in range(servers)) + top)


def mmc_wait(arrives: float, rate: float, servers: int) -> float:
    """Return the mean time in the queue of M/M/c."""
    return erlang_c(servers, arrives / rate) / (servers * rate - arrives)


def mmck(arrives: float, rate: float, servers: int, room: int) -> tuple[float, float]:
    """Return the share of lost customers and the mean number inside of M/M/c/K, K: `room`."""
    weights = [1.0]
    for n in range(1, room + 1):
        weights.append(weights[-1] * arrives / (rate * min(n, servers)))
    whole = sum(weights)
    return weights[-1] / whole, sum(n * each for n, each in enumerate(weights)) / whole


def mg1_wait(arrives: float, mean: float, scv: float) -> float:
    """Return the mean time in the queue of M/G/1 (Pollaczek, 1930; Khinchine, 1932)."""
    busy = arrives * mean
    return busy / (1.0 - busy) * (1.0 + scv) / 2.0 * mean


def bulk_wait(arrives: float, rate: float, batch: int) -> float:
    """Return the mean time in the queue before a server that takes up to `batch` at once.

    Poisson arrivals, exponential service of a whole load, loads begin with what is there; who
    comes during a service waits for the next. With n waiting while it works the chance goes as
    r^n, r the root in (0, 1) of rate r^(batch+1) - (arrives + rate) r + arrives = 0; from the
    balance equations (compare Gross & Harris, section 3.2).
    """

    def balance(r: float) -> float:
        return rate * r ** (batch + 1) - (arrives + rate) * r + arrives

    r = float(optimize.brentq(balance, 0.0, 1.0 - 1e-9))
    busy_0 = 1.0 / (rate / arrives + 1.0 / (1.0 - r))
    return busy_0 * r / (1.0 - r) ** 2 / arrives


def traffic(outside: Sequence[float], routing: Sequence[Sequence[float]]) -> list[float]:
    """Return the rate at each node of an open network: lambda = outside + routing^T lambda."""
    whole = np.eye(len(outside)) - np.asarray(routing, dtype=float).T
    return [float(each) for each in np.linalg.solve(whole, np.asarray(outside, dtype=float))]


def jackson_inside(rates: Sequence[float], loads: Sequence[float]) -> float:
    """Return the mean number in a network of M/M/1 nodes (J. R. Jackson, 1957)."""
    busy = [load / rate for load, rate in zip(loads, rates, strict=True)]
    return sum(each / (1.0 - each) for each in busy)


def visits(again: float, limit: int) -> float:
    """Return how often a part passes a step that repeats it with a share, at most `limit` times."""
    return (1.0 - again ** (limit + 1)) / (1.0 - again)


def cobham(classes: Sequence[Class]) -> list[float]:
    """Return the mean time in the queue of each class of M/G/1, the first served first.

    A. Cobham, Operations Research 2, 1954; without pre-emption:
    W_k = W_0 / ((1 - s_(k-1)) (1 - s_k)), W_0 = sum of lambda E[S^2] / 2.
    """
    rest = sum(lam * mean**2 * (1.0 + scv) / 2.0 for lam, mean, scv in classes)
    sums = [0.0, *itertools.accumulate(lam * mean for lam, mean, _ in classes)]
    return [rest / ((1.0 - a) * (1.0 - b)) for a, b in itertools.pairwise(sums)]


def pair(first: float, second: float, places: int) -> float:
    """Return the throughput of two exponential stations with blocking after service.

    An M/M/1 queue with places + 3 states; Hunt, Operations Research 4, 1956.
    """
    if first == second:
        return first * (places + 2) / (places + 3)
    ratio = first / second
    return first * (1.0 - ratio ** (places + 2)) / (1.0 - ratio ** (places + 3))


def closed_line(rates: Sequence[float], parts: int) -> float:
    """Return the throughput of a cyclic line of exponential stations with so many parts.

    Exact mean value analysis, Reiser & Lavenberg, Journal of the ACM 27, 1980.
    """
    levels, pace = [0.0] * len(rates), 0.0
    for n in range(1, parts + 1):
        waits = [(1.0 + level) / rate for level, rate in zip(levels, rates, strict=True)]
        pace = n / sum(waits)
        levels = [pace * wait for wait in waits]
    return pace


def interference(machines: int, people: int, life: float, repair: float) -> tuple[float, float]:
    """Return the availability of machines that share repairers, and how many wait for one.

    M/M/c//N, Gross & Harris, section 2.8.
    """
    weights = [1.0]
    for down in range(1, machines + 1):
        weights.append(weights[-1] * (machines - down + 1) / life * repair / min(down, people))
    shares = [each / sum(weights) for each in weights]
    down_mean = sum(n * share for n, share in enumerate(shares))
    waiting = sum(max(0, n - people) * share for n, share in enumerate(shares))
    return 1.0 - down_mean / machines, waiting


def bernoulli_pair(p: float, q: float, places: int) -> float:
    """Return the parts per slot of two Bernoulli machines; `places`: with that on the second.

    Li & Meerkov, chapter 4: PR = q (1 - Q(p, q, N)).
    """
    if p == q:
        return q * (1.0 - (1.0 - p) / (places + 1.0 - p))
    a = p * (1.0 - q) / (q * (1.0 - p))
    return q * (1.0 - (1.0 - p) * (1.0 - a) / (1.0 - p / q * a**places))


def bernoulli_line(shares: Sequence[float], places: Sequence[int]) -> float:
    """Return the parts per slot of a line of Bernoulli machines, by its Markov chain.

    Conventions of Li & Meerkov: a place behind a machine includes that on the next machine;
    downstream goes first; a try without room behind gives nothing.
    """
    n = len(shares)

    def step(levels: tuple[int, ...], tries: tuple[bool, ...]) -> tuple[tuple[int, ...], int]:
        before, after, out = levels, list(levels), 0
        for i in reversed(range(n)):
            if not tries[i] or (i > 0 and before[i - 1] == 0):
                continue
            if i == n - 1:
                out = 1
            elif after[i] < places[i]:
                after[i] += 1
            else:
                continue
            if i > 0:
                after[i - 1] -= 1
        return tuple(after), out

    def moves(levels: tuple[int, ...]) -> list[tuple[float, tuple[int, ...]]]:
        found = []
        for tries in itertools.product((False, True), repeat=n):
            chance = math.prod(p if t else 1.0 - p for p, t in zip(shares, tries, strict=True))
            found.append((chance, step(levels, tries)[0]))
        return found

    long_run = stationary((0,) * (n - 1), moves)
    return shares[-1] * sum(each for levels, each in long_run.items() if levels[-1] > 0)


def weibull(mean: float, cv: float) -> tuple[float, float]:
    """Return shape and scale of the Weibull distribution with a mean and a variation."""

    def excess(shape: float) -> float:
        second = special.gammaln(1.0 + 2.0 / shape) - 2.0 * special.gammaln(1.0 + 1.0 / shape)
        return float(math.expm1(second)) - cv * cv

    shape = float(optimize.brentq(excess, 0.1, 100.0))
    return shape, mean / math.gamma(1.0 + 1.0 / shape)


def maintained_by_age(
    life: tuple[float, float], every: float, *, repair: float, takes: float
) -> float:
    """Return the availability of a Weibull machine that is renewed at an age, or when it fails.

    Renewal-reward: E[min(X, T)] over itself plus F(T) repair + R(T) takes; Barlow & Proschan,
    chapter 4.
    """
    shape, scale = life

    def lasts(age: float) -> float:
        return math.exp(-((age / scale) ** shape))

    up = float(integrate.quad(lasts, 0.0, every)[0])
    down = (1.0 - lasts(every)) * repair + lasts(every) * takes
    return up / (up + down)


def renewals(life: tuple[float, float], until: float) -> float:
    """Return the mean number of renewals of a Weibull machine in a time of work.

    M(t) = F(t) + integral of M(t - x) dF(x), by the Riemann-Stieltjes method of midpoints
    (Xie, Computers & Operations Research 16, 1989).
    """
    shape, scale = life
    step = until / STEPS
    ends = -np.expm1(-((np.arange(STEPS + 1) * step / scale) ** shape))
    middles = -np.expm1(-(((np.arange(STEPS) + 0.5) * step / scale) ** shape))
    found = np.zeros(STEPS + 1)
    for i in range(1, STEPS + 1):
        past = np.diff(found[:i])
        spread = float(past @ middles[i - 1 : 0 : -1]) if i > 1 else 0.0
        found[i] = (ends[i] + spread - middles[0] * found[i - 1]) / (1.0 - middles[0])
    return float(found[-1])


def maintained_in_turn(
    life: tuple[float, float], every: float, *, repair: float, takes: float
) -> float:
    """Return the availability of a Weibull machine that is renewed after each `every` of work.

    Failures between are repaired as good as new and do not put the maintenance off: block
    replacement, Barlow & Proschan, chapter 4, in time of work.
    """
    return every / (every + renewals(life, every) * repair + takes)


def cyclic_rate(cycle: float, lots: Sequence[int], setups: Sequence[float]) -> float:
    """Return parts in a unit of time when lots follow in a fixed turn, a set-up before each."""
    return sum(lots) / (sum(lots) * cycle + sum(setups))


def conveyor_rate(before: float, after: float, travel: float, places: int) -> float:
    """Return the rate of two constant stations with a conveyor between.

    Each part holds one of its places for the travel at least; it leaves when the next station
    takes it. When the stations are the slower, they decide.
    """
    return min(1.0 / before, 1.0 / after, places / travel)


def found_bad(defects: float, detects: float, false_alarms: float) -> tuple[float, float]:
    """Return the shares of parts that an inspection takes out, and that escape it bad."""
    return defects * detects + (1.0 - defects) * false_alarms, defects * (1.0 - detects)


def energy_kwh(powers: Sequence[float], seconds: Sequence[float]) -> float:
    """Return the energy of states with powers in kW that lasted so many seconds."""
    return sum(p * s for p, s in zip(powers, seconds, strict=True)) / 3600.0


def assembly(feeders: tuple[float, float], joins: float, places: tuple[int, int]) -> float:
    """Return the throughput of a station that joins the parts of two saturated feeders.

    All exponential, blocking after service; a cycle begins when a part of each is there. A
    feeder has 0 to places + 1 finished parts before the joint: those in its buffer and, at the
    top, the one that blocks it. Solved as a Markov chain.
    """

    def moves(now: Joint) -> list[tuple[float, Joint]]:
        a, b, busy = now
        found = []
        if a <= places[0]:
            found.append((feeders[0], begun(a + 1, b, busy)))
        if b <= places[1]:
            found.append((feeders[1], begun(a, b + 1, busy)))
        if busy:
            found.append((joins, begun(a, b, 0)))
        return found

    def begun(a: int, b: int, busy: int) -> Joint:
        if busy or not (a and b):
            return a, b, busy
        return a - 1, b - 1, 1

    return joins * sum(each for now, each in stationary((0, 0, 0), moves).items() if now[2])
