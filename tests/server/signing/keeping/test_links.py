"""One-time links: one use, one time, one at once."""

from pathlib import Path

from linewright.server.signing import Links
from linewright.server.signing.keeping.links import FIRST_S, LINKS_MAX, SIGN_IN_S

NOW = 1_000_000_000


def test_a_link_is_taken_once(tmp_path: Path) -> None:
    """Looking leaves a link open; taking it ends it, also for another process."""
    links, other = (Links(tmp_path / "links.json") for _ in range(2))
    token = links.make("sign_in", now_ms=NOW, person="p1")
    found = other.peek(token, "sign_in", now_ms=NOW)
    assert found is not None
    assert found.person == "p1"
    assert other.take(token, "sign_in", now_ms=NOW) == found
    assert links.take(token, "sign_in", now_ms=NOW) is None
    assert links.peek(token, "sign_in", now_ms=NOW) is None


def test_a_link_ends_in_time(tmp_path: Path) -> None:
    """The first admin has an hour, a person a day; not a millisecond more."""
    links = Links(tmp_path / "links.json")
    for kind, life_s in (("first", FIRST_S), ("sign_in", SIGN_IN_S)):
        token = links.make(kind, now_ms=NOW)  # type: ignore[arg-type]  # both kinds
        end_ms = NOW + life_s * 1000
        assert links.peek(token, kind, now_ms=end_ms - 1) is not None  # type: ignore[arg-type]  # both
        assert links.take(token, kind, now_ms=end_ms) is None  # type: ignore[arg-type]  # both kinds


def test_a_new_link_ends_the_one_of_before(tmp_path: Path) -> None:
    """There is one link a person, and one for the first admin: the newest."""
    links = Links(tmp_path / "links.json")
    old, new = (links.make("first", now_ms=NOW) for _ in range(2))
    assert links.peek(old, "first", now_ms=NOW) is None
    assert links.peek(new, "first", now_ms=NOW) is not None
    one = links.make("sign_in", now_ms=NOW, person="p1")
    two = links.make("sign_in", now_ms=NOW, person="p2")
    links.end("sign_in", person="p1")
    assert links.peek(one, "sign_in", now_ms=NOW) is None
    assert links.peek(two, "sign_in", now_ms=NOW) is not None


def test_a_link_of_one_kind_is_none_of_another(tmp_path: Path) -> None:
    """A person's link makes nobody the first admin."""
    links = Links(tmp_path / "links.json")
    token = links.make("sign_in", now_ms=NOW, person="p1")
    assert links.take(token, "first", now_ms=NOW) is None


def test_the_token_is_kept_nowhere(tmp_path: Path) -> None:
    """Whoever reads the file cannot use a link of it; and the file does not grow for ever."""
    links = Links(tmp_path / "links.json")
    token = links.make("first", now_ms=NOW)
    assert token not in (tmp_path / "links.json").read_text()
    for n in range(LINKS_MAX + 10):
        links.make("sign_in", now_ms=NOW, person=f"p{n}")
    assert (tmp_path / "links.json").read_text().count("sha256") == LINKS_MAX
