"""Scenarios side by side."""

import msgspec

from linewright.twin.reporting.comparing import scenarios, signed, worth
from linewright.twin.reporting.study import Difference, Scenario, Value
from linewright.twin.reporting.words import words_of
from tests.twin.reporting.studies import study

EN = words_of("en")


def test_it_says_which_differences_are_real() -> None:
    """A difference beyond chance is named in the sentence; the word stands beside its dot."""
    made = scenarios(study(), EN, "en")
    assert made is not None
    assert "These differences are real" in made
    assert "<li>mill: Good parts per working hour +2.0\u202fparts/h</li>" in made
    assert "1.0 to 3.0, real" in made


def test_it_says_when_none_is() -> None:
    """What chance can explain is never called real, and no change at all is told as that."""
    doubt = Difference(figure="wip", unit="pieces", value=Value(0.5, -1.0, 2.0), is_real=False)
    none = Difference(figure="wip", unit="pieces", value=Value(0.0, 0.0, 0.0), is_real=False)
    both = (Scenario(name="a"), Scenario(name="b", differences=(doubt, none)))
    made = scenarios(msgspec.structs.replace(study(), scenarios=both), EN, "en")
    assert made is not None
    assert "No difference here is more than chance" in made
    assert "may be chance" in made
    assert "no difference" in made


def test_nothing_to_compare_is_no_section() -> None:
    """A single run has neither comparison nor worth."""
    bare = msgspec.structs.replace(study(), scenarios=(), worth=())
    assert scenarios(bare, EN, "en") is None
    assert worth(bare, EN, "en") is None


def test_gains_have_a_sign() -> None:
    """What is gained has a plus, what is lost a minus."""
    assert signed(Value(1.0, 0.5, 1.5), "1/h", "en") == "+1.00"
    assert signed(Value(-0.01), "share", "en") == "\u22121.0\u202f%"


def test_a_small_difference_of_shares_keeps_its_digits() -> None:
    """An interval of a hundredth of a per cent is told with as many digits as it is worth."""
    small = Value(-0.0003, -0.0008, 0.0002)
    assert signed(small, "share", "en") == "\u22120.030\u202f%"
    assert signed(Value(0.05, 0.03, 0.07), "share", "en") == "+5.0\u202f%"
