"""The page of problems: every code, every example and every printed line, against the language.

`python tests/plant/language/test_problems_page.py` writes what is printed today into the page;
the difference is then read like any other.
"""

import inspect
import os
import re
import tempfile
import textwrap
from collections.abc import Callable
from functools import cache
from pathlib import Path

import msgspec
import pytest

from linewright.plant.language.load import Checked, check, check_text
from linewright.plant.language.syntax import problems
from linewright.plant.language.syntax.nodes import BYTES_MAX
from linewright.plant.language.syntax.problems import CODES, PROBLEMS_MAX, WARNINGS

PAGE = Path(__file__).resolve().parents[3] / "docs" / "problems.md"

FENCE = re.compile(r"^```(\w+)(?: (\w+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^# (.+)\n|^## `([a-z-]+)`\n|^## .+\n", re.MULTILINE)
EDIT = re.compile(r"^# in the plant above, instead of `(.+)`\n", re.MULTILINE)


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """One code of the page: its words, its wrong example, its right form, what is printed."""

    code: str
    text: str
    wrong: str
    right: str
    printed: str


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """The page: its plant, its groups as (group, code) in order, and its sections."""

    plant: str
    groups: tuple[tuple[str, str], ...]
    sections: dict[str, Section]


def parts_of(text: str) -> list[tuple[str, str, str]]:
    """Return (group, code, body) of each heading in order; a comment in a block is no heading."""
    masked = FENCE.sub(lambda match: "~" * len(match[0]), text)
    starts = [*HEADING.finditer(masked)]
    ends = [*(match.start() for match in starts[1:]), len(text)]
    return [
        (match[1] or "", match[2] or "", text[match.end() : end])
        for match, end in zip(starts, ends, strict=True)
    ]


def read_page(text: str) -> Page:
    """Return what a page says; a section twice or a second plant is an error."""
    (plant,) = (body for _, kind, body in FENCE.findall(text) if kind == "plant")
    sections: dict[str, Section] = {}
    groups, group = [], ""
    for title, code, body in parts_of(text):
        group = title or group
        if code:
            assert code not in sections, f"`{code}` has two sections"
            sections[code] = _section(code, body)
            groups.append((group.lower(), code))
    return Page(plant=plant, groups=tuple(groups), sections=sections)


def _section(code: str, body: str) -> Section:
    blocks = {kind or language: text for language, kind, text in FENCE.findall(body)}
    return Section(
        code=code,
        text=FENCE.sub("", body).strip(),
        wrong=blocks.get("wrong", ""),
        right=blocks.get("right", ""),
        printed=blocks.get("text", ""),
    )


def edits_of(block: str) -> list[tuple[str, str]]:
    """Return (piece, what stands instead) for each edit of a block; none for a whole file."""
    parts = EDIT.split(block)
    assert not parts[0] or len(parts) == 1, f"something stands before the first edit: {parts[0]}"
    return list(zip(parts[1::2], parts[2::2], strict=True))


def edited(plant: str, edits: list[tuple[str, str]]) -> str:
    """Return the plant with each piece of one line replaced, on the column of the piece."""
    for piece, instead in edits:
        assert plant.count(piece) == 1, f"`{piece}` stands {plant.count(piece)} times in the plant"
        line = next(line for line in plant.splitlines() if piece in line)
        indent = " " * line.index(piece)
        plant = plant.replace(piece, textwrap.indent(instead, indent).strip())
    return plant


def wrong_text(page: Page, section: Section) -> str:
    """Return the whole file that a wrong example means."""
    edits = edits_of(section.wrong)
    return edited(page.plant, edits) if edits else section.wrong


def right_text(page: Page, section: Section) -> str:
    """Return the whole file that a right form means; bare, it goes where the wrong one went."""
    edits = edits_of(section.right)
    if not edits:
        places = edits_of(section.wrong)
        if not places:
            return section.right
        ((piece, _),) = places
        edits = [(piece, section.right)]
    return edited(page.plant, edits)


def _missing() -> Checked:
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)  # the path is printed as it was given
        try:
            return check("reno/plant.yaml")
        finally:
            os.chdir(before)


def _too_many() -> Checked:
    keys = "".join(f"key_{number}: 1\n" for number in range(PROBLEMS_MAX + 100))
    return check_text(keys)


def _types_too_large() -> Checked:
    tags = "".join(f"t{number}: {{}}, " for number in range(1200))
    stations = "".join(f"s{number}: {{use: big}}, " for number in range(2000))
    return check_text(
        "linewright: 1\nenterprise: acme\nsites: {reno: {timezone: UTC, currency: USD, areas: "
        f"{{a: {{work_centres: {{w: {{stations: {{{stations}}}}}}}}}}}}}}}\n"
        f"types: {{big: {{tags: {{{tags}}}}}}}\n"
    )


PRODUCED: dict[str, Callable[[], Checked]] = {
    "file-missing": _missing,
    "file-too-large": lambda: check_text(bytes(BYTES_MAX + 1)),
    "not-text": lambda: check_text("linewright: 1\n".encode("utf-16")),
    "types-too-large": _types_too_large,
    "too-many-problems": _too_many,
}
"""What YAML on a page cannot show: how each is made."""


