"""Choosing on a plant: what of it may vary, and runs of it as observations."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

import msgspec

from linewright.plant import Address, Plant
from linewright.plant.language import nearest
from linewright.plant.model import Line, WorkCentre
from linewright.plant.records import Change
from linewright.twin.changes import with_changes
from linewright.twin.choosing.moves import Lattice
from linewright.twin.choosing.observing import Mapped, Observe
from linewright.twin.choosing.phrases import limit, values, weights
from linewright.twin.choosing.variables import Design, Limit, Space, SpaceInvalid, Value, Variable
from linewright.twin.engine import advance
from linewright.twin.experiment.measures import MEASURES, figures
from linewright.twin.experiment.replicating import Chunk, replicate
from linewright.twin.experiment.results import NS_PER_H, Scenario, Setting, key_of
from linewright.twin.experiment.running import model_of
from linewright.twin.experiment.settings import named, places_of, with_settings
from linewright.twin.experiment.study import Runs, checked
from linewright.twin.model import Model
from linewright.twin.outcome import outcome
from linewright.twin.state import begin

TINY = 1e-9
"""Sums of decimals that differ by less are equal."""
SPEED = 100.0
"""Speed of a station today, %."""
LEVELLED = ("wip",)
"""Figures of which a part is counted while a run goes on."""
MODELS_KEPT = 256
"""Models of designs that are kept; one of a line takes some 10 kB."""
JOB_MAX = 8
"""Replications of one design in one call: enough to be worth sending, few enough to share out."""


Items = tuple[tuple[str, Value], ...]
"""A design that can be kept."""


class Vary(msgspec.Struct, frozen=True, kw_only=True):
    """A variable, and what of the plant it is.

    Parameters
    ----------
    variable
        Its name and values.
    path
        Key of the plant that takes the value; of a speed the address of the station.
    unit
        What follows each value in the plant file.
    today
        Its value in the plant; None: not known.
    is_speed
        Whether it is the speed of a station while it runs, %.
    """

    variable: Variable
    path: str
    unit: str = ""
    today: Value | None = None
    is_speed: bool = False


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What may vary in a plant, what it keeps to, and what counts.

    Parameters
    ----------
    plant, at
        What is run.
    varied
        What may vary.
    limits
        What every design keeps to.
    figure
        Weight of each figure of a run, or variable, in what is observed.
    """

    plant: Plant
    at: Address
    varied: tuple[Vary, ...]
    limits: tuple[Limit, ...]
    figure: Mapping[str, float]

    @property
    def space(self) -> Space:
        """Return the designs to choose from."""
        return Space(tuple(one.variable for one in self.varied), self.limits)

    @property
    def today(self) -> dict[str, Value] | None:
        """Return the plant as it stands as a design; None when it is none of them."""
        design: dict[str, Value] = {}
        for one in self.varied:
            if one.today is None:
                return None
            try:
                one.variable.index(one.today)
            except SpaceInvalid:
                return None
            design[one.variable.name] = one.today
        return design if all(_holds(each, design) for each in self.limits) else None

    @property
    def any_design(self) -> dict[str, Value]:
        """Return the plant as it stands, or else some design."""
        space = self.space
        return self.today or space.design(Lattice(space).any_point())

    def scenario(self, design: Design) -> Scenario:
        """Return a design as settings of the plant and changes while it runs."""
        settings, changes = [], []
        for one in self.varied:
            value = design[one.variable.name]
            if one.is_speed:
                address = Address(one.path)
                speed = Change(address=address, parameter="speed", value=float(value), at_ns=0)
                changes.append(speed)
            else:
                text = value if isinstance(value, str) else f"{value:.12g}{one.unit}"
                settings.append(Setting(one.path, text))
        said = ", ".join(f"{name} {value}" for name, value in design.items())
        return Scenario(name=said, settings=tuple(settings), changes=tuple(changes))


def ask(
    plant: Plant,
    at: Address | str,
    vary: Sequence[str],
    *,
    sums: Sequence[str] = (),
    figure: str = "throughput",
) -> Question:
    """Return a question about a plant from what people write.

    Parameters
    ----------
    plant
        A checked plant.
    at
        What is run, a line for example; the end of its address is enough where it is the only one.
    vary
        `WHAT=VALUES`. What: `buffers` (all of the line) or `buffer a-b`, `places STATION`,
        `speed STATION` (%), `people CREW`, `wip`, `dispatch`, or the path of a key as scenarios
        have it. Values: `1..20`, `80..120 % by 5`, `fifo|edd`.
    sums
        `a-b + b-c = 20`, also `<=` and `>=`; `buffers` stands for all of them.
    figure
        A sum of figures of a run and of variables: `throughput`, `4.5 throughput - 12 people`.

    Raises
    ------
    SpaceInvalid, SettingInvalid
        When something written is not understood, or not in the plant.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> line = shop.line("pump", flow=["turn", 4, "test"])
    >>> _ = line.station("turn", does={"turn": "48 s"})
    >>> _ = line.station("test", does={"test": "48 s"})
    >>> question = ask(plant.done(), "reno/shop/pump", ["buffers=0..9"])
    >>> question.today
    {'turn-test': 4}
    """
    place = named(plant, str(at), "optimise")
    varied: list[Vary] = []
    groups: dict[str, list[str]] = {}
    for text in vary:
        what, _, written = text.partition("=")
        found = list(_varied(plant, place, what.strip(), written))
        varied += found
        groups.setdefault(what.split()[0] if what.split() else what, []).extend(
            one.variable.name for one in found
        )
    names = [one.variable.name for one in varied]
    return Question(
        plant=plant,
        at=place,
        varied=tuple(varied),
        limits=tuple(limit(text, names, groups) for text in sums),
        figure=weights(figure, [*names, *_figures(plant, place)], groups),
    )


