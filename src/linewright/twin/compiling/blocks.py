"""A draft as numbers, in the layout of the kernel."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from linewright.numeric.tournament import size_for
from linewright.plant.model import FailureMode, Maintenance, Station, Wear
from linewright.plant.setups import setup_key, setup_matrix
from linewright.twin.compiling.numbers import numbers_of
from linewright.twin.compiling.pools import of_crew
from linewright.twin.compiling.rows import Draft, Need, Numbers, StationRow, StepRow, WorkRow
from linewright.twin.faults import LineInvalid
from linewright.twin.kernel import layout as at

SPARE = 16
"""Parts that may come into being in one event, besides loads and what is taken apart."""


class Blocks:
    """Sections of integers and numbers, one after the other."""

    def __init__(self) -> None:
        self.lists: list[int] = []
        self.needs: list[int] = []
        self.ints: dict[int, list[int]] = {}
        self.floats: dict[int, list[float]] = {}
        self.modes: list[tuple[int, str]] = []
        self.wears: list[tuple[int, str]] = []
        self.upkeeps: list[tuple[int, str]] = []
        self.servers: list[int] = []
        self.times: dict[tuple[tuple[Numbers, bool], ...], int] = {}

    def listed(self, numbers: Iterable[int]) -> tuple[int, int]:
        """Put numbers into the common list; return where they begin and end."""
        first = len(self.lists)
        self.lists += numbers
        return first, len(self.lists)

    def needed(self, needs: Iterable[Need]) -> tuple[int, int]:
        """Put needs into their table; return where they begin and end."""
        first = len(self.needs) // at.MN_WIDTH
        for one in needs:
            self.needs += (one.amount, *self.listed(one.pools))
        return first, len(self.needs) // at.MN_WIDTH

    def timed(self, times: Sequence[tuple[Numbers, bool]]) -> int:
        """Put times into their table, equal ones once; return where they begin."""
        key = tuple(times)
        if key not in self.times:
            self.times[key] = len(self.ints.get(at.M_TIME, ())) // at.MD_WIDTH
            for time, per_piece in times:
                self.put(at.M_TIME, (time[0], int(per_piece)))
                self.put_floats(at.FM_TIME, time[1:])
        return self.times[key]

    def put(self, section: int, ints: Iterable[int]) -> None:
        """Go on with a section of integers."""
        self.ints.setdefault(section, []).extend(ints)

    def put_floats(self, section: int, floats: Iterable[float]) -> None:
        """Go on with a section of numbers."""
        self.floats.setdefault(section, []).extend(floats)


def write(draft: Draft) -> Blocks:
    """Return the numbers of a draft: sections of the model, by their place in its head."""
    blocks = Blocks()
    _servers(draft, blocks)
    _stations(draft, blocks)
    _works(draft, blocks)
    _queues(draft, blocks)
    _mark_quick(blocks)
    for k, row in enumerate(draft.products):
        start = row.step if row.step >= 0 else (row.store if row.store >= 0 else -1 - k)
        store = -1 if row.store < 0 else draft.steps[row.store].queue
        loops = (row.loop, row.hold)
        blocks.put(at.M_PRODUCT, (start, *loops, row.priority, row.lead_ns, store, row.size))
    for one in draft.orders:
        due = one.due_ns or (1 << 62)
        fields = (one.t_ns, one.product, one.pieces, due, one.priority, one.size)
        blocks.put(at.M_ORDER, fields)
    _sources(draft, blocks)
    blocks.ints[at.M_NEED] = blocks.needs
    blocks.ints[at.M_LIST] = blocks.lists
    return blocks


def _servers(draft: Draft, blocks: Blocks) -> None:
    """Write servers with their modes, wears and upkeeps; the first one is furthest downstream."""
    order = [k for k, row in enumerate(draft.stations) for _ in range(row.servers)]
    count = len(order)
    blocks.servers = order
    rows = []
    for forward, k in enumerate(order):
        row = draft.stations[k]
        modes = _modes(draft, blocks, row, count - 1 - forward)
        wears = _wears(draft, blocks, row, count - 1 - forward)
        upkeeps = _upkeeps(draft, blocks, row, count - 1 - forward)
        flags = row.flags
        flags |= at.WORN if row.station.wears else 0
        flags |= at.UPKEPT_FLAG if upkeeps[1] > upkeeps[0] else 0
        flags |= at.PREPARED if row.setup else 0
        flags |= at.BATCHED if row.batch > 1 or row.least > 1 else 0
        flags |= at.NEEDY if _is_needy(draft, k) else 0
        own = (k, row.queue, flags, row.calendar, 0, forward, *modes, *wears, *upkeeps)
        rows.append((*own, *(0,) * (at.MS_WIDTH - len(own))))
    for fields in reversed(rows):
        blocks.put(at.M_SERVER, fields)


def _mark_quick(blocks: Blocks) -> None:
    """Mark the servers about which nothing is special, nor about the queue they take from."""
    servers, queues = blocks.ints[at.M_SERVER], blocks.ints[at.M_QUEUE]
    for b in range(0, len(servers), at.MS_WIDTH):
        queue = servers[b + at.MS_QUEUE] * at.MQ_WIDTH
        plain = servers[b + at.MS_FLAGS] == 0 and queues[queue + at.MQ_FLAGS] == 0
        servers[b + at.MS_QUICK] = int(plain)


def _is_needy(draft: Draft, station: int) -> bool:
    return any(
        work.needs or work.attendant
        for step in draft.steps
        for work in step.works
        if work.station == station
    )


def _modes(draft: Draft, blocks: Blocks, row: StationRow, server: int) -> tuple[int, int]:
    first = len(blocks.modes)
    for name, mode in row.station.fails.items():
        blocks.modes.append((row.element, name))
        causes = _causes(row.station, mode)
        life, repair = numbers_of(mode.every, "exponential"), numbers_of(mode.repair, "exponential")
        needs = blocks.needed(of_crew(draft, mode.crew))
        fields = (server, _clock(mode, causes), causes, life[0], repair[0], *needs)
        blocks.put(at.M_MODE, (*fields, *blocks.listed(_effects(blocks, row, first, name))))
        blocks.put_floats(at.FM_MODE, (*life[1:], *repair[1:]))
    return first, len(blocks.modes)


def _effects(blocks: Blocks, row: StationRow, first: int, cause: str) -> Iterator[int]:
    """Yield what a mode brings on at its server: mode, how likely in 1e-9, its delay's row."""
    for j, mode in enumerate(row.station.fails.values(), first):
        for one in mode.causes:
            if one.mode == cause:
                delay = numbers_of(one.delay, "constant")
                yield from (j, round(one.probability_share * at.NS))
                yield blocks.timed(((delay, False),))


