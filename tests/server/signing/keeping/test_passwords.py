"""Passwords: what is refused, and real argon2id."""

import pytest

from linewright.server.signing import SigningRefused
from linewright.server.signing.keeping.passwords import (
    CHARS_MAX,
    CHARS_MIN,
    Hashing,
    must_be_good,
    normal,
)
from tests.server.signing.conftest import GOOD, QUICK


@pytest.mark.parametrize(
    "password",
    [
        GOOD,
        "contrase\u00f1a de la l\u00ednea nueve",
        "\u6211\u4eec\u7684\u4e09\u53f0\u8f66\u5e8a\u5728\u5899\u540e\u9762\u5462",
        "493028475610",
        "aaaaaaaaaaaab1c2d",
        "x" * 100 + "abcdefg",
    ],
)
def test_length_is_enough(password: str) -> None:
    """Whatever is long enough and not tried first will do: no rules of composition."""
    must_be_good(password)


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("short", "fewer than 12"),
        ("a" * CHARS_MAX + "bcdefg", "more than 256"),
        ("aaaaaaaaaaaaaaa", "different characters"),
        ("123456789012", "first that are tried"),
        ("PassWord!!2026", "first that are tried"),
        ("linewright2026", "first that are tried"),
        ("qwertyuiop12", "first that are tried"),
        ("\uff50\uff41\uff53\uff53\uff57\uff4f\uff52\uff44123456", "first that are tried"),
        ("maria.lopez.2026", "the name"),
        ("four lathes \ud800", "characters that are none"),
    ],
)
def test_what_is_tried_first_is_refused(password: str, said: str) -> None:
    """Too short, too long, one key, the commonest in any dress, and the own name are refused."""
    with pytest.raises(SigningRefused, match=said) as caught:
        must_be_good(password, names=("maria.lopez",))
    assert caught.value.status == 422


def test_the_commonest_are_in_their_own_spelling() -> None:
    """Each line of the list refuses itself: it stands there as passwords are compared."""
    from linewright.server.signing.keeping.passwords import COMMONEST  # noqa: PLC0415  # data

    for line in COMMONEST.read_text("utf-8").splitlines():
        assert line == normal(line).casefold()
        if len(line) >= CHARS_MIN:
            with pytest.raises(SigningRefused):
                must_be_good(line)


def test_real_argon2id_with_its_named_cost() -> None:
    """A hash of ours is argon2id with the named parameters and salted: never twice the same."""
    hashing = Hashing()
    kept = hashing.made(GOOD)
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert kept != hashing.made(GOOD)
    assert hashing.is_right(kept, GOOD)
    assert not hashing.is_right(kept, GOOD + " ")
    assert not hashing.is_old(kept)


def test_another_spelling_of_the_same_letters() -> None:
    """A password typed on another keyboard, composed or not, is the same."""
    kept = QUICK.made("ma\u00f1ana por la ma\u00f1ana")
    assert QUICK.is_right(kept, "man\u0303ana por la man\u0303ana")


def test_nobody_takes_as_long_and_is_a_no() -> None:
    """Without a hash one is checked anyway, and even its own password is wrong."""
    assert not QUICK.is_right("", "nobody has this password")
    assert not QUICK.is_right("no hash at all", GOOD)
    assert not QUICK.is_right(QUICK.made(GOOD), "\ud800")
    assert not QUICK.is_right(QUICK.made(GOOD), "x" * 1_000_000)


def test_a_hash_of_other_costs_is_old() -> None:
    """A hash with a lower cost still counts, and is said to be old."""
    kept = QUICK.made(GOOD)
    assert Hashing().is_right(kept, GOOD)
    assert Hashing().is_old(kept)
