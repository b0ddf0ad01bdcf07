"""The JSON Schema of protocol.yaml, made from the model."""

from typing import Any

import msgspec

from trialwright.protocol.model import Protocol


def protocol_schema() -> dict[str, Any]:
    """Return the schema (JSON Schema 2020-12), for editors and other programs."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Trialwright protocol",
        **msgspec.json.schema(Protocol),
    }
