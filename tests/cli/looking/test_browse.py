"""`linewright browse`: what a machine has, and a block that a plant file takes."""

import json
from collections.abc import Callable

import pytest

from linewright.cli.ending import Failed
from linewright.cli.looking.browse import Found, _must_be_browsable, tags_block
from linewright.plant.language import check_text
from tests.cli.conftest import SMALL, Ran
from tests.server.test_supervise import Up

Run = Callable[..., Ran]

pytestmark = pytest.mark.xdist_group("looking")  # they share one plant that runs
QUOTED = '"ns=2;s=\\"a\\"\\\\b"'


def test_the_top_of_a_machine(played: Up, run: Run) -> None:
    """Its nodes come with names and types, as words and as JSON; so many as were asked for."""
    ran = run("browse", "saw", "--data", played.data)
    assert ran.code == 0
    found = json.loads(run("browse", "saw", "--json", "--data", played.data).out)
    assert any(each["item"].endswith("s=BladeTemp") for each in found)
    few = run("browse", "saw", "--limit", "2", "--json", "--data", played.data)
    assert len(json.loads(few.out)) <= 2
    assert "cut at 2" in few.err


def test_the_block_is_taken_by_a_plant_file(played: Up, run: Run) -> None:
    """What `--yaml` prints can be pasted below a station, and the plant is in order."""
    ran = run("browse", "saw", "--yaml", "--data", played.data)
    lines = ran.out.splitlines()
    assert lines[0] == "tags:"
    assert any("blade_temp:" in line and "unit: degC" in line for line in lines)
    block = "\n".join(" " * 16 + line for line in lines)
    old = "saw: {does: {cut: 48 s}, tags: {temp: {unit: degC, high: 80}}}"
    connected = "saw:\n                connect: {opcua: 'opc.tcp://saw:4840'}\n"
    text = SMALL.replace(old, connected + "                does: {cut: 48 s}\n" + block)
    checked = check_text(text)
    assert [str(each) for each in checked.problems if each.severity == "error"] == []


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (Found(item="ns=2;s=a", name="A"), '  a: {node: "ns=2;s=a"}'),
        (
            Found(item='ns=2;s="a"\\b', name="Spindle Speed", type="Float"),
            f"  spindle_speed: {{node: {QUOTED}, type: float32, unit: 1/min}}  # check the unit",
        ),
        (Found(item="i=1", name="On", type="Boolean"), '  on: {node: "i=1", type: bool}'),
    ],
)
def test_a_tag_of_the_block(found: Found, line: str) -> None:
    """A name, its node quoted, its type, and a unit where the name suggests one."""
    assert tags_block([found])[1] == line


def test_names_are_unique_and_folders_left_out() -> None:
    """Two nodes of one name get two names; what holds no value is no tag."""
    same = [Found(item=f"i={n}", name="Temp") for n in range(3)]
    folder = Found(item="i=9", name="Folder", has_value=False, has_more=True)
    lines = tags_block([folder, *same])
    assert [line.split(":")[0].strip() for line in lines[1:]] == ["temp", "temp_2", "temp_3"]
    assert tags_block([folder]) == ["tags: {}"]


@pytest.mark.parametrize(
    ("words", "said"), [(["swa"], "did you mean `saw`?"), (["saw", "ns=2;s=nothing"], "")]
)
def test_what_is_not_there(words: list[str], said: str, played: Up, run: Run) -> None:
    """A source or node that is none is told, with the nearest source."""
    ran = run("browse", *words, "--data", played.data)
    assert said in ran.err
    assert ran.code == 2 or "nothing below" in ran.err


@pytest.mark.parametrize(
    ("node", "said"),
    [
        ("Spindle", '"ns=2;s=Spindle"'),
        ("ns=2;s=nothing", "saw has no node `ns=2;s=nothing`"),
        ("nsu=urn:no;s=x", "saw has no node"),
        ("ns=2;s=State", "saw has it, and it is a single thing"),
    ],
)
def test_a_node_that_is_none(node: str, said: str, played: Up, run: Run) -> None:
    """It ends with 2 and says what a node looks like, or that it is not there."""
    ran = run("browse", "saw", node, "--data", played.data)
    assert ran.code == 2
    assert said in ran.err
    assert "tries again" not in ran.err


def test_a_source_without_anything_to_look_through() -> None:
    """Only OPC UA servers have nodes; of another one it is said why and what works."""
    with pytest.raises(Failed, match="speaks mqtt, and only OPC UA"):
        _must_be_browsable("bath", b'{"source": "bath", "protocol": "mqtt"}')
    _must_be_browsable("saw", b'{"protocol": "opcua"}')
    _must_be_browsable("saw", None)
