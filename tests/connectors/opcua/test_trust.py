"""The book of certificates outlives the process and is never lost half-written."""

from pathlib import Path

import pytest

from linewright.connectors.opcua.trust import Shown, Trusted

URL = "opc.tcp://10.1.4.12:4840"
SHOWN = Shown(fingerprint="ab" * 32, subject="CN=Press", not_before_ns=100, not_after_ns=200)
OTHER = Shown(fingerprint="cd" * 32, subject="CN=Press", not_before_ns=100, not_after_ns=200)


def test_a_pin_is_read_again_by_another_process(tmp_path: Path) -> None:
    """What was taken is taken after a restart, with since when and by whom."""
    Trusted(tmp_path / "trusted.json").pin(URL, SHOWN, now_ns=150)
    again = Trusted(tmp_path / "trusted.json").taken(URL)
    assert again is not None
    assert (again.shown, again.since_ns, again.by) == (SHOWN, 150, "first use")
    assert "compare" in again.next_step


def test_a_person_confirms_what_first_use_took(tmp_path: Path) -> None:
    """Accepting the pinned fingerprint ends the question; colons do not matter."""
    book = Trusted(tmp_path / "trusted.json")
    book.pin(URL, SHOWN, now_ns=150)
    book.accept(URL, ":".join(["AB"] * 32), by="p7", now_ns=160)
    pin = book.taken(URL)
    assert pin is not None
    assert (pin.by, pin.next_step) == ("p7", "")


def test_a_pinned_certificate_outlives_its_dates_and_a_new_one_does_not() -> None:
    """A plant does not stop at midnight; but what is out of date is not taken on first use."""
    book = Trusted(None)
    for now_ns, what in ((50, "valid from"), (250, "valid until")):
        new = book.judge(URL, SHOWN, policy="first_use", now_ns=now_ns)
        assert (new.taken, what in new.why) == (False, True)
    book.pin(URL, SHOWN, now_ns=150)
    old = book.judge(URL, SHOWN, policy="known", now_ns=250)
    assert (old.taken, "valid until" in old.why) == (True, True)


def test_a_broken_book_trusts_nobody(tmp_path: Path) -> None:
    """A file that cannot be read is an error that names it, never an empty book."""
    (tmp_path / "trusted.json").write_text("{")
    with pytest.raises(ValueError, match=r"trusted\.json"):
        Trusted(tmp_path / "trusted.json").taken(URL)


def test_what_a_server_shows_is_told_apart_from_what_is_taken() -> None:
    """The one that waits is shown; when the old one comes back it waits no longer."""
    book = Trusted(None)
    book.pin(URL, SHOWN, now_ns=150)
    assert book.shown(URL) == SHOWN.fingerprint
    book.judge(URL, OTHER, policy="first_use", now_ns=150)
    taken = book.taken(URL)
    assert (book.shown(URL), taken and taken.shown) == (OTHER.fingerprint, SHOWN)
    book.judge(URL, SHOWN, policy="first_use", now_ns=150)
    assert book.shown(URL) == SHOWN.fingerprint
