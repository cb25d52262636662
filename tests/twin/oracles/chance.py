"""Small lines by chance, the same for the same number: any mix of what the kernel runs."""

import random

from tests.twin.oracles.markov import Line, Station, steady

LOAD = 0.6
"""Share of its own throughput at which parts come to a line."""
ROOM = 60
"""Room before the first station in the chain: with that load, as good as no limit."""


def _station(chance: random.Random, *, is_last: bool, room: int) -> Station:
    fails = chance.random() < 0.6
    servers = chance.choice([1, 1, 2])
    calendar = fails and (servers == 1 or is_last) and chance.random() < 0.4
    before = room > 0 and not is_last and chance.random() < 0.3
    return Station(
        rate=round(chance.uniform(0.6, 1.6), 2),
        servers=servers,
        fails=round(chance.uniform(0.005, 0.05), 3) if fails else 0.0,
        repairs=round(chance.uniform(0.08, 0.4), 2) if fails else 0.0,
        calendar=calendar,
        priority=chance.choice([1, 2]),
        before=before,
        scrap=round(chance.uniform(0.02, 0.2), 2) if chance.random() < 0.3 else 0.0,
    )


def line_by_chance(number: int, *, is_reliable: bool = False) -> Line:
    """Return small line `number`.

    Parameters
    ----------
    number
        Seed of everything that is drawn.
    is_reliable
        Whether its stations never fail and scrap nothing, one server each, blocking after
        service, without a crew or a limit of parts.
    """
    chance = random.Random(number)  # noqa: S311  # a small line, not a secret
    n = chance.choice([2, 3, 3, 4])
    places = tuple(chance.randint(0, 3) for _ in range(n - 1))
    if is_reliable:
        rates = [round(chance.uniform(0.6, 1.6), 2) for _ in range(n)]
        return Line(stations=tuple(Station(rate=rate) for rate in rates), places=places)
    rooms = (*places, 0)
    stations = tuple(
        _station(chance, is_last=i == n - 1, room=room) for i, room in enumerate(rooms)
    )
    crew = any(one.fails for one in stations) and chance.random() < 0.4
    wip = n + chance.randint(0, 3) if chance.random() < 0.2 else None
    line = Line(stations=stations, places=places, people=1 if crew else None, wip=wip)
    if n > 2 or wip is not None or chance.random() < 0.5:
        return line
    most = steady(line).throughput
    entering = LOAD * most
    return Line(stations=stations, places=places, people=line.people, arrives=entering, queue=ROOM)
