"""People: names apart from ids, erasure that erases, and deeds that are never apart."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from linewright.plant.records import Role
from linewright.server.signing import Named, People, Person, SigningRefused
from linewright.server.signing.keeping.people import folded

MARIA = Named("Maria.Lopez", "Mar\u00eda L\u00f3pez")
ADMIN = {"*": Role.ADMIN}

ADDS = """
import sys
from pathlib import Path
from linewright.server.signing import Named, People
people = People(Path(sys.argv[1]))
for n in range(100_000):
    print(people.add(Named(f"p{n}", f"Person {n}"), {}, by="local", now_ms=n).id, flush=True)
"""


def test_a_person_is_found_by_name_however_it_is_typed(tmp_path: Path) -> None:
    """Capitals and composed letters of a sign-in name do not count; the display name stays."""
    people = People(tmp_path)
    made = people.add(MARIA, ADMIN, by="", now_ms=1)
    for typed in ("maria.lopez", " MARIA.LOPEZ ", "\uff4daria.lopez"):
        found = people.by_login(typed)
        assert found is not None
        assert found.id == made.id
    assert people.named(made.id) == Named(folded("maria.lopez"), "Mar\u00eda L\u00f3pez")
    with pytest.raises(SigningRefused, match="somebody else"):
        people.add(Named("MARIA.lopez", "Another"), {}, by="", now_ms=2)


def test_names_stand_in_one_file_alone(tmp_path: Path) -> None:
    """No name is in the people, nor in what the audit is told."""
    people = People(tmp_path)
    made = people.add(MARIA, ADMIN, by="", now_ms=1)
    people.rename(made.id, Named("m.lopez", "Mar\u00eda"), by=made.id, now_ms=2)
    text = (tmp_path / "people.json").read_text("utf-8").casefold()
    assert "lopez" not in text
    assert "mar" not in text
    assert {deed.action for deed in people.deeds()} == {"people.added", "people.renamed"}


def test_erasing_leaves_the_id_alone(tmp_path: Path) -> None:
    """After erasing there is no name, no hash and no preference on the disk; the id stays."""
    people = People(tmp_path)
    people.add(Named("boss", "Boss"), ADMIN, by="", now_ms=1, hash="h")
    made = people.add(MARIA, {"reno": Role.OPERATOR}, by="", now_ms=2, hash="$argon2id$secret")
    people.erase(made.id, by="local", now_ms=3)
    for path in tmp_path.iterdir():
        text = path.read_text("utf-8").casefold()
        assert "lopez" not in text
        assert "secret" not in text
    kept = people.get(made.id)
    assert kept is not None
    assert (kept.erased, kept.is_active, kept.roles) == (True, False, {})
    assert people.by_login("maria.lopez") is None
    assert people.named(made.id) is None
    with pytest.raises(SigningRefused, match="no such person"):
        people.erase(made.id, by="local", now_ms=4)
    people.add(MARIA, {}, by="", now_ms=5)  # the name is free again


def test_a_name_without_a_person_is_dropped(tmp_path: Path) -> None:
    """What a kill between two files leaves, a name of nobody or of an erased one, is mended."""
    people = People(tmp_path)
    made = people.add(MARIA, {}, by="", now_ms=1)
    names = json.loads((tmp_path / "names.json").read_text())
    names["p-nobody"] = (
        ["ghost", "Ghost"]
        if isinstance(names[made.id], list)
        else {
            "login": "ghost",
            "name": "Ghost",
        }
    )
    (tmp_path / "names.json").write_text(json.dumps(names))
    again = People(tmp_path)
    assert again.by_login("ghost") is None
    again.mend()
    assert "ghost" not in (tmp_path / "names.json").read_text()
    assert again.by_login("maria.lopez") is not None


def test_each_change_is_a_deed_in_the_same_file(tmp_path: Path) -> None:
    """A deed waits until the audit has it, over a restart; with a number for each change."""
    people = People(tmp_path)
    made = people.add(MARIA, ADMIN, by="", now_ms=1)
    people.change(made.id, "people.tried", lambda p: p, by="local", now_ms=2)
    deeds = People(tmp_path).deeds()
    assert [(d.action, d.of, d.by, d.rev) for d in deeds] == [
        ("people.added", made.id, made.id, 0),
        ("people.tried", made.id, "local", 1),
    ]
    people.told(deeds[:1])
    assert People(tmp_path).deeds() == deeds[1:]


def test_the_last_admin_stays(tmp_path: Path) -> None:
    """Nobody takes the last admin who can sign in away, by whatever change."""
    people = People(tmp_path)
    admin = people.add(MARIA, ADMIN, by="", now_ms=1, hash="h")
    people.add(Named("b", "B"), ADMIN, by="", now_ms=1)  # who has no password yet
    changes: list[dict[str, object]] = [{"disabled": True}, {"roles": {}}, {"hash": ""}]
    for fields in changes:

        def change(person: Person, fields: dict[str, object] = fields) -> Person:
            return msgspec.structs.replace(person, **fields)

        with pytest.raises(SigningRefused, match="nobody could sign in"):
            people.change(admin.id, "x", change, by="", now_ms=2)
    with pytest.raises(SigningRefused, match="nobody could sign in"):
        people.erase(admin.id, by="", now_ms=2)
    assert people.get(admin.id) == admin


def test_names_that_cannot_be_used(tmp_path: Path) -> None:
    """Empty, endless and unprintable names are refused, and roles at what is no site."""
    people = People(tmp_path)
    for login, name in (("", "A"), ("a", " "), ("a" * 65, "A"), ("a\x1b[2J", "A"), ("a", "A\nB")):
        with pytest.raises(SigningRefused):
            people.add(Named(login, name), {}, by="", now_ms=1)
    with pytest.raises(SigningRefused, match="no name of a site"):
        people.add(MARIA, {"a/b": Role.ADMIN}, by="", now_ms=1)
    assert people.is_empty


def test_killed_while_adding(tmp_path: Path) -> None:
    """Each person that was told is there after a kill, with name and deed; nothing is half."""
    words = [sys.executable, "-c", ADDS, str(tmp_path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = [process.stdout.readline().strip() for _ in range(15)]
        os.kill(process.pid, signal.SIGKILL)
        told += process.stdout.read().split()
    people = People(tmp_path)
    everyone = {person.id for person in people.everyone()}
    assert set(told) <= everyone
    assert len(everyone) <= len(told) + 1
    assert {deed.of for deed in people.deeds()} == everyone
    assert all(people.named(each) for each in everyone)


def test_who_can_sign_in() -> None:
    """A person without a password, a disabled and an erased one cannot."""
    person = Person(id="p", made_ms=0, changed_ms=0, hash="h")
    assert person.can_sign_in
    for change in ({"hash": ""}, {"disabled": True}, {"erased": True}):
        assert not msgspec.structs.replace(person, **change).can_sign_in
    assert msgspec.structs.replace(person, hash="", subject="s").can_sign_in
