"""Examples of linewright.live.formulas: alarms on what follows from several tags."""

import functools

from linewright.live import ripen
from linewright.live.alarms import Tick, step
from linewright.live.attending import (
    Attention,
    attend,
    decode_attention,
    encode_attention,
    heeding,
)
from linewright.live.formulas import follow
from linewright.plant import Plant, PlantBuilder
from linewright.plant.records import Alarm, Quality, Record
from linewright.plant.samples import Frame
from tests.live.floor import SITE, SIX, S, Sample, batch, fresh

LOST = int(Quality.BAD | Quality.NOT_CONNECTED)


@functools.cache
def oven() -> Plant:
    """An oven whose door should not stand open while it is hot."""
    plant = PlantBuilder("acme")
    site = plant.site(SITE, timezone="America/Hermosillo", currency="MXN")
    line = site.area("machining").line("bracket", flow=["mill"])
    tags = {
        "temp": {"register": "30001", "type": "int16", "unit": "degC"},
        "door": {"register": "10001", "type": "bool"},
        "open": {"derive": "door and temp > 60", "debounce": "3 min", "alarm": 1},
    }
    line.station("mill", does={"mill": "10 s"}, connect={"modbus": "10.0.0.1:502"}, tags=tags)
    return plant.done()


def _heard(*frames: list[Sample]) -> tuple[Attention, list[Record]]:
    attention, records = attend(oven(), "r1", SITE), list[Record]()
    for n, rows in enumerate(frames):
        attention, new = heeding(attention, batch(n, rows), ())
        records += new
    return attention, records


def _ripe(attention: Attention, at_s: int) -> list[str]:
    t_ns = SIX + at_s * S
    tick = Tick(now_ns=t_ns, settled_ns=t_ns, silent=(), heard=())
    _, records = step(attention.alarms, tick)
    return [f"{each.alarm} {each.event} {(each.t_ns - SIX) // S}" for each in records]


HOT: list[Sample] = [("mill#temp", 0, 200, 0), ("mill#door", 0, 0, 0)]


def test_a_derived_tag_raises_its_alarm_once_it_has_held() -> None:
    """A door that is open for three minutes while it is hot: raised at the end of them."""
    attention, records = _heard(HOT, [("mill#door", 60, 1, 0)])
    assert records == []
    assert _ripe(attention, 239) == []
    assert _ripe(attention, 240) == ["alarm raised 240"]
    cold, _ = _heard(HOT, [("mill#door", 60, 1, 0)], [("mill#temp", 90, 40, 0)])
    assert _ripe(cold, 999) == []


def test_the_alarm_returns_with_any_of_its_tags() -> None:
    """It cools down: the door may stand open."""
    _, records = _heard(
        HOT, [("mill#door", 60, 1, 0)], [("mill#temp", 300, 190, 0)], [("mill#temp", 400, 50, 0)]
    )
    alarms = [each for each in records if isinstance(each, Alarm)]
    told = [(each.event.value, (each.t_ns - SIX) // S) for each in alarms]
    assert told == [("raised", 240), ("returned", 400)]


def _rows(frames: tuple[Frame, ...]) -> list[tuple[object, ...]]:
    names = ("t_ns", "value", "quality")
    found = [zip(*(e.batch.column(n).to_pylist() for n in names), strict=True) for e in frames]
    return [row for rows in found for row in rows]


def test_bad_and_late_samples() -> None:
    """A lost tag makes it unknown; a late one changes nothing; what decides alone is enough."""
    formulas = attend(oven(), "r1", SITE).formulas
    formulas, made = follow(formulas, batch(0, HOT))
    assert [row[1] for row in _rows(made)] == [0.0]
    formulas, made = follow(formulas, batch(1, [("mill#temp", 10, None, LOST)]))
    assert made == (), "the door is shut, whatever the temperature"
    formulas, made = follow(formulas, batch(2, [("mill#door", 20, 1, 0)]))
    assert [int(str(row[2])) & LOST for row in _rows(made)] == [LOST]
    formulas, made = follow(formulas, batch(3, [("mill#door", 15, 0, 0)]))
    assert made == ()


def test_it_goes_on_from_a_snapshot() -> None:
    """What the tags said last is kept."""
    attention, _ = _heard(HOT)
    again = decode_attention(encode_attention(attention), oven(), "r1", SITE)
    assert again == attention
    after, _ = heeding(again, batch(1, [("mill#door", 60, 1, 0)]), ())
    assert _ripe(after, 240) == ["alarm raised 240"]
    assert ripen(fresh(oven()), SIX)[1] == ()
