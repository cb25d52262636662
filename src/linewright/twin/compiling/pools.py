"""People, vehicles, fixtures and tools: who may wait for whom."""

from collections.abc import Iterator

from linewright.plant import Address
from linewright.plant.model import Cycle, Operation, Station
from linewright.twin.compiling.rows import Draft, Need, Pool
from linewright.twin.kernel import layout as at


def covers(serves: tuple[str, ...], address: Address) -> bool:
    """Return whether a place is among those served; none named: all are."""
    return not serves or any(address == one or address.startswith(f"{one}/") for one in serves)


def pool_of(draft: Draft, pool: Pool) -> int:
    """Return the number of a pool, new or known."""
    for k, known in enumerate(draft.pools):
        if (known.kind, known.name) == (pool.kind, pool.name):
            return k
    draft.pools.append(pool)
    return len(draft.pools) - 1


def crew(draft: Draft, name: str) -> int:
    """Return the number of the pool that a crew is."""
    one = draft.site.crews[name]
    by_shift = tuple(sorted(one.by_shift.items()))
    return pool_of(
        draft,
        Pool(name=name, kind="crew", count=one.people, shifts=one.shifts, by_shift=by_shift),
    )


def people(draft: Draft, address: Address, skill: str | None, amount: float) -> Iterator[Need]:
    """Yield the need of so many people of a skill at a station, where a crew has it."""
    if amount <= 0.0:
        return
    found = tuple(
        crew(draft, name)
        for name, one in draft.site.crews.items()
        if (skill is None or skill in one.skills) and covers(one.serves, address)
    )
    if found:
        yield Need(amount=round(amount * at.MILLI), pools=found)
    else:
        what = f"skill {skill}" if skill else "people"
        draft.note(f"{address}: no crew of the site offers {what}; it never waits for them")


def of_crew(draft: Draft, name: str | None) -> tuple[Need, ...]:
    """Return the need of one person of a crew; none named: nobody is waited for."""
    if name is None or name not in draft.site.crews:
        return ()
    return (Need(amount=at.MILLI, pools=(crew(draft, name),)),)


def running(
    draft: Draft,
    address: Address,
    station: Station,
    work: tuple[Operation | None, Cycle],
    *,
    manned: bool,
) -> tuple[Need, ...]:
    """Return what a cycle needs from its beginning to its end; `manned`: people among it."""
    operation, cycle = work
    wanted: dict[str | None, float] = {}
    wanted.update(station.operators)
    if operation is not None and operation.people > 0.0:
        wanted[operation.skill] = max(wanted.get(operation.skill, 0.0), operation.people)
    needs = [
        need
        for skill, amount in wanted.items()
        if manned
        for need in people(draft, address, skill, amount)
    ]
    fixtures = cycle.fixtures or (
        (operation.fixture,) if operation is not None and operation.fixture else ()
    )
    found = tuple(
        pool_of(draft, Pool(name=name, kind="fixture", count=draft.site.fixtures[name].count))
        for name in fixtures
        if name in draft.site.fixtures
    )
    if found:
        needs.append(Need(amount=at.MILLI, pools=found))
    named = dict.fromkeys((*cycle.tools, *(operation.tools if operation is not None else ())))
    for name in named:
        if name in draft.site.tools:
            tool = Pool(name=name, kind="tool", count=draft.site.tools[name].count)
            needs.append(Need(amount=at.MILLI, pools=(pool_of(draft, tool),)))
    return tuple(needs)


def attending(
    draft: Draft, address: Address, station: Station, operation: Operation | None
) -> tuple[Need, ...]:
    """Return who attends the beginning of a cycle: one person."""
    skill = operation.skill if operation is not None else None
    skills: list[str | None] = [skill] if skill else [*station.operators] or [None]
    for each in skills:
        found = tuple(people(draft, address, each, 1.0))
        if found:
            return found
    return ()
