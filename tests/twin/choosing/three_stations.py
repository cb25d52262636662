"""The three-station line of Pichitlamken, Nelson and Hong (2006), and its exact throughput.

Rates s1 + s2 + s3 <= 20 and places b2 + b3 = 20, all whole; b counts the place on the machine.
Times are exponential and a finished part waits on its machine (blocking after service). Neither
function shares anything with the twin: one is the departure recursion over numpy arrays, the
other the equations of balance of the Markov chain.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

Design = Mapping[str, Any]
Array = npt.NDArray[np.float64]
NAMES = ("s1", "s2", "s3", "b2", "b3")
BEST = 5.776116
"""Exact throughput of the two best of 21 660 designs."""
OPTIMA = ((6, 7, 7, 12, 8), (7, 7, 6, 8, 12))
WARM_PARTS = 200
REPLICATIONS_KEPT = 4000


def numbers(design: Design) -> tuple[int, ...]:
    """Return a design as (s1, s2, s3, b2, b3)."""
    return tuple(int(design[name]) for name in NAMES)


def simulated(
    seed: int, parts: int = 1000
) -> Callable[[Sequence[tuple[Design, int]]], list[float]]:
    """Return what observes the throughput of designs: the mean over `parts` after 200 others."""
    total = parts + WARM_PARTS

    @lru_cache(maxsize=REPLICATIONS_KEPT)
    def work(replication: int) -> Array:
        chance = np.random.Generator(np.random.Philox(key=[seed, replication]))
        return chance.exponential(size=(total, 3))

    def observe(jobs: Sequence[tuple[Design, int]]) -> list[float]:
        s1, s2, s3, b2, b3 = np.array([numbers(design) for design, _ in jobs]).T
        times = np.stack([work(replication) for _, replication in jobs], axis=2)
        times /= np.stack([s1, s2, s3])
        row, size = np.arange(len(jobs)), len(jobs)
        left2, left3 = np.zeros((total + 20, size)), np.zeros((total + 20, size))
        one = np.zeros(size)
        for k in range(total):  # rows are shifted by 20: before the first part all is free
            one = np.maximum(one + times[k, 0], left2[k + 20 - b2, row])
            two = np.maximum(one, left2[k + 19]) + times[k, 1]
            left2[k + 20] = np.maximum(two, left3[k + 20 - b3, row])
            left3[k + 20] = np.maximum(left2[k + 20], left3[k + 19]) + times[k, 2]
        rates: Array = parts / (left3[total + 19] - left3[WARM_PARTS + 19])
        return [float(rate) for rate in rates]

    return observe


def exact(design: Sequence[float]) -> float:
    """Return the throughput in the long run.

    A state is (i, j): parts before or on machine 2 and machine 3. i = b2 + 1 says that machine 1
    is blocked, j = b3 + 1 that machine 2 is; a blocked machine 2 holds its finished part, which
    j counts.
    """
    s1, s2, s3 = design[:3]
    b2, b3 = int(design[3]), int(design[4])
    index: dict[tuple[int, int, int], int] = {}
    for i in range(b2 + 2):
        for j in range(b3 + 1):
            index[i, j, 0] = len(index)
    for i in range(1, b2 + 2):
        index[i, b3, 1] = len(index)  # machine 2 is blocked and holds one of the i
    rates = np.zeros((len(index), len(index)))
    for (i, j, blocked), row in index.items():
        moves = [(s1, (i + 1, j, blocked))] if i <= b2 else []
        if i and not blocked:
            moves += [(s2, (i - 1, j + 1, 0) if j < b3 else (i, j, 1))]
        if j:
            moves += [(s3, (i - 1, j, 0) if blocked else (i, j - 1, 0))]
        for rate, to in moves:
            rates[row, index[to]] += rate
            rates[row, row] -= rate
    balance = rates.T.copy()
    balance[0] = 1.0
    share = np.linalg.solve(balance, np.eye(len(index))[0])
    return s3 * (1.0 - float(sum(share[row] for (_, j, _), row in index.items() if j == 0)))
