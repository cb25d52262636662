"""What a written file says, for tools that know nothing of us."""

from linewright.plant import Plant
from linewright.plant.cmsd import write_cmsd
from linewright.plant.language import load_text
from linewright.plant.markup import Node, read_nodes
from tests.plant.cmsd.lines import WHERE, pump


def entities(plant: Plant, where: str, name: str) -> dict[str, Node]:
    """Return the entities of a kind of the written file, by identifier."""
    text = write_cmsd(plant, where).text.encode()
    (data,) = read_nodes([text], frozenset({"DataSection"}), "text")
    return {node.say("Identifier"): node for node in data.all(name)}


def test_the_root_is_a_cmsd_document() -> None:
    """Root, namespace and the two sections are those of published documents."""
    text = write_cmsd(pump(), WHERE).text
    assert '<CMSDDocument xmlns="urn:cmsd:main">' in text
    (header,) = read_nodes([text.encode()], frozenset({"HeaderSection"}), "text")
    assert header.all("UnitDefaults")[0].say("TimeUnit") == "second"


def test_every_reference_has_its_entity() -> None:
    """Whatever an element refers to by identifier stands in the file."""
    text = write_cmsd(pump(), WHERE).text.encode()
    (data,) = read_nodes([text], frozenset({"DataSection"}), "text")
    known = {node.say("Identifier") for node in data.children}
    referred = set()

    def walk(node: Node) -> None:
        for each in node.children:
            if each.name.endswith("Identifier") and each.name != "Identifier":
                referred.add((each.name.removesuffix("Identifier"), each.text))
            walk(each)

    walk(data)
    inner = {"Process", "MaintenanceProcess", "Shift"}
    assert {text for kind, text in referred if kind not in inner} <= known


def test_nothing_of_a_connection_is_written() -> None:
    """Endpoints, users and the names of secrets stay at home, and the notes say so."""
    plant = load_text("""{linewright: 1, enterprise: acme, sites: {reno: {timezone: UTC,
    currency: USD, areas: {shop: {lines: {pump: {flow: [saw], stations: {saw: {does: {cut: 1 s},
    connect: {opcua: "opc.tcp://10.1.2.3:4840", user: eve, password: {secret: SAW}}}}}}}}}}}""")
    written = write_cmsd(plant, "reno/shop/pump")
    assert not any(word in written.text for word in ("10.1.2.3", "eve", "SAW", "secret"))
    assert "left out: `connect` of Station: reno/shop/pump/saw" in written.notes
