"""The file of the chain: it follows the table, whatever was left of it."""

from pathlib import Path

import pytest

from linewright.history.audit_file import AUDIT_FILE, AuditFile

LINES = [b'{"n":0}', b'{"n":1}', b'{"n":2}']
WHOLE = b"".join(line + b"\n" for line in LINES)


@pytest.mark.parametrize(
    "before",
    [b"", b'{"n":0}\n', b'{"n":0}\n{"n"', WHOLE, WHOLE + b'{"n":3}\n', b'{"n":7}\n{"n":1}\n', b"?"],
)
def test_at_the_start_the_file_becomes_the_table(tmp_path: Path, before: bytes) -> None:
    """Nothing, a part, a torn line, too much, or something else: all are mended."""
    (tmp_path / AUDIT_FILE).write_bytes(before)
    file = AuditFile.open(tmp_path, LINES)
    file.append([b'{"n":3}'])
    file.close()
    assert (tmp_path / AUDIT_FILE).read_bytes() == WHOLE + b'{"n":3}\n'


def test_a_file_that_says_something_else_is_reported(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A torn line is the trace of a kill and no word is lost on it; a changed line is one."""
    (tmp_path / AUDIT_FILE).write_bytes(WHOLE[:-3])
    AuditFile.open(tmp_path, LINES).close()
    assert not caplog.records
    (tmp_path / AUDIT_FILE).write_bytes(WHOLE.replace(b"1", b"9"))
    AuditFile.open(tmp_path, LINES).close()
    assert "something else" in caplog.text
