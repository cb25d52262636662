"""`linewright audit`: the audit of a running plant, as history has chained it."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import click
import msgspec

from linewright.cli.ending import Failed, counted
from linewright.cli.files import write_whole
from linewright.cli.looking import words
from linewright.cli.looking.place import place_of
from linewright.cli.running.asking import ask, running_at
from linewright.cli.terminal import as_json, example, safe, say
from linewright.server import Running

__all__ = ["command", "lines_of"]

PAGES_MAX = 10_000
"""Most answers that are asked for one after the other."""

LINES = msgspec.json.Decoder(list[msgspec.Raw])
"""Takes a JSON list apart and leaves the text of each element as it is."""


@click.command("audit", epilog=example("linewright audit", "linewright audit --out audit.jsonl"))
@click.option("--data", type=click.Path(file_okay=False), help="Data folder of the plant.")
@click.option("--json", "wants_json", is_flag=True, help="Print JSON.")
@click.option("--out", type=click.Path(dir_okay=False), help="Write to a file, a record a line.")
def command(*, data: str | None, wants_json: bool, out: str | None) -> None:
    """Print the audit of a running plant: who did what, when, and how it went.

    Each record holds the hash of the one before, so that a change is noticed. Of a
    stopped plant it is a file, history/audit.jsonl in the data folder.
    """
    place = place_of(data)
    if place.running is None:
        to_do = f"its audit lies in {place.data / 'history' / 'audit.jsonl'}, a record a line"
        raise Failed(f"no plant runs on {place.data}", to_do)
    lines = lines_of(running_at(str(place.data)))
    if out is not None:
        write_whole(Path(out), "".join(f"{line}\n" for line in lines))
        say(f"written: {safe(out)} ({counted(len(lines), 'record')})")
        return
    records = [json.loads(line) for line in lines]
    if wants_json:
        say(as_json(records))
        return
    zone = place.zone()
    if records:
        say(f"times of {words.offset(zone, records[-1]['t_ns'])}", err=True)
    for record in records:
        say(safe(_line(record, zone)))
    if not records:
        say("no record yet: history has stored none")


def lines_of(running: Running) -> list[str]:
    """Return every audit record of a running plant, in the order of the chain.

    Each is the JSON that history has hashed, character by character: written anew, even with the
    same content, it would not have its hash any more.

    Raises
    ------
    Failed
        The history service does not answer.
    """
    found: list[str] = []
    after_n = -1
    for _ in range(PAGES_MAX):
        answer = ask(running, f"/api/audit?after_n={after_n}")
        if answer.status >= 400:  # noqa: PLR2004  # HTTP: an error
            raise Failed(answer.body["what"], answer.body["to_do"])
        if not answer.body:
            break
        found += [bytes(line).decode() for line in LINES.decode(answer.data)]
        after_n = answer.body[-1]["n"]
    return found


def _line(record: dict[str, Any], zone: dt.tzinfo) -> str:
    who = record.get("by") or record["source"]
    said = f"  {record['text']}" if record.get("text") else ""
    at = words.local(record["t_ns"], zone, digits=0)
    return f"{record.get('n', 0):5}  {at}  {record['action']}  {record['outcome']}  {who}{said}"
