"""How commands fail: what, where, what to do."""

import io

from linewright.cli.ending import Code, Failed, counted


def test_a_failure_says_what_to_do() -> None:
    """The message holds what is wrong and, in brackets, what to do; it cannot steer a terminal."""
    out = io.StringIO()
    Failed("there is no `\x1b[31m`", "did you mean `saw`?").show(out)
    assert out.getvalue() == "Error: there is no `\\x1b[31m` (did you mean `saw`?)\n"
    assert Failed("plain").format_message() == "plain"
    assert Failed("plain").exit_code == Code.FAILED


def test_numbers_with_nouns() -> None:
    """One is singular, anything else plural, thousands are parted."""
    assert counted(1, "family") == "1 family"
    assert counted(0, "family") == "0 families"
    assert counted(12_000, "tag") == "12,000 tags"


def test_codes_are_those_of_shells() -> None:
    """Ctrl-C and a closed pipe end as a shell reports them: 128 and the signal's number."""
    assert (Code.STOPPED - 128, Code.CLOSED - 128) == (2, 13)
    assert [Code.DONE, Code.FOUND, Code.FAILED] == [0, 1, 2]
