"""`linewright demo`: a small line with a hidden fault, from the first sign to the verified cure."""

import asyncio
import contextlib
import shutil
import time
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import click

from linewright.cli.ending import Code, Failed
from linewright.cli.running.asking import ask, data_folder
from linewright.cli.running.up import Options, number, plan_of, start
from linewright.cli.terminal import example, safe, say
from linewright.server import read_running

__all__ = ["Closing", "command", "fresh"]

AT = "08:57"
"""Three minutes before the tool is chipped: long enough to see the line as it should be."""

PAST = "3 d"
"""How much of what was before is stored: all that the scenario has, two days and this morning."""

PLAYED = {True: ("demo", f"2026-11-26 {AT}", PAST), False: ("worn-tool", f"2026-11-23 {AT}", "")}
"""Scenario, begin and past, with a past and without one."""

SPEED = 20.0
"""Plant time over real time: the case closes within a few minutes of looking."""

FOR_S = 600.0
"""How long `--until-closed` waits."""

MARK = "demo.txt"
"""File in a folder that the demo made, and so may take away again."""

WORDS = """\
What will happen:{first}
  The bracket line runs {speed:g} times as fast as in life. Open the address below in a browser.
  At 09:00 on its clock a tool is chipped. Nothing says so; the mill only gets slower and hotter.
  Linewright notices, finds the cause, tries what could be done on the twin, and proposes one.
  {answer}
  It is then written to the machine, and its effect compared with what was predicted. Ctrl-C ends.\
"""

FIRST = {
    True: "\n  First two days of the past are played and stored; how far it is, is told as `past`.",
    False: "",
}

ANSWERS = {
    False: "Say yes on the page or, in another terminal, with `linewright confirm`.",
    True: "You said --confirm: the proposal is confirmed by itself, as if a person had said yes.",
}


@click.command(
    "demo", epilog=example("linewright demo", "linewright demo --until-closed --confirm")
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="Of the page; 0: a free one."
)
@click.option(
    "--speed",
    type=click.FloatRange(0.1, 100),
    callback=number,
    default=SPEED,
    help="Plant over real time.",
)
@click.option("--data", type=click.Path(file_okay=False), help="Data folder; emptied first.")
@click.option("--until-closed", is_flag=True, help="End when a case is closed: 0 if effective.")
@click.option(
    "--for",
    "for_s",
    type=click.FloatRange(0, min_open=True),
    callback=number,
    default=FOR_S,
    help="Seconds that it waits for that.",
)
@click.option("--confirm", "confirms", is_flag=True, help="Confirm the proposal by itself.")
@click.option(
    "--past/--no-past", "has_past", default=True, help="Two days before it, or none: starts sooner."
)
def command(
    *,
    until_closed: bool,
    for_s: float,
    confirms: bool,
    has_past: bool,
    data: str | None,
    **play: Any,  # noqa: ANN401  # port and speed, as they are checked above
) -> None:
    """Play a line with a hidden fault, and see it found and corrected.

    Everything runs on this machine and nothing real is touched. Needs no
    plant, no settings and no account.
    """
    folder = data_folder(data, "demo")
    plant = _bracket()
    scenario, start_at, past = PLAYED[has_past]
    options = Options(
        data=folder,
        emulate=True,
        scenario=str(plant / "scenarios" / f"{scenario}.yaml"),
        start=start_at,
        past=past,
        **play,
    )
    plan = plan_of(str(plant), options)
    fresh(folder)
    say(WORDS.format(first=FIRST[has_past], speed=options.speed, answer=ANSWERS[confirms]))
    closing = Closing(folder, for_s=for_s if until_closed else None, confirms=confirms)
    asyncio.run(start(plan, closing.look if until_closed or confirms else None))
    if until_closed:
        _end(closing)


def _end(closing: "Closing") -> None:
    if closing.outcome is None:
        say("no case was closed", err=True)
        raise click.exceptions.Exit(Code.FOUND)
    say(f"the case was closed: {closing.outcome}")
    raise click.exceptions.Exit(Code.DONE if closing.outcome == "effective" else Code.FOUND)


def _bracket() -> Path:
    """Return the plant of the demo: packed with the program, else that of the checkout."""
    packed = Path(str(files("linewright"))) / "plants" / "bracket"
    checkout = Path(__file__).resolve().parents[4] / "plants" / "bracket"
    for folder in (packed, checkout):
        if (folder / "plant.yaml").is_file():
            return folder
    raise Failed("the plant of the demo is not installed", "install linewright again")


def fresh(folder: Path) -> Path:
    """Return the data folder, emptied of an earlier demo.

    Raises
    ------
    Failed
        A demo runs there, there is something that no demo made, or it cannot be emptied.
    """
    if read_running(folder) is not None:
        raise Failed(f"a plant runs on {folder}", "end it first, or choose another one by --data")
    text = "`linewright demo` made this folder and empties it at its next start.\n"
    try:
        if folder.exists() and any(folder.iterdir()):
            if not (folder / MARK).is_file():
                what = f"{folder} holds something that no demo made"
                raise Failed(what, "choose another folder by --data")
            shutil.rmtree(folder)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (folder / MARK).write_text(text, encoding="utf-8")
    except OSError as error:
        what = f"the data folder {folder} cannot be used: {error.strerror or error}"
        raise Failed(what, "choose another folder by --data") from error
    return folder


class Closing:
    """Looks at a demo from outside, as a person at the page does.

    Parameters
    ----------
    folder
        Data folder of the demo.
    for_s
        Seconds until it gives up; None: it never does, nor ends for a closed case.
    confirms
        Whether it confirms what is proposed.
    """

    def __init__(self, folder: Path, *, for_s: float | None, confirms: bool) -> None:
        self.outcome: str | None = None
        self._folder = folder
        self._for_s = for_s
        self._confirms = confirms
        self._clock: Callable[[], float] = time.monotonic
        self._began_s = self._clock()
        self._stages: dict[str, str] = {}

    def look(self) -> bool:
        """Look once; whether the demo is to end."""
        with contextlib.suppress(Failed):  # the server is not there yet, or just started again
            self._see()
        if self._for_s is None:
            return False
        return self.outcome is not None or self._clock() - self._began_s > self._for_s

    def _see(self) -> None:
        running = read_running(self._folder)
        if running is None or not running.url:
            return
        for case in ask(running, "/api/state").body["cases"]:
            self._tell(case)
            if case["can_confirm"] and self._confirms:
                say("confirming, as if a person had pressed the button")
                ask(running, f"/api/cases/{case['id']}/confirm", post=True)
            if case["stage"] == "closed" and self.outcome is None:
                self.outcome = case["outcome"]

    def _tell(self, case: dict[str, Any]) -> None:
        """Say each stage of a case once, with what it brought."""
        stage = case["stage"]
        if self._stages.get(case["id"]) != stage:
            self._stages[case["id"]] = stage
            say(safe(f"case     {stage:10} {_news(case)}"))


def _news(case: dict[str, Any]) -> str:
    """Return what is new at a stage: the proposal, the outcome, else what the case is about."""
    if case["stage"] == "proposed" and case["proposal"]:
        return " ".join(each["words"] for each in case["proposal"])
    if case["stage"] == "closed":
        return str(case["outcome"])
    return str(case["title"] or case["kind"])
