"""Orders out and in."""

import msgspec

from linewright.plant.cmsd import read_cmsd, write_cmsd
from linewright.plant.records import Order
from linewright.plant.records.examples import example
from tests.plant.cmsd.foreign import file, machine, plan, process
from tests.plant.cmsd.lines import WHERE, pump


def test_orders_come_back() -> None:
    """What is wanted, how many, when and how urgently is the same after the way through."""
    one = msgspec.structs.replace(example(Order), product="p1", due_ns=123_456_789, id="")
    (back,) = read_cmsd(write_cmsd(pump(), WHERE, [one]).text).orders
    for key in ("kind", "order", "item", "product", "quantity", "due_ns", "priority", "status"):
        assert getattr(back, key) == getattr(one, key), key


def test_a_job_is_a_production_order() -> None:
    """Each part that a job is to produce is an item; a part nobody makes is told."""
    job = """<Job><Identifier>J</Identifier><PlannedEffort><PartsProduced><PartType>
<PartTypeIdentifier>{}</PartTypeIdentifier></PartType><PartQuantity>30</PartQuantity>
</PartsProduced><DueDate>2026-01-05T06:00:00</DueDate></PlannedEffort></Job>"""
    made = plan("P", process("do", "M1", "1"))
    found = read_cmsd(file(machine("M1"), made, job.format("P")))
    assert [(each.kind.value, int(each.quantity)) for each in found.orders] == [("production", 30)]
    assert any("taken for UTC" in each for each in found.notes)
    found = read_cmsd(file(machine("M1"), made, job.format("Q")))
    assert found.orders == ()
    assert "an order for nothing that is made here is left out: J" in found.notes
