"""Event logs as CSV."""

import pytest

from linewright.twin.logs import EventRow, LogInvalid, Transition, csv_rows, csv_text
from tests.twin.logs.logs import log


def test_ours_comes_back_as_it_was() -> None:
    """Written and read, every row is the same, to the nanosecond, in any zone."""
    rows = log()
    assert list(csv_rows(csv_text(rows, "America/Hermosillo"), "UTC")) == rows


def test_a_case_is_no_formula() -> None:
    """A case that begins like a formula is kept from being one, and comes back."""
    row = EventRow(case="=1+1", activity="a,b", resource='x"y', t_ns=5, good=False)
    text = list(csv_text([row]))
    assert text[1].startswith("'=1+1,")
    assert list(csv_rows(text)) == [row]


@pytest.mark.parametrize("case", ["=1+1", "@a", "'=x", "''=x", "'x", "\t=1", "\r-1", "-"])
def test_every_case_comes_back_and_is_no_formula(case: str) -> None:
    """What a spreadsheet could take for a formula begins with a mark that reading takes off."""
    row = EventRow(case=case, activity="a", resource="m", t_ns=5)
    text = list(csv_text([row]))
    assert text[1].lstrip('"')[0] == "'"
    assert list(csv_rows(text)) == [row]


def test_work_over_the_hour_that_comes_twice() -> None:
    """Where clocks go back, an end that stands before its start is of the second pass."""
    text = ["case,activity,start,end", "7,mill,2026-10-25 02:50,2026-10-25 02:10"]
    start, end = csv_rows(text, "Europe/Berlin")
    assert end.t_ns - start.t_ns == 20 * 60 * 10**9


@pytest.mark.parametrize(
    ("head", "row"),
    [
        ("case:concept:name;concept:name;org:resource;time:timestamp", "7;mill;M1;{}"),
        ("Case ID\tActivity\tResource\tComplete Timestamp", "7\tmill\tM1\t{}"),
        ("\ufeffPartID|Operation|Machine|EventTime", "7|mill|M1|{}"),
        ("workorder,task,equipment,time", '"7",mill,M1,{}'),
    ],
)
def test_columns_of_other_tools(head: str, row: str) -> None:
    """Names, separators and marks of other tools are understood."""
    for when in ("2026-01-05 06:00", "2026/01/05 06:00:00", "05.01.2026 06:00", "01/05/2026 06:00"):
        found = list(csv_rows([head, row.format(when)]))
        wanted = EventRow(case="7", activity="mill", resource="M1", t_ns=1_767_592_800 * 10**9)
        assert found == [wanted]


def test_start_and_end_are_two_events() -> None:
    """A row with both gives a start and a completion, in the zone that is given."""
    text = ["case,activity,start,end,lifecycle", "7,mill,2026-01-05 06:00,2026-01-05 06:01,x"]
    found = list(csv_rows(text, "America/Hermosillo"))
    assert [row.transition for row in found] == [Transition.START, Transition.COMPLETE]
    assert found[0].t_ns == 1_767_618_000 * 10**9
    assert found[0].resource == "mill"


def test_columns_can_be_named() -> None:
    """A column of no known name is found when it is told."""
    found = list(
        csv_rows(["Charge,activity,time", "9,melt,2026-01-05"], columns={"case": "Charge"})
    )
    assert found[0].case == "9"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (["a,b"], "no column for `case` and `activity` and `timestamp`; the file has `a`, `b`"),
        ([], "the file has nothing"),
        (["case,activity,time", "1,a,soon"], "row 2: `soon` is no instant"),
        (["case,activity,time", ",a,2026-01-05"], "row 2: it has no case"),
        (["case,activity,time", "1,a,9999-12-31"], "row 2: `9999-12-31` is no instant"),
        (["case,activity,time", "1,a,0001-01-01"], "row 2: `0001-01-01` is no instant"),
        (["case,activity,time", f"{200_000 * 'x'},a,2026-01-05"], "row 2: .* cannot be read"),
        (["case,activity,start,end", "1,a,2026-01-06,2026-01-05"], "it ends before it starts"),
    ],
)
def test_what_is_wrong_is_told(text: list[str], what: str) -> None:
    """A log that cannot be read says which column or row, and what to do."""
    with pytest.raises(LogInvalid, match=what):
        list(csv_rows(text))