def _causes(station: Station, mode: FailureMode) -> int:
    names = {cause.mode for cause in mode.causes}
    return sum(1 << bit for bit, name in enumerate(station.wears) if name in names)


def _clock(mode: FailureMode, causes: int) -> int:
    if mode.every is not None:
        return at.CALENDAR_CLOCK if mode.clock == "calendar" else at.OPERATION
    return at.BY_WEAR if causes else at.BY_CHANGE


def _wears(draft: Draft, blocks: Blocks, row: StationRow, server: int) -> tuple[int, int]:
    first = len(blocks.wears)
    for name, raw in row.station.wears.items():
        wear = known_wear(draft, row, raw)
        blocks.wears.append((row.element, name))
        change = numbers_of(wear.change, "constant")
        blocks.put(at.M_WEAR, (server, change[0]))
        fields = (wear.life_s or 0.0, wear.speed_exponent, wear.slows_share)
        blocks.put_floats(at.FM_WEAR, (*fields, wear.scraps_share, wear.fails_factor, *change[1:]))
    return first, len(blocks.wears)


def known_wear(draft: Draft, row: StationRow, wear: Wear) -> Wear:
    """Return a wear with its life in seconds of work, and with what its tool says."""
    tool = draft.site.tools.get(wear.tool or "")
    life_s, parts, change = wear.life_s, wear.life_parts, wear.change
    if tool is not None:
        change = change or tool.change
        if life_s is None and parts is None:
            life_s, parts = tool.life_s, tool.life_parts
    if life_s is None and parts is not None:
        life_s = parts * piece_s(draft, row)
    return msgspec.structs.replace(wear, life_s=life_s, change=change)


def piece_s(draft: Draft, row: StationRow) -> float:
    """Return the mean time of a piece at a station, over what is done there here."""
    means = [
        work.mean_s
        for step in draft.steps
        for work in step.works
        if draft.stations[work.station] is row
    ]
    if means:
        return sum(means) / len(means)
    return next((one.expected_s for one in row.station.does.values()), 0.0)


