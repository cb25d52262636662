"""Laws of linewright.live.fold."""

from hypothesis import given
from hypothesis import strategies as st

from linewright.live import encode_fold, line_states, resume
from linewright.plant.records import Parts, Quality, encode
from linewright.plant.samples import Frame
from tests.live.floor import SITE, Sample, batch, bracket, fresh, parts, play, standing, totals

STATIONS = ("saw", "mill", "wash", "inspect")
VALUES = st.integers(-2, 200) | st.floats(allow_nan=True) | st.text(max_size=4) | st.none()
QUALITIES = st.sampled_from(
    [0, 0, 0, Quality.INITIAL, Quality.BAD | Quality.NOT_CONNECTED, Quality.UNCERTAIN]
)


@st.composite
def feeds(draw: st.DrawFn) -> dict[str, list[Frame]]:
    """Frames of each station's source: any values at any times, heartbeats between."""
    made = {}
    for station in STATIONS:
        tags = [f"{station}#{name}" for name in ("state", "good", "bad", "tool_life", "blade_temp")]
        sample = st.tuples(st.sampled_from(tags), st.integers(0, 90_000), VALUES, QUALITIES)
        frames = draw(st.lists(st.lists(sample, max_size=4), max_size=6))
        made[station] = [
            batch(
                n,
                [(tag, at_s, value, int(quality)) for tag, at_s, value, quality in rows],
                source=station,
            )
            for n, rows in enumerate(frames)
        ]
    return made


def _interleaved(feed: dict[str, list[Frame]], order: list[int]) -> list[Frame]:
    """All frames, each source in its order, the sources mixed as `order` says."""
    left = {station: list(frames) for station, frames in feed.items()}
    mixed = []
    for number in order:
        frames = left[STATIONS[number]]
        mixed += [frames.pop(0)] if frames else []
    return mixed + [each for frames in left.values() for each in frames]


ORDERS = st.lists(st.integers(0, 3), max_size=24)


@given(feeds(), ORDERS, st.integers(0, 24))
def test_two_halves_with_a_snapshot_are_the_whole(
    feed: dict[str, list[Frame]], order: list[int], cut: int
) -> None:
    """Going on from an encoded snapshot gives the same fold and the same records."""
    frames = _interleaved(feed, order)
    whole, records = play(fresh(), frames)
    half, first = play(fresh(), frames[:cut])
    again = resume(encode_fold(half), bracket(), "r1", SITE)
    assert again == half
    ended, second = play(again, frames[cut:], first=len(frames[:cut]))
    assert [*first, *second] == records
    assert ended == whole


@given(feeds(), ORDERS, ORDERS)
def test_records_do_not_depend_on_how_sources_interleave(
    feed: dict[str, list[Frame]], one: list[int], other: list[int]
) -> None:
    """Each source in its order: the same records, and the same lines but for the time heard."""
    first, records = play(fresh(), _interleaved(feed, one))
    second, others = play(fresh(), _interleaved(feed, other))
    assert sorted(map(encode, records)) == sorted(map(encode, others))
    assert [each.counted for each in first.stations] == [each.counted for each in second.stations]


@given(feeds())
def test_every_record_and_line_can_be_written(feed: dict[str, list[Frame]]) -> None:
    """Whatever machines send: records with ids of their own, lines inside their bounds."""
    fold, records = play(fresh(), _interleaved(feed, []))
    assert all(encode(each) for each in records)
    assert len({(each.id, each.rev) for each in records}) == len(records)
    assert standing(records) is not None
    [line] = line_states(fold, bracket())
    assert encode(line)
    assert all(0 <= each.count <= 12 for each in line.buffers)
    assert all(min(each.good, each.scrap) >= 0 for each in records if isinstance(each, Parts))


@given(st.lists(st.booleans(), max_size=60), st.integers(0, 999), st.lists(st.booleans()))
def test_good_and_scrap_are_all_parts(bad: list[bool], start: int, scrap_first: list[bool]) -> None:
    """Of a counter of all parts and one of scrap, every part comes out once, round and round."""
    plant, samples, scrap = totals("parts.total", "parts.scrap"), [], 0
    first: list[Sample] = [("mill#total", 0, start, 0), ("mill#scrap", 0, 0, 0)]
    samples = list(first)
    for n, is_bad in enumerate(bad, 1):
        scrap += is_bad
        pair: list[Sample] = [
            ("mill#total", n * 10, (start + n) % 1000, 0),
            ("mill#scrap", n * 10, scrap, 0),
        ]
        samples += pair[::-1] if n < len(scrap_first) and scrap_first[n] else pair
    samples += [("mill#total", (len(bad) + 1) * 10, (start + len(bad) + 1) % 1000, 0)]
    fold, records = play(fresh(plant), [batch(n, [each]) for n, each in enumerate(samples)])
    told = parts(standing(records))
    made = len(bad) + 1 - scrap
    assert sum(each.good for each in told) - fold.stations[0].counted.owed == made
    assert sum(each.scrap for each in told) == scrap
