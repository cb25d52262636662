"""Resources as they are written."""

from tests.plant.cmsd.lines import WHERE, pump
from tests.plant.cmsd.test_writing import entities


def test_stations_queues_and_ways() -> None:
    """A line is a group with a connection into and out of each queue; a rack has no capacity."""
    found = entities(pump(), WHERE, "Resource")
    assert found[f"{WHERE}/saw"].say("ResourceType") == "machine"
    assert found[f"{WHERE}/test"].say("ResourceType") == "station"
    ways = [
        (
            way.all("FromResource")[0].say("ResourceIdentifier").split("/")[-1],
            way.all("ToResource")[0].say("ResourceIdentifier").split("/")[-1],
        )
        for way in found[WHERE].all("GroupDefinition")[0].all("Connection")
    ]
    assert ways == [
        ("saw", "saw-mill"),
        ("saw-mill", "mill"),
        ("mill", "mill-wash"),
        ("mill-wash", "wash"),
        ("wash", "test"),
    ]
    capacity = {
        key: [each.say("Value") for each in node.all("Property") if each.say("Name") == "Capacity"]
        for key, node in found.items()
    }
    assert (capacity[f"{WHERE}/saw-mill"], capacity[f"{WHERE}/mill-wash"]) == (["6"], [])
    assert (capacity[f"{WHERE}/mill"], capacity["crew:fitters"]) == (["2"], ["2"])


def test_failures_and_services() -> None:
    """Each mode has its times; a service has its resource, its period and its time."""
    saw = entities(pump(), WHERE, "Resource")[f"{WHERE}/saw"]
    names = {each.say("Name") for each in saw.all("Property")}
    assert {"MTBF:failure", "MTTR:failure"} <= names
    (plan,) = entities(pump(), WHERE, "MaintenancePlan").values()
    assert plan.all("Periodicity")[0].say("Value") == "144000"
    assert plan.all("MaintenanceProcess")[0].all("OperationTime")[0].say("Value") == "1800"
