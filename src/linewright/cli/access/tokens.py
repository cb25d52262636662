"""`linewright tokens`: by which token another program reads here, such as Prometheus.

Works on the data folder, whether the plant runs or not: a running server sees a change at its next
request, and the audit hears of it as soon as it can.
"""

import datetime as dt

import click

from linewright.cli.access.folder import DATA, Place, now_ms, placed
from linewright.cli.ending import Failed
from linewright.cli.terminal import example, safe, say
from linewright.plant.language import nearest
from linewright.server.signing import OWNER, SCOPES, Program, Programs, ProgramWanted

__all__ = ["command"]

HELP = """\
Say which other programs may read at a plant, and what.

A token reads what its scopes name and nothing else: metrics for Prometheus,
grafana for Grafana, sites for the server of another site. It is taken over
TLS, or on this machine. The secret is printed once and is kept nowhere.
"""

command = click.Group(
    "tokens",
    help=HELP,
    epilog=example("linewright tokens add prometheus --scope metrics", "linewright tokens list"),
)


@command.command("list")
@DATA
@placed
def listed(place: Place) -> None:
    """List the tokens: id, name, scopes, who made it, last use, end."""
    programs, now = Programs(place.private), now_ms()
    everyone = programs.everyone(now_ms=now)
    if not everyone:
        say("there are no tokens; `linewright tokens add` makes one")
    for each in everyone:
        used = programs.used(each.id)
        last = f"used {_day(used.at_ms)} from {used.client}" if used else "never used"
        end = "until" if each.lives(now) else "ended"
        scopes = ",".join(each.scopes)
        begin = f"{each.id}  {each.name:16} {scopes:22} by {each.made_by:18}"
        say(safe(f"{begin} {end} {_day(each.until_ms)}  {last}"))


@command.command("add")
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, help=f"{', '.join(SCOPES)}; repeatable.")
@click.option("--days", default=365, show_default=True, help="How long it holds, 1 to 730.")
@DATA
@placed
def added(place: Place, name: str, scopes: tuple[str, ...], days: int) -> None:
    """Make a token for the program NAME, and print its secret."""
    wanted = ProgramWanted(name=name, scopes=scopes, site=place.site, days=days)
    made, secret = Programs(place.private).add(wanted, by=OWNER.id, now_ms=now_ms())
    say(safe(f"added    {made.id} {made.name}: {', '.join(made.scopes)} of {made.site}"))
    say(f"until    {_day(made.until_ms)}")
    say(f"token    {secret}")


@command.command("revoke")
@click.argument("name")
@DATA
@placed
def revoked(place: Place, name: str) -> None:
    """End the token NAME (or id) at once and for good."""
    programs = Programs(place.private)
    there = programs.everyone(now_ms=now_ms())
    found = programs.revoke(_found(there, name).id, by=OWNER.id, now_ms=now_ms())
    say(safe(f"revoked  {found.id} {found.name}"))


def _found(there: tuple[Program, ...], name: str) -> Program:
    # An ended token may have the name of one that holds: that one is meant.
    by_end = sorted(there, key=lambda each: -each.until_ms)
    found = next((each for each in by_end if name in {each.id, each.name}), None)
    if found is None:
        near = nearest(name, [each.name for each in there])
        to_do = f"did you mean `{near}`?" if near else "`linewright tokens list` lists all"
        raise Failed(f"there is no token `{name}`", to_do)
    return found


def _day(ms: int) -> str:
    return dt.datetime.fromtimestamp(ms / 1000, tz=dt.UTC).strftime("%Y-%m-%d")
