"""A place that is at work when a play begins, as days of work have left it.

A play of several lines and work centres that began empty would show most machines starved for
days. So such a model goes silently through the days before the play. That shows besides whether
work comes to all of its machines, and goes on coming: a place where it does not is played in
smaller parts.
"""

from collections.abc import Sequence

import msgspec

from linewright.emulate.flows.flow import Flow, Playing
from linewright.emulate.following import Track
from linewright.plant import Address
from linewright.twin import begin

__all__ = ["EVENTS_MAX", "STAGES_NS", "warmed"]

NS_PER_H = 3600 * 10**9
NS_PER_DAY = 24 * NS_PER_H

STAGES_NS = (3 * NS_PER_DAY, 14 * NS_PER_DAY)
"""How long a place is at work before the play: over a weekend, and else for two weeks."""

LAST_NS = 7 * NS_PER_DAY
"""In the last so many days of a longer stage work must still come to every machine."""

STRETCH_NS = 6 * NS_PER_H
"""Plant time of one stretch of it; the events are counted in between."""

EVENTS_MAX = (60_000, 40_000)
"""Most events of each stage, a few seconds: what needs more is played in smaller parts."""

STRETCH_EVENTS_MAX = 6_000
"""Most events of a stretch: a thousand an hour."""


def warmed(
    playing: Playing, doers: Sequence[frozenset[Address]], at_ns: int, seed: int
) -> Playing | None:
    """Return a model that is at work when the play begins; None: work does not come to all.

    Parameters
    ----------
    playing
        The model and its stations.
    doers
        For each step that is done there, who can do it: one of them must have work.
    at_ns
        When the play begins.
    seed
        What chance is drawn from.

    Notes
    -----
    The model begins empty and fresh at the beginning of the stage that is enough. What the
    scenario does comes later. Cost: 40 to 400 us an event.
    """
    for stage_ns, most in zip(STAGES_NS, EVENTS_MAX, strict=True):
        flow, made = _stage(playing, (max(0, at_ns - stage_ns), at_ns), most, seed)
        if flow.stopped or flow.state.t_ns < at_ns:
            return None
        if all(any(made.get(one, 0) > 0 for one in each) for each in doers):
            return msgspec.structs.replace(playing, begun=(flow.state, flow.tracks))
    return None


def _stage(
    playing: Playing, span: tuple[int, int], most: int, seed: int
) -> tuple[Flow, dict[Address, int]]:
    """Return a model after a stage, or where it broke off, and what each station made lately."""
    from_ns, at_ns = span
    tracks = {one.address: Track(since_ns=from_ns) for one in playing.stations}
    state = begin(playing.model, at_ns=from_ns, seed=seed)
    flow = Flow(playing, state, tracks, events_max=STRETCH_EVENTS_MAX)
    before = dict.fromkeys(playing.model.stations, 0)
    while flow.state.t_ns < at_ns and not flow.stopped and flow.state.events < most:
        until_ns = min(at_ns, flow.state.t_ns + STRETCH_NS)
        for _ in flow.advance(until_ns):
            pass  # nobody sees it
        if until_ns <= at_ns - LAST_NS:
            before = {one: look.made for one, look in flow.looks().items()}
    return flow, {one: look.made - before[one] for one, look in flow.looks().items()}
