"""Write the pages and schemas that are made from the code; tests keep them equal."""

import json
import sys
from pathlib import Path

from linewright.plant.language.reference import reference_page
from linewright.plant.language.schema import plant_schema
from linewright.plant.records import reference as records
from linewright.server.web.matrix import routes_page
from tools.claimed import claims_page
from tools.measured import measured_page

ROOT = Path(__file__).resolve().parent.parent


def pages() -> dict[Path, str]:
    """Return the text of every page that is made, by its place."""
    made = {
        ROOT / "docs" / "plant-file.md": reference_page(),
        ROOT / "docs" / "records.md": records.reference_page(),
        ROOT / "docs" / "routes.md": routes_page(),
        ROOT / "docs" / "measured.md": claims_page(ROOT),
        ROOT / "docs" / "twin-measured.md": measured_page(ROOT),
        ROOT / "docs" / "schema" / "plant-1.json": as_file(plant_schema()),
    }
    folder = ROOT / "docs" / "schema" / "records"
    return made | {folder / name: text for name, text in records.schema_files().items()}


def as_file(schema: dict[str, object]) -> str:
    """Return a schema as it stands in its file."""
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def main() -> int:
    """Write what has changed and name it."""
    for path, text in pages().items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(f"written: {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
