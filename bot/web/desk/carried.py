"""The form of a page travels with the page: signed, so that it can be drawn again with what was

wrong in it. Nothing of it is stored here.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from bot.forms import Field, FieldKind, Form, Option
from bot.web.cookies import serializer
from storage.types import Keyring


class Carried:
    """Writes a form into a hidden field, and reads it again."""

    def __init__(self, keyring: Keyring) -> None:
        self._sign: URLSafeSerializer = serializer(keyring, "desk")

    def write(self, form: Form) -> str:
        return str(self._sign.dumps(asdict(form)))

    def read(self, written: str) -> Form | None:
        """The form; None where it is none of ours, or of an older program."""
        try:
            return _form(self._sign.loads(written))
        except (BadData, ValueError, TypeError, KeyError, AttributeError):
            return None


def _form(found: Mapping[str, Any]) -> Form:
    return Form(**{**found, "fields": tuple(map(_field, found["fields"]))})


def _field(found: Mapping[str, Any]) -> Field:
    return Field(
        **{
            **found,
            "kind": FieldKind(found["kind"]),
            "options": tuple(Option(**option) for option in found["options"]),
        }
    )
