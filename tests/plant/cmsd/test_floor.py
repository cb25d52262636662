"""Groups and connections of other tools."""

from linewright.plant.cmsd import read_cmsd
from linewright.plant.model import Line, WorkCentre
from tests.plant.cmsd.foreign import file, machine, plan, process, prop

END = "<{0}><ResourceIdentifier>{1}</ResourceIdentifier></{0}>"


def cell(*ways: tuple[str, str]) -> str:
    """Return a group of A, B and C with connections."""
    told = "".join(END.format("ResourceGroupMember", each) for each in "ABC")
    for one, two in ways:
        ends = END.format("FromResource", one) + END.format("ToResource", two)
        told += f"<Connection>{ends}</Connection>"
    return machine("cell", f"<GroupDefinition>{told}</GroupDefinition>", kind="station")


def groups(*ways: tuple[str, str]) -> list[Line | WorkCentre]:
    """Return what a cell of three machines becomes."""
    queue = machine("Q", prop("Capacity", "4"), kind="Queue")
    rest = [machine(each) for each in "ABC"]
    made = plan("P", process("do", "A", "1"))
    return [group for _, group in read_cmsd(file(*rest, queue, cell(*ways), made)).plant.groups()]


def test_connections_in_one_order_are_a_line() -> None:
    """The order is that of the connections, a queue between gives places, none gives 0."""
    (line,) = groups(("C", "Q"), ("Q", "A"), ("A", "B"))
    assert isinstance(line, Line)
    assert line.flow == ("c", "a", "b")
    assert (line.buffers["c-a"].places, line.buffers["a-b"].places) == (4, 0)


def test_connections_that_branch_are_no_line() -> None:
    """Without connections, or with a branch or a circle, the group has one queue."""
    for ways in ((), (("A", "B"), ("A", "C")), (("A", "B"), ("B", "C"), ("C", "A"))):
        (centre,) = groups(*ways)
        assert isinstance(centre, WorkCentre)
        assert list(centre.stations) == ["a", "b", "c"]
