"""The errors of the bus say where, what, and what to do."""

from linewright.bus import BusUnavailable, Conflict


def test_unavailable_names_place_reason_and_way_out() -> None:
    """All three fields stand in the words, and can be read one by one."""
    error = BusUnavailable("nats://127.0.0.1:1", "no answer in 30 s", "start the bus")
    assert str(error) == "nats://127.0.0.1:1: no answer in 30 s; start the bus"
    assert (error.where, error.what, error.hint) == error.args


def test_unavailable_without_way_out() -> None:
    """Without a hint, the words end after the reason."""
    assert str(BusUnavailable("a", "b")) == "a: b"


def test_conflict_tells_the_newest() -> None:
    """A lost race tells the subject, and from where to read on."""
    error = Conflict("lw.case.nogales.abc", 9)
    assert (error.subject, error.last) == ("lw.case.nogales.abc", 9)
    assert "9" in str(error)
