"""Intake: every message ends as a frame, a record, or a refusal."""

import msgspec

from linewright.history import Arrival, take_in
from tests.history.building import framed, published, samples, state


def test_messages_are_sorted_by_kind_in_their_order() -> None:
    """Frames and records keep their order; positions are the last sequences."""
    arrivals = [*samples([framed(0), framed(1)]), *published([state(0), state(1)], after=7)]
    taken = take_in(arrivals)
    assert [each.frame.header.n for each in taken.frames] == [0, 1]
    assert [each.seq for each in taken.records] == [8, 9]
    assert taken.positions == {"samples": 2, "records": 9}


def test_what_cannot_be_read_is_refused_with_its_reason() -> None:
    """Bad bytes, a wrong subject and a wrong class never stop the stream."""
    subject, data = framed(0)
    bad = [(subject, b"no arrow"), ("lw.samples.nogales.other", data)]
    odd = Arrival(stream="records", subject="lw.nothing.nogales", data=b"{}", seq=3)
    taken = take_in([*samples(bad), odd])
    assert len(taken.refused) == 3
    assert taken.refused[1].what.endswith("lw.samples.nogales.other is not its subject")
    assert taken.positions == {"samples": 2, "records": 3}


def test_a_field_that_this_version_does_not_know_is_kept() -> None:
    """The text of a record stays as it was published by a newer version."""
    (known,) = published([state(0)])
    data = known.data.replace(b'"class"', b'"added":1,"class"')
    taken = take_in([msgspec.structs.replace(known, data=data)])
    assert taken.records[0].text == data.decode()
