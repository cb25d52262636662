"""Shifts of other tools."""

from linewright.plant.cmsd.calendars import Calendars, assigned
from linewright.plant.cmsd.elements import Notes, tag
from linewright.plant.markup import Node, read_nodes

WEEK = """<Calendar><Identifier>C</Identifier>
<Shift><Identifier>early</Identifier><StartTime>07:00</StartTime><Duration>8</Duration>
<ApplicableDay>1</ApplicableDay><ApplicableDay>2</ApplicableDay></Shift>
<Shift><Identifier>late</Identifier><StartTime>22:00:00</StartTime>
<Duration><Unit>hour</Unit><Value>8</Value></Duration><ApplicableDay>friday</ApplicableDay>
<Break><StartTime>02:00:00</StartTime><Duration><Unit>minute</Unit><Value>30</Value></Duration>
</Break></Shift>
<Shift><Identifier>none</Identifier><StartTime>noon</StartTime></Shift>
<Holiday><Identifier>h</Identifier><Description>New Year</Description>
<Date>2026-01-01</Date></Holiday>
<ShiftSchedule><Identifier>S</Identifier><ApplicableShift><ShiftIdentifier>late</ShiftIdentifier>
</ApplicableShift></ShiftSchedule></Calendar>"""


def calendars(notes: Notes) -> Calendars:
    """Return the calendars of the week."""
    nodes: list[Node] = list(read_nodes([WEEK.encode()], frozenset({"Calendar"}), "text"))
    return Calendars(nodes, "minute", notes)


def test_shifts_of_other_tools_are_read() -> None:
    """Days by number count from Sunday, a lone length is hours, a break may be after midnight."""
    notes = Notes()
    site = calendars(notes).site
    assert site["shifts"]["early"] == "Mon,Sun 07:00-15:00"
    assert site["shifts"]["late"] == "Fri 22:00-06:00 break 02:00-02:30"
    assert site["holidays"] == {"2026-01-01": "New Year"}
    assert any("a shift is left out" in each for each in notes.told())
    assert any("Sunday as 1" in each for each in notes.told())


def test_an_assignment_means_a_shift_a_schedule_or_all() -> None:
    """A calendar alone means all its shifts; an unknown one is told."""
    notes = Notes()
    found = calendars(notes)
    one = tag("Resource", *assigned("C", ("late",)))
    assert found.of(one) == ["late"]
    whole = tag("Resource", tag("ShiftAssignment", tag("CalendarIdentifier", text="C")))
    assert found.of(whole) == ["early", "late"]
    named = tag("ShiftScheduleIdentifier", text="S")
    assert found.of(tag("Resource", tag("ShiftAssignment", named))) == ["late"]
    gone = tag("Resource", tag("ShiftAssignment", tag("CalendarIdentifier", text="X")))
    assert found.of(gone) == []
    assert "a shift that no calendar has is left out: X" in notes.told()
