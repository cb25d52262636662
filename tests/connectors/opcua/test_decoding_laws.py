"""Answers that asyncua writes are read as asyncua reads them; broken ones are refused."""

import datetime as dt
import functools
import math
import uuid
from typing import Any

import pytest
from asyncua import ua
from asyncua.ua.ua_binary import struct_to_binary
from hypothesis import given, settings
from hypothesis import strategies as st

from linewright.connectors.opcua.decoding import (
    PayloadInvalid,
    decode_publish,
    decode_republish,
)

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
Type = ua.VariantType

INTEGERS = {
    Type.SByte: (-(2**7), 2**7 - 1),
    Type.Byte: (0, 2**8 - 1),
    Type.Int16: (-(2**15), 2**15 - 1),
    Type.UInt16: (0, 2**16 - 1),
    Type.Int32: (-(2**31), 2**31 - 1),
    Type.UInt32: (0, 2**32 - 1),
    Type.Int64: (-(2**63), 2**63 - 1),
    Type.UInt64: (0, 2**64 - 1),
}
TIMES = st.timedeltas(dt.timedelta(0), dt.timedelta(days=106_000)).map(lambda since: EPOCH + since)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=40)


def of_kind(kind: Any, value: int) -> Any:  # noqa: ANN401 - asyncua's own types
    """A variant of this type."""
    return ua.Variant(value, kind)


def numbers() -> st.SearchStrategy[Any]:
    """Variants of every type that is a number."""
    whole = [
        st.integers(low, high).map(functools.partial(of_kind, kind))
        for kind, (low, high) in INTEGERS.items()
    ]
    return st.one_of(
        st.booleans().map(lambda value: ua.Variant(value, Type.Boolean)),
        st.floats(width=32).map(lambda value: ua.Variant(value, Type.Float)),
        st.floats().map(lambda value: ua.Variant(value, Type.Double)),
        *whole,
    )


def texts() -> st.SearchStrategy[Any]:
    """Variants that a sample holds as text, each with that text."""
    return st.one_of(
        TEXTS.map(lambda text: (ua.Variant(text, Type.String), text)),
        TEXTS.map(
            lambda text: (ua.Variant(ua.LocalizedText(text, "en"), Type.LocalizedText), text)
        ),
        st.binary(max_size=20).map(lambda data: (ua.Variant(data, Type.ByteString), data.hex())),
        st.uuids().map(lambda found: (ua.Variant(found, Type.Guid), str(found))),
        TIMES.map(lambda moment: (ua.Variant(moment, Type.DateTime), iso(moment))),
        TEXTS.map(lambda text: (ua.Variant(ua.NodeId(text, 7), Type.NodeId), f"ns=7;s={text}")),
        TEXTS.map(
            lambda text: (ua.Variant(ua.QualifiedName(text, 2), Type.QualifiedName), f"2:{text}")
        ),
    )


def unfit() -> st.SearchStrategy[Any]:
    """Variants that no sample can hold."""
    return st.one_of(
        st.just(ua.Variant(None, Type.Null)),
        st.lists(st.floats(), max_size=5).map(lambda found: ua.Variant(found, Type.Double)),
        st.lists(TEXTS, max_size=4).map(lambda found: ua.Variant(found, Type.String)),
        st.lists(st.uuids(), max_size=4).map(lambda found: ua.Variant(found, Type.Guid)),
        st.just(ua.Variant(ua.EUInformation(UnitId=3), Type.ExtensionObject)),
        st.just(ua.Variant([[1, 2], [3, 4]], Type.Int32)),
        numbers().map(lambda found: ua.Variant(ua.DataValue(found), Type.DataValue)),
    )


STATUSES = st.none() | st.sampled_from([0, 0x480, 0x80000000, 0x808C0000, 0x40900000])


@st.composite
def items(draw: st.DrawFn) -> tuple[Any, Any]:
    """One monitored item as asyncua writes it, and what is to be read of it."""
    kind = draw(st.sampled_from(["number"] * 6 + ["text", "unfit"]))
    if kind == "text":
        variant, value = draw(texts())
    else:
        variant = draw(numbers() if kind == "number" else unfit())
        value = variant.Value if kind == "number" else None
    status, source, server = draw(STATUSES), draw(st.none() | TIMES), draw(st.none() | TIMES)
    data = ua.DataValue(
        variant,
        None if status is None else ua.StatusCode(status),
        SourceTimestamp=source,
        ServerTimestamp=server,
    )
    handle = draw(st.integers(0, 2**32 - 1))
    moment = source or server
    expected = (handle, value, status or 0, None if moment is None else nanoseconds(moment))
    return ua.MonitoredItemNotification(handle, data), expected


def nanoseconds(moment: dt.datetime) -> int:
    """Since 1970, exactly."""
    return (moment - EPOCH) // dt.timedelta(microseconds=1) * 1000