def _figures(plant: Plant, at: Address) -> list[str]:
    """Return what a run can be judged by: figures of all, and of each station and buffer."""
    inside = [place for place in places_of(plant) if str(place).startswith(f"{at}/")]
    return [*MEASURES, *(key_of(name, place) for name in MEASURES for place in inside)]


def _varied(plant: Plant, at: Address, what: str, written: str) -> Iterator[Vary]:
    """Yield what one text varies."""
    kind, _, name = what.partition(" ")
    name = name.strip()
    if not what or not written:
        do = "write for example `buffer a-b=1..20`"
        raise SpaceInvalid(what or "vary", "says not what or between which values", do)
    if kind in {"buffers", "buffer"}:
        yield from _buffers(plant, at, name, written)
    elif kind in {"places", "speed"} and name:
        yield _station(plant, at, kind, name, written)
    elif kind in {"people", "crew"} and name:
        yield _crew(plant, at, name, written)
    elif kind in {"wip", "dispatch"}:
        yield _group(plant, at, kind, name, written)
    elif "." in what:
        variable, unit = values(what, written)
        yield Vary(variable=variable, path=what, unit=unit)
    else:
        do = "write buffers, buffer A-B, places S, speed S, people CREW, wip, dispatch or a path"
        raise SpaceInvalid(what, "is nothing that can vary", do)


def _buffers(plant: Plant, at: Address, name: str, written: str) -> Iterator[Vary]:
    line = dict(plant.groups()).get(at)
    if not isinstance(line, Line):
        raise SpaceInvalid(str(at), "has no flow with buffers", "give the address of a line")
    known = [f"{up}-{down}" for up, down in zip(line.flow, line.flow[1:], strict=False)]
    for one in [name] if name else known:
        _check(one, known)
        buffer = line.buffers.get(one)
        places = 0 if buffer is None else None if buffer.unbounded else buffer.places or 0
        variable, _ = values(one, written)
        yield Vary(variable=variable, path=f"{at}/{one}.places", today=places)


def _station(plant: Plant, at: Address, kind: str, name: str, written: str) -> Vary:
    stations = {str(address): station for address, station in plant.stations()}
    inside = {key.removeprefix(f"{at}/"): key for key in stations if key.startswith(f"{at}/")}
    _check(name, list(inside))
    address = inside[name]
    if kind == "speed":
        variable, _ = values(f"speed {name}", written)
        return Vary(variable=variable, path=address, today=SPEED, is_speed=True)
    variable, _ = values(f"places {name}", written)
    return Vary(variable=variable, path=f"{address}.places", today=stations[address].places)


def _crew(plant: Plant, at: Address, name: str, written: str) -> Vary:
    crews = plant.sites[at.site].crews
    _check(name, list(crews))
    variable, _ = values(name, written)
    path = f"{at.site}.crews.{name}.people"
    return Vary(variable=variable, path=path, today=crews[name].people)


def _group(plant: Plant, at: Address, kind: str, name: str, written: str) -> Vary:
    groups = {str(address): group for address, group in plant.groups()}
    address = f"{at}/{name}" if name else str(at)
    group = groups.get(address)
    has = Line if kind == "wip" else WorkCentre
    if not isinstance(group, has):
        fit = [key for key, one in groups.items() if isinstance(one, has)]
        raise SpaceInvalid(address, f"has no {kind}", f"these have: {', '.join(fit) or 'none'}")
    variable, _ = values(f"{kind} {name}".strip(), written)
    today = group.wip if isinstance(group, Line) else group.dispatch
    return Vary(variable=variable, path=f"{address}.{kind}", today=today)


def _check(name: str, known: Sequence[str]) -> None:
    if name not in known:
        near = nearest(name, known)
        do = f"did you mean `{near}`?" if near else f"there are: {', '.join(known) or 'none'}"
        raise SpaceInvalid(name, "is not there", do)


def _holds(one: Limit, design: Mapping[str, Value]) -> bool:
    found = sum(weight * float(design[name]) for name, weight in one.weights.items())
    return abs(found - one.total) < TINY if one.is_equal else found <= one.total + TINY


class Job(msgspec.Struct, frozen=True):
    """Some replications of one design: all that a worker needs.

    Parameters
    ----------
    chunk
        What is run.
    figure
        Weight of each figure.
    plus
        What the variables add.
    """

    chunk: Chunk
    figure: Mapping[str, float]
    plus: float


