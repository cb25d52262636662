"""Checks an audit chain with nothing but Python's standard library.

It shares no code with Linewright, so that an auditor can read it whole and run it anywhere:

    python tools/check_audit.py audit.jsonl [--records records.jsonl] [--newest SHA256]

It recomputes every hash from the bytes of its line, checks the numbers and the ids, and then the
stories: what had to happen before and after each write to a machine. What a chain alone cannot
show is that its newest links were cut off: for that, keep the newest hash elsewhere and give it
with ``--newest``. Prints what it checked; 0 when all holds, 1 when not.
"""

import argparse
import base64
import hashlib
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

ZERO = "0" * 64
CHAIN_FIELDS = ("n", "prev_sha256", "sha256")
ID_PARTS = ("class", "address", "t_ns", "source", "action", "of", "of_rev", "outcome", "by")
ID_CHARS = 26
OUTCOMES = ("command.confirmed", "command.failed", "command.unknown")
CASE_STEPS = ("case.opened", "case.proposed", "case.granted")
FAULTS_SHOWN = 50
"""More faults than this say nothing new; they are counted."""

UNDO = re.compile(r"undo of ([a-z2-7]{26}): ")
HASH = re.compile(rb',"sha256":"([0-9a-f]{64})"')

Link = dict[str, Any]


def main(arguments: list[str]) -> int:
    """Check what the command line names; 0 when all holds, 1 when not."""
    parser = argparse.ArgumentParser(prog="check_audit", description="Check an audit chain.")
    parser.add_argument("audit", type=Path, help="the chain: one link a line")
    parser.add_argument("--records", type=Path, help="all records: one a line")
    parser.add_argument("--newest", metavar="SHA256", help="hash that the last link must have")
    options = parser.parse_args(arguments)
    try:
        lines = read_lines(options.audit)
        record_lines = read_lines(options.records) if options.records else None
    except OSError as error:
        print(f"cannot read {error.filename}: {error.strerror}")
        return 1
    links, faults = read_links(lines)
    faults += check_end(links, options.newest)
    faults += check_ids(links)
    faults += check_stories(links)
    told = tell(links)
    if record_lines is not None:
        faults += check_records(links, record_lines)
        told.append(f"compared with {len(record_lines)} records")
    for line in told:
        print(line)
    for fault in faults[:FAULTS_SHOWN]:
        print(f"FAULT {fault}")
    if len(faults) > FAULTS_SHOWN:
        print(f"and {len(faults) - FAULTS_SHOWN} more faults")
    print("the chain does NOT hold" if faults else "the chain holds")
    return 1 if faults else 0


def read_lines(path: Path) -> list[bytes]:
    """Lines of a file without their ends; a last line that was not ended counts too."""
    data = path.read_bytes()
    lines = data.split(b"\n")
    return lines[:-1] if lines[-1] == b"" else lines


def read_links(lines: Iterable[bytes]) -> tuple[list[Link], list[str]]:
    """Links of a chain, and what is wrong with their hashes and numbers."""
    links: list[Link] = []
    faults: list[str] = []
    before = ZERO
    for number, line in enumerate(lines):
        where = f"line {number + 1}"
        try:
            found = parse(line)
        except ValueError as error:
            faults.append(f"{where}: no link: {error}")
            continue
        if found.get("class") != "audit":
            faults.append(f"{where}: no audit record")
        if found.get("n") != number:
            faults.append(f"{where}: its number is {found.get('n')}, not {number}")
        if found.get("prev_sha256") != before:
            faults.append(f"{where}: it does not follow the link before it")
        if found.get("sha256") != hash_of(line):
            faults.append(f"{where}: its hash is not that of its text")
        before = found.get("sha256", "")
        links.append(found)
    return links, faults


