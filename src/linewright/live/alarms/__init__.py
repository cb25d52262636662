"""Alarms after ISA-18.2: from samples, records and time to alarm records and what pages show.

Hides deadbands, delays and machine codes, the life of an alarm, shelving, suppression by design,
silent sources, floods and chattering. The verbs: ``begin`` (or ``decode_fold`` of a snapshot) and
``step`` make records; ``learn`` puts records of any order together; ``act`` makes the record of a
person's act or refuses it; ``listing``, ``journal`` and ``performance`` answer pages.

>>> from linewright.plant.records import Alarm
>>> from linewright.plant.records.examples import example
>>> raised = example(Alarm)
>>> now = learn(None, raised)
>>> listing([now], now_ns=raised.t_ns).rows[0].priority.value
'medium'

Definitions and decisions are in docs/live.md.
"""

from linewright.live.alarms.acts import AlarmAct, AlarmRefused, act
from linewright.live.alarms.fold import step
from linewright.live.alarms.life import AlarmNow, alarm_key, learn
from linewright.live.alarms.listing import AlarmGroup, AlarmList, AlarmRow, journal, listing
from linewright.live.alarms.memory import (
    AlarmFold,
    Silence,
    Tick,
    begin,
    decode_fold,
    encode_fold,
)
from linewright.live.alarms.patterns import Chatter, Flood
from linewright.live.alarms.performance import AlarmFigure, AlarmReport, BadActor, performance
from linewright.live.alarms.watches import AlarmLayout, watched

__all__ = [
    "AlarmAct",
    "AlarmFigure",
    "AlarmFold",
    "AlarmGroup",
    "AlarmLayout",
    "AlarmList",
    "AlarmNow",
    "AlarmRefused",
    "AlarmReport",
    "AlarmRow",
    "BadActor",
    "Chatter",
    "Flood",
    "Silence",
    "Tick",
    "act",
    "alarm_key",
    "begin",
    "decode_fold",
    "encode_fold",
    "journal",
    "learn",
    "listing",
    "performance",
    "step",
    "watched",
]
