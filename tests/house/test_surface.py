"""The rules that everything people touch is on a page, each against a planted breach."""

from pathlib import Path

import click
import pytest

from tests.house.planting import planted, told
from tools.house.surface import (
    Thing,
    absent,
    commands_of,
    routes,
    settings,
    surface_findings,
    undocumented,
    unsettled,
)
from tools.house.tree import SRC, Tree


@click.group()
def main() -> None:
    """Do one thing."""


@main.command()
@click.option("--json", "as_json", is_flag=True)
@click.option("-o", "--out", envvar="LINEWRIGHT_OUT")
@click.argument("plant")
def check(as_json: bool, out: str, plant: str) -> None:  # noqa: FBT001 - click passes by keyword
    """Check a plant."""


def test_settings_are_on_a_page(tmp_path: Path) -> None:
    """A variable that any file reads and no page names is found, once."""
    files = {
        f"{SRC}/cli/a.py": 'os.environ["LINEWRIGHT_HOME"], get("LINEWRIGHT_DATA")\n',
        ".ci/run": "export LINEWRIGHT_HOME=x\n",
        "docs/settings.md": "`LINEWRIGHT_DATA` names the data.\nLINEWRIGHT_HOMES is no setting.\n",
        "README.md": "`LINEWRIGHT_HOME`\n",
    }
    assert told(settings(planted(tmp_path, files))) == [
        ".ci/run:1 setting `LINEWRIGHT_HOME` is on no page in docs"
    ]


def test_routes_are_on_a_page(tmp_path: Path) -> None:
    """Routes of every spelling are found, and each needs its page."""
    text = '@app.get("/api/lines")\ndef f(): ...\nRoute("/api/told", f)\napp.state.get("x")\n'
    files = {f"{SRC}/server/api.py": text, "docs/api.md": "## `/api/told`\n"}
    assert told(routes(planted(tmp_path, files))) == [
        "server/api.py:1 route `/api/lines` is on no page in docs"
    ]


def test_a_silent_source_is_a_finding(tmp_path: Path) -> None:
    """A source of truth that is there and yields nothing is broken; an absent one is not."""
    assert absent(planted(tmp_path, {}), "route", []) == []
    tree = planted(tmp_path, {f"{SRC}/server/api.py": "x = 1\n"})
    assert told(absent(tree, "route", [])) == ["server:1 no route found; the search is broken"]
    assert len(routes(tree)) == 1


def test_a_missing_source_is_a_finding(tmp_path: Path) -> None:
    """Commands, records and codes are there from the first day: without them nothing passes."""
    found = told(surface_findings(planted(tmp_path, {"docs/a.md": "x"})))
    assert len(found) == 3
    assert all("not there" in line for line in found)


def test_a_new_record_needs_a_decision(tmp_path: Path) -> None:
    """A record outside the closed set is found until a decision page names it."""
    things = [Thing("record", f"{n.title()} or {n}", "", "a.py", 1) for n in ("state", "mood")]
    tree = planted(tmp_path, {"docs/decisions/0001-a.md": "# Moods\n", "docs/a.md": "`mood`\n"})
    assert told(unsettled(tree, things)) == ["a.py:1 record `mood` needs a decision page"]
    settled = planted(tmp_path, {"docs/decisions/0002-b.md": "The record `mood`.\n"})
    assert unsettled(settled, things) == []


def test_commands_and_options_are_walked() -> None:
    """Every command of a group is given, and every option and variable of each."""
    assert [(t.kind, t.name, t.also) for t in commands_of(main)] == [
        ("command", "linewright", ""),
        ("command", "linewright check", ""),
        ("option", "linewright check", "--json"),
        ("option", "linewright check", "--out"),
        ("setting", "LINEWRIGHT_OUT", ""),
    ]


@pytest.mark.parametrize(
    ("page", "kind", "name", "also", "said"),
    [
        ("Run linewright check now.", "command", "linewright check", "", True),
        ("Run linewright checks.", "command", "linewright check", "", False),
        ("linewright check --json", "option", "linewright check", "--json", True),
        ("linewright check --json-lines", "option", "linewright check", "--json", False),
        ("linewright show --json", "option", "linewright check", "--json", False),
        ("| `unused` | never read |", "problem code", "unused", "", True),
        ("### unused", "problem code", "unused", "", True),
        ("Remove what is unused.", "problem code", "unused", "", False),
        ("The record `sign-on`.", "record", "SignOn or sign-on", "", True),
        ("They sign-on.", "record", "SignOn or sign-on", "", False),
    ],
)
def test_what_counts_as_told(
    tmp_path: Path, page: str, kind: str, name: str, also: str, *, said: bool
) -> None:
    """A page tells of a thing by its whole name: commands anywhere, everyday words as code."""
    tree: Tree = planted(tmp_path, {"docs/a.md": page})
    thing = Thing(kind, name, also, "src/a.py", 1)
    assert (undocumented(tree, [thing]) == []) is said
