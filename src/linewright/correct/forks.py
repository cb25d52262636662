"""The twin as the rehearsal wants it: one line, forked from its state, played per candidate."""

from collections.abc import Callable, Sequence

from linewright.correct.candidates import candidates, gap_after
from linewright.correct.diagnose import Diagnosis
from linewright.correct.rehearse import (
    REPLICATIONS,
    Draw,
    Forks,
    Prices,
    Rehearsal,
    Result,
    Scene,
    draws,
    horizon_ns,
    rehearse,
    seed_of,
)
from linewright.correct.watch.stations import NS_PER_S, StationView
from linewright.plant import Address, Plant
from linewright.plant.calendar import CalendarInvalid
from linewright.plant.records import Candidate, Case, LineState
from linewright.twin import (
    Model,
    State,
    TwinFault,
    advance,
    begin,
    compile_line,
    from_line,
    outcome,
    with_changes,
)

__all__ = ["LINE_AGE_S", "NotRehearsed", "rehearse_case", "twin_forks", "warm_up"]

LINE_AGE_S = 60
"""How much older than the case the state of the line may be that a rehearsal begins with."""

WARM_S = 60
"""How long the twin is played to have it compiled."""


class NotRehearsed(Exception):
    """The twin cannot play this case: the reason, one sentence without a full stop."""


def rehearse_case(
    plant: Plant,
    at: tuple[StationView, float],
    case: Case,
    diagnosis: Diagnosis,
    line: LineState | None,
) -> Rehearsal:
    """Rehearse what could be done about a diagnosed case.

    Parameters
    ----------
    plant
        Plant in force.
    at
        The station and its speed now, in percent.
    case
        The case; its id is the seed.
    diagnosis
        What was found.
    line
        State of its line, with which the forks begin; None: it is not known.

    Raises
    ------
    NotRehearsed
        The cause is not in the plant file, there is no gap to wait for, or the twin does not
        simulate the line.

    Notes
    -----
    Cost: candidates times `REPLICATIONS` runs of the twin up to an hour after the gap.
    """
    if line is None:
        raise NotRehearsed("the state of the line is not known")
    view, speed = at
    cause = view.cause(diagnosis.best)
    if cause is None:
        raise NotRehearsed("the plant file lists no cause that explains it")
    now_ns = max(line.as_of_ns, case.t_ns)
    try:
        gap = gap_after(plant, view.address, now_ns)
        if gap is None:
            raise NotRehearsed("the calendar has no gap to wait for")
        given = candidates(plant, view, cause.name, gap, now_ns)
        model = compile_line(plant, line.address, product=_product(line, view.address))
        forks = twin_forks(model, line, cause=(view.address, cause.name), until_ns=horizon_ns(gap))
        scene = Scene(
            view=view,
            cause=cause,
            as_of_ns=now_ns,
            speed=speed,
            prices=_prices(plant, _product(line, view.address)),
        )
        drawn = draws(diagnosis, REPLICATIONS, seed=seed_of(case.case_id))
        return rehearse(scene, given, drawn, forks(seed_of(case.case_id)))
    except (TwinFault, CalendarInvalid) as error:
        raise NotRehearsed(str(error)) from error


def twin_forks(
    model: Model, line: LineState, *, cause: tuple[Address, str], until_ns: int
) -> Callable[[int], Forks]:
    """Make the forks of a line's state, by their seed.

    Parameters
    ----------
    model, line
        The line, and its state, with which every fork begins.
    cause
        Station and wear whose severity is drawn; of a mode nothing is drawn.
    until_ns
        Until when they run.
    """
    place, name = cause
    is_wear = any(model.stations[at] == place and name == wear for at, wear in model.wears)

    def seeded(seed: int) -> Forks:
        def forks(given: Sequence[Candidate], drawn: Sequence[Draw]) -> list[list[Result]]:
            rows: list[list[Result]] = [[] for _ in given]
            for replication, draw in enumerate(drawn):
                start = from_line(
                    model,
                    line,
                    seed=seed,
                    replication=replication,
                    used={cause: draw.used} if is_wear else None,
                    faster={cause: draw.faster} if is_wear else None,
                )
                for row, candidate in zip(rows, given, strict=True):
                    changed = with_changes(model, start, candidate.changes)
                    row.append(_result(model, advance(model, changed, until_ns), place))
            return rows

        return forks

    return seeded


def warm_up(plant: Plant, line: Address) -> None:
    """Have the twin compiled before it is needed; a line that it does not simulate is left."""
    try:
        model = compile_line(plant, line)
        advance(model, begin(model, at_ns=0, seed=1), WARM_S * NS_PER_S)
    except TwinFault:
        return


def _result(model: Model, state: State, place: Address) -> Result:
    came = outcome(model, state)
    failures = came.at(place).failures
    return Result(good=came.good, scrap=came.scrap, stops=sum(failures.values()))


def _product(line: LineState, place: Address) -> str | None:
    return next((each.product for each in line.stations if each.address == place), None)


def _prices(plant: Plant, product: str | None) -> Prices | None:
    """Prices of a product that is known to be made; None: they are not known."""
    made = plant.products.get(product) if product is not None else None
    if made is None or made.price is None:
        return None
    lost = made.scrap_cost
    same = lost is not None and lost.currency == made.price.currency
    return Prices(
        good=float(made.price.amount),
        scrap=float(lost.amount) if lost is not None and same else 0.0,
        currency=made.price.currency,
    )
