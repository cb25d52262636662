"""Sessions: their ends, their list, and that they outlive the server."""

from pathlib import Path

from linewright.server.signing.keeping.sessions import (
    IDLE_S,
    LONGEST_S,
    OF_PERSON_MAX,
    Origin,
    Sessions,
)

NOW = 1_000_000_000
IDLE_MS, LONGEST_MS = IDLE_S * 1000, LONGEST_S * 1000


def test_a_session_is_found_by_its_token_alone(tmp_path: Path) -> None:
    """The token finds the session; its hash, its id and any other text do not."""
    sessions = Sessions(tmp_path / "s.json")
    token, session = sessions.begin("p1", "password", now_ms=NOW, origin=Origin("192.0.2.1", "X"))
    assert sessions.find(token, now_ms=NOW) == session
    assert (session.client, session.agent) == ("192.0.2.1", "X")
    for other in (session.sha256, session.id, token[:-1], token + "A", "", "\udcff"):
        assert sessions.find(other, now_ms=NOW) is None


def test_the_token_is_kept_nowhere(tmp_path: Path) -> None:
    """Whoever reads the file cannot use a session of it."""
    token, _ = Sessions(tmp_path / "s.json").begin("p1", "password", now_ms=NOW)
    assert token not in (tmp_path / "s.json").read_text()
    assert (tmp_path / "s.json").stat().st_mode & 0o777 == 0o600


def test_an_unused_session_ends(tmp_path: Path) -> None:
    """Each use moves the end; without one it comes to the millisecond."""
    sessions = Sessions(tmp_path / "s.json")
    token, _ = sessions.begin("p1", "password", now_ms=NOW)
    assert sessions.find(token, now_ms=NOW + IDLE_MS - 1) is not None
    assert sessions.find(token, now_ms=NOW + 2 * IDLE_MS - 2) is not None
    assert sessions.find(token, now_ms=NOW + 3 * IDLE_MS - 2) is None
    assert sessions.find(token, now_ms=NOW) is None, "what has ended does not come back"


def test_an_old_session_ends_however_it_is_used(tmp_path: Path) -> None:
    """Used every hour, it ends at its longest life."""
    sessions = Sessions(tmp_path / "s.json")
    token, _ = sessions.begin("p1", "password", now_ms=NOW)
    for at_ms in range(NOW, NOW + LONGEST_MS, 3_600_000):
        assert sessions.find(token, now_ms=at_ms) is not None
    assert sessions.find(token, now_ms=NOW + LONGEST_MS) is None


def test_sessions_outlive_the_server(tmp_path: Path) -> None:
    """A new process finds sessions again, with the times of use that were saved."""
    path = tmp_path / "s.json"
    sessions = Sessions(path)
    token, _ = sessions.begin("p1", "password", now_ms=NOW)
    sessions.find(token, now_ms=NOW + IDLE_MS - 1)
    sessions.save(now_ms=NOW + IDLE_MS - 1)
    assert Sessions(path).find(token, now_ms=NOW + IDLE_MS + 1) is not None
    assert Sessions(path).find(token, now_ms=NOW + 2 * IDLE_MS) is None


def test_ended_is_ended_after_a_restart(tmp_path: Path) -> None:
    """A session that was ended is on the disk no more when the call returns."""
    path = tmp_path / "s.json"
    sessions = Sessions(path)
    token, session = sessions.begin("p1", "password", now_ms=NOW)
    assert not sessions.end(session.id, person="p2")
    assert sessions.end(session.id, person="p1")
    assert not sessions.end(session.id)
    assert Sessions(path).find(token, now_ms=NOW) is None


def test_a_person_ends_all_others(tmp_path: Path) -> None:
    """All sessions of a person end, the one at hand aside; those of others stay."""
    sessions = Sessions(tmp_path / "s.json")
    mine = [sessions.begin("p1", "password", now_ms=NOW + n) for n in range(3)]
    other, _ = sessions.begin("p2", "password", now_ms=NOW)
    assert sessions.end_all("p1", but=mine[0][1].id) == 2
    assert [s.id for s in sessions.of_person("p1")] == [mine[0][1].id]
    assert sessions.find(other, now_ms=NOW) is not None


def test_there_is_a_most(tmp_path: Path) -> None:
    """A person with too many sessions loses the one not used for longest, nobody else one."""
    sessions = Sessions(tmp_path / "s.json")
    other, _ = sessions.begin("p2", "password", now_ms=NOW)
    tokens = [sessions.begin("p1", "key", now_ms=NOW + n)[0] for n in range(OF_PERSON_MAX + 1)]
    assert len(sessions.of_person("p1")) == OF_PERSON_MAX
    assert sessions.find(tokens[0], now_ms=NOW) is None
    assert sessions.find(tokens[1], now_ms=NOW) is not None
    assert sessions.find(other, now_ms=NOW) is not None


def test_a_damaged_file_lets_nobody_in(tmp_path: Path) -> None:
    """Sessions that cannot be read are gone: everybody signs in anew."""
    path = tmp_path / "s.json"
    token, _ = Sessions(path).begin("p1", "password", now_ms=NOW)
    path.write_bytes(path.read_bytes()[:-5])
    assert Sessions(path).find(token, now_ms=NOW) is None
