"""The vectors of spec/vectors/, and messages in proto3 JSON.  spec/vectors/README.md"""
import base64
import json
import os

from tbx_pure import FormatError, wire

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SPEC = os.path.join(ROOT, "spec")
NAMES = ("crc32c", "records", "varints", "fields", "events", "plugins", "media")       # api: test_golden.py

KINDS = {kind.name: kind for kind in (wire.INT32, wire.INT64, wire.UINT32, wire.UINT64, wire.BOOL,
                                      wire.FLOAT, wire.DOUBLE, wire.STRING, wire.BYTES)}


def load(name):
    """Return one file of vectors, as it stands in spec/vectors/."""
    with open(os.path.join(SPEC, "vectors", name + ".json"), encoding="utf-8") as f:
        return json.load(f)


def unhex(text):
    return bytes.fromhex(text.replace(" ", ""))


def lists(document):
    """Yield (name, vectors) of each list of vectors in a file."""
    for key, value in document.items():
        if isinstance(value, list):
            yield key, value


# ---- tables ----

def tables(document):
    """Return the wire.Message of each table that a file of vectors spells out."""
    kinds = dict(KINDS)
    for name, numbers in document["enums"].items():
        kinds[name] = wire.enum(name, **numbers)
    made = {name: wire.Message(name) for name in document["tables"]}
    kinds.update(made)
    for name, rows in document["tables"].items():
        made[name].also(*(_row(kinds, row) for row in rows))
    return made


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


def walk(table, seen=None):
    """Yield a table and every table below it, each once."""
    seen = set() if seen is None else seen
    if id(table) not in seen:
        seen.add(id(table))
        yield table
        for field in table.fields:
            if field.message:
                yield from walk(field.message, seen)


# ---- proto3 JSON: 64-bit integers are strings, bytes base64, an enum its name, NaN "NaN" ----

def from_json(table, value):
    """Return the dict of a message that is given in proto3 JSON."""
    return {name: _read(table.by_name[name], item) if name in table.by_name else item
            for name, item in value.items()}


def _read(field, value):
    if field.map:
        key, item = field.message.fields
        return {_read_one(key, k): _read_one(item, v) for k, v in value.items()}
    if field.repeated:
        return [_read_one(field, item) for item in value]
    return _read_one(field, value)


def _read_one(field, value):
    if field.message:
        return from_json(field.message, value)
    kind = field.kind
    if kind.name in ("float", "double"):
        return float(value)
    if kind is wire.BYTES:
        return base64.b64decode(value)
    if kind is wire.STRING or kind.numbers or not isinstance(value, str):
        return value
    return value == "true" if kind is wire.BOOL else int(value)     # 64 bits, or the key of a map


def to_json(table, values):
    """Return proto3 JSON of a message's dict; a plain field that holds its default is left out."""
    out = {}
    for field in table.fields:
        if field.name in values:
            value = values[field.name]
            if field.map:
                key, item = field.message.fields
                value = {_key(_write_one(key, k)): _write_one(item, v) for k, v in value.items()}
            elif field.repeated:
                value = [_write_one(field, item) for item in value]
            elif field.zero is not None and field.kind.pack(value) == field.zero:
                continue
            else:
                value = _write_one(field, value)
            if not (field.repeated or field.map) or value:
                out[field.name] = value
    return out


def _key(value):
    return value if isinstance(value, str) else json.dumps(value)


def _write_one(field, value):
    if field.message:
        return to_json(field.message, value)
    kind = field.kind
    if kind.name in ("float", "double"):
        return value if value - value == 0 else json.dumps(value).strip('"')        # NaN, -Infinity
    if kind is wire.BYTES:
        return base64.b64encode(value).decode("ascii")
    return str(value) if kind.name in ("int64", "uint64") else value


def decoded(table, buf, *span):
    """Return the dict of a message, or None for a FormatError that names a rule and a byte of it.

    Any other exception goes up: it is a bug.
    """
    try:
        values = table.decode(buf, *span)
    except FormatError as e:
        if not (e.rule.startswith("wire-") and 0 <= e.pos <= len(buf)):
            raise AssertionError("%r of %r" % (e, bytes(buf)))
        return None
    if type(values) is not dict:
        raise AssertionError("%r of %r" % (values, bytes(buf)))
    return values


def same(value):
    """Return text that is equal for equal JSON: maps in any order, 0.0 and -0.0 two values."""
    return json.dumps(value, sort_keys=True)
