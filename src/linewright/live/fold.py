"""The fold: frames of a site go in, records come out, and what is known stays.

Frames come in order per source and interleave between sources. A frame that was read before,
told by its epoch and number, changes nothing.
"""

from collections.abc import Container, Iterable, Iterator

import msgspec

from linewright.live.layout import InputTag, Layout, Meaning, layout_of
from linewright.live.memory import SourceMemory, StationMemory
from linewright.live.station import T_NS_MAX, Row, Rows, anew, arrived, follow, ripened
from linewright.plant import Address, Plant
from linewright.plant.records import Record, order_of
from linewright.plant.samples import Frame

__all__ = ["FoldInvalid", "LiveFold", "begin", "encode_fold", "resume", "ripen", "step"]
__all__ += ["rows_of"]

FORM = 2
"""Number of the form of a snapshot; another number is not read."""


class FoldInvalid(ValueError):
    """A snapshot that cannot be read; begin anew, the records come out with the same ids.

    Parameters
    ----------
    what
        What is wrong with it, one sentence without a full stop.

    Examples
    --------
    >>> str(FoldInvalid("it is of another site"))
    'snapshot of the live fold: it is of another site'
    """

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what

    def __str__(self) -> str:
        return f"snapshot of the live fold: {self.what}"


class LiveFold(msgspec.Struct, frozen=True, kw_only=True):
    """All that live knows of a site: made by `begin` or `resume`, moved on by `step`.

    Examples
    --------
    >>> from linewright.live import begin
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> line = plant.site("reno", timezone="UTC", currency="USD").area("shop").line("a", flow=["t"])
    >>> _ = line.station("t", does={"turn": "48 s"})
    >>> begin(plant.done(), "r1", "reno").stations[0].address
    Address('reno/shop/a/t')
    """

    layout: Layout
    """What is watched, compiled from the plant; not part of a snapshot."""
    sources: tuple[SourceMemory, ...] = ()
    """How far each source was read, by name."""
    stations: tuple[StationMemory, ...]
    """What is known of each station, in the order of the plant file."""


