"""Scenarios: what goes wrong in an emulated plant, when, and what is true meanwhile.

Hides how faults, people's habits and surprises are written beside a plant, how they are checked
against it, and when chance lets them strike. The verbs: `check_scenario` reports every mistake
with file, line and column, `load_scenario` gives the `Scenario`; `occurrences` says when and
where each event strikes, which is also the ground truth; `changes` are those that alter the twin.

>>> from linewright.plant.language.load import load_text
>>> plant = load_text('''
... linewright: 1
... enterprise: acme
... sites:
...   reno:
...     timezone: America/Los_Angeles
...     currency: USD
...     areas: {shop: {work_centres: {lathes: {stations: {one: {does: {turn: 40 s}}}}}}}
... ''')
>>> checked = check_scenario_text('''
... scenario: slow-lathe
... plant: acme
... seed: 1
... starts: 2026-11-23 06:00
... lasts: 8 h
... machines:
...   dull: {slows: 20 %, at: reno/shop/lathes, from: 2 h, for: 1 h}
... ''', plant)
>>> checked.problems, [(one.parameter, one.value) for one in changes(checked.scenario, plant)]
((), [('cycle_factor', 1.2)])
"""

from linewright.plant.scenario.checks import (
    CheckedScenario,
    ScenarioInvalid,
    check_scenario,
    check_scenario_text,
    load_scenario,
)
from linewright.plant.scenario.events import Event, Scenario
from linewright.plant.scenario.occurrences import Occurrence, changes, draw_s, occurrences, targets
from linewright.plant.scenario.shapes import Moment

__all__ = [
    "CheckedScenario",
    "Event",
    "Moment",
    "Occurrence",
    "Scenario",
    "ScenarioInvalid",
    "changes",
    "check_scenario",
    "check_scenario_text",
    "draw_s",
    "load_scenario",
    "occurrences",
    "targets",
]