def _upkeeps(draft: Draft, blocks: Blocks, row: StationRow, server: int) -> tuple[int, int]:
    first = len(blocks.upkeeps)
    modes, wears = [*row.station.fails], [*row.station.wears]
    kept: set[str] = set()
    for name, rule in row.station.maintenance.items():
        renewed = rule.renews or (*modes, *wears)
        kept.update(renewed)
        blocks.upkeeps.append((row.element, name))
        _upkeep(draft, blocks, rule, (server, 0, _bits(modes, renewed), _bits(wears, renewed)))
    caused = {cause.mode for mode in row.station.fails.values() for cause in mode.causes}
    for name, raw in row.station.wears.items():
        wear = known_wear(draft, row, raw)
        if name in caused or name in kept or wear.change is None or not wear.life_s:
            continue
        blocks.upkeeps.append((row.element, name))
        rule = Maintenance(renews=(name,), at_share=1.0, takes=wear.change)
        _upkeep(draft, blocks, rule, (server, 1, 0, _bits(wears, (name,))))
    return first, len(blocks.upkeeps)


def _bits(names: Sequence[str], wanted: Iterable[str]) -> int:
    return sum(1 << bit for bit, name in enumerate(names) if name in wanted)


def _upkeep(draft: Draft, blocks: Blocks, rule: Maintenance, to: tuple[int, int, int, int]) -> None:
    server, kind, modes, wears = to
    clock = at.CALENDAR_CLOCK if rule.clock == "calendar" else at.OPERATION
    takes = numbers_of(rule.takes, "constant")
    needs = blocks.needed(of_crew(draft, rule.crew))
    blocks.put(at.M_UPKEEP, (server, clock, modes, wears, takes[0], *needs, kind))
    fields = ((rule.every_s or 0.0) * at.NS, rule.at_share or 0.0, rule.opportunity_share or 0.0)
    blocks.put_floats(at.FM_UPKEEP, (*fields, *takes[1:]))


def _stations(draft: Draft, blocks: Blocks) -> None:
    """Write stations with their set-up matrices."""
    matrices: dict[str, tuple[int, int, int]] = {}
    for k, row in enumerate(draft.stations):
        where = matrices.get(row.setup)
        if row.setup and where is None:
            where = matrices[row.setup] = _matrix(draft, blocks, row.setup)
        crew = of_crew(draft, row.station.setup_crew) if row.setup else ()
        first = len(blocks.servers) - 1 - blocks.servers.index(k)
        fields = (first, row.servers, row.batch, row.least, row.station.priority)
        where = where or (-1, 0, 0)
        blocks.put(at.M_STATION, (*fields, *where, *blocks.needed(crew), row.element))


def _matrix(draft: Draft, blocks: Blocks, name: str) -> tuple[int, int, int]:
    """Write a set-up matrix; return where it stands, its keys, and where those of products do."""
    matrix = setup_matrix(draft.plant, name)
    table = draft.plant.setups[name]
    start = len(blocks.ints.get(at.M_SETUP, ()))
    for line in (*matrix.rows_ns, matrix.first_ns):
        blocks.put(at.M_SETUP, line)
    keys = len(blocks.ints.get(at.M_SETUP_KEY, ()))
    for product in draft.products:
        known = -1
        if product.name in draft.plant.products:
            key = setup_key(draft.plant, product.name, table.by)
            known = matrix.keys.index(key) if key in matrix.keys else -1
        blocks.put(at.M_SETUP_KEY, (known,))
    return start, len(matrix.keys), keys


def _works(draft: Draft, blocks: Blocks) -> None:
    """Write steps and what is done at each."""
    number = 0
    rest: dict[int, float] = {}
    for k, step in enumerate(draft.steps):
        first = number
        for work in step.works:
            _work(blocks, work)
            number += 1
        choices = blocks.listed(x for one in step.choices for x in (draft.steps[one].queue, one))
        takes = blocks.listed(x for pair in step.takes for x in pair)
        gives = blocks.listed(x for pair in step.gives for x in pair)
        wait = step.wait
        queue = -1 if step.choices else step.queue
        fields = (_short(draft, step), _plain(step, blocks), step.after, step.product)
        more = (first, number, queue, -1 if wait is None else wait[0], *choices)
        last = (step.rework, step.limit, *takes, *gives, k)
        times = (int(step.left), step.queue_limit_ns, int(_is_timed(draft, step.after)))
        whole = (*fields, *more, *last, *times)
        blocks.put(at.M_STEP, (*whole, *(0,) * (at.MP_WIDTH - len(whole))))
        mean_s = min((work.mean_s for work in step.works), default=0.0)
        rest_s = _rest_s(draft, k, rest)
        blocks.put_floats(at.FM_STEP, (*(wait or (0, 0.0, 0.0, 0.0))[1:], mean_s, rest_s))


