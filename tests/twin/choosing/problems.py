"""Designs with known means and normal observations, for procedures that assume no more."""

from collections.abc import Callable, Sequence

import numpy as np

Observing = Callable[[Sequence[tuple[int, int]]], list[float]]


def normal(means: Sequence[float], seed: int, *, common: float = 0.0) -> Observing:
    """Return what observes designs 0, 1, ...: their means and noise of variance 1.

    `common` is the share of the variance that a replication gives to all designs alike.
    """
    seen: dict[int, list[float]] = {}

    def row(replication: int) -> list[float]:
        if replication not in seen:
            chance = np.random.Generator(np.random.Philox(key=[seed, replication]))
            own = chance.standard_normal(len(means)) * np.sqrt(1.0 - common)
            shared = chance.standard_normal() * np.sqrt(common)
            seen[replication] = [float(one) for one in np.array(means) + own + shared]
        return seen[replication]

    return lambda jobs: [row(replication)[design] for design, replication in jobs]


def kim_nelson(observe: Observing, many: int, delta: float, error: float) -> tuple[int, int]:
    """Return the design that procedure KN of 2001 selects, and its observations; c = 1, n0 = 30.

    Written from the published steps, with none of our code.
    """
    first = 30
    seen = np.array([observe([(i, r) for r in range(first)]) for i in range(many)])
    eta = 0.5 * ((2.0 * error / (many - 1)) ** (-2.0 / (first - 1)) - 1.0)
    h2 = 2.0 * eta * (first - 1)
    alive, sums, n, made = list(range(many)), seen.sum(axis=1), first, first * many
    spread = {
        (i, j): float(np.var(seen[i] - seen[j], ddof=1)) for i in alive for j in alive if i != j
    }
    while len(alive) > 1:
        out = set()
        for i in alive:
            for j in alive:
                if i != j:
                    reach = max(0.0, delta / 2.0 * (h2 * spread[i, j] / delta**2 - n))
                    if sums[i] < sums[j] - reach:
                        out.add(i)
        alive = [i for i in alive if i not in out]
        if len(alive) > 1:
            for i in alive:
                sums[i] += observe([(i, n)])[0]
            n, made = n + 1, made + len(alive)
    return alive[0], made
