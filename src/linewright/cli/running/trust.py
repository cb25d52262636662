"""`linewright trust`: a person's decision on the certificate that a machine shows."""

from typing import Any

import click

from linewright.cli.ending import Code, Failed, only_after_yes
from linewright.cli.running.asking import ask, running_at
from linewright.cli.terminal import example, safe, say
from linewright.plant.language import nearest
from linewright.server import Running

__all__ = ["command"]

FIRST_USE = "first use"
"""Who accepted a certificate that no person has looked at."""

SHOWN_MAX = 10
"""Sources that a message lists."""


@click.command("trust", epilog=example("linewright trust saw", "linewright trust saw --yes"))
@click.argument("source")
@click.option("--fingerprint", help="Trust only this one: where it is known from the machine.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--data", type=click.Path(file_okay=False), help="Data folder of the plant.")
def command(source: str, *, fingerprint: str | None, yes: bool, data: str | None) -> None:
    """Trust the certificate that a machine shows.

    SOURCE is named by `linewright status`. Shows why it is not trusted, its
    fingerprint and the one of before, and asks. Compare the fingerprint with what the machine
    itself shows. The decision is audited. Ends with 1 where nothing was done.
    """
    running = running_at(data)
    link = _link(running, source)
    shown = str(link.get("certificate", ""))
    if not shown:
        raise Failed(f"{source} shows no certificate", f"its link is {link.get('state')}")
    if fingerprint is not None and _bare(fingerprint) != _bare(shown):
        say(safe(f"not done: {source} shows {shown}, not {fingerprint}"), err=True)
        raise click.exceptions.Exit(Code.FOUND)
    for line in _told(link):
        say(safe(line))
    if link.get("state") != "untrusted" and link.get("trusted_by") not in {None, "", FIRST_USE}:
        say(safe(f"it is trusted already, by {link.get('trusted_by')}; nothing was done"))
        return
    if not yes:
        only_after_yes("Trust it?")
    body = {"source": source, "fingerprint": shown}
    answer = ask(running, "/api/trust", post=True, body=body)
    if answer.status >= 400:  # noqa: PLR2004  # HTTP: an error
        said = answer.body
        say(safe(f"not done: {said['what']} ({said['to_do']})"), err=True)
        is_no = answer.status in {403, 409}
        raise click.exceptions.Exit(Code.FOUND if is_no else Code.FAILED)
    say(safe(f"trusted: {source} {shown}"))


def _link(running: Running, source: str) -> dict[str, Any]:
    links = {str(link.get("source")): link for link in ask(running, "/api/links").body}
    if source not in links:
        near = nearest(source, links)
        there = ", ".join(list(links)[:SHOWN_MAX]) or "none yet"
        to_do = f"did you mean `{near}`?" if near else f"there are: {there}"
        raise Failed(f"there is no source `{source}`", to_do)
    found: dict[str, Any] = links[source]
    return found


def _told(link: dict[str, Any]) -> list[str]:
    lines = [f"source   {link.get('source')} at {link.get('endpoint')}"]
    lines.append(f"state    {link.get('state')}" + (f": {link['why']}" if link.get("why") else ""))
    shown, before = link.get("certificate"), link.get("trusted")
    lines.append(f"shows    {shown}")
    if before and before != shown:
        lines.append(f"before   {before}, accepted by {link.get('trusted_by')}")
    elif before and link.get("trusted_by") == FIRST_USE:
        lines.append("taken    on first use; no person has compared it yet")
    return lines


def _bare(fingerprint: str) -> str:
    """Return a fingerprint without what only parts it."""
    return fingerprint.replace(":", "").replace(" ", "").lower()