def _is_plain(step: StepRow) -> bool:
    """Return whether a step is one work with one time, and no part of it is ever bad."""
    if len(step.works) != 1 or step.takes or step.gives or step.wait is not None:
        return False
    work = step.works[0]
    shares = (work.scrap, work.rework, work.defects, work.detects, work.false_alarms)
    return not any(shares) and work.pieces == 0 and len(work.times) == 1


def _short(draft: Draft, step: StepRow) -> int:
    """Return the queue of the next step, where only room decides about it, or what else holds."""
    if not _is_plain(step):
        return at.LONG
    if step.after < 0:
        return at.LEAVES_NOW
    after = draft.steps[step.after]
    queue = draft.queues[after.queue] if after.works else None
    plain = queue is not None and queue.flags == 0 and queue.rule == at.FIFO
    plain = plain and after.left == step.left and not _is_timed(draft, step.after)
    return after.queue if plain else at.LONG


def _is_timed(draft: Draft, number: int) -> bool:
    """Return whether a step must be known to begin in time, also after being moved there."""
    if number < 0:
        return False
    step = draft.steps[number]
    if step.choices:
        return any(_is_timed(draft, one) for one in step.choices)
    moves = any(draft.stations[work.station].flags & at.MOVER for work in step.works)
    return step.queue_limit_ns > 0 or (moves and _is_timed(draft, step.after))


def _plain(step: StepRow, blocks: Blocks) -> int:
    """Return the time of the only work of a step, where that is all there is to it; else -1."""
    if not _is_plain(step) or step.queue_limit_ns:
        return -1
    return blocks.timed(step.works[0].times)


def _rest_s(draft: Draft, k: int, known: dict[int, float]) -> float:
    """Return the mean work of a piece from a step to the end of its way."""
    way: list[int] = []
    while k >= 0 and k not in known and len(way) <= len(draft.steps):
        way.append(k)
        step = draft.steps[k]
        k = min(step.choices, default=step.after)
    rest_s = known.get(k, 0.0)
    for one in reversed(way):
        works = draft.steps[one].works
        rest_s += min((work.mean_s for work in works), default=0.0)
        known[one] = rest_s
    return rest_s


def _work(blocks: Blocks, work: WorkRow) -> None:
    first = blocks.timed(work.times)
    shares = (work.scrap, work.rework, work.defects, work.detects, work.false_alarms)
    attend = blocks.needed(work.attendant)
    fields = (work.station, first, first + len(work.times), work.attend_ns)
    needs = blocks.needed(work.needs)
    if needs[1] - needs[0] >= at.HOLDS:
        what = f"a cycle needs {needs[1] - needs[0]} kinds of people and things at once"
        raise LineInvalid("station", what, f"use at most {at.HOLDS - 1}")
    blocks.put(at.M_WORK, (*fields, *needs, *attend, work.pieces, int(any(shares))))
    blocks.put_floats(at.FM_WORK, (*shares, work.succeeds))


def _queues(draft: Draft, blocks: Blocks) -> None:
    """Write queues: flags say what keeps servers from simply taking the first part."""
    users: dict[int, set[int]] = {}
    delayed: set[int] = set()
    chosen: set[int] = set()
    for step in draft.steps:
        for queue, _ in step.takes:
            users.setdefault(queue, set()).update(
                server for work in step.works for server in _numbers(blocks, work.station)
            )
        if step.wait is not None and step.after >= 0:
            delayed.update(_into(draft, step.after))
        for one in step.choices:
            chosen.add(draft.steps[one].queue)
    picked = _picked(draft)
    leaf = len(blocks.servers)
    for k, row in enumerate(draft.queues):
        flags = row.flags
        flags |= at.DELAYED if k in delayed else 0
        flags |= at.CHOSEN if k in chosen else 0
        flags |= at.PICKED if k in picked or row.rule != at.FIFO else 0
        own = -1
        if flags & at.DELAYED:
            own, leaf = leaf, leaf + 1
            blocks.put(at.M_DELAYED, (k,))
        served = blocks.listed(sorted(users.get(k, ())))
        fields = (flags, row.source, row.element, own, row.travel[0], *served)
        blocks.put(at.M_QUEUE, (*fields, max(1, row.servers), row.loop))
        blocks.put_floats(at.FM_QUEUE, row.travel[1:])


