"""Plans, parts and set-ups as they are written."""

from tests.plant.cmsd.lines import WHERE, pump
from tests.plant.cmsd.test_writing import entities


def test_a_route_is_a_sequence_of_processes() -> None:
    """Processes stand in order, each with its station, its time and the set-up it allows."""
    plan = entities(pump(), WHERE, "ProcessPlan")["plan:p1:standard"]
    first = plan.all("Process")[0].all("SubProcessGroup")[0]
    order = [each.say("ProcessIdentifier") for each in first.all("Process")]
    assert (first.say("Type"), order) == ("sequence", ["10:cut", "20:mill", "30:wash", "40:test"])
    mill = next(each for each in plan.all("Process") if each.say("Identifier") == "20:mill")
    need = mill.all("ResourcesRequired")[0]
    assert need.all("Resource")[0].say("ResourceIdentifier") == f"{WHERE}/mill"
    assert need.all("AllowableSetup")[0].say("SetupDefinitionIdentifier") == "change:steel"
    scrap = [
        each for each in plan.all("Process")[-1].all("Property") if "Scrap" in each.say("Name")
    ]
    assert scrap[0].say("Value") == "2"


def test_parts_and_what_they_are_made_of() -> None:
    """A product has its bill of material, and each component is a part type too."""
    parts = entities(pump(), WHERE, "PartType")
    assert set(parts) == {"p1", "p2", "bar"}
    (bill,) = entities(pump(), WHERE, "BillOfMaterials").values()
    assert bill.all("BillOfMaterialsComponent")[0].say("Quantity") == "0.3"


def test_set_ups_from_each_to_each() -> None:
    """Every change between two set-ups of a station has its time in the file."""
    found = entities(pump(), WHERE, "SetupChangeoverDefinition")
    news = {
        (key, new.say("SetupDefinitionIdentifier")): new.all("ChangeoverTime")[0].say("Value")
        for key, node in found.items()
        for new in node.all("NewSetup")
    }
    assert news["change:from:steel", "change:brass"] == "300"
    assert news["change:from:brass", "change:steel"] == "480"
