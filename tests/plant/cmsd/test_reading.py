"""Foreign files: what they say becomes the right plant, and what is left out is told."""

from pathlib import Path

import pytest

from linewright.plant.cmsd import CmsdInvalid, read_cmsd
from linewright.plant.model import Line, WorkCentre
from tests.plant.cmsd.foreign import FOOT, HEADER, file, group, machine, plan, process, prop, spread

QUEUE = machine("Q1", prop("Capacity", "5"), kind="Queue")
TWO = [machine("M1"), machine("M2"), QUEUE]


def test_a_queue_between_two_machines_makes_a_line() -> None:
    """Machines that a plan joins by a queue are a line; the queue's capacity is its places."""
    steps = [process("turn", "M1", "2"), process("wait", "Q1", ""), process("mill", "M2", "3")]
    found = read_cmsd(
        file(*TWO, plan("P", group("all", "sequence", "turn", "wait", "mill"), *steps))
    )
    ((address, line),) = found.plant.groups()
    assert isinstance(line, Line)
    assert (str(address), line.flow) == ("site/area/line", ("m1", "m2"))
    assert line.buffers["m1-m2"].places == 5
    assert line.stations["m2"].does["mill"].time.mean_s == 180.0
    assert [step.operation for step in found.plant.products["P"].routes["standard"].steps] == [
        "turn",
        "mill",
    ]


def test_a_decision_is_a_choice_among_machines() -> None:
    """Processes of which one is done are one step with alternatives; its queue is theirs."""
    steps = [process("fast", "M1", "1"), process("slow", "M2", "4")]
    whole = [group("one", "decision", "fast", "slow"), process("wait", "Q1", "")]
    found = read_cmsd(
        file(*TWO, plan("P", group("all", "sequence", "wait", "one"), *whole, *steps, first="all"))
    )
    ((_, centre),) = found.plant.groups()
    assert isinstance(centre, WorkCentre)
    assert (centre.queue, set(centre.stations)) == (5, {"m1", "m2"})
    (step,) = found.plant.products["P"].routes["standard"].steps
    assert (step.operation, step.alternatives) == ("fast", ("slow",))


def test_failures_sources_and_people() -> None:
    """Times to failure and repair, who repairs, arrivals and skills come from their properties."""
    fails = prop(
        "MeanTimeToFailure", "<Unit>hour</Unit>" + spread("Weibull", ("shape", 1), ("scale", 9))
    )
    repair = prop("MTTR", "<Unit>minute</Unit><Value>5</Value>")
    source = machine("S", prop("interarrivalTime", "<Value>3</Value>"), kind="Source")
    skill = (
        "<EmployeeSkill><SkillDefinitionIdentifier>weld</SkillDefinitionIdentifier></EmployeeSkill>"
    )
    man = machine("Ann", skill, prop("Capacity", "2"), kind="employee")
    of = "<Resource><ResourceIdentifier>Ann</ResourceIdentifier></Resource>"
    need = f"<ResourcesRequired>{of}</ResourcesRequired>"
    steps = [process("in", "S", ""), process("weld", "M1", "2", need)]
    whole = plan("P", group("all", "sequence", "in", "weld"), *steps)
    plant = read_cmsd(file(machine("M1", fails, repair), source, man, whole)).plant
    ((_, station),) = plant.stations()
    mode = station.fails["failure"]
    assert mode.every is not None
    assert mode.repair is not None
    assert (mode.every.mean_s, mode.every.cv, mode.repair.family) == (32400.0, 1.0, "constant")
    assert plant.products["P"].arrives is not None
    assert plant.products["P"].arrives.mean_s == 180.0
    assert (plant.operations["weld"].skill, plant.operations["weld"].people) == ("Ann", 1.0)
    assert plant.sites["site"].crews["Ann"].skills == ("weld", "Ann")


SETUP = "<SetupDefinition><Identifier>{0}</Identifier></SetupDefinition>"
CHANGE = """<SetupChangeoverDefinition><Identifier>c{0}</Identifier><CurrentSetup>
<SetupDefinitionIdentifier>{0}</SetupDefinitionIdentifier></CurrentSetup><NewSetup>
<SetupDefinitionIdentifier>{1}</SetupDefinitionIdentifier><ChangeoverTime><Unit>minute</Unit>
<Value>{2}</Value></ChangeoverTime></NewSetup></SetupChangeoverDefinition>"""
ALLOWED = """<ResourcesRequired><AllowableSetup><SetupDefinitionIdentifier>{0}
</SetupDefinitionIdentifier></AllowableSetup></ResourcesRequired>"""