def _numbers(blocks: Blocks, station: int) -> Iterable[int]:
    count = len(blocks.servers)
    return (count - 1 - n for n, k in enumerate(blocks.servers) if k == station)


def _into(draft: Draft, step: int) -> Iterable[int]:
    """Return the queues that a part may go to at a step."""
    row = draft.steps[step]
    if row.choices:
        return [queue for one in row.choices for queue in _into(draft, one)]
    return [row.queue]


def _picked(draft: Draft) -> set[int]:
    """Return the queues whose servers must choose: priorities, components, unlike stations."""
    found: set[int] = set()
    ranks: dict[int, set[int]] = {}
    urgent = [_priorities(draft, k) for k in range(len(draft.products))]
    for step in draft.steps:
        if step.choices or step.queue < 0:
            continue
        ranks.setdefault(step.queue, set()).update(urgent[step.product])
        able = {work.station for work in step.works}
        takers = {k for k, row in enumerate(draft.stations) if row.queue == step.queue}
        if step.takes or (able and able != takers):
            found.add(step.queue)
    return found | {queue for queue, each in ranks.items() if len(each) > 1}


def _priorities(draft: Draft, product: int) -> set[int]:
    """Return the priorities that parts of a product may have: of its orders, else its own."""
    found = {order.priority for order in draft.orders if order.product == product}
    if not found or any(product in row.products for row in draft.sources):
        found.add(draft.products[product].priority)
    return found


def _sources(draft: Draft, blocks: Blocks) -> None:
    for row in draft.sources:
        listed: list[int] = []
        for k in row.products:
            product = draft.products[k]
            step = product.step
            if row.kind == at.ENDLESS:
                step = next(
                    each for each in _starts(draft, step) if draft.steps[each].queue == row.queue
                )
            listed += (k, max(1, round(product.weight * 1000)), product.lot, step)
        fields = (row.kind, row.queue, *blocks.listed(listed), row.gap[0])
        blocks.put(at.M_SOURCE, (*fields, *row.orders, row.element))
        blocks.put_floats(at.FM_SOURCE, row.gap[1:])


def _starts(draft: Draft, step: int) -> list[int]:
    row = draft.steps[step]
    return [k for each in row.choices for k in _starts(draft, each)] if row.choices else [step]


def counts(draft: Draft, blocks: Blocks) -> Mapping[int, int]:
    """Return how many there are of everything, by place in the head."""
    delayed = sum(
        1
        for k in range(len(draft.queues))
        if blocks.ints[at.M_QUEUE][k * at.MQ_WIDTH + at.MQ_LEAF] >= 0
    )
    servers = len(blocks.servers)
    loads = sum(draft.stations[k].batch for k in blocks.servers)
    most = max((row.batch for row in draft.stations), default=1)
    most *= max((row.size for row in draft.products), default=1)
    given = most * sum(n for step in draft.steps for _, n in step.gives)
    given += max((row.lot // row.size for row in draft.products), default=0)
    return {
        at.SERVERS: servers,
        at.STATIONS: len(draft.stations),
        at.QUEUES: len(draft.queues),
        at.PRODUCTS: len(draft.products),
        at.POOLS: len(draft.pools),
        at.MODES: len(blocks.modes),
        at.WEARS: len(blocks.wears),
        at.UPKEEPS: len(blocks.upkeeps),
        at.SOURCES: len(draft.sources),
        at.CALENDARS: len(draft.calendars),
        at.LOOPS: len(draft.loops),
        at.ORDERS: len(draft.orders),
        at.LEAVES: size_for(servers + delayed + len(draft.sources)),
        at.MARGIN: min(loads, 1 << 16) + given + SPARE,
        at.DELAYS_AT: servers,
        at.SOURCES_AT: servers + delayed,
        at.ELEMENTS: sum(1 for row in draft.stations if row.element >= 0) + len(draft.buffers),
    }


__all__ = ["Blocks", "Numbers", "StepRow", "counts", "write"]
