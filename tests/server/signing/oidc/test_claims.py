"""What an ID token says of a person."""

import pytest

from linewright.plant.records import Role
from linewright.server.signing.oidc.claims import claims_of, roles_of
from linewright.server.signing.settings import OidcSettings

GIVEN = {"a": {"reno": Role.OPERATOR}, "b": {"reno": Role.ENGINEER, "*": Role.QUALITY}}


@pytest.mark.parametrize(
    ("groups", "roles"),
    [
        (["a"], {"reno": Role.OPERATOR}),
        (["b", "a"], {"reno": Role.ENGINEER, "*": Role.QUALITY}),
        ("a", {"reno": Role.OPERATOR}),
        (["A", "ab", ""], {}),
        ([], {}),
        (None, {}),
        (7, {}),
        ({"a": True}, {}),
        ([["a"], {"a": 1}, 7, None], {}),
    ],
)
def test_groups_give_roles(groups: object, roles: dict[str, Role]) -> None:
    """The highest role of each site counts; what is no list of names gives nothing."""
    assert roles_of(groups, GIVEN) == roles


def test_names_are_cleaned() -> None:
    """What cannot be printed or is endless does not reach a page; no name at all is one of ours."""
    settings = OidcSettings(issuer="https://i", client="c", roles={})
    found = claims_of({"sub": "1", "name": "A\x1b[2J" + "b" * 100}, settings)
    assert found.name.isprintable()
    assert len(found.name) == 64
    assert found.login.startswith("oidc-")
    assert claims_of({"sub": "1", "name": 7}, settings).name == found.login


def test_a_subject_is_of_its_issuer() -> None:
    """The same number at another provider is another person."""
    one, two = (OidcSettings(issuer=i, client="c", roles={}) for i in ("https://a", "https://b"))
    assert claims_of({"sub": "1"}, one).subject != claims_of({"sub": "1"}, two).subject