def printed(page: Page, section: Section) -> str:
    """Return what is printed today for a section's example, without the name of the file."""
    if section.code in PRODUCED:
        found = PRODUCED[section.code]().problems
        found = tuple(problem for problem in found if problem.code == section.code)
    else:
        found = check_text(wrong_text(page, section)).problems
    lines = [str(problem).removeprefix(f"{problem.file}:") for problem in found]
    return "".join(f"{line}\n" for line in lines)


def filled(text: str) -> str:
    """Return the page with what is printed today in every section."""
    page = read_page(text)
    for _, code, body in parts_of(text):
        if code:
            before, _, rest = body.partition("```text\n")
            after = rest[len(page.sections[code].printed) :]
            today = f"{before}```text\n{printed(page, page.sections[code])}{after}"
            text = text.replace(body, today, 1)
    return text


@cache
def the_page() -> Page:
    """Return the page of this checkout."""
    return read_page(PAGE.read_text(encoding="utf-8"))


def listed() -> list[tuple[str, str]]:
    """Return (group, code) for each code, as the comments in the source group them."""
    source = inspect.getsource(problems)
    start = source.index("CODES: dict[str, str] = {")
    body = source[start : source.index("\n}", start)]
    pairs, group = [], ""
    for comment, code in re.findall(r'^ +# (.+)$|^ +"([a-z-]+)":', body, re.MULTILINE):
        group = comment or group
        if code:
            pairs.append((group.lower(), code))
    return pairs


def test_every_code_has_its_section_in_its_group() -> None:
    """The sections are the codes, all of them, in their order and under their groups."""
    assert list(the_page().groups) == listed()
    assert list(the_page().sections) == list(CODES)


@pytest.mark.parametrize("code", CODES)
def test_a_section_is_whole(code: str) -> None:
    """Words, an example or how it comes about, what is printed, how to mend it, the severity."""
    section = the_page().sections[code]
    assert section.text.startswith("**A warning.** ") == (code in WARNINGS)
    assert len(section.text.removeprefix("**A warning.** ").split("\n\n")[0]) > 40
    assert section.printed, "nothing says what is printed"
    made = code in PRODUCED
    assert bool(section.wrong) == bool(section.right) == (not made)
    paragraphs = 3 if made else 1  # what is made tells how, and how to mend it, in words
    assert len(re.split(r"\n{2,}", section.text)) == paragraphs


def test_the_plant_of_the_page_has_no_problem() -> None:
    """What the examples break is whole, so that each shows its own problem only."""
    assert check_text(the_page().plant).problems == ()


@pytest.mark.parametrize("code", CODES)
def test_a_wrong_example_gives_its_code_and_prints_what_the_page_says(code: str) -> None:
    """Today's report of the example is the one on the page, and the code is in it."""
    page = the_page()
    section = page.sections[code]
    today = printed(page, section)
    assert section.printed == today
    assert any(line.endswith(f" {code}") for line in today.splitlines())


@pytest.mark.parametrize("code", [code for code in CODES if code not in PRODUCED])
def test_a_right_form_has_no_problem(code: str) -> None:
    """What the page offers instead is right, and differs from what is wrong."""
    page = the_page()
    section = page.sections[code]
    assert right_text(page, section) != wrong_text(page, section)
    assert check_text(right_text(page, section)).problems == ()


def test_the_line_at_the_top_is_a_printed_one() -> None:
    """The line that the page takes apart has the form and words of its own section."""
    text = PAGE.read_text(encoding="utf-8")
    shown = next(body for language, _, body in FENCE.findall(text) if language == "text")
    section = the_page().sections["reference-dangling"]
    assert shown.removeprefix("plant.yaml:") in section.printed


def test_a_file_is_joined_of_its_edits() -> None:
    """A piece is replaced on its own column, whatever stands around it; a whole file is kept."""
    block = "# in the plant above, instead of `b: 1`\nb: 2\nc:\n  d: 3\n"
    assert edits_of(block) == [("b: 1", "b: 2\nc:\n  d: 3\n")]
    assert edited("a:\n  b: 1\ne: 4\n", edits_of(block)) == "a:\n  b: 2\n  c:\n    d: 3\ne: 4\n"
    assert edited("a: {b: 1}\n", [("b: 1", "b: 2\n")]) == "a: {b: 2}\n"
    assert edits_of("a: 1\n") == []
    with pytest.raises(AssertionError, match="stands 2 times"):
        edited("b: 1\nc: {b: 1}\n", edits_of(block))


def test_a_stale_line_is_noticed_and_written_anew() -> None:
    """A line that nothing prints any more differs; filling in mends it and touches no other."""
    text = PAGE.read_text(encoding="utf-8")
    section = the_page().sections["unit-missing"]
    stale = text.replace(section.printed, "1:1: error: something old\n")
    read = read_page(stale)
    assert read.sections["unit-missing"].printed != printed(read, read.sections["unit-missing"])
    assert read.sections["bom-unit"] == the_page().sections["bom-unit"]
    assert filled(stale) == filled(text)


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
