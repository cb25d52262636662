"""The rules on pages and on what may stand in any file, each against a planted breach."""

from pathlib import Path

import pytest

from tests.house.planting import planted, told
from tools.house.prose import (
    SECTIONS,
    decisions,
    fragments,
    hosts,
    links,
    lock_files,
    machine_paths,
)

DECISION = "# A choice\n\n" + "\n".join(f"## {section}\n\nText.\n" for section in SECTIONS)


def test_links_lead_somewhere(tmp_path: Path) -> None:
    """A link to a missing file or heading is found; code and the web are left alone."""
    page = (
        "[ok](b.md) [ok](../README.md#the-top) [ok](#here) [web](https://example.org/x.md)\n"
        "[folder](deep) `[code](no.md)`\n```\n[code](no.md)\n```\n## Here\n"
        "[bad](c.md) [bad](b.md#nothing) [bad](../../up.md) ![bad](a.png)\n[ref]: gone.md\n"
    )
    files = {
        "README.md": "# The `top`\n",
        "docs/a.md": page,
        "docs/b.md": "x",
        "docs/deep/c.md": "",
    }
    assert told(links(planted(tmp_path, files))) == [
        "docs/a.md:7 `../../up.md` leads nowhere",
        "docs/a.md:7 `a.png` leads nowhere",
        "docs/a.md:7 `b.md#nothing`: no such heading",
        "docs/a.md:7 `c.md` leads nowhere",
        "docs/a.md:8 `gone.md` leads nowhere",
    ]


def test_decisions_have_their_four_parts(tmp_path: Path) -> None:
    """A page without a part, with an empty part, misnamed or out of number is found."""
    wrong = "What would prove it wrong"
    files = {
        "docs/decisions/README.md": "# All\n",
        "docs/decisions/0001-good.md": DECISION,
        "docs/decisions/0002-lacking.md": DECISION.replace(f"## {wrong}\n\nText.\n", ""),
        "docs/decisions/0003-empty.md": DECISION.replace("Options\n\nText.", "Options\n"),
        "docs/decisions/0005-late.md": DECISION,
        "docs/decisions/later.md": DECISION,
    }
    assert told(decisions(planted(tmp_path, files))) == [
        f"docs/decisions/0002-lacking.md:1 has no section `{wrong}`",
        "docs/decisions/0003-empty.md:1 section `Options` is empty",
        "docs/decisions/later.md:1 is not called NNNN-what-it-is.md",
        "docs/decisions:1 number 0005 stands where 0004 belongs",
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Plant.added.md", "A plant file."),
        ("plant.md", "A plant file."),
        ("plant.new.md", "A plant file."),
        ("plant.added.txt", "A plant file."),
        ("plant.added.md", ""),
        ("plant.added.md", "# A plant file."),
        ("plant.added.md", "- A plant file."),
        ("plant.added.md", "A plant file.\n\nAnd more."),
        ("plant.added.md", "A plant file"),
        ("plant.added.md", "A plant file. " * 100),
    ],
)
def test_fragments_have_one_form(tmp_path: Path, name: str, text: str) -> None:
    """A fragment with another name or another form is found, the right one is not."""
    right = {"changes/README.md": "# Changes\n", "changes/plant-file.fixed.md": "A file.\n"}
    assert fragments(planted(tmp_path, right)) == []
    found = fragments(planted(tmp_path, {f"changes/{name}": text}))
    assert [(f.path, f.rule) for f in found] == [(f"changes/{name}", "fragments")]


@pytest.mark.parametrize("folder", ["work", "root", "home", "Users"])
def test_paths_of_one_machine_are_found(tmp_path: Path, folder: str) -> None:
    """An absolute path into somebody's folder is found; a relative one and a URL are not."""
    path = f"/{folder}/me"
    text = f"open('{path}/a')\nsee docs{path} and https://example.org{path}\n~{path}\n"
    found = machine_paths(planted(tmp_path, {"tools/a.toml": text}))
    assert [(f.path, f.line) for f in found] == [("tools/a.toml", 1)]


@pytest.mark.parametrize("host", ["pypi" + ".org", "files.pythonhosted" + ".org"])
def test_registries_are_found(tmp_path: Path, host: str) -> None:
    """A registry's host is found in whatever file it stands."""
    tree = planted(tmp_path, {"Makefile": f"\n\tpip install -i https://{host}/simple x\n"})
    assert [(f.path, f.line) for f in hosts(tree)] == [("Makefile", 2)]
    setting = planted(tmp_path, {"Makefile": "pip install --extra-index" + "-url=x\n"})
    assert len(hosts(setting)) == 1


def test_lock_files_are_found(tmp_path: Path) -> None:
    """A lock file is found wherever it stands; one of npm only where it names a registry."""
    named = {"uv.lock": "x", "web/package-lock.json": '{"resolved": "x"}', "a.lock": ""}
    assert [f.path for f in lock_files(planted(tmp_path / "named", named))] == [
        "uv.lock",
        "web/package-lock.json",
    ]
    unnamed = planted(tmp_path / "unnamed", {"web/package-lock.json": '{"integrity": "x"}'})
    assert lock_files(unnamed) == []
