"""Steps from one design to another that keep the limits: circuits of the lattice of designs.

A limit with "at most" becomes an equation by its slack. The circuits of the equations are their
whole solutions of least support (one place more here, one less there). Every solution of the
equations is a sum of circuits of agreeing signs (Rockafellar 1969, "The elementary vectors of a
subspace"), so a design from which no circuit leads uphill has no direction uphill in a smooth
problem; moves along one variable alone would be stuck at once where a sum is fixed.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations
from math import comb, gcd, lcm

from linewright.numeric import uniform
from linewright.twin.choosing.variables import Row, Space, SpaceInvalid
from linewright.twin.engines import np, optimize

Point = tuple[int, ...]
"""A design by the numbers of its values."""
Circuit = tuple[tuple[int, int], ...]
"""Index of each variable that changes, and by how many steps."""

CIRCUITS_TRIED_MAX = 200_000
"""Sets of variables looked through for circuits; some 2 s."""
LOOKED_THROUGH = 100
"""Beginnings of designs that are looked through for each design that a list may hold."""
MIXING = 8
"""Random steps from one random design to the next, for each variable."""


class Lattice:
    """The feasible designs of a space, and the moves among them.

    Parameters
    ----------
    space
        Variables and limits.

    Raises
    ------
    SpaceInvalid
        When no design keeps to the limits, or too many limits hang together.
    """

    def __init__(self, space: Space) -> None:
        self.space = space
        self.rows = space.rows()
        self.counts = tuple(one.count for one in space.variables)
        self.choices = tuple(i for i, one in enumerate(space.variables) if one.labels)
        self.circuits = _circuits(self.rows, len(self.counts), set(self.choices))

    def is_feasible(self, point: Sequence[int]) -> bool:
        """Whether a point is within the bounds and keeps to the limits."""
        inside = all(0 <= k < n for k, n in zip(point, self.counts, strict=True))
        return inside and all(_holds(row, point) for row in self.rows)

    def neighbours(self, point: Point, scale: int = 1) -> list[Point]:
        """Return the feasible designs one circuit of `scale` steps, or one choice, away."""
        found = []
        for circuit in self.circuits:
            for sign in (scale, -scale):
                there = moved(point, circuit, sign)
                if self.is_feasible(there):
                    found.append(there)
        if scale == 1:
            for i in self.choices:
                others = (k for k in range(self.counts[i]) if k != point[i])
                found += [(*point[:i], k, *point[i + 1 :]) for k in others]
        return found

    def any_point(self) -> Point:
        """Return one feasible design, found by integer programming.

        Raises
        ------
        SpaceInvalid
            When there is none.
        """
        n = len(self.counts)
        bounds = optimize.Bounds(np.zeros(n), np.array(self.counts) - 1.0)
        rows = []
        for row in self.rows:
            weights = np.zeros(n)
            for i, weight in row.weights:
                weights[i] = weight
            low = row.total if row.is_equal else -np.inf
            rows.append(optimize.LinearConstraint(weights, low, row.total))
        whole = np.ones(n, dtype=np.int64)
        found = optimize.milp(np.zeros(n), constraints=rows, bounds=bounds, integrality=whole)
        point = () if found.x is None else tuple(round(float(k)) for k in found.x)
        if not point or not self.is_feasible(point):
            raise SpaceInvalid("limits", "no design keeps to them", "widen a bound or a limit")
        return point

    def scattered(self, point: Point, many: int, key: int) -> list[Point]:
        """Return random feasible designs: a walk of uniform steps along random circuits.

        Parameters
        ----------
        point
            A feasible design to begin with.
        many
            How many; some may be equal.
        key
            Stream of the random numbers.
        """
        found, drawn = [], 0
        directions: list[Circuit | int] = [*self.circuits, *self.choices]
        for _ in range(many if directions else 0):
            for _ in range(MIXING * len(self.counts)):
                pick = directions[int(uniform(key, drawn) * len(directions))]
                share = uniform(key, drawn + 1)
                drawn += 2
                point = self._jumped(point, pick, share)
            found.append(point)
        return found

    def _jumped(self, point: Point, pick: Circuit | int, share: float) -> Point:
        if isinstance(pick, int):
            return (*point[:pick], int(share * self.counts[pick]), *point[pick + 1 :])
        low, high = self._room(point, pick)
        return moved(point, pick, low + int(share * (high - low + 1)))

    def _room(self, point: Point, circuit: Circuit) -> tuple[int, int]:
        """Return how many times a circuit can be taken, backward (at most 0) and forward."""
        ends = []
        for sign in (-1, 1):
            room = max(self.counts)
            for i, steps in circuit:
                by = sign * steps
                free = self.counts[i] - 1 - point[i] if by > 0 else point[i]
                room = min(room, free // abs(by))
            for row in self.rows:
                by = sign * _sum(row, dict(circuit))
                if by > 0:  # an equation never changes along a circuit
                    room = min(room, (row.total - _sum(row, point)) // by)
            ends.append(sign * room)
        return ends[0], ends[1]

    def all_points(self, most: int) -> list[Point] | None:
        """Return every feasible design in order, or None when there are more than `most`."""
        heads: list[Point] = [()]
        for count in self.counts:
            if len(heads) * count > LOOKED_THROUGH * most:
                return None
            longer = ((*head, k) for head in heads for k in range(count))
            heads = [head for head in longer if self._can_hold(head)]
        return heads if len(heads) <= most else None

    def _can_hold(self, head: Point) -> bool:
        """Whether each limit for itself can hold with some values of the other variables."""
        return all(self._can_reach(row, head) for row in self.rows)

    def _can_reach(self, row: Row, head: Point) -> bool:
        low = high = 0
        for i, weight in row.weights:
            ends = (head[i], head[i]) if i < len(head) else (0, self.counts[i] - 1)
            low += min(weight * ends[0], weight * ends[1])
            high += max(weight * ends[0], weight * ends[1])
        return low <= row.total and (high >= row.total or not row.is_equal)


def moved(point: Point, circuit: Circuit, times: int) -> Point:
    """Return a point moved along a circuit so many times."""
    there = list(point)
    for i, steps in circuit:
        there[i] += steps * times
    return tuple(there)


def _sum(row: Row, point: Sequence[int] | dict[int, int]) -> int:
    if isinstance(point, dict):
        return sum(weight * point.get(i, 0) for i, weight in row.weights)
    return sum(weight * point[i] for i, weight in row.weights)


def _holds(row: Row, point: Sequence[int]) -> bool:
    found = _sum(row, point)
    return found == row.total if row.is_equal else found <= row.total


def _circuits(rows: Sequence[Row], n: int, choices: set[int]) -> tuple[Circuit, ...]:
    """Return the circuits of the equations, slacks left out, each once whatever its sign."""
    columns: dict[int, list[int]] = {i: [] for i in range(n) if i not in choices}
    for r, row in enumerate(rows):
        for i, _ in row.weights:
            columns[i].append(r)
    found: dict[Circuit, None] = {}
    for part in _parts(columns):
        own = sorted({r for i in part for r in columns[i]})
        for circuit in _circuits_of([rows[r] for r in own], part):
            found.setdefault(circuit, None)
    return tuple(found)


def _parts(columns: dict[int, list[int]]) -> list[list[int]]:
    """Return the variables in groups that share no limit with another group."""
    group = {i: i for i in columns}
    for r in {r for rows in columns.values() for r in rows}:
        joined = {group[i] for i in columns if r in columns[i]}
        group = {i: min(joined) if g in joined else g for i, g in group.items()}
    return [[i for i in columns if group[i] == g] for g in sorted(set(group.values()))]


def _circuits_of(rows: Sequence[Row], part: Sequence[int]) -> Iterator[Circuit]:
    table = {i: [dict(row.weights).get(i, 0) for row in rows] for i in part}
    for r, row in enumerate(rows):
        if not row.is_equal:
            table[-1 - r] = [int(q == r) for q in range(len(rows))]  # its slack
    tried = sum(comb(len(table), size) for size in range(1, len(rows) + 2))
    if tried > CIRCUITS_TRIED_MAX:
        what = f"{len(rows)} limits over {len(part)} variables hang together"
        raise SpaceInvalid("limits", what, "leave out some, or join variables")
    for size in range(1, len(rows) + 2):
        for chosen in combinations(table, size):
            weights = _kernel([table[i] for i in chosen])
            moves = tuple((i, w) for i, w in zip(chosen, weights, strict=False) if i >= 0)
            if moves:
                sign = 1 if moves[0][1] > 0 else -1
                yield tuple((i, sign * w) for i, w in moves)


def _kernel(columns: Sequence[Sequence[int]]) -> tuple[int, ...]:
    """Return the one whole combination of columns that is 0 and uses all; empty: there is none."""
    size = len(columns)
    rows = [[Fraction(column[r]) for column in columns] for r in range(len(columns[0]))]
    rank = 0
    for k in range(size):
        pivot = next((r for r in range(rank, len(rows)) if rows[r][k]), None)
        if pivot is None:
            if k < size - 1:
                return ()  # fewer columns already have one
            break
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        rows[rank] = [value / rows[rank][k] for value in rows[rank]]
        for r, row in enumerate(rows):
            if r != rank and row[k]:
                rows[r] = [a - row[k] * b for a, b in zip(row, rows[rank], strict=True)]
        rank += 1
    if rank != size - 1:
        return ()
    found = [*(-rows[r][size - 1] for r in range(rank)), Fraction(1)]
    if not all(found):
        return ()
    scale = lcm(*(value.denominator for value in found))
    whole = [int(value * scale) for value in found]
    least = gcd(*whole)
    return tuple(value // least for value in whole)