class _Kept(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The form of a snapshot."""

    form: int
    site: str
    plant_rev: str
    sources: tuple[SourceMemory, ...]
    stations: tuple[StationMemory, ...]


def begin(plant: Plant, plant_rev: str, site: str) -> LiveFold:
    """Fold that has heard nothing yet.

    Parameters
    ----------
    plant
        The plant as applied.
    plant_rev
        Its revision; every record carries it.
    site
        Name of one of its sites.

    Returns
    -------
    LiveFold
        With every station of the site unknown.

    Notes
    -----
    Linear in the tags of the site.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> line = plant.site("reno", timezone="UTC", currency="USD").area("shop").line("a", flow=["t"])
    >>> _ = line.station("t", does={"turn": "48 s"})
    >>> begin(plant.done(), "r1", "reno").sources
    ()
    """
    layout = layout_of(plant, plant_rev, site)
    return LiveFold(
        layout=layout,
        stations=tuple(StationMemory(address=each.address) for each in layout.stations),
    )


def step(fold: LiveFold, frame: Frame, seen_ns: int) -> tuple[LiveFold, tuple[Record, ...]]:
    """Fold one frame.

    Parameters
    ----------
    fold
        What is known.
    frame
        Next frame of any source of the site; without rows it is a heartbeat.
    seen_ns
        When it arrived (stored on the bus); it shows in `StationNow.seen_ns` alone.

    Returns
    -------
    LiveFold
        What is known then.
    tuple of Record
        `State` and `Parts`, in the order of `order_of`; those that late samples correct are
        revisions of what was told. They depend on the frames of their own station alone and carry
        the same ids in every replay.

    Notes
    -----
    Linear in the rows, about 3 microseconds for one that means something, and in the stations
    once per frame. Never raises for what a machine sends.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> from linewright.plant.samples import Columns, FrameHeader, frame
    >>> plant = PlantBuilder("acme")
    >>> line = plant.site("reno", timezone="UTC", currency="USD").area("shop").line("a", flow=["t"])
    >>> state = {"node": "ns=2;s=S", "role": "state", "map": {1: "running", 3: "down"}}
    >>> _ = line.station("t", does={"turn": "48 s"}, connect={"opcua": "opc.tcp://t"},
    ...     tags={"state": state})
    >>> one = Columns(tag=["reno/shop/a/t#state"], t_ns=[7], seen_ns=[8], value=[3.0], quality=[0])
    >>> made = frame(FrameHeader(site="reno", source="t", epoch=0, n=0), one)
    >>> fold, records = step(begin(plant.done(), "r1", "reno"), made, 9)
    >>> [record.state.value for record in records]
    ['down']
    """
    header = frame.header
    before = next((each for each in fold.sources if each.source == header.source), None)
    if before is not None and (header.epoch, header.n) <= (before.epoch, before.n):
        return fold, ()
    layout, stations = fold.layout, list(fold.stations)
    records: list[Record] = []
    spoken = set(before.stations if before is not None else ())
    numbers = {layout.numbers[each] for each in spoken if each in layout.numbers}
    found: dict[int, Rows] = {}
    for tag, row in _rows(layout, frame):
        found.setdefault(tag.station, Rows()).put(tag, row)
    for number, (first_ns, newest_ns) in _spans(layout, frame).items():
        memory = arrived(stations[number], first_ns, newest_ns, layout.calendar)
        rows, plan = found.get(number), layout.stations[number]
        if rows is not None or plan.derived is not None:
            memory, made = follow(memory, layout, plan, rows or Rows(), newest_ns)
            records += made
        if rows is not None:
            spoken.add(memory.address)
        stations[number] = memory
        numbers.add(number)
    for number in numbers:
        heard_ns = max(seen_ns, stations[number].seen_ns)
        stations[number] = msgspec.structs.replace(stations[number], seen_ns=heard_ns)
    now = SourceMemory(
        source=header.source, epoch=header.epoch, n=header.n, stations=tuple(sorted(spoken))
    )
    after = msgspec.structs.replace(
        fold, sources=_with(fold.sources, now), stations=tuple(stations)
    )
    return after, tuple(sorted(records, key=order_of))


def ripen(fold: LiveFold, settled_ns: int) -> tuple[LiveFold, tuple[Record, ...]]:
    """Fold the time: what was derived and has held for its `debounce` counts from where it began.

    Parameters
    ----------
    fold
        What is known.
    settled_ns
        Event time; no sample of an earlier one is under way.

    Returns
    -------
    LiveFold
        What is known then; the same where nothing has become known.
    tuple of Record
        `State`, the same that a later sample of the station would bring out.

    Notes
    -----
    Linear in the stations with derived states. What a late sample shows to be wrong is taken back.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> _ = plant.site("reno", timezone="UTC", currency="USD")
    >>> ripen(begin(plant.done(), "r1", "reno"), 10**18)[1]
    ()
    """
    stations, records = list(fold.stations), list[Record]()
    for number, plan in enumerate(fold.layout.stations):
        if plan.derived is not None:
            stations[number], made = ripened(stations[number], fold.layout, plan, settled_ns)
            records += made
    if not records:
        return fold, ()
    after = msgspec.structs.replace(fold, stations=tuple(stations))
    return after, tuple(sorted(records, key=order_of))


def encode_fold(fold: LiveFold) -> bytes:
    """Snapshot of a fold as JSON, without the plant: some 500 bytes a station, 50 a sample held.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> line = plant.site("reno", timezone="UTC", currency="USD").area("shop").line("a", flow=["t"])
    >>> _ = line.station("t", does={"turn": "48 s"})
    >>> fold = begin(plant.done(), "r1", "reno")
    >>> resume(encode_fold(fold), plant.done(), "r1", "reno") == fold
    True
    """
    kept = _Kept(
        form=FORM,
        site=fold.layout.site,
        plant_rev=fold.layout.plant_rev,
        sources=fold.sources,
        stations=fold.stations,
    )
    return msgspec.json.encode(kept, enc_hook=_text, order="sorted")


def resume(data: bytes, plant: Plant, plant_rev: str, site: str) -> LiveFold:
    """Fold of a snapshot, to go on with, also under a newer revision of the plant.

    Stations that the plant no longer has are forgotten, new ones begin unknown. Under another
    revision of the plant the samples that were held are forgotten: what they told stands.

    Parameters
    ----------
    data
        What `encode_fold` gave.
    plant, plant_rev, site
        As for `begin`.

    Raises
    ------
    FoldInvalid
        The snapshot is damaged, of another form or of another site.

    Examples
    --------
    >>> from linewright.plant import PlantBuilder
    >>> plant = PlantBuilder("acme")
    >>> _ = plant.site("reno", timezone="UTC", currency="USD")
    >>> try:
    ...     resume(b"{}", plant.done(), "r1", "reno")
    ... except FoldInvalid as error:
    ...     error.what
    'Object missing required field `form`'
    """
    try:
        kept = msgspec.json.decode(data, type=_Kept, dec_hook=_address)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise FoldInvalid(str(error)) from error
    if (kept.form, kept.site) != (FORM, site):
        raise FoldInvalid(f"it is of site {kept.site!r} in form {kept.form}")
    fold = begin(plant, plant_rev, site)
    is_same = kept.plant_rev == plant_rev
    known = {each.address: each if is_same else anew(each) for each in kept.stations}
    return msgspec.structs.replace(
        fold,
        sources=kept.sources,
        stations=tuple(known.get(each.address, each) for each in fold.stations),
    )


def _text(value: object) -> str:
    """Write an address into a snapshot."""
    assert isinstance(value, Address), f"no snapshot holds a {type(value).__name__}"
    return str(value)


def _address(wanted: type, value: object) -> object:
    """Read an address of a snapshot."""
    assert wanted is Address, f"no snapshot holds a {wanted.__name__}"
    return Address(str(value))


def _with(sources: Iterable[SourceMemory], changed: SourceMemory) -> tuple[SourceMemory, ...]:
    """Sources by name, with one of them put in or replaced."""
    others = [each for each in sources if each.source != changed.source]
    return tuple(sorted([*others, changed], key=lambda each: each.source))


def _rows(layout: Layout, frame: Frame) -> Iterator[tuple[Meaning | InputTag, Row]]:
    """Rows that mean something, each with what its tag means, in the order of the frame."""
    for name, row in rows_of(frame, layout.tags, layout.inputs):
        for meanings in (layout.tags, layout.inputs):
            meaning = meanings.get(name)
            if meaning is not None:
                yield meaning, row


def rows_of(frame: Frame, *wanted: Container[str]) -> Iterator[tuple[str, Row]]:
    """Rows of tags that one of these has, each with the address of its tag, in order."""
    batch = frame.batch
    tags = batch.column("tag")
    all_names = tags.dictionary.to_pylist()
    meant = [any(name in each for each in wanted) for name in all_names]
    if not any(meant):
        return
    names = ("t_ns", "seen_ns", "value", "int", "text", "quality")
    columns = [batch.column(name).to_pylist() for name in names]
    for index, t_ns, seen_ns, value, integer, text, quality in zip(
        tags.indices.to_pylist(), *columns, strict=True
    ):
        if meant[index] and t_ns <= T_NS_MAX:
            yield (
                all_names[index],
                Row(
                    t_ns=t_ns,
                    seen_ns=seen_ns,
                    value=value,
                    integer=integer,
                    text=text,
                    quality=quality,
                ),
            )


def _spans(layout: Layout, frame: Frame) -> dict[int, tuple[int, int]]:
    """First and last event time of each station that the frame speaks of, by its number."""
    batch = frame.batch
    tags = batch.column("tag")
    owners = [name.partition("#")[0] for name in tags.dictionary.to_pylist()]
    numbers = [layout.numbers.get(owner) for owner in owners]
    if frame.rows and len(set(numbers)) == 1 and numbers[0] is not None:
        times = batch.column("t_ns").to_numpy()
        first_ns, last_ns = int(times.min()), int(times.max())
        if last_ns <= T_NS_MAX:  # one station, as of most sources: no row need be looked at
            return {numbers[0]: (first_ns, last_ns)}
    spans: dict[int, tuple[int, int]] = {}
    pairs = zip(tags.indices.to_pylist(), batch.column("t_ns").to_pylist(), strict=True)
    for index, t_ns in pairs:
        number = numbers[index]
        if number is not None and t_ns <= T_NS_MAX:
            first_ns, last_ns = spans.get(number, (t_ns, t_ns))
            spans[number] = (min(first_ns, t_ns), max(last_ns, t_ns))
    return spans
