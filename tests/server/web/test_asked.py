"""Who may: the three answers to a question for a permission."""

import pytest

from linewright.plant.records import Role
from linewright.server.desk import Refusal
from linewright.server.signing.front import Signed
from linewright.server.web.asked import must_may

OPERATOR = Signed(person="p7", roles={"reno": Role.OPERATOR}, via="password")


@pytest.mark.parametrize(
    ("signed", "permission", "site", "status"),
    [
        (None, "", "reno", 0),
        (None, "see", "reno", 401),
        (OPERATOR, "see", "reno", 0),
        (OPERATOR, "see", "nogales", 403),
        (OPERATOR, "people", "reno", 403),
        (OPERATOR, "", "nogales", 0),
    ],
)
def test_who_may(signed: Signed | None, permission: str, site: str, status: int) -> None:
    """Nobody is 401, a role that does not give it, or not at this site, is 403."""
    found = 0
    try:
        must_may(signed, permission, site, "GET /api/x")
    except Refusal as refusal:
        found = refusal.status
    assert found == status
