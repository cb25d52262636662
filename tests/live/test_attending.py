"""Alarms and calls beside the samples, as the shell feeds them."""

import msgspec
import pytest

from linewright.live import LiveFold, ripen, step
from linewright.live.attending import (
    SETTLE_S,
    SILENCE_S,
    Attention,
    Hearing,
    attend,
    decode_attention,
    encode_attention,
    heed,
    heeding,
    news,
    silences,
    ticked,
)
from linewright.plant.records import Alarm, Call, State
from linewright.plant.records.examples import example
from tests.live.floor import SITE, SIX, S, batch, bracket, fresh, lamps, totals


def _nothing() -> Attention:
    return attend(bracket(), "r1", SITE)


def _spoken(*sources: str) -> LiveFold:
    """A live fold in which each of these sources spoke of its station."""
    fold = fresh()
    for name in sources:
        fold, _ = step(fold, batch(0, [(f"{name}#state", 0, 1, 0)], source=name), SIX)
    return fold


def _hearing(now_s: float, **heard_s: float) -> Hearing:
    return Hearing(started_s=100.0, now_s=now_s, heard_s=heard_s)


def _names(found: tuple[object, ...]) -> list[str]:
    return [each.source for each in found]  # type: ignore[attr-defined]  # silences of alarms


def test_a_frame_brings_alarms_and_states_hide_them() -> None:
    """The states of a frame come before its samples: a machine that goes off hides its alarm."""
    frame = batch(0, [("mill#state", 0, 0, 0), ("mill#coolant_level", 0, 5, 0)])
    after, told = step(fresh(), frame, SIX)
    assert [type(each) for each in told] == [State]
    _, made = heeding(_nothing(), frame, news(fresh(), after, told))
    assert {each.state.value for each in made if isinstance(each, Alarm)} == {"suppressed"}


def test_a_state_that_was_told_late_is_no_news() -> None:
    """Off at 5 s, heard after running at 10 s, hides nothing; what it takes back does."""
    fold, _ = step(fresh(), batch(0, [("mill#state", 10, 1, 0)]), SIX)
    late, told = step(fold, batch(1, [("mill#state", 5, 0, 0)]), SIX)
    assert [each.state.value for each in told if isinstance(each, State)] == ["off"]
    assert list(news(fold, late, told)) == []
    lamp = fresh(lamps())
    green = batch(0, [(f"mill#{n}", 0, int(n == "green"), 0) for n in ("green", "yellow", "red")])
    lamp, _ = step(lamp, green, SIX)
    lamp, _ = step(lamp, batch(1, [("mill#red", 60, 1, 0)]), SIX)
    down, told = ripen(lamp, SIX + 70 * S)
    assert [each.state.value for each in news(lamp, down, told)] == ["down"]
    back, told = step(down, batch(2, [("mill#red", 62, 0, 0)]), SIX)
    assert [each.void for each in told] == [True]
    assert [each.state.value for each in news(down, back, told)] == ["running"]


def test_time_raises_and_escalates() -> None:
    """A tick ends delays once samples have settled, at the pace of the plant, and asks further."""
    frame = batch(0, [("mill#spindle_temp", 0, 75, 0)])
    attention, made = heeding(_nothing(), frame, ())
    assert made == ()
    due_ns = SIX + 10 * S
    hearing = _hearing(105.0)
    fast_ns = due_ns + round(SETTLE_S * 20 * S)
    assert ticked(attention, fresh(), hearing, now_ns=fast_ns - 1, speed=20.0)[1] == ()
    assert len(ticked(attention, fresh(), hearing, now_ns=fast_ns, speed=20.0)[1]) == 1
    raised = example(Call)
    called = heed(_nothing(), raised, 7)
    _, made = ticked(called, fresh(), hearing, now_ns=raised.t_ns + 300 * S)
    assert [type(each) for each in made] == [Call]
    assert called.call_seq == 7


def test_a_source_is_silent_after_a_while() -> None:
    """Ten seconds after it was last heard; a restart gives each as long from then on."""
    fold = _spoken("saw", "mill")
    silent, heard = silences(fold, _hearing(105.0, saw=104.0))
    assert (_names(silent), _names(heard)) == ([], ["saw"])
    silent, heard = silences(fold, _hearing(100.0 + SILENCE_S, saw=109.0))
    assert (_names(silent), _names(heard)) == (["mill"], ["saw"])
    silent, heard = silences(fold, _hearing(130.0, saw=109.0, mill=129.9))
    assert (_names(silent), _names(heard)) == (["saw"], ["mill"])


def test_a_source_that_is_no_more_is_not_missed() -> None:
    """Its stations are spoken of by another, or are gone from the plant."""
    fold = _spoken("saw")
    fold, _ = step(fold, batch(0, [("saw#state", 0, 1, 0)], source="old"), SIX)
    silent, heard = silences(fold, _hearing(200.0, saw=199.0))
    assert (_names(silent), sorted(_names(heard))) == ([], ["old", "saw"])
    moved = msgspec.structs.replace(fold, layout=fresh(totals("parts.good")).layout)
    assert silences(moved, _hearing(200.0)) == ((), ())


def test_a_snapshot_is_the_attention() -> None:
    """With how far both kinds of records were read."""
    attention = heed(heed(_nothing(), example(Alarm), 5), example(Call), 9)
    again = decode_attention(encode_attention(attention), bracket(), "r1", SITE)
    assert again == attention
    assert (again.alarm_seq, again.call_seq) == (5, 9)


@pytest.mark.parametrize("data", [b"", b"{}", b'{"alarms":{},"calls":{},"alarm_seq":0}'])
def test_a_damaged_snapshot_is_refused(data: bytes) -> None:
    """What is none is a typed error."""
    with pytest.raises(ValueError, match=r"."):
        decode_attention(data, bracket(), "r1", SITE)