def parse(line: bytes) -> Link:
    """One JSON object with every name once; ValueError otherwise."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise ValueError("a name stands twice")
        return found

    found = json.loads(line.decode("utf-8"), object_pairs_hook=once)
    if not isinstance(found, dict):
        raise ValueError("it is no object")  # noqa: TRY004 - one kind of error for bad lines
    return found


def hash_of(line: bytes) -> str | None:
    """SHA-256 of a line without its own hash; None where it does not have exactly one.

    Inside a JSON text a quotation mark is escaped, so the pattern cannot stand in one.
    """
    without, count = HASH.subn(b"", line)
    return hashlib.sha256(without).hexdigest() if count == 1 else None


def check_end(links: list[Link], newest: str | None) -> list[str]:
    """Whether the chain ends where the auditor knows that it ended or went on."""
    if newest is None or any(link.get("sha256") == newest for link in links):
        return []
    return [f"no link has the hash {newest}: links are cut off or replaced"]


def check_ids(links: Iterable[Link]) -> list[str]:
    """Whether every id is the one of its content, and stands once."""
    faults = []
    seen: set[str] = set()
    for link in links:
        name = str(link.get("id"))
        if name in seen:
            faults.append(f"link {link.get('n')}: id {name} stands twice")
        seen.add(name)
        if name != id_of(link):
            faults.append(f"link {link.get('n')}: id {name} is not that of its content")
    return faults


def id_of(link: Link) -> str:
    """Id that an audit record must have: 130 bits of a hash over what makes it itself."""
    parts = [link.get(name) for name in ID_PARTS]
    text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return base64.b32encode(digest)[:ID_CHARS].decode("ascii").lower()


def check_stories(links: list[Link]) -> list[str]:
    """Whether every command that reached a machine had to, and what became of it is known."""
    places = places_of(links)
    commands = commands_of(links)
    faults = check_undos(links, commands)
    for command, steps in commands.items():
        written = steps.get("command.written", [])
        ended = sorted(place for name in OUTCOMES for place in steps.get(name, []))
        if not written and not ended:
            continue
        first = min(written + ended)
        what = f"command {command} (link {links[first].get('n')})"
        faults += [f"{what}: {fault}" for fault in allowed(links[first], first, places)]
        faults += [f"{what}: {fault}" for fault in told_of(steps, written, ended)]
    return faults


def check_undos(links: list[Link], commands: dict[str, dict[str, list[int]]]) -> list[str]:
    """Whether each undo takes back, once, a command that was done before under the same grant."""
    faults, undone = [], set()
    for command, steps in commands.items():
        first = min(place for places in steps.values() for place in places)
        told = UNDO.match(str(links[first].get("text", "")))
        if told is None or not any(name in steps for name in ("command.written", *OUTCOMES)):
            continue
        what, of = f"command {command} (link {links[first].get('n')})", told[1]
        done = [place for name in OUTCOMES[:1] for place in commands.get(of, {}).get(name, [])]
        if not any(place < first for place in done):
            faults.append(f"{what}: takes back {of}, which was not confirmed before")
        elif links[done[0]].get("grant_id") != links[first].get("grant_id"):
            faults.append(f"{what}: takes back {of}, which was done under another grant")
        if of in undone:
            faults.append(f"{what}: takes back {of} a second time")
        undone.add(of)
    return faults


def commands_of(links: list[Link]) -> dict[str, dict[str, list[int]]]:
    """Places of the links of each command, by action."""
    found: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for place, link in enumerate(links):
        action = str(link.get("action"))
        if action.startswith("command."):
            found[str(link.get("of"))][action].append(place)
    return found


def places_of(links: list[Link]) -> dict[tuple[str, str], list[int]]:
    """Places of the links by (action, id of what it was done to), for grants and cases."""
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, link in enumerate(links):
        action = str(link.get("action"))
        names = {link.get("of")}
        names |= {link.get("grant_id")} if action.startswith("grant.") else set()
        names |= {link.get("case")} if action.startswith("case.") else set()
        for name in names - {None}:
            found[action, str(name)].append(place)
    return found


def allowed(link: Link, at: int, places: dict[tuple[str, str], list[int]]) -> Iterator[str]:
    """What is missing before the write at place `at`: its grant, and the steps of its case."""
    grant, case = link.get("grant_id"), link.get("case")
    if grant is None:
        yield "written without a grant"
    elif not any(place < at for place in places.get(("grant.issued", str(grant)), [])):
        yield f"written under grant {grant}, which was not issued before"
    if case is None:
        return
    before = -1
    for step in CASE_STEPS:
        found = [place for place in places.get((step, str(case)), []) if before < place < at]
        if not found:
            yield f"written for case {case} without {step} before, in its order"
            return
        before = found[0]
    is_undo = UNDO.match(str(link.get("text", ""))) is not None
    closed = places.get(("case.closed", str(case)), [])
    if not is_undo and any(place < at for place in closed):
        yield f"written for case {case} after it was closed"


def told_of(steps: dict[str, list[int]], written: list[int], ended: list[int]) -> Iterator[str]:
    """What is wrong with the links of one command among themselves."""
    first = min(written + ended)
    if not any(place < first for place in steps.get("command.authorised", [])):
        yield "not authorised before"
    if any(place < first for place in steps.get("command.refused", [])):
        yield "refused, and written all the same"
    if len(written) > 1:
        yield f"written {len(written)} times"
    if written and not any(place > written[-1] for place in ended):
        yield "written, and its outcome is not told"
    if written and ended and ended[0] < written[0]:
        yield "its outcome is told before it was written"


def check_records(links: list[Link], lines: Iterable[bytes]) -> list[str]:
    """Whether the chain holds every audit record, unchanged, and the right contents' hashes."""
    faults: list[str] = []
    chained = {link.get("id"): link for link in links}
    published: set[str] = set()
    content: dict[tuple[str, str, int], str] = {}
    for number, line in enumerate(lines, 1):
        try:
            record = parse(line)
        except ValueError as error:
            faults.append(f"record {number}: no record: {error}")
            continue
        name, rev = str(record.get("id")), int(record.get("rev", 0))
        content[str(record.get("class")), name, rev] = hashlib.sha256(line).hexdigest()
        if record.get("class") == "audit" and rev == 0:
            published.add(name)
            if name not in chained:
                faults.append(f"record {number}: audit {name} is not in the chain")
            elif bare(record) != bare(chained[name]):
                faults.append(f"record {number}: audit {name} says something else in the chain")
    for link in links:
        if link.get("id") not in published:
            faults.append(f"link {link.get('n')}: no audit record {link.get('id')} was published")
        faults += check_content(link, content)
    return faults


