"""The auditor's script: a good chain holds, and each kind of tampering is found."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from linewright.history import Writer, export_audit, export_records, take_in
from linewright.plant.records import Audit, encode, link, record_id
from tests.history.building import audit, published, state
from tools import check_audit

GRANT = "grant-1"
CASE = "a" * 26
COMMAND = "b" * 26
STORY = (
    ("plant.applied", "r1"),
    ("case.opened", CASE),
    ("case.proposed", CASE),
    ("grant.issued", GRANT),
    ("case.granted", CASE),
    ("command.authorised", COMMAND),
    ("command.written", COMMAND),
    ("command.confirmed", COMMAND),
    ("case.closed", CASE),
)
TRICKY = 'x ,"sha256":"' + "0" * 64 + '" \\ \u00fc\u2028\x7f\x01'


def told(steps: Sequence[tuple[str, str]] = STORY, **changes: str | None) -> list[Audit]:
    """Audit records of a story; a command is done under the grant, for the case."""
    found = []
    for at, (action, of) in enumerate(steps):
        more = {"grant_id": GRANT, "case": CASE} if action.startswith("command.") else {}
        kept = {name: value for name, value in (more | changes).items() if value is not None}
        if not action.startswith("command."):
            kept = {}
        found.append(audit(action, of, at=at, text=TRICKY, **kept))
    return found


def chained(audits: Sequence[Audit]) -> list[bytes]:
    """The lines of a chain, as history makes them."""
    lines: list[bytes] = []
    last = None
    for each in audits:
        last = link(each, last)
        lines.append(encode(last))
    return lines


def checked(
    lines: Sequence[bytes], folder: Path, capsys: pytest.CaptureFixture[str], *more: str
) -> tuple[int, list[str]]:
    """Exit code, and the faults that the script tells."""
    path = folder / "audit.jsonl"
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    code = check_audit.main([str(path), *more])
    out = capsys.readouterr().out.splitlines()
    return code, [line for line in out if line.startswith("FAULT")]


def test_a_good_chain_holds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every link of a whole story, with texts that look like a hash."""
    assert checked(chained(told()), tmp_path, capsys) == (0, [])
    assert checked([], tmp_path, capsys) == (0, [])


def test_it_runs_alone(tmp_path: Path) -> None:
    """An isolated Python without our package, in another folder, comes to the same end."""
    (tmp_path / "audit.jsonl").write_bytes(b"\n".join(chained(told())))
    script = Path(check_audit.__file__).read_text(encoding="utf-8")
    (tmp_path / "check.py").write_text(script, encoding="utf-8")
    command = [sys.executable, "-I", "-S", "check.py", "audit.jsonl"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "9 links" in done.stdout


@pytest.mark.parametrize("place", range(len(STORY)))
def test_a_changed_text_is_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], place: int
) -> None:
    """One letter in any link breaks its hash."""
    lines = chained(told())
    lines[place] = lines[place].replace(b'"text":"x', b'"text":"y')
    code, faults = checked(lines, tmp_path, capsys)
    assert (code, faults) == (1, [f"FAULT line {place + 1}: its hash is not that of its text"])


@pytest.mark.parametrize("place", range(len(STORY)))
def test_a_link_hashed_anew_breaks_the_next_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], place: int
) -> None:
    """Who changes a link and its hash must change all later ones, to the newest hash."""
    whole = told()
    lines = chained(whole)
    newest = json.loads(lines[-1])["sha256"]
    whole[place] = msgspec.structs.replace(whole[place], text="nothing happened")
    lines[place] = chained(whole)[place]
    code, faults = checked(lines, tmp_path, capsys, "--newest", newest)
    assert code == 1
    assert "follow" in faults[0] or newest in faults[0]


