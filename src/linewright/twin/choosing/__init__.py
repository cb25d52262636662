"""Choosing among designs: the best, how sure that is, and what each variable is worth.

Hides searching by simulation, ranking and selection, and how far both can be trusted. A design
gives each variable a value; to observe is to give a figure of (design, replication), where equal
replications share their chance. `optimise` searches a `Space` and states what is certain about
the best; `select` compares designs that are given; `sensitivity` ranks what one more of each
variable is worth. What they observe may be anything; `ask` and `observer` make it a plant.

>>> space = Space((integer("a", 0, 9), integer("b", 0, 9)), (Limit({"a": 1, "b": 1}, 9, True),))
>>> observe = one_by_one(lambda design, r: design["a"] * design["b"] + r % 3)
>>> found = optimise(space, observe, Aim(delta=0.5))
>>> found.best["a"] * found.best["b"]
20
>>> found.guarantee.partition(";")[0]
'with 95 % confidence none of the 10 designs compared is better by more than 0.5'
"""

from linewright.twin.choosing.observing import (
    Budget,
    BudgetInvalid,
    ObservationInvalid,
    Observe,
    Progress,
    one_by_one,
)
from linewright.twin.choosing.optimising import Optimum, optimise
from linewright.twin.choosing.plants import Question, ask, observer
from linewright.twin.choosing.pooling import pool
from linewright.twin.choosing.selecting import Aim, AimInvalid, Selection, select
from linewright.twin.choosing.sensitivity import Effect, Measure, Sensitivity, sensitivity
from linewright.twin.choosing.variables import (
    Design,
    Limit,
    Space,
    SpaceInvalid,
    choice,
    integer,
    real,
)

__all__ = [
    "Aim",
    "AimInvalid",
    "Budget",
    "BudgetInvalid",
    "Design",
    "Effect",
    "Limit",
    "Measure",
    "ObservationInvalid",
    "Observe",
    "Optimum",
    "Progress",
    "Question",
    "Selection",
    "Sensitivity",
    "Space",
    "SpaceInvalid",
    "ask",
    "choice",
    "integer",
    "observer",
    "one_by_one",
    "optimise",
    "pool",
    "real",
    "select",
    "sensitivity",
]
