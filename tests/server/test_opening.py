"""What `up` says of coming in."""

from pathlib import Path

from linewright.plant.records import Role
from linewright.server.signing import Links, Named, People, Wanted
from linewright.server.up.opening import Opening

NOW_MS = 1_795_000_000_000


def test_the_first_link_until_there_is_somebody(tmp_path: Path) -> None:
    """Each start has its own link, the one of before ends; with people there is none."""
    first = Opening(tmp_path, Wanted()).first("http://127.0.0.1:8000", now_ms=NOW_MS)
    opening = Opening(tmp_path, Wanted())
    second = opening.first("http://127.0.0.1:8000", now_ms=NOW_MS)
    assert first.startswith("http://127.0.0.1:8000/#first=")
    assert first != second
    assert opening.first("http://127.0.0.1:8000", now_ms=NOW_MS) == second
    links = Links(tmp_path / "links.json")
    assert links.peek(first.partition("=")[2], "first", now_ms=NOW_MS) is None
    assert links.peek(second.partition("=")[2], "first", now_ms=NOW_MS) is not None
    People(tmp_path).add(Named("a", "A"), {"*": Role.ADMIN}, by="", now_ms=NOW_MS)
    assert Opening(tmp_path, Wanted()).first("http://127.0.0.1:8000", now_ms=NOW_MS) == ""


def test_the_certificate_is_there_before_the_server(tmp_path: Path) -> None:
    """On loopback nothing is made; beyond it the fingerprint is told, as the file has it."""
    assert Opening(tmp_path, Wanted()).prepare(now_ms=NOW_MS) == ()
    assert list(tmp_path.iterdir()) == []
    wanted = Wanted(host="0.0.0.0", names=("reno.local",))  # noqa: S104  # what is tested
    opening = Opening(tmp_path, wanted)
    names, trust, fingerprint = opening.prepare(now_ms=NOW_MS)
    assert "reno.local" in names
    assert str(tmp_path / "tls" / "ca.pem") in trust
    assert len(fingerprint) == 95
    assert Path(opening.chain).is_file()
    again = Wanted(host="0.0.0.0", chain=opening.chain, key=str(tmp_path / "tls" / "server.key"))  # noqa: S104  # what is tested
    brought = Opening(tmp_path, again)
    assert brought.prepare(now_ms=NOW_MS)[0].startswith(opening.chain)
