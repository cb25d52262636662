"""Two hours of the bracket line, in which a breakdown, a pulled cable and a reset happen."""

import pytest

from linewright.emulate.play import Options, Setup, set_up
from tests.emulate.playing import Bracket, S

EVENTS = """\
scenario: morning
plant: borderline
seed: 7
starts: 2026-11-23 06:00
lasts: 8 h
machines:
  no_material:
    {fails: failure, at: nogales/machining/bracket/saw, from: 2026-11-23 06:31, repair: 9 min}
  broken:
    {fails: tool_break, at: nogales/machining/bracket/mill, from: 2026-11-23 07:05, repair: 7 min}
signals:
  counter: {counter: resets, at: nogales/machining/bracket/wash, from: 2026-11-23 07:20}
links:
  cable: {link: cut, at: nogales/machining/bracket/inspect, from: 2026-11-23 07:30, for: 5 min}
"""

START_NS = 1_795_438_800 * S
"""06:00 on 2026-11-23 in Nogales."""

FROM_NS = START_NS + 2 * 3600 * S
PAST_S = 7200.0


@pytest.fixture(scope="session")
def morning(bracket: Bracket) -> Setup:
    """The play of these two hours, all of them past."""
    return set_up(bracket.plant, None, EVENTS, Options(from_ns=FROM_NS, past_s=PAST_S))
