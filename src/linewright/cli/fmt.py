"""`linewright fmt`: the files of a plant in the one spelling."""

import difflib
import tempfile
from pathlib import Path

import click
import msgspec

from linewright.cli.ending import Code, Failed
from linewright.cli.files import write_whole
from linewright.cli.reading import plant_of, read
from linewright.cli.terminal import example, safe, say
from linewright.plant import check
from linewright.plant.language import FormatRefused, format_text

__all__ = ["command"]

COLOURS = {"+": "green", "-": "red", "@": "cyan"}


class File(msgspec.Struct, frozen=True):
    """A file of a plant: its text, and the text in the one spelling."""

    path: Path
    old: str
    new: str


@click.command(
    "fmt",
    epilog=example("linewright fmt plants/bracket", "linewright fmt --check --diff plants/bracket"),
)
@click.argument("plant", type=click.Path())
@click.option("--check", "only_check", is_flag=True, help="Write nothing; end with 1 if needed.")
@click.option("--diff", "wants_diff", is_flag=True, help="Write nothing; print what would change.")
def command(plant: str, *, only_check: bool, wants_diff: bool) -> None:
    """Put the files of a plant into the one spelling.

    Two spaces a level, a space between number and unit, no trailing spaces.
    Comments, order, quotes and line breaks stay. The plant is read before
    and after; were it not the same, nothing would be written.
    """
    changed = [file for file in _files(plant) if file.new != file.old]
    _verify(plant, changed)
    for file in changed:
        if wants_diff:
            _print_diff(file)
        if not only_check and not wants_diff:
            write_whole(file.path, file.new)
        verb = "would change" if only_check or wants_diff else "changed"
        say(safe(f"{verb}: {file.path}"))
    if not changed:
        say(safe(f"`{plant}` is in the one spelling"))
    if changed and only_check:
        raise click.exceptions.Exit(Code.FOUND)


def _files(plant: str) -> list[File]:
    """Return the files of a plant without errors, as they are and as they should be."""
    found = []
    for name in read(plant).files:
        path = Path(name)
        try:
            old = path.read_bytes().decode("utf-8")
            found.append(File(path, old, format_text(old)))
        except FormatRefused as refused:
            what = f"{name}:{refused.line}: {refused.what}"
            raise Failed(what, "nothing has changed; mend that by hand") from refused
        except (OSError, ValueError) as error:
            raise Failed(f"`{name}` cannot be read: {error}", "nothing has changed") from error
    return found


def _verify(plant: str, changed: list[File]) -> None:
    """Read the plant as it would be, and refuse if it is not the same."""
    if not changed:
        return
    before = read(plant)
    new = {str(file.path): file.new for file in changed}
    with tempfile.TemporaryDirectory(prefix="linewright-fmt-") as folder:
        for number, name in enumerate(before.files):
            text = new.get(name)
            raw = Path(name).read_bytes() if text is None else text.encode("utf-8")
            (Path(folder) / f"{number:05d}.yaml").write_bytes(raw)
        after = check(folder)
    if after.plant != plant_of(before):
        what = f"`{plant}` would not be the same plant"
        raise Failed(what, "nothing has changed; please report this, it is a mistake of ours")


def _print_diff(file: File) -> None:
    name = str(file.path)
    lines = difflib.unified_diff(
        file.old.splitlines(),
        file.new.splitlines(),
        name,
        f"{name} (in the one spelling)",
        lineterm="",
    )
    for line in lines:
        colour = COLOURS.get(line[:1])
        say(click.style(safe(line), fg=colour) if colour else safe(line))
