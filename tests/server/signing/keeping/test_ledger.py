"""A ledger: things and deeds in one write, by several processes."""

import stat
from pathlib import Path

import pytest

from linewright.server.signing import Deed, SigningRefused
from linewright.server.signing.keeping.ledger import Ledger


def deed(n: int) -> Deed:
    """Return a deed of its own."""
    return Deed(action="x.added", of=f"x{n}", of_class="token", by="p", t_ms=n)


def put(ledger: Ledger[int], name: str, value: int) -> None:
    """Put one thing, with its deed."""
    with ledger.change() as held:
        held.write(held.things | {name: value}, deed(value))


def test_things_and_deeds_outlive_a_restart_until_told(tmp_path: Path) -> None:
    """Another opening of the file has both; what is told is taken away, the things stay."""
    put(Ledger(tmp_path / "x.json", int), "a", 1)
    put(Ledger(tmp_path / "x.json", int), "b", 2)
    again = Ledger(tmp_path / "x.json", int)
    assert again.things() == {"a": 1, "b": 2}
    assert again.deeds() == (deed(1), deed(2))
    again.told((deed(1),))
    assert Ledger(tmp_path / "x.json", int).deeds() == (deed(2),)
    assert again.things() == {"a": 1, "b": 2}
    assert stat.S_IMODE((tmp_path / "x.json").stat().st_mode) == 0o600


def test_a_change_that_is_refused_changes_nothing(tmp_path: Path) -> None:
    """What is raised while it is held leaves file and lock as before."""
    ledger = Ledger(tmp_path / "x.json", int)
    put(ledger, "a", 1)
    with pytest.raises(ValueError, match="no"), ledger.change():
        raise ValueError("no")
    put(ledger, "b", 2)
    assert ledger.things() == {"a": 1, "b": 2}


def test_nothing_is_changed_that_the_audit_cannot_hear(tmp_path: Path) -> None:
    """With too much waiting for the audit a change is refused, until some of it was told."""
    ledger = Ledger(tmp_path / "x.json", int, waiting_max=1)
    put(ledger, "a", 1)
    with pytest.raises(SigningRefused) as caught:
        put(ledger, "b", 2)
    assert (caught.value.status, ledger.things()) == (503, {"a": 1})
    ledger.told((deed(1),))
    put(ledger, "b", 2)
    assert ledger.things() == {"a": 1, "b": 2}
