"""Messages as JSON, in the form that any protobuf library reads and writes.

64-bit integers are strings, bytes base64, an enum its name, NaN "NaN": spec/vectors/README.md
"""
import base64

from . import wire
from .errors import InputError, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict

KINDS = {kind.name: kind for kind in (wire.INT32, wire.INT64, wire.UINT32, wire.UINT64, wire.BOOL,
                                      wire.FLOAT, wire.DOUBLE, wire.STRING, wire.BYTES)}
TRUTH = {"true": True, "false": False}          # the keys of a map are strings, whatever their kind


# ---- JSON -> dict ----

def from_json(message: wire.Message, value: "Any") -> "Dict[str, Any]":
    """Return the dict of a message, from what a JSON parser makes of its text.

    What the message's encode() can tell is left to it: unknown fields, numbers out of range.
    Raises InputError for a value that is not the form of its kind.
    """
    if not isinstance(value, dict):
        raise InputError(message.name, "an object", shown(value))
    return {name: _read(message, message.by_name[name], item) if name in message.by_name else item
            for name, item in value.items()}


def _read(message, field, value):
    if value is None:                   # null: absent
        return None
    if field.map:
        key, item = field.message.fields
        return {_one(field.message, key, TRUTH.get(k, k) if key.kind is wire.BOOL else k):
                _one(field.message, item, v) for k, v in _of(dict, message, field, value).items()}
    if field.repeated:
        return [_one(message, field, item) for item in _of(list, message, field, value)]
    return _one(message, field, value)


def _of(form, message, field, value):
    if isinstance(value, form):
        return value
    raise InputError("%s.%s" % (message.name, field.name),
                     "an object" if form is dict else "an array", shown(value))


def _one(message, field, value):
    if field.message:
        return from_json(field.message, value)
    try:
        if value is None or isinstance(value, bool) != (field.kind is wire.BOOL):
            raise TypeError
        return _FROM.get(field.kind.name, lambda same: same)(value)
    except (TypeError, ValueError, OverflowError):
        raise InputError("%s.%s" % (message.name, field.name),
                         "the JSON form of " + field.kind.name, shown(value)) from None


def _integer(value):
    return int(value) if isinstance(value, str) else value


_FROM = {"float": float, "double": float,
         "bytes": lambda text: base64.b64decode(text, validate=True)}
_FROM.update((name, _integer) for name in ("int32", "int64", "uint32", "uint64"))


# ---- dict -> JSON ----

def to_json(message: wire.Message, values: "Dict[str, Any]") -> "Dict[str, Any]":
    """Return what a JSON printer takes, of a message's dict: fields in order of number.

    A plain field that holds its default, an empty list and an empty map are left out.
    """
    out = {}                            # type: Dict[str, Any]
    for field in message.fields:
        value = values.get(field.name)
        if value is None:
            continue
        if field.map:
            key, item = field.message.fields
            value = {_key(_shown(key, k)): _shown(item, v) for k, v in value.items()}
        elif field.repeated:
            value = [_shown(field, item) for item in value]
        elif field.zero is not None and field.kind.pack(value) == field.zero:
            continue
        else:
            value = _shown(field, value)
        if value or not (field.repeated or field.map):
            out[field.name] = value
    return out


def _key(value):
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _shown(field, value):
    if field.message:
        return to_json(field.message, value)
    name = field.kind.name
    if name in ("float", "double") and value - value != 0:
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    if name == "bytes":
        return base64.b64encode(value).decode("ascii")
    return str(value) if name in ("int64", "uint64") else value


# ---- tables that are data themselves ----

def tables(document: "Dict[str, Any]") -> "Dict[str, wire.Message]":
    """Return the table of each message that a JSON document spells out, as fields.json does.

    document:  {"enums": {name: {name: number}}, "tables": {name: [row, ...]}}
    Raises InputError if it is not of this form.
    """
    try:
        kinds = dict(KINDS)             # type: Dict[str, Any]
        for name, numbers in document.get("enums", {}).items():
            kinds[name] = wire.enum(name, **numbers)
        made = {name: wire.Message(name) for name in document["tables"]}
        kinds.update(made)
        for name, rows in document["tables"].items():
            made[name].also(*(_row(kinds, row) for row in rows))
        return made
    except (AttributeError, KeyError, TypeError, ValueError) as e:
        raise InputError("tables", "rows as spec/vectors/README.md has them",
                         "%s: %s" % (type(e).__name__, e)) from None


def _row(kinds, row):
    if isinstance(row[0], str):
        return (row[0],) + tuple(_row(kinds, member) for member in row[1:])
    number, name, kind = row
    if kind.startswith("repeated "):
        return number, name, [kinds[kind[len("repeated "):]]]
    if kind.startswith("map<"):
        key, value = kind[len("map<"):-1].split(", ")
        return number, name, {kinds[key]: kinds[value]}
    return number, name, kinds[kind]


def walk(message: wire.Message, seen: "Any" = None) -> "Any":
    """Yield a table and every table below it, each once."""
    seen = set() if seen is None else seen
    if id(message) not in seen:
        seen.add(id(message))
        yield message
        for field in message.fields:
            if field.message:
                for below in walk(field.message, seen):
                    yield below
