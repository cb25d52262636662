"""What the server sends is read to the digit."""

import base64
from types import SimpleNamespace

import pytest

from linewright.bus.messages import delivery_of, stored_message, time_ns_of


def test_times_keep_their_nanoseconds() -> None:
    """A time is read exactly, with whatever number of digits the server writes."""
    assert time_ns_of("2024-06-03T16:47:00.123456789Z") == 1_717_433_220_123_456_789
    assert time_ns_of("2024-06-03T16:47:00.12Z") == 1_717_433_220_120_000_000
    assert time_ns_of("2024-06-03T16:47:00Z") == 1_717_433_220_000_000_000


@pytest.mark.parametrize("extra", ["", "_.hash."])
def test_both_forms_of_a_delivery_are_read(extra: str) -> None:
    """Sequence, number, time and what is left are found in the short and the long form."""
    end = ".token" if extra else ""
    raw = SimpleNamespace(
        subject="lw.state.nogales",
        data=b"x",
        headers={"Nats-Msg-Id": "abc.0"},
        reply=f"$JS.ACK.{extra}records-nogales.reader.1.42.7.1700000000000000001.3{end}",
    )
    found = delivery_of(raw)
    assert (found.message.seq, found.number, found.pending) == (42, 7, 3)
    assert (found.message.stored_ns, found.message.id) == (1_700_000_000_000_000_001, "abc.0")


def test_what_is_no_delivery_is_refused() -> None:
    """A message without the words of a consumer is none that was delivered."""
    raw = SimpleNamespace(subject="a", data=b"", headers=None, reply="_INBOX.abc")
    with pytest.raises(ValueError, match="_INBOX"):
        delivery_of(raw)


def test_a_removal_is_seen() -> None:
    """A stored message that takes a key away says so."""
    headers = base64.b64encode(b"NATS/1.0\r\nKV-Operation: DEL\r\nNats-Msg-Id: x\r\n\r\n")
    told = {"subject": "$KV.a.b", "seq": 3, "time": "1970-01-01T00:00:00.000000001Z"}
    found = stored_message({**told, "hdrs": headers.decode()})
    assert (found.is_removal, found.seq, found.stored_ns) == (True, 3, 1)
