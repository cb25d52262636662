"""Who may do what: the table, the order of the roles, and the scope of a site."""

from pathlib import Path

import pytest

from linewright.plant.records import Role
from linewright.server.signing import EVERYWHERE, PERMISSIONS, SigningRefused, may
from linewright.server.signing.roles import must_may, role_at

DOCS = Path(__file__).resolve().parents[3] / "docs" / "signing.md"
ORDER = [Role.OPERATOR, Role.SUPERVISOR, Role.ENGINEER, Role.MANAGER, Role.ADMIN]


def test_each_role_may_what_the_ones_below_it_may() -> None:
    """Going up the order never takes a permission away, and admin has every one."""
    for word in PERMISSIONS:
        held = [may({"reno": role}, word, "reno/shop") for role in ORDER]
        assert held == sorted(held), word
        assert held[-1], word


def test_the_least_role_is_the_least() -> None:
    """A permission begins exactly at the role that its row names."""
    for word, row in PERMISSIONS.items():
        first = next(role for role in ORDER if may({"*": role}, word, "reno"))
        assert first is row.least


@pytest.mark.parametrize(
    ("word", "allowed"),
    [
        *((word, True) for word in ("see", "reason", "confirm_case", "audit")),
        *((word, False) for word in ("shelve", "command", "trust", "people")),
    ],
)
def test_quality_stands_beside_the_order(word: str, *, allowed: bool) -> None:
    """Quality may what its column says, whatever an engineer may."""
    assert may({"reno": Role.QUALITY}, word, "reno/shop/pump") is allowed


def test_a_role_ends_at_its_site() -> None:
    """A role of one site gives nothing at another, nor at all of them."""
    roles = {"reno": Role.ADMIN}
    assert may(roles, "people", "reno/shop/pump/turn")
    for elsewhere in ("nogales", "nogales/reno", "renoir/shop", EVERYWHERE, ""):
        assert not may(roles, "see", elsewhere)


def test_a_role_for_all_sites_counts_beside_the_one_of_a_site() -> None:
    """The higher of both decides, and a lower one at the site takes nothing away."""
    roles = {EVERYWHERE: Role.ENGINEER, "reno": Role.OPERATOR}
    assert may(roles, "suppress", "reno/shop")
    assert role_at(roles, "reno") == (Role.OPERATOR, Role.ENGINEER)
    assert not may({}, "see", "reno")


def test_a_permission_that_nobody_made_is_no_yes() -> None:
    """A misspelled word is a mistake of the caller, not a permission."""
    with pytest.raises(KeyError):
        may({"*": Role.ADMIN}, "sea", "reno")


def test_a_refusal_says_who_could() -> None:
    """What is refused comes with 403, the place and the least role."""
    with pytest.raises(SigningRefused, match="somebody who is admin") as caught:
        must_may({"reno": Role.OPERATOR}, "people", "reno")
    assert caught.value.status == 403
    must_may({"reno": Role.ADMIN}, "people", "reno")


def test_the_page_tells_the_table() -> None:
    """The docs list each permission as the table has it, in its order, and no other."""
    lines = [line for line in DOCS.read_text("utf-8").splitlines() if line.startswith("| `")]
    yes = {True: "yes", False: "no"}
    assert lines == [
        f"| `{row.word}` | {row.least.value} | {yes[row.quality]} | {row.gives} |"
        for row in PERMISSIONS.values()
    ]
