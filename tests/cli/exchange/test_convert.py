"""`linewright convert`, out and in."""

from pathlib import Path

from click.testing import CliRunner

from linewright.cli.entry import main
from linewright.plant import load


def test_a_line_goes_out_and_comes_in(tmp_path: Path) -> None:
    """The file and the plant made of it are written, and notes go to standard error."""
    xml, plant = tmp_path / "line.xml", tmp_path / "line.yaml"
    out = ["convert", "plants/bracket", "--to", "cmsd", "--at", "nogales/machining/bracket"]
    result = CliRunner().invoke(main, [*out, "-o", str(xml)])
    assert (result.exit_code, "note: left out: `connect`" in result.stderr) == (0, True)
    result = CliRunner().invoke(main, ["convert", str(xml), "--from", "cmsd", "-o", str(plant)])
    assert result.exit_code == 0, result.output
    flows = [
        load(each).sites["nogales"].areas["machining"].lines["bracket"].flow
        for each in ("plants/bracket", plant)
    ]
    assert flows[0] == flows[1]


def test_what_is_written_to_standard_output_is_the_file() -> None:
    """Without `-o` the text itself is printed, line by line."""
    line = ["plants/bracket", "--to", "cmsd", "--at", "nogales/machining/bracket"]
    result = CliRunner().invoke(main, ["convert", *line])
    assert result.stdout.startswith("<?xml")
    assert result.stdout.rstrip().endswith("</CMSDDocument>")


def test_wrong_use_is_told(tmp_path: Path) -> None:
    """No direction, no such place and no such document end with 2 and a reason."""
    page = tmp_path / "page.xml"
    page.write_text("<html/>", "utf-8")
    for arguments, why in (
        (["plants/bracket"], "neither or both"),
        (["plants/bracket", "--to", "cmsd", "--at", "nogales/x"], "there is no line"),
        (["plants/bracket", "--to", "cmsd", "--at", "No Where"], "is no address"),
        (["plants/corridor", "--to", "cmsd"], "has several sites"),
        ([str(page), "--from", "cmsd"], "no `DataSection`"),
    ):
        result = CliRunner().invoke(main, ["convert", *arguments])
        assert (result.exit_code, why in result.output) == (2, True), result.output
