"""Event logs as XES."""

from operator import attrgetter

import pytest

from linewright.twin.logs import LogInvalid, xes_rows, xes_text
from tests.twin.logs.logs import log

ORDER = attrgetter("t_ns", "case", "transition")


def test_it_comes_back_as_it_was() -> None:
    """Written and read, every event is the same; traces stand together."""
    rows = log()
    text = "".join(xes_text(rows, name="bracket", timezone="America/Hermosillo"))
    found = list(xes_rows([text.encode()]))
    assert sorted(found, key=ORDER) == sorted(rows, key=ORDER)
    assert text.count("<trace>") == len({row.case for row in rows})


def test_it_has_the_words_of_the_standard() -> None:
    """Extensions, keys and the lifecycle are those of IEEE 1849."""
    text = "".join(xes_text(log(0.2)))
    for key in ("concept:name", "org:resource", "time:timestamp", "lifecycle:transition"):
        assert f'key="{key}"' in text
    assert 'xes.version="1849-2016"' in text
    assert 'value="start"' in text


def test_logs_of_other_tools() -> None:
    """A log with less in it is read: no resource, no lifecycle, milliseconds, an offset."""
    text = b"""<log><trace><string key="concept:name" value="7"/><event>
        <string key="concept:name" value="mill"/><int key="cost" value="3"/>
        <date key="time:timestamp" value="2026-01-05T06:00:00.250-07:00"/></event></trace></log>"""
    row = next(xes_rows([text]))
    assert (row.case, row.activity, row.resource) == ("7", "mill", "mill")
    assert row.t_ns == 1_767_618_000_250_000_000


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (b"<log/>", "no trace"),
        (b"<log><trace><event/></trace></log>", "without `concept:name`"),
        (b"case,activity", "no XML"),
    ],
)
def test_what_is_wrong_is_told(text: bytes, what: str) -> None:
    """A file that is no log says so."""
    with pytest.raises(LogInvalid, match=what):
        list(xes_rows([text]))