def iso(moment: dt.datetime) -> str:
    """As the decoder writes a time that is itself a value."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond:06d}0Z"


def message(parts: list[Any]) -> Any:  # noqa: ANN401 - asyncua's own type
    """A notification message with these parts."""
    return ua.NotificationMessage(SequenceNumber=9, NotificationData=parts)


def published(parts: list[Any]) -> bytes:
    """A PublishResponse as asyncua writes it."""
    answer = ua.PublishResponse()
    answer.ResponseHeader.StringTable = ["a", "b"]
    answer.Parameters.SubscriptionId = 5
    answer.Parameters.AvailableSequenceNumbers = [8, 9]
    answer.Parameters.MoreNotifications = True
    answer.Parameters.NotificationMessage = message(parts)
    answer.Parameters.Results = [ua.StatusCode(0)]
    return bytes(struct_to_binary(answer))


def same(found: object, wanted: object) -> bool:
    """Equality in which a value that is no number is itself, and yes is not 1."""
    if isinstance(found, float) and isinstance(wanted, float):
        return found == wanted or (math.isnan(found) and math.isnan(wanted))
    return type(found) is type(wanted) and found == wanted


@settings(deadline=None, max_examples=150)
@given(st.lists(items(), max_size=30))
def test_values_are_read_as_they_were_written(drawn: list[tuple[Any, Any]]) -> None:
    """Handle, value, status and time of every item come back, in their order."""
    change = ua.DataChangeNotification(MonitoredItems=[item for item, _ in drawn])
    notice = decode_publish(published([change]))
    assert (notice.subscription, notice.sequence, notice.more) == (5, 9, True)
    assert (notice.available, notice.parts, notice.ended) == ((8, 9), 1, None)
    found = list(zip(notice.handles, notice.values, notice.statuses, notice.source_ns, strict=True))
    assert len(found) == len(drawn)
    for row, (_, wanted) in zip(found, drawn, strict=True):
        assert all(same(one, other) for one, other in zip(row, wanted, strict=True)), (row, wanted)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.floats(), TIMES), min_size=2, max_size=200), st.booleans())
def test_runs_of_one_shape_lose_nothing(
    drawn: list[tuple[float, dt.datetime]],
    has_server: bool,  # noqa: FBT001 - drawn
) -> None:
    """Many doubles in a row, the usual message, are the same values one by one."""
    change = ua.DataChangeNotification()
    for handle, (value, moment) in enumerate(drawn):
        data = ua.DataValue(ua.Variant(value, Type.Double), SourceTimestamp=moment)
        data.ServerTimestamp = moment if has_server else None
        change.MonitoredItems.append(ua.MonitoredItemNotification(handle, data))
    notice = decode_publish(published([change]))
    assert notice.handles == list(range(len(drawn)))
    assert all(same(a, b) for a, (b, _) in zip(notice.values, drawn, strict=True))
    assert notice.source_ns == [nanoseconds(moment) for _, moment in drawn]


@settings(deadline=None, max_examples=60)
@given(st.lists(items(), min_size=1, max_size=6), st.data())
def test_a_cut_answer_is_refused_or_whole(
    drawn: list[tuple[Any, Any]], data: st.DataObject
) -> None:
    """However much of an answer is missing: no exception but the named one, no invented values."""
    whole = published([ua.DataChangeNotification(MonitoredItems=[item for item, _ in drawn])])
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]
    try:
        notice = decode_publish(cut)
    except PayloadInvalid:
        return
    assert len(notice.handles) == len(drawn)


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=200))
def test_noise_raises_nothing_else(noise: bytes) -> None:
    """Bytes of any kind behind a right beginning end in the named error or in columns."""
    head = published([ua.DataChangeNotification()])[:60]
    for body in (noise, head + noise):
        try:
            notice = decode_publish(body)
        except PayloadInvalid:
            continue
        assert len(notice.handles) == len(notice.values) == len(notice.source_ns)


@settings(deadline=None, max_examples=20)
@given(st.lists(items(), min_size=1, max_size=10))
def test_a_message_sent_again_is_the_same(drawn: list[tuple[Any, Any]]) -> None:
    """A RepublishResponse holds the columns of the message it repeats."""
    change = ua.DataChangeNotification(MonitoredItems=[item for item, _ in drawn])
    again = ua.RepublishResponse(NotificationMessage=message([change]))
    notice = decode_republish(bytes(struct_to_binary(again)), 5)
    assert (notice.subscription, notice.sequence) == (5, 9)
    assert notice.handles == decode_publish(published([change])).handles


def test_an_ended_subscription_says_its_status() -> None:
    """A StatusChangeNotification is told; events and unknown parts are stepped over."""
    ended = ua.StatusChangeNotification(Status=ua.StatusCode(0x800A0000))
    notice = decode_publish(published([ua.EventNotificationList(), ended]))
    assert (notice.parts, notice.ended, notice.handles) == (2, 0x800A0000, [])


def test_another_answer_is_refused() -> None:
    """A ReadResponse where a PublishResponse is awaited is an error that says so."""
    body = bytes(struct_to_binary(ua.ReadResponse()))
    with pytest.raises(PayloadInvalid, match="829"):
        decode_publish(body)


def test_times_keep_100_ns() -> None:
    """A source time is kept to the 100 ns that the protocol has, which asyncua rounds off."""
    ticks = 133_000_000_012_345_678
    change = ua.DataChangeNotification()
    moment = EPOCH
    data = ua.DataValue(ua.Variant(1.5, Type.Double), SourceTimestamp=moment)
    change.MonitoredItems = [ua.MonitoredItemNotification(0, data)] * 2
    zero = (116_444_736_000_000_000).to_bytes(8, "little")
    body = published([change]).replace(zero, ticks.to_bytes(8, "little"))
    expected = (ticks - 116_444_736_000_000_000) * 100
    assert decode_publish(body).source_ns == [expected, expected]


def test_uuid_is_told_as_people_write_it() -> None:
    """A Guid is text with its hyphens."""
    found = uuid.UUID("72962b91-fa75-4ae6-8d28-b404dc7daf63")
    change = ua.DataChangeNotification()
    change.MonitoredItems = [
        ua.MonitoredItemNotification(0, ua.DataValue(ua.Variant(found, Type.Guid)))
    ]
    assert decode_publish(published([change])).values == [str(found)]