def observer(question: Question, runs: Runs, mapped: Mapped = map) -> Observe[Design]:
    """Return what observes designs of a plant by running them.

    Parameters
    ----------
    question
        The plant, what varies and what counts.
    runs
        Hours of a replication with the warm-up in hours that is left out, seed, beginning.
    mapped
        How the runs are made: the built-in `map`, or an ordered one of many workers.

    Raises
    ------
    SpaceInvalid
        When the warm-up is not told in hours, or leaves nothing.
    RunsInvalid
        When it cannot be run so: no time, a seed out of range.

    Notes
    -----
    Replication `k` of every design draws from the same streams. Cost: a run each, and some 10 ms
    for the model of each new design.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> shop = plant.site("reno", timezone="UTC", currency="USD").area("shop")
    >>> _ = shop.line("pump", flow=["turn"]).station("turn", does={"turn": "48 s"})
    >>> question = ask(plant.done(), "reno/shop/pump", ["speed turn=80..120 % by 20"])
    >>> observe = observer(question, Runs(hours=2.0, warm_up=1.0, jit=False))
    >>> [round(value, 1) for value in observe([({"speed turn": v}, 0) for v in (80, 100)])]
    [60.0, 75.0]
    """
    warm = runs.warm_up or 0.0
    if isinstance(warm, str) or not 0.0 <= warm < runs.hours:
        what = f"a warm-up of {warm} of {runs.hours:g} h"
        raise SpaceInvalid("runs", what, "give a number of hours shorter than the run")
    checked(runs)

    @lru_cache(maxsize=MODELS_KEPT)
    def made(items: Items) -> tuple[Model, tuple[Change, ...]]:
        scenario = question.scenario(dict(items))
        begun = (msgspec.structs.replace(one, at_ns=runs.at_ns) for one in scenario.changes)
        plant = with_settings(question.plant, scenario)
        model = model_of(plant, question.at, product=runs.product, plant_rev=runs.plant_rev)
        return model, tuple(begun)

    def chunk(items: Items, replications: tuple[int, ...]) -> Chunk:
        model, changes = made(items)
        return Chunk(
            model=model,
            changes=changes,
            seed=runs.seed,
            at_ns=runs.at_ns,
            warm_ns=runs.at_ns + round(warm * NS_PER_H),
            until_ns=runs.until_ns,
            replications=replications,
            jit=runs.jit,
            may_stand=True,  # a design that locks itself makes nothing, and so loses
        )

    def observe(jobs: Sequence[tuple[Design, int]]) -> list[float]:
        wanted: dict[Items, list[int]] = {}
        for design, replication in jobs:
            wanted.setdefault(tuple(design.items()), []).append(replication)
        work = [
            (items, tuple(many[k : k + JOB_MAX]))
            for items, many in wanted.items()
            for k in range(0, len(many), JOB_MAX)
        ]
        found: dict[tuple[Items, int], float] = {}
        sent = (_job(question, dict(items), chunk(items, many)) for items, many in work)
        for (items, many), rows in zip(work, mapped(ran, sent), strict=True):
            found.update({(items, k): value for k, value in zip(many, rows, strict=True)})
        return [found[tuple(design.items()), replication] for design, replication in jobs]

    return observe


def _job(question: Question, design: Design, chunk: Chunk) -> Job:
    own = {one.variable.name for one in question.varied}
    plus = sum(w * float(design[name]) for name, w in question.figure.items() if name in own)
    return Job(chunk, {name: w for name, w in question.figure.items() if name not in own}, plus)


def ran(job: Job) -> list[float]:
    """Return the figure of each replication of a job.

    Parameters
    ----------
    job
        What to run.

    Raises
    ------
    SpaceInvalid
        When the runs have no such figure.
    """
    if any(name.split()[0] in LEVELLED for name in job.figure):
        rows = replicate(job.chunk)
        seen = [dict(zip(rows.keys, row, strict=True)) for row in rows.values]
    else:
        seen = [_seen(job.chunk, replication) for replication in job.chunk.replications]
    for name in job.figure:
        if name not in seen[0]:
            near = nearest(name, seen[0])
            do = f"did you mean `{near}`?" if near else "see `linewright simulate --json`"
            raise SpaceInvalid(name, "is no figure of this run", do)
    return [job.plus + sum(w * found[name] for name, w in job.figure.items()) for found in seen]


def _seen(chunk: Chunk, replication: int) -> dict[str, float]:
    """Return the figures of a replication but for those that are counted on the way."""
    model = chunk.model
    state = begin(model, at_ns=chunk.at_ns, seed=chunk.seed, replication=replication)
    state = with_changes(model, state, chunk.changes) if chunk.changes else state
    state = advance(model, state, chunk.warm_ns, jit=chunk.jit)
    before = outcome(model, state)
    return figures(before, outcome(model, advance(model, state, chunk.until_ns, jit=chunk.jit)), [])
