"""A view as plain data, and back: ISO dates, enumerations by value, fields in their order."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints


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


def restored(kind: Any, value: Any) -> Any:
    """The view that `plain` wrote, by the types of its fields."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        if value is None:
            return None
        return restored(next(one for one in inner if one is not NoneType), value)
    if origin is tuple:
        return tuple(restored(inner[0], item) for item in value)
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return kind(**{name: restored(hints[name], item) for name, item in value.items()})  # type: ignore[operator]
    if kind is date:
        return date.fromisoformat(value)
    return kind(value) if isinstance(kind, type) and issubclass(kind, Enum) else value
