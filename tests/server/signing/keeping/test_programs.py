"""Tokens of programs: told once, kept hashed, ended by a day or by a person."""

import stat
from pathlib import Path

import pytest

from linewright.server.signing import Programs, ProgramWanted, SigningRefused
from linewright.server.signing.keeping.programs import DAY_MS, PROGRAMS_MAX, SHOWN_DAYS

PROM = ProgramWanted(name="prometheus", scopes=("metrics",), site="reno", days=10)


def test_the_secret_is_kept_nowhere(tmp_path: Path) -> None:
    """Neither a file nor a deed holds it; the files are of their owner alone."""
    programs = Programs(tmp_path)
    made, secret = programs.add(PROM, by="p1", now_ms=0)
    assert programs.find(secret, client="192.0.2.1", now_ms=5) == made
    programs.save()
    for path in tmp_path.iterdir():
        assert secret not in path.read_text()
        assert secret.removeprefix("lwt_") not in path.read_text()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (deed,) = programs.ledger.deeds()
    assert (deed.action, deed.by, deed.of_class) == ("tokens.added", "p1", "token")
    assert secret not in f"{deed!r}{made!r}"


def test_its_day_ends_it_and_a_month_hides_it(tmp_path: Path) -> None:
    """One that has ended is known as ended, is listed for a while, and gives its name back."""
    programs = Programs(tmp_path)
    made, secret = programs.add(PROM, by="p1", now_ms=0)
    end = 10 * DAY_MS
    assert (made.lives(end - 1), made.lives(end)) == (True, False)
    found = programs.find(secret, client="192.0.2.1", now_ms=end)
    assert found == made
    assert programs.used(made.id) is None
    assert programs.everyone(now_ms=end + 1) == (made,)
    assert programs.everyone(now_ms=end + SHOWN_DAYS * DAY_MS) == ()
    programs.add(PROM, by="p1", now_ms=end)


def test_a_revoked_one_is_nobodys_at_once(tmp_path: Path) -> None:
    """Another process revokes it; this one knows at the next question."""
    programs = Programs(tmp_path)
    made, secret = programs.add(PROM, by="p1", now_ms=0)
    assert programs.find(secret, client="c", now_ms=1) is not None
    Programs(tmp_path).revoke(made.id, by="p2", now_ms=2)
    assert programs.find(secret, client="c", now_ms=3) is None
    assert programs.ledger.deeds()[-1].by == "p2"
    with pytest.raises(SigningRefused) as caught:
        programs.revoke(made.id, by="p2", now_ms=4)
    assert caught.value.status == 404


def test_the_last_use_outlives_a_restart(tmp_path: Path) -> None:
    """When and from where it was used is written by `save`, and read by the command."""
    programs = Programs(tmp_path)
    made, secret = programs.add(PROM, by="p1", now_ms=0)
    programs.find(secret, client="192.0.2.1", now_ms=50_000)
    programs.find(secret, client="192.0.2.1", now_ms=51_000)
    programs.save()
    used = Programs(tmp_path).used(made.id)
    assert used is not None
    assert (used.at_ms, used.client) == (50_000, "192.0.2.1")


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"name": ""}, "name"),
        ({"name": "a\x1b[2J"}, "name"),
        ({"name": "x" * 65}, "name"),
        ({"scopes": ()}, "scopes"),
        ({"scopes": ("metrics", "see")}, "scopes"),
        ({"days": 0}, "days"),
        ({"days": 731}, "days"),
    ],
)
def test_what_cannot_be_a_token(fields: dict[str, object], where: str, tmp_path: Path) -> None:
    """Names, scopes and days have their bounds."""
    wanted = {"name": "a", "scopes": ("metrics",), "site": "reno"} | fields
    with pytest.raises(SigningRefused) as caught:
        Programs(tmp_path).add(ProgramWanted(**wanted), by="p", now_ms=0)  # type: ignore[arg-type]  # by name
    assert (caught.value.status, caught.value.where) == (422, where)


def test_names_are_taken_once_and_there_is_a_bound(tmp_path: Path) -> None:
    """Two of one name are refused while both hold, and so is one more than the bound."""
    programs = Programs(tmp_path)
    programs.add(PROM, by="p", now_ms=0)
    with pytest.raises(SigningRefused, match="of this name"):
        programs.add(PROM, by="p", now_ms=0)
    for n in range(PROGRAMS_MAX - 1):
        programs.add(ProgramWanted(name=f"p{n}", scopes=("sites",), site="r"), by="p", now_ms=0)
    with pytest.raises(SigningRefused, match="already"):
        programs.add(ProgramWanted(name="q", scopes=("sites",), site="r"), by="p", now_ms=0)
