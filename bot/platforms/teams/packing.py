"""A form folded small enough to travel in its own card: whoever answers needs it again. Pure.

So a page can be put again with its errors by any node, after any restart. Only the person who got
the card sends it back, and only they are shown it again.
"""

import base64
import binascii
import json
import zlib
from dataclasses import asdict

from bot.forms import Field, FieldKind, Form, Option

_MOST = 200_000
MALFORMED = (ValueError, KeyError, TypeError, AttributeError, zlib.error, RecursionError)


def packed(form: Form) -> str:
    """The form as a short text, without the values it starts with."""
    plain = asdict(form)
    for field in plain["fields"]:
        del field["value"]
    whole = json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()
    return base64.b85encode(zlib.compress(whole, 9)).decode("ascii")


def unpacked(text: str) -> Form | None:
    """The form again; None where it is not one of ours."""
    try:
        opener = zlib.decompressobj()
        whole = opener.decompress(base64.b85decode(text), _MOST)
        plain = json.loads(whole) if opener.eof else None
        fields = tuple(_field(one) for one in plain.pop("fields")) if plain else ()
        return Form(fields=fields, **plain) if plain else None
    except (*MALFORMED, binascii.Error):
        return None


def _field(plain: dict[str, object]) -> Field:
    options = plain.pop("options")
    if not isinstance(options, list):
        raise TypeError("the options are not a list")
    kind = FieldKind(str(plain.pop("kind")))
    return Field(kind=kind, options=tuple(Option(**one) for one in options), **plain)  # type: ignore[arg-type]
