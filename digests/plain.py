"""A view model as plain data: ISO dates, enumerations by value, fields in their order."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Any


def plain(thing: Any) -> Any:
    """What `json.dumps` takes; mappings are put in the order of their keys."""
    if is_dataclass(thing) and not isinstance(thing, type):
        return {field.name: plain(getattr(thing, field.name)) for field in fields(thing)}
    if isinstance(thing, Enum):
        return thing.value
    if isinstance(thing, date):
        return thing.isoformat()
    if isinstance(thing, Mapping):
        return {str(key): plain(thing[key]) for key in sorted(thing)}
    if isinstance(thing, (list, tuple)):
        return [plain(item) for item in thing]
    return thing
