"""The loop: a deviation is seen, explained, rehearsed, proposed, done, verified and remembered.

Hides how a deviation is told from noise, the graph of causes, the forks of the twin, and how a
case survives a restart. The verbs, in the order of a case: `score` adds a cycle to a sum and
raises the alarm, `diagnose` finds its causes, `rehearse` tries what could be done, `next_step`
says which records follow, `command_of` makes the one command, `judge` says whether it helped;
`fold_case` makes the case of its records. Nothing here writes to a machine.

    found = diagnose(view, cycles, alarm)
    rehearsal = rehearse(scene, candidates, draws, forks)
    case = fold_case(records)
    records = next_step(case, known, setting, now_ns)
    command = command_of(case, plant, granted)
"""

from linewright.correct.cases import Known, Setting, fold_case, next_step
from linewright.correct.diagnose import diagnose
from linewright.correct.propose import command_of
from linewright.correct.rehearse import rehearse
from linewright.correct.verify import judge
from linewright.correct.watch.detect import score

__all__ = [
    "Known",
    "Setting",
    "command_of",
    "diagnose",
    "fold_case",
    "judge",
    "next_step",
    "rehearse",
    "score",
    "service",
]
