"""Small total expressions over tags and options, and the debounce of what they give.

>>> from linewright.plant.expressions import evaluate, parse
>>> evaluate(parse("temp > 70 and not door"), {"temp": 75.0, "door": False})
True
>>> evaluate(parse("temp > 70"), {}) is None
True
"""

from linewright.plant.expressions.debounce import Debounce, Debounced
from linewright.plant.expressions.evaluation import Expression, Kind, evaluate
from linewright.plant.expressions.text import ExpressionInvalid, parse

__all__ = [
    "Debounce",
    "Debounced",
    "Expression",
    "ExpressionInvalid",
    "Kind",
    "evaluate",
    "parse",
]
