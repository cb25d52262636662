"""Andon calls: who calls for help, who has heard, who is asked next, and the clocks of it.

Hides the order of records and the levels of escalation. The verbs: ``begin`` (or ``decode_fold`` of
a snapshot) and ``step`` make escalations; ``learn`` puts records of any order together;
``raise_call`` and ``act`` make the record of what a person does or refuse it; ``open_calls`` and
``suggested`` answer pages.

>>> from linewright.plant.records import Call
>>> from linewright.plant.records.examples import example
>>> open_calls([learn(None, example(Call))], now_ns=example(Call).t_ns)[0].status
'raised'

Definitions and decisions are in docs/live.md.
"""

from linewright.live.calls.acts import CallAct, CallRefused, act, raise_call
from linewright.live.calls.fold import CallFold, begin, decode_fold, encode_fold, step
from linewright.live.calls.levels import FIRST, LEVELS, Level, levels_of
from linewright.live.calls.life import CallNow, Stamp, learn
from linewright.live.calls.listing import CallRow, Suggestion, open_calls, suggested

__all__ = [
    "FIRST",
    "LEVELS",
    "CallAct",
    "CallFold",
    "CallNow",
    "CallRefused",
    "CallRow",
    "Level",
    "Stamp",
    "Suggestion",
    "act",
    "begin",
    "decode_fold",
    "encode_fold",
    "learn",
    "levels_of",
    "open_calls",
    "raise_call",
    "step",
    "suggested",
]
