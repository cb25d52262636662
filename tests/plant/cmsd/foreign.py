"""CMSD documents as other tools write them, put together by hand for the tests."""

HEADER = """<?xml version="1.0" encoding="UTF-8"?>
<CMSDDocument xmlns="urn:cmsd:main">
<HeaderSection><DocumentIdentifier>shop</DocumentIdentifier>
<UnitDefaults><TimeUnit>minute</TimeUnit><CurrencyUnit>USD</CurrencyUnit></UnitDefaults>
</HeaderSection><DataSection>"""
FOOT = "</DataSection></CMSDDocument>"


def machine(name: str, *more: str, kind: str = "machine") -> str:
    """Return a resource."""
    head = f"<Resource><Identifier>{name}</Identifier><ResourceType>{kind}</ResourceType>"
    return head + "".join(more) + "</Resource>"


def prop(name: str, value: str) -> str:
    """Return a property; a value with an element in it stands as it is."""
    inside = value if "<" in value else f"<Value>{value}</Value>"
    return f"<Property><Name>{name}</Name>{inside}</Property>"


def spread(name: str, *parameters: tuple[str, float]) -> str:
    """Return a distribution."""
    told = "".join(
        f"<DistributionParameter><Name>{key}</Name><Value>{value}</Value></DistributionParameter>"
        for key, value in parameters
    )
    return f"<Distribution><Name>{name}</Name>{told}</Distribution>"


def process(name: str, resource: str, time: str, *more: str) -> str:
    """Return a process that one resource does in a time of minutes."""
    inside = time if "<" in time else f"<Value>{time}</Value>"
    told = f"<OperationTime>{inside}</OperationTime>" if time else ""
    need = f"<Resource><ResourceIdentifier>{resource}</ResourceIdentifier></Resource>"
    needs = f"<ResourcesRequired>{need}</ResourcesRequired>" if resource else ""
    return f"<Process><Identifier>{name}</Identifier>{needs}{told}{''.join(more)}</Process>"


def group(name: str, kind: str, *inner: str) -> str:
    """Return a process made of others."""
    told = "".join(
        f"<Process><ProcessIdentifier>{each}</ProcessIdentifier></Process>" for each in inner
    )
    inside = f"<SubProcessGroup><Type>{kind}</Type>{told}</SubProcessGroup>"
    return f"<Process><Identifier>{name}</Identifier>{inside}</Process>"


def plan(part: str, *processes: str, first: str = "") -> str:
    """Return a part type and its process plan."""
    of = f"<PartType><PartTypeIdentifier>{part}</PartTypeIdentifier></PartType>"
    begins = f"<FirstProcess><ProcessIdentifier>{first}</ProcessIdentifier></FirstProcess>"
    return (
        f"<PartType><Identifier>{part}</Identifier></PartType>"
        f"<ProcessPlan><Identifier>plan {part}</Identifier><PartsProduced>{of}</PartsProduced>"
        f"{begins if first else ''}{''.join(processes)}</ProcessPlan>"
    )


def file(*entities: str) -> str:
    """Return a document."""
    return HEADER + "".join(entities) + FOOT
