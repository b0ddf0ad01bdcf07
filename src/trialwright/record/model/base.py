"""The base of every piece of a record: frozen, absent fields left out of the JSON."""

import msgspec


class Piece(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A part of a study; equal parts are equal values."""
