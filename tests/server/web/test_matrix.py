"""The page of the routes: every row with what the signing table says of it."""

from pathlib import Path

from linewright.plant.records import Role
from linewright.server.signing import may
from linewright.server.web import ROWS
from linewright.server.web.matrix import routes_page

PAGE = Path(__file__).resolve().parents[3] / "docs" / "routes.md"


def test_the_page_is_of_this_table() -> None:
    """docs/routes.md is what the table makes; `python -m tools.pages` writes it."""
    assert PAGE.read_text("utf-8") == routes_page()


def test_the_matrix_says_what_the_roles_may() -> None:
    """Each cell of the matrix is the answer of `may`, or the scope, and each row is there once."""
    text = routes_page()
    table = text[text.index("## Who may") : text.index("## Permissions")]
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()[4:-1]]
    assert len(cells) == len(ROWS)
    rows = {(str(row.method), row.path): row for row in ROWS}
    for method, path, _, *marks, scope in cells:
        row = rows[method, path.strip("`")]
        assert scope.strip("`") == row.scope
        for role, mark in zip(Role, marks, strict=True):
            allowed = not row.permission or may({"*": role}, row.permission, "*")
            assert (mark == "yes") is allowed, (method, path, role)
