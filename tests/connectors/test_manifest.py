"""What the connectors say of themselves."""

from pathlib import Path

from linewright.connectors import manifest, manifests
from linewright.plant.language import load_text
from tests.connectors.making import PLANT


def test_every_connector_has_its_folder_its_page_and_a_protocol_of_the_plant_file() -> None:
    """A manifest names a folder that exists, with a README, and a key of a connection."""
    for each in manifests():
        folder = Path(manifest.__file__).parent / each.name
        assert (folder / "README.md").is_file()
        assert load_text(
            PLANT.replace("URL", "opc.tcp://10.1.4.11").replace("opcua:", f"{each.protocol}:")
        ).sites