def test_a_chain_made_anew_does_not_have_the_newest_hash(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever fits in itself is found by the hash that was kept elsewhere."""
    newest = json.loads(chained(told())[-1])["sha256"]
    shorter = chained(told(STORY[:5]))
    assert checked(shorter, tmp_path, capsys)[0] == 0
    assert checked(shorter, tmp_path, capsys, "--newest", newest)[0] == 1


def test_removed_swapped_inserted_and_repeated_links_are_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """At every place of the chain."""
    lines = chained(told())
    last = len(lines) - 1
    for place in range(len(lines)):
        broken = [lines[:place] + lines[place:][:1] + lines[place:]]
        if place < last:
            broken.append(lines[:place] + lines[place + 1 :])
            swapped = [lines[place + 1], lines[place]]
            broken.append(lines[:place] + swapped + lines[place + 2 :])
        for each in broken:
            assert checked(each, tmp_path, capsys)[0] == 1, place


@pytest.mark.parametrize(
    ("left_out", "fault"),
    [
        ("grant.issued", "written under grant grant-1, which was not issued before"),
        ("case.opened", "without case.opened before"),
        ("case.proposed", "without case.proposed before"),
        ("case.granted", "without case.granted before"),
        ("command.authorised", "not authorised before"),
        ("command.confirmed", "its outcome is not told"),
    ],
)
def test_what_a_write_needs_is_missed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], left_out: str, fault: str
) -> None:
    """Well hashed, but one step of the story never happened."""
    steps = [step for step in STORY if step[0] != left_out]
    code, (found,) = checked(chained(told(steps)), tmp_path, capsys)
    assert code == 1
    assert fault in found


@pytest.mark.parametrize(
    ("moved", "to"), [("grant.issued", 7), ("case.granted", 7), ("case.closed", 5)]
)
def test_a_step_at_the_wrong_time_is_missed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], moved: str, to: int
) -> None:
    """A grant or a consent after the write is none before it; a closed case writes nothing."""
    steps = [step for step in STORY if step[0] != moved]
    steps.insert(to, next(step for step in STORY if step[0] == moved))
    assert checked(chained(told(steps)), tmp_path, capsys)[0] == 1


def test_a_write_without_any_grant_or_twice_or_refused_is_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Three ways in which a machine was written to that it must not be."""
    _, faults = checked(chained(told(grant_id=None)), tmp_path, capsys)
    assert faults[0].endswith("written without a grant")
    twice = [*STORY[:7], ("command.written", COMMAND), *STORY[7:]]
    _, faults = checked(chained(told(twice)), tmp_path, capsys)
    assert faults[0].endswith("written 2 times")
    refused = [*STORY[:5], ("command.refused", COMMAND), *STORY[5:]]
    _, faults = checked(chained(told(refused)), tmp_path, capsys)
    assert faults[0].endswith("refused, and written all the same")


UNDO = "c" * 26


def undone(of: str = COMMAND, times: int = 1, **changes: str) -> list[Audit]:
    """The story, and behind its end the undo of a command, in its three links."""
    found = told()
    for n in range(times):
        command = UNDO[n:] + "d" * n
        for step in ("authorised", "written", "confirmed"):
            kept = {"grant_id": GRANT, "case": CASE} | changes
            text = f"undo of {of}: speed from 80 to 100"
            found.append(audit(f"command.{step}", command, at=len(found), text=text, **kept))
    return found


def test_an_undo_may_come_after_the_case_is_closed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It takes back, once, what was confirmed under the same grant; anything else is found."""
    assert checked(chained(undone()), tmp_path, capsys) == (0, [])
    _, faults = checked(chained(undone(of="e" * 26)), tmp_path, capsys)
    assert faults[0].endswith("which was not confirmed before")
    _, faults = checked(chained(undone(times=2)), tmp_path, capsys)
    assert faults[0].endswith("a second time")
    _, faults = checked(chained(undone(grant_id="g-other")), tmp_path, capsys)
    assert any(fault.endswith("under another grant") for fault in faults)


def test_an_outcome_read_back_after_a_restart_needs_no_written_link(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Killed between the write and its record: the outcome stands for the write."""
    steps = [step for step in STORY if step[0] != "command.written"]
    assert checked(chained(told(steps)), tmp_path, capsys) == (0, [])
    without_grant = [step for step in steps if step[0] != "grant.issued"]
    assert checked(chained(told(without_grant)), tmp_path, capsys)[0] == 1


def test_the_records_must_say_what_the_chain_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A record left out of the chain, put into it alone, or changed later is found."""
    audits = told()
    shown = msgspec.structs.replace(audits[0], of="r2", id="")
    records = tmp_path / "records.jsonl"
    for kept, fault in (
        (audits, None),
        ([*audits, shown], "is not in the chain"),
        (audits[1:], "was published"),
        ([msgspec.structs.replace(audits[0], text="else"), *audits[1:]], "something else"),
    ):
        records.write_bytes(b"".join(encode(each) + b"\n" for each in kept))
        code, faults = checked(chained(audits), tmp_path, capsys, "--records", str(records))
        assert (code == 0) == (fault is None)
        assert fault is None or fault in faults[0]


def test_a_record_changed_after_its_audit_is_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The audit names the hash of what was done."""
    done = state(0)
    digest = hashlib.sha256(encode(done)).hexdigest()
    audits = [audit("state.corrected", done.id, of_class="state", content_sha256=digest)]
    records = tmp_path / "records.jsonl"
    more = ("--records", str(records))
    records.write_bytes(encode(done) + b"\n" + encode(audits[0]) + b"\n")
    assert checked(chained(audits), tmp_path, capsys, *more) == (0, [])
    records.write_bytes(records.read_bytes().replace(b'"state":"down"', b'"state":"idle"'))
    assert checked(chained(audits), tmp_path, capsys, *more)[0] == 1


def test_an_id_is_computed_as_the_contract_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The script's own arithmetic gives the ids of the records, and refuses another one."""
    for each in told():
        assert check_audit.id_of(json.loads(encode(each))) == record_id(each) == each.id
    line = chained(told())[0]
    forged = line.replace(told()[0].id.encode(), b"z" * 26)
    digest = check_audit.hash_of(forged)
    assert digest is not None
    old = json.loads(forged)["sha256"]
    code, faults = checked([forged.replace(old.encode(), digest.encode())], tmp_path, capsys)
    assert (code, faults) == (1, [f"FAULT link 0: id {'z' * 26} is not that of its content"])


def test_lines_that_are_no_links_are_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No JSON, no object, a name twice, bytes that are no text, and no file at all."""
    (line,) = chained(told()[:1])
    for bad in (b"?", b"[]", b"\xff", b"", b'{"n":0,' + line[1:], line[:-1]):
        assert checked([bad], tmp_path, capsys)[0] == 1
    assert check_audit.main([str(tmp_path / "nothing.jsonl")]) == 1


def test_what_history_exports_holds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """From the published records through the database to the two files."""
    with Writer.open(tmp_path) as writer:
        writer.append(take_in(published([*told(), state(0)])), plant_rev="r1")
    export_audit(tmp_path, tmp_path / "a.jsonl")
    export_records(tmp_path, tmp_path / "r.jsonl")
    code = check_audit.main([str(tmp_path / "a.jsonl"), "--records", str(tmp_path / "r.jsonl")])
    assert (code, capsys.readouterr().out.splitlines()[-1]) == (0, "the chain holds")
