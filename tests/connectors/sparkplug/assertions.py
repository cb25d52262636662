"""Which testable assertion of the Sparkplug 3.0 specification is covered by which test, or why not.

Each row: beginnings of ids (`*` at the end) or whole ids, then the test that covers them. The first
row that fits an id counts.
"""

import csv
from typing import Literal, NamedTuple

from tests.connectors.sparkplug.recordings import FOLDER

Kind = Literal["covered", "edge", "server", "todo"]


class Claim(NamedTuple):
    """What is said of some assertions."""

    kind: Kind
    ids: str
    by: str
    """File and test that cover them, or the reason why none does."""


_HOST = "test_host.py::"
_LINK = "test_sparkplug.py::"
_CODEC = "test_datatypes.py::"
_STATE = f"{_LINK}test_tck_id_message_flow_phid_sparkplug_state_publish"
_WILL = f"{_LINK}test_tck_id_payloads_state_will_message"
_REBIRTH = f"{_LINK}test_tck_id_operational_behavior_data_commands_ncmd_rebirth"
_DCMD = f"{_LINK}test_tck_id_operational_behavior_data_commands_dcmd"
_NDEATH = f"{_HOST}test_tck_id_operational_behavior_edge_node_termination_host_action_ndeath"
_DDEATH = f"{_HOST}test_tck_id_operational_behavior_edge_node_termination_host_action_ddeath"
_TABLES = f"{_CODEC}test_tck_id_payloads_dataset_and_propertyset_sizes"
_WRITTEN = f"{_CODEC}test_properties_tables_and_templates_are_written_and_read"
_VALUES = f"{_CODEC}test_tck_id_payloads_metric_datatype_value"
_FIELDS = f"{_CODEC}test_tck_id_payloads_metric_datatype_value_type"
_SIGN = f"{_HOST}test_a_negative_number_keeps_its_sign"
_IDS = f"{_CODEC}test_tck_id_intro_ids"
_TOPICS = f"{_CODEC}test_tck_id_topic_structure"
_ALIASES = f"{_HOST}test_devices_may_have_the_same_aliases"
_BEGIN = "operational-behavior-host-application-"

