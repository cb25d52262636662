"""What the connectors say of themselves."""

from pathlib import Path

from linewright.connectors import manifest, manifests
from linewright.plant.language import load_text

BARE = """
linewright: 1
enterprise: acme
sites:
  reno:
    timezone: America/Los_Angeles
    currency: USD
    areas:
      shop:
        work_centres:
          mills: {stations: {mill: {does: {mill: 40 s}, connect: {%s: "%s"}}}}
"""

ENDPOINTS = {
    "mqtt": "mills/one",
    "opcua": "opc.tcp://10.1.4.11",
    "replay": "recorded.csv",
    "sparkplug": "reno/mills/one",
}


def test_every_connector_has_its_folder_its_page_and_a_protocol_of_the_plant_file() -> None:
    """A manifest names a folder that exists, with a README, and a key of a connection."""
    for each in manifests():
        folder = Path(manifest.__file__).parent / each.name
        assert (folder / "README.md").is_file()
        assert load_text(BARE % (each.protocol, ENDPOINTS[each.protocol])).sites


def test_the_page_of_connectors_says_what_the_manifests_say() -> None:
    """Every rule with its words, and the scale of each connector, line by line.

    Where it fails, `manifest.scale(manifests())` gives the lines that belong there.
    """
    page = (Path(__file__).parents[2] / "docs" / "connectors.md").read_text(encoding="utf-8")
    assert "\n".join(manifest.scale(manifests())) in page
    for rule, words in manifest.QUALITY.items():
        assert f"| {rule} | {words} |" in page
    for each in manifests():
        assert f"connectors/{each.name}/README.md" in page


def test_a_scale_that_says_nothing_of_a_rule_is_found() -> None:
    """Silence, unknown rules and exemptions without a reason are named."""
    lines = manifest.unmet(
        manifest.Manifest(
            name="x",
            protocol="x",
            title="X",
            reads=("x",),
            writes=(),
            listens=True,
            source_time=False,
            library="",
            quality=dict.fromkeys(list(manifest.QUALITY)[1:], "done")
            | {"gap": "exempt: ", "speed": "done"},
        )
    )
    assert [line.partition(":")[0] for line in lines] == ["first", "gap", "speed"]