def check_content(link: Link, content: dict[tuple[str, str, int], str]) -> list[str]:
    """Whether the hash that a link names is that of the record it is about, where that is here."""
    wanted = link.get("content_sha256")
    key = (str(link.get("of_class")), str(link.get("of")), int(link.get("of_rev") or 0))
    if wanted is None or content.get(key, wanted) == wanted:
        return []
    return [f"link {link.get('n')}: {key[0]} {key[1]} was changed after it"]


def bare(link: Link) -> Link:
    """An audit record without what the chain adds."""
    return {name: value for name, value in link.items() if name not in CHAIN_FIELDS}


def tell(links: list[Link]) -> list[str]:
    """What was checked, in a few lines."""
    actions = [str(link.get("action")) for link in links]
    commands = commands_of(links)
    silent = [
        steps
        for steps in commands.values()
        if "command.written" not in steps and any(name in steps for name in OUTCOMES)
    ]
    writes, refusals = actions.count("command.written"), actions.count("command.refused")
    issued, opened = actions.count("grant.issued"), actions.count("case.opened")
    lines = [
        f"{len(links)} links: numbers, predecessors, hashes and ids",
        f"{issued} grants issued; {opened} cases opened, {actions.count('case.closed')} closed",
        f"{len(commands)} commands: {writes} writes, {refusals} refusals",
    ]
    if silent:
        lines.append(f"{len(silent)} commands were read back without a link for the write")
    if links:
        lines.append(f"newest hash {links[-1].get('sha256')}: keep it elsewhere")
    return lines


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