CLAIMS = (
    # a host application
    Claim(
        "covered", "intro-sparkplug-host-state components-ph-state conformance-primary-host", _STATE
    ),
    Claim("covered", "intro-group-id-* intro-edge-node-id-string intro-edge-node-id-chars", _IDS),
    Claim("covered", "intro-device-id-*", _IDS),
    Claim("covered", "topic-structure topic-structure-namespace-a", _TOPICS),
    Claim("covered", "topic-structure-namespace-valid-*", _IDS),
    Claim("covered", "topic-structure-namespace-device-id-*", _TOPICS),
    Claim("covered", "case-sensitivity-*", f"{_CODEC}test_tck_id_case_sensitivity"),
    Claim("covered", "topics-ncmd-* payloads-ncmd-*", _REBIRTH),
    Claim("covered", "topics-dcmd-* payloads-dcmd-*", _DCMD),
    Claim("covered", "host-topic-phid-birth-* message-flow-phid-*", _STATE),
    Claim("covered", "host-topic-phid-death-payload-timestamp-disconnect-clean", _STATE),
    Claim("covered", "host-topic-phid-death-*", _WILL),
    Claim(
        "covered",
        "message-flow-hid-sparkplug-state-message-delivered",
        f"{_LINK}test_tck_id_message_flow_hid_sparkplug_state_message_delivered",
    ),
    Claim("covered", "operational-behavior-edge-node-termination-host-action-ndeath-*", _NDEATH),
    Claim("covered", "operational-behavior-edge-node-termination-host-action-ddeath-*", _DDEATH),
    Claim(
        "covered",
        "operational-behavior-host-reordering-param",
        f"{_HOST}test_tck_id_operational_behavior_host_reordering_param",
    ),
    Claim(
        "covered",
        "operational-behavior-host-reordering-start",
        f"{_HOST}test_tck_id_operational_behavior_host_reordering_start",
    ),
    Claim(
        "covered",
        "operational-behavior-host-reordering-rebirth",
        f"{_HOST}test_tck_id_operational_behavior_host_reordering_rebirth",
    ),
    Claim(
        "covered",
        "operational-behavior-host-reordering-success",
        f"{_HOST}test_tck_id_operational_behavior_host_reordering_success",
    ),
    Claim("covered", f"{_BEGIN}connect-will*", _WILL),
    Claim("covered", f"{_BEGIN}host-id {_BEGIN}connect-birth*", _STATE),
    Claim("covered", f"{_BEGIN}termination {_BEGIN}death-* {_BEGIN}disconnect-intentional", _STATE),
    Claim("todo", f"{_BEGIN}multi-server-timestamp", "several brokers of one host are links apart"),
    Claim(
        "todo",
        "operational-behavior-primary-application-state-with-multiple-servers-state",
        "several brokers of one host are links apart: each has its own STATE and time",
    ),
    Claim("covered", "operational-behavior-data-commands-ncmd-rebirth-*", _REBIRTH),
    Claim("covered", "operational-behavior-data-commands-ncmd-*", _REBIRTH),
    Claim("covered", "operational-behavior-data-commands-dcmd-*", _DCMD),
    Claim("covered", "payloads-name-cmd-requirement payloads-alias-data-cmd-requirement", _DCMD),
    Claim("covered", "payloads-state-will-*", _WILL),
    Claim("covered", "payloads-state-*", _STATE),
    # what payloads mean, which a host must read as it was meant
    Claim("covered", "payloads-metric-datatype-value-type payloads-metric-datatype-req", _FIELDS),
    Claim("covered", "payloads-metric-datatype-value", _VALUES),
    Claim("covered", "payloads-metric-datatype-not-req", _SIGN),
    Claim("covered", "payloads-alias-uniqueness", _ALIASES),
    Claim("covered", "payloads-propertyset-keys-* payloads-propertyset-values-*", _TABLES),
    Claim("covered", "payloads-dataset-column-* payloads-dataset-types-num", _TABLES),
    Claim("covered", "payloads-dataset-* payloads-template-dataset-value", _WRITTEN),
    Claim("covered", "payloads-metric-propertyvalue-*", _WRITTEN),
    Claim(
        "covered",
        "payloads-propertyset-quality-*",
        f"{_HOST}test_null_faults_and_quality_are_bad_values",
    ),
    Claim("covered", "payloads-template-parameter-* payloads-template-version", _WRITTEN),
    Claim("covered", "payloads-template-ref-instance payloads-template-is-*", _WRITTEN),
    Claim(
        "covered",
        "payloads-template-definition-members payloads-template-instance-ref"
        " payloads-template-instance-members",
        f"{_HOST}test_members_of_a_template_have_the_types_of_its_definition",
    ),
    # others
    Claim("server", "conformance-mqtt-*", "of the MQTT server, which is not ours to write"),
    Claim(
        "edge",
        "operational-behavior-primary-application-state-with-* operational-behavior-edge-node-*"
        " operational-behavior-device-ddeath operational-behavior-data-*",
        "what an edge node does; nodes of an emulated plant are tested in `emulate`",
    ),
    Claim(
        "edge",
        "principles-* intro-edge-node-id-uniqueness topic-structure-namespace-* message-flow-edge-*"
        " message-flow-device-*",
        "what an edge node, its operator or its plant does; a host only hears it",
    ),
    Claim(
        "edge",
        "topics-* payloads-* ",
        "what an edge node publishes; a host hears every form of it in the recordings",
    ),
)


def ids() -> list[str]:
    """Every testable assertion of the specification."""
    with (FOLDER / "assertions.csv").open(encoding="utf-8", newline="") as file:
        return [row["id"] for row in csv.DictReader(file)]


def claim_of(name: str) -> Claim | None:
    """What is said of one assertion."""
    for claim in CLAIMS:
        for pattern in claim.ids.split():
            if name == pattern or (pattern.endswith("*") and name.startswith(pattern[:-1])):
                return claim
    return None
