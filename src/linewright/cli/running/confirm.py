"""`linewright confirm`: say yes or no to what a case proposes, as on the page."""

from typing import Any

import click

from linewright.cli.ending import Code, Failed, only_after_yes
from linewright.cli.running.asking import ask, running_at
from linewright.cli.running.cases import told
from linewright.cli.terminal import example, safe, say

__all__ = ["command", "proposal"]


@click.command("confirm", epilog=example("linewright confirm", "linewright confirm --refuse"))
@click.argument("case", required=False)
@click.option("--data", type=click.Path(file_okay=False), help="Data folder of the plant.")
@click.option("--refuse", is_flag=True, help="Say no instead: nothing is changed.")
@click.option("--yes", is_flag=True, help="Do not ask again.")
def command(case: str | None, *, data: str | None, refuse: bool, yes: bool) -> None:
    """Confirm or refuse what a case proposes.

    Without CASE, the only proposal there is. Shows what would be done and
    asks. Ends with 1 where nothing was done: the answer was no, or the case
    has gone on meanwhile.
    """
    running = running_at(data)
    found = proposal(ask(running, "/api/state").body["cases"], case)
    for line in told(found):
        say(safe(line))
    verb = "refuse" if refuse else "confirm"
    if not yes:
        _ask_person(found, verb)
    answer = ask(running, f"/api/cases/{found['id']}/{verb}", post=True)
    if answer.status >= 400:  # noqa: PLR2004  # HTTP: an error
        body = answer.body
        say(safe(f"not done: {body['what']} ({body['to_do']})"), err=True)
        is_no = answer.status in {403, 409}
        raise click.exceptions.Exit(Code.FOUND if is_no else Code.FAILED)
    say(safe(f"{verb}ed" if verb == "confirm" else "refused") + f": {found['title']}")


def _ask_person(case: dict[str, Any], verb: str) -> None:
    """Go on only after a yes, to a case that still waits for one."""
    if not case["can_confirm"]:
        say(f"not done: the case is {case['stage']}, so it waits for no answer", err=True)
        raise click.exceptions.Exit(Code.FOUND)
    only_after_yes(f"{verb.capitalize()} this?")


def proposal(cases: list[dict[str, Any]], wanted: str | None) -> dict[str, Any]:
    """Return the case that is meant: by its id or the beginning of it, or the only proposal.

    Raises
    ------
    Failed
        There is none, or several.
    """
    if wanted:
        found = [case for case in cases if case["id"].startswith(wanted)]
        to_do = "`linewright cases` lists the cases there are"
    else:
        found = [case for case in cases if case["can_confirm"]]
        to_do = "name one, `linewright cases` lists them"
    if len(found) > 1:
        raise Failed(f"{len(found)} cases are meant", to_do)
    if not found and wanted:
        raise Failed(f"there is no case `{wanted}`", to_do)
    if not found:
        raise Failed(
            "no case waits for an answer", "`linewright cases` tells how far each has come"
        )
    return found[0]
