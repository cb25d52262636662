"""Markov chains, solved exactly: states breadth-first, a sparse generator, one linear system.

Shares nothing with the kernel: no code, no random number, no clock.
"""

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph
from scipy.sparse import linalg as sparse_linalg

STATES_MAX = 200_000
"""States that are still solved; a chain with more is an error of the test."""
DIRECT_MAX = 20_000
"""States up to which the system is factored; larger ones are iterated."""
TOLERANCE = 1e-11
ITERATIONS_MAX = 2_000

S = TypeVar("S", bound=Hashable)
Moves = Iterable[tuple[float, S]]
"""Rates, or probabilities of a step, each with the state that follows."""


def stationary(start: S, moves: Callable[[S], Moves[S]]) -> dict[S, float]:
    """Return the long-run share of time in each state that the chain comes back to.

    Parameters
    ----------
    start
        Any state.
    moves
        What may follow a state, each with its rate; a state may follow itself.

    Raises
    ------
    ValueError
        When there are too many states, several closed classes, or a state without a way out.

    Notes
    -----
    pi Q = 0 and sum(pi) = 1, with one balance equation replaced by pi[0] = 1 before norming.
    """
    states, rows, columns, rates = _explored(start, moves)
    n = len(states)
    whole = sparse.csr_matrix((rates, (rows, columns)), shape=(n, n))
    kept = _closed(whole, n)
    if len(kept) == 1:
        return {states[kept[0]]: 1.0}
    part = whole[kept][:, kept].tocsc()
    out = np.asarray(part.sum(axis=1), dtype=float).ravel()
    balance = (part - sparse.diags_array(out, dtype=float)).T.tocsc()
    others = _solved(balance[1:, 1:], -balance[1:, 0].toarray().ravel())
    shares = np.concatenate(([1.0], others))
    shares /= shares.sum()
    worst = float(np.abs(balance @ shares).max())
    assert worst < 1e-8, f"the balance equations are off by {worst}"
    return {states[k]: float(share) for k, share in zip(kept, shares, strict=True)}


def _explored(
    start: S, moves: Callable[[S], Moves[S]]
) -> tuple[list[S], list[int], list[int], list[float]]:
    """Return all states that can be reached, and the rates between them."""
    states, number = [start], {start: 0}
    rows: list[int] = []
    columns: list[int] = []
    rates: list[float] = []
    done = 0
    while done < len(states):
        for rate, state in moves(states[done]):
            if state not in number:
                number[state] = len(states)
                states.append(state)
                if len(states) > STATES_MAX:
                    raise ValueError(f"the chain has more than {STATES_MAX} states")
            if number[state] != done and rate > 0.0:
                rows.append(done)
                columns.append(number[state])
                rates.append(float(rate))
        done += 1
    return states, rows, columns, rates


def _closed(whole: sparse.csr_matrix, n: int) -> list[int]:
    """Return the states of the one class that is never left."""
    count, label = csgraph.connected_components(whole, directed=True, connection="strong")
    leaves = np.zeros(count, dtype=bool)
    ways = whole.tocoo()
    leaves[label[ways.row[label[ways.row] != label[ways.col]]]] = True
    closed = np.flatnonzero(~leaves)
    if len(closed) != 1:
        raise ValueError(f"the chain has {len(closed)} closed classes: it can come to a stand")
    return [k for k in range(n) if label[k] == closed[0]]


def _solved(matrix: sparse.csc_matrix, right: np.ndarray) -> np.ndarray:
    if matrix.shape[0] <= DIRECT_MAX:
        return np.asarray(sparse_linalg.spsolve(matrix, right))
    rough = sparse_linalg.spilu(matrix, drop_tol=1e-4, fill_factor=20)
    near = sparse_linalg.LinearOperator(matrix.shape, rough.solve)
    found, left = sparse_linalg.gmres(matrix, right, rtol=TOLERANCE, maxiter=ITERATIONS_MAX, M=near)
    if left != 0:
        raise ValueError("the chain was not solved within the allowed iterations")
    return np.asarray(found)
