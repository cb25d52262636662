"""What people of a play have to enter where no machine tells it, and what of it they enter.

Hides which stations are on paper, who finds scrap that no machine knows, and what a scenario says
of people: missing, late, wrong. The entries stand in a file beside the truth, for whoever plays
these people through the server (`python -m tools.people`).

>>> from linewright.emulate.paper import PEOPLE
>>> PEOPLE
'people.jsonl'
"""

from linewright.emulate.paper.clerks import PEOPLE, Clerks, Entry
from linewright.emulate.paper.habits import Habit, Habits

__all__ = ["PEOPLE", "Clerks", "Entry", "Habit", "Habits"]