def test_set_ups_between_products() -> None:
    """Set-ups that processes allow, and times between these, make a table from part to part."""
    plans = [
        plan(p, process(f"do{p}", "M1", "1", ALLOWED.format(s))) for p, s in ("Aa", "Bb", "Cb")
    ]
    changes = [CHANGE.format("a", "b", 4), CHANGE.format("b", "a", 9)]
    found = read_cmsd(file(machine("M1"), SETUP.format("a"), SETUP.format("b"), *changes, *plans))
    (table,) = found.plant.setups.values()
    assert table.times["A"] == {"A": 0.0, "B": 240.0, "C": 240.0}
    assert table.times["B"] == {"A": 540.0, "B": 0.0, "C": 0.0}
    ((_, station),) = found.plant.stations()
    assert station.setup == "setup_1"


def test_components_and_orders() -> None:
    """A bill of material is the product's; an order and a job become records with their dates."""
    bill = """<BillOfMaterials><Identifier>B</Identifier><PartType><PartTypeIdentifier>P
</PartTypeIdentifier></PartType><BillOfMaterialsComponent><Identifier>1</Identifier><Quantity>2
</Quantity><PartType><PartTypeIdentifier>bolt</PartTypeIdentifier></PartType>
</BillOfMaterialsComponent></BillOfMaterials>"""
    order = """<Order><Identifier>O1</Identifier><DueDate>1970-01-02T00:00:00Z</DueDate><OrderLine>
<Identifier>1</Identifier><ItemQuantity>7</ItemQuantity><PartDescription><PartType>
<PartTypeIdentifier>P</PartTypeIdentifier></PartType></PartDescription></OrderLine></Order>"""
    found = read_cmsd(file(machine("M1"), bill, order, plan("P", process("do", "M1", "1"))))
    assert found.plant.products["P"].bom["bolt"].value == 2.0
    (record,) = found.orders
    assert (record.product, int(record.quantity), record.due_ns) == ("P", 7, 86_400 * 10**9)


def test_what_is_left_out_is_told() -> None:
    """Kinds of resources and parts that find no place are named in the notes."""
    extra = machine("wall", kind="other") + "<PartType><Identifier>ghost</Identifier></PartType>"
    notes = read_cmsd(file(machine("M1"), extra, plan("P", process("do", "M1", "1")))).notes
    assert "a resource of a kind that we do not know is left out: wall" in notes
    assert "left out: a part type that nothing uses or makes: ghost" in notes
    assert "the file says no time zone: UTC stands in its place" in notes


LOOP = plan("P", group("a", "sequence", "b"), group("b", "sequence", "a"), first="a")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('<!DOCTYPE x [<!ENTITY e "boom">]><x>&e;</x>', "document type"),
        ("<html></html>", "it has no `DataSection`"),
        (HEADER + FOOT, "no machine and no station"),
        (file(machine("M1"), LOOP), "nested deeper"),
        (file(machine("M1"), plan("P", process("do", "M9", "1"))), "resource `M9`"),
        (file(machine("M1"), plan("P", group("all", "sequence", "gone"))), "process `gone`"),
        (file("<Resource/>"), "it has no identifier"),
    ],
)
def test_what_makes_no_plant_is_refused(text: str, what: str) -> None:
    """Entities, circles and dead references are errors that say what and where."""
    with pytest.raises(CmsdInvalid, match=what):
        read_cmsd(text)


def test_a_path_is_read(tmp_path: Path) -> None:
    """A file is read by its path; one that is not there is an error with its name."""
    path = tmp_path / "shop.xml"
    path.write_text(file(machine("M1"), plan("P", process("do", "M1", "1"))), "utf-8")
    assert list(read_cmsd(path).plant.products) == ["P"]
    with pytest.raises(CmsdInvalid, match="cannot be read"):
        read_cmsd(tmp_path / "gone.xml")
