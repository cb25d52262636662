"""`linewright new`: a small plant to begin with."""

import shlex
from importlib.resources import files
from pathlib import Path

import click

from linewright.cli.ending import Failed
from linewright.cli.files import write_whole
from linewright.cli.terminal import example, safe, say
from linewright.plant import suggest_name

__all__ = ["command", "starter"]

STARTER = "starter.yaml"


@click.command("new", epilog=example("linewright new pump"))
@click.argument("name", type=click.Path())
def command(name: str) -> None:
    """Write a small plant to begin with, into the new folder NAME.

    The file passes `linewright check` and explains the language in comments.
    Nothing that is there already is touched.
    """
    folder = Path(name)
    path = folder / "plant.yaml"
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise Failed(f"`{name}` is there already and not empty", "choose another name")
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise Failed(f"`{name}` cannot be made: {reason}", "choose another place") from error
    write_whole(path, starter(folder.resolve().name))
    say(safe(f"written: {path}"))
    say("Next:")
    quoted = shlex.quote(str(path))
    say(safe(f"  linewright check {quoted}   # says what is wrong after each change"))
    say(safe(f"  linewright show {quoted}    # draws it"))
    say("  docs/plant-file.md         # every key; docs/editor.md: completion in an editor")


def starter(name: str) -> str:
    """Return the text of a small plant with a name.

    Examples
    --------
    >>> starter("Werk 3").splitlines()[6]
    'enterprise: werk_3'
    """
    text = files("linewright.cli").joinpath(STARTER).read_text(encoding="utf-8")
    return text.replace("enterprise: acme", f"enterprise: {suggest_name(name)}", 1)
