"""Looking for good designs: a climb over the mean of common replications, from several places.

With the same replications for every design, the mean over the first m of them is a plain
function of the design (sample-path optimisation). It is climbed with moves along circuits, from
long to short, and with more and more replications from the best places found: few where it is
coarse, many where it is fine (Wang, Pasupathy and Schmeiser, "Integer-ordered simulation
optimization using R-SPLINE", ACM TOMACS 23, 2013; the order of phases is that of Xu, Nelson and
Hong, "Industrial Strength COMPASS", ACM TOMACS 20, 2010). Continuous variables are climbed on
their grid by the same moves: a pattern search whose mesh halves. The search promises nothing; what
it looked at is compared afterwards with fresh replications.
"""

from collections.abc import Iterator, Sequence

import msgspec

from linewright.numeric import base_of, stream, uniform
from linewright.twin.choosing.moves import Lattice, Point
from linewright.twin.choosing.observing import Book
from linewright.twin.engines import Array, np

SCATTERED = 10
"""Random designs to begin with, for each variable."""
SCATTERED_MAX = 100
SCATTERED_BY = 3
"""Replications of each."""
STARTS = 4
"""Climbs from the best of them."""
LEVELS = ((8, STARTS), (32, 2), (128, 2), (512, 1))
"""Replications of a mean, and from how many of the best places it is climbed."""
AT_ONCE = 16
"""Moves tried before the best of them is taken; a constant, whoever computes them."""
CLIMBS_MAX = 10_000
"""Steps of one climb; each is strictly upward, so this is never reached but by a mistake."""
DOUBT = 2.0
"""A move is tried with all replications unless a quarter of them puts it so many standard errors
below."""
SCATTER, ORDER = 1, 2
"""Purposes of random numbers."""


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """What bounds a search.

    Parameters
    ----------
    delta
        Difference that does not matter: a finer look than that ends the search.
    designs
        The most designs looked at.
    seed
        Random designs and the order of moves come from it.
    """

    delta: float
    designs: int
    seed: int


class Full(Exception):
    """As many designs have been looked at as may be."""

    why = "designs"


class Climber:
    """A search among the designs of a lattice, with the observations of a book.

    Parameters
    ----------
    lattice
        The designs.
    book
        Makes and keeps observations; more is better.
    search
        Its bounds.
    """

    def __init__(self, lattice: Lattice, book: Book[Point], search: Search) -> None:
        self.lattice = lattice
        self.book = book
        self.search = search
        self.key = stream(base_of(search.seed, 0), 0, SCATTER)
        self.asked = 0
        self.top: Point | None = None

    def begun(self, start: Point | None) -> list[Point]:
        """Return the best of random designs and the given one, best first."""
        many = min(SCATTERED_MAX, SCATTERED * len(self.lattice.counts))
        first = start if start is not None else self.lattice.any_point()
        points = [first, *self.lattice.scattered(first, many, self.key)]
        points = list(dict.fromkeys(points))[: max(1, self.search.designs // 3)]
        means = self.means(points, SCATTERED_BY)
        best = sorted(range(len(points)), key=lambda i: (-means[i], i))[:STARTS]
        chosen = [points[i] for i in best]
        self.top = chosen[0]
        return chosen if start is None or start in chosen else [start, *chosen[:-1]]

    def climbed(self, start: Point | None) -> Point:
        """Return the best place found; `Spent` or `Full` when it had to end early."""
        places = self.begun(start)
        for level, (many, width) in enumerate(LEVELS):
            scales = _scales(self.lattice.counts) if level == 0 else (1,)
            tops = dict.fromkeys(self.climb(place, many, scales) for place in places[:width])
            places = self.ranked(list(tops), many)
            self.top = places[0]
            if self.is_fine(places[0], many):
                break
        return places[0]

    def climb(self, point: Point, many: int, scales: Sequence[int]) -> Point:
        """Return the top reached from a point: no move of the last scale is better."""
        for scale in scales:
            for _ in range(CLIMBS_MAX):
                better = self.step(point, many, scale)
                if better is None:
                    break
                point = better
        return point

    def step(self, point: Point, many: int, scale: int) -> Point | None:
        """Return a better design near a point, as far along its way as it goes; None: none."""
        near = self.lattice.neighbours(point, scale)
        order = self._order(len(near))
        for at in range(0, len(near), AT_ONCE):
            some = [near[k] for k in order[at : at + AT_ONCE]]
            best = self.better(point, some, many)
            if best is not None:
                return self._farther(point, best, many)
        return None

    def better(self, point: Point, others: Sequence[Point], many: int) -> Point | None:
        """Return the best of some designs if its mean is above that of a point."""
        few = max(3, many // 4)
        if few < many and len(others) > 1:
            gains = self.gains(point, others, few)
            error = gains.std(axis=1, ddof=1) / np.sqrt(few)
            hopeful = gains.mean(axis=1) + DOUBT * error > 0.0
            others = [one for one, keep in zip(others, hopeful, strict=True) if keep]
        if not others:
            return None
        means = self.gains(point, others, many).mean(axis=1)
        best = int(np.argmax(means))
        return others[best] if means[best] > 0.0 else None

    def gains(self, point: Point, others: Sequence[Point], many: int) -> Array:
        """Return by how much each replication of other designs is above that of a point."""
        seen = self.values([point, *others], many)
        found: Array = seen[1:] - seen[0]
        return found

    def _farther(self, point: Point, better: Point, many: int) -> Point:
        """Return where doubling steps from a point through a better one lead, while they help."""
        way = [b - a for a, b in zip(point, better, strict=True)]
        if any(way[i] for i in self.lattice.choices):
            return better
        for _ in range(CLIMBS_MAX):
            way = [2 * step for step in way]
            there = tuple(k + step for k, step in zip(better, way, strict=True))
            if not self.lattice.is_feasible(there) or self.better(better, [there], many) is None:
                break
            better = there
        return better

    def is_fine(self, point: Point, many: int) -> bool:
        """Whether the differences to all neighbours are known to half of delta."""
        near = [p for p in self.lattice.neighbours(point) if self.book.counted(p, 0) >= many]
        if not near:
            return self.book.counted(point, 0) >= many
        error = self.gains(point, near, many).std(axis=1, ddof=1) / np.sqrt(many)
        return bool((error <= self.search.delta / 2.0).all())

    def ranked(self, points: Sequence[Point], many: int) -> list[Point]:
        """Return designs by their means, best first."""
        means = self.means(points, many)
        return [points[i] for i in sorted(range(len(points)), key=lambda i: (-means[i], i))]

    def means(self, points: Sequence[Point], many: int) -> Array:
        """Return the means over the first replications."""
        found: Array = self.values(points, many).mean(axis=1)
        return found

    def values(self, points: Sequence[Point], many: int) -> Array:
        """Return observations, as long as the designs are not too many."""
        known = self.book.known
        fresh = sum(point not in known for point in dict.fromkeys(points))
        if len(known) + fresh > self.search.designs:
            raise Full
        return self.book.values(points, many)

    def _order(self, n: int) -> list[int]:
        """Return 0 to n - 1 in another random order at each call."""
        key = stream(base_of(self.search.seed, 0), 0, ORDER)
        self.asked += 1
        return sorted(range(n), key=lambda k: uniform(key, self.asked * 65_536 + k))


def _scales(counts: Sequence[int]) -> tuple[int, ...]:
    """Return the lengths of moves, from a quarter of the widest range down to 1, by halves."""
    return tuple(_halves(max(counts, default=1) // 4))


def _halves(length: int) -> Iterator[int]:
    while length > 1:
        yield length
        length //= 2
    yield 1
