"""wire.Message.encode by the names that a dict has: what follows from these is found once.

The plain twin looks up, checks and sorts the fields of each value anew.  But writers give the same
few sets of names again and again, and all of that depends on the names alone.  So for each tuple of
names a plan is kept: (name, put) in order of field number, where put(out, value) appends what the
field is written as.  A put knows the usual type of value, and has Message._put do any other: that
also tells what is wrong.  Names that cannot all be written have no plan: the twin tells why.

Messages are joined from the inside out: of few bytes that is the quickest.  But each copy of a
sound is new memory, which the system hands out page by page.  So a put says that it has met many
bytes, and then all around them is joined once, at the end.
"""
import sys
from operator import itemgetter

VARINTS = tuple(bytes((n,)) for n in range(0x80))       # those of one byte
MOST = 64                               # plans of a message: the names may be its user's
SAFE = 2 ** 31                          # a whole number from 0 to below fits every kind
LARGE = 2 ** 16                         # bytes that are copied once, not for each message around


def make(plain):
    if sys.implementation.name == "pypy":
        return lambda message, values: plain(message, values)       # which compiles the calls away

    def encode(message, values):
        body = written(message, values)
        if type(body) is bytes:
            return body
        return plain(message, values) if body is None else b"".join(body)
    return encode


def written(message, values):
    """Return what values are written as; in parts if one is large; None if there is no plan."""
    if type(values) is not dict:
        return None
    names = tuple(values)
    try:
        plan = message.plans[names]
    except (AttributeError, KeyError):
        plan = planned(message, names)
        if plan is None:
            return None
    out, apart = [], False
    for name, put in plan:
        value = values[name]
        if value is not None and put(out, value):
            apart = True
    return out if apart else b"".join(out)


def planned(message, names):
    """Return the plan for values of these names, and keep it; None if there is none."""
    fields = list(map(message.by_name.get, names))
    oneofs = [field.oneof for field in fields if field and field.oneof]
    if None in fields or len(set(oneofs)) < len(oneofs):
        return None
    if not hasattr(message, "plans") or len(message.plans) >= MOST:
        message.plans = {}
    plan = [(field.name, putting(message, field)) for field in sorted(fields, key=itemgetter(0))]
    message.plans[names] = plan
    return plan


def putting(message, field):
    """Return put(out, value) of a field; it returns True if what it put is to be joined once."""
    def otherwise(out, value):
        message._put(out, field, value)

    kind = "message" if field.message else "enum" if field.kind.numbers else field.kind.name
    if field.map or field.packed or kind not in PUTS:
        return otherwise
    put = PUTS[kind](field, otherwise)
    if not field.repeated:
        return put
    usual = USUAL.get(kind)

    def put_all(out, values):
        if type(values) is not list or set(map(type, values)) - {usual}:
            return otherwise(out, values)
        apart = False
        for value in values:
            apart = put(out, value) or apart
        return apart
    return put_all


def length(size):
    """Return a size as a varint."""
    return VARINTS[size] if size < 0x80 else bytes((size & 0x7F | 0x80,)) + length(size >> 7)


# ---- a maker of put for each usual kind ----

def of_message(field, otherwise):
    key, message = field.key, field.message

    def put(out, value):
        if type(value) is not dict:
            return otherwise(out, value)
        body = written(message, value)
        if body is None:
            body = message.encode(value)
        if type(body) is bytes:
            out += key, length(len(body)), body
            return False
        out += key, length(sum(map(len, body)))
        out += body
        return True
    return put


def of_bytes(field, otherwise):
    key, zero = field.key, field.zero

    def put(out, value):
        if type(value) is not bytes:
            return otherwise(out, value)
        if value != zero:
            out += key, length(len(value)), value
        return len(value) > LARGE
    return put


def of_string(field, otherwise):
    key, zero = field.key, field.zero

    def put(out, value):
        try:
            body = value.encode("utf-8")
        except (AttributeError, UnicodeError):
            return otherwise(out, value)
        if body != zero:
            out += key, length(len(body)), body
    return put


def of_float(field, otherwise):
    key, zero, pack = field.key, field.zero, field.kind.pack

    def put(out, value):
        if type(value) is not float:
            return otherwise(out, value)
        body = pack(value)
        if body != zero:
            out += key, body
    return put


def of_int(field, otherwise):
    key, pack = field.key, field.kind.pack

    def put(out, value):
        if type(value) is not int or not 0 < value < SAFE:
            return otherwise(out, value)
        out += key, VARINTS[value] if value < 0x80 else pack(value)
    return put


def of_enum(field, otherwise):
    bodies = {name: [] for name in field.kind.numbers}
    for name in bodies:
        otherwise(bodies[name], name)

    def put(out, value):
        if type(value) is not str or value not in bodies:
            return otherwise(out, value)
        out += bodies[value]
    return put


PUTS = {"message": of_message, "bytes": of_bytes, "string": of_string, "enum": of_enum,
        "double": of_float, "float": of_float,
        "int32": of_int, "int64": of_int, "uint32": of_int, "uint64": of_int}

USUAL = {"message": dict, "bytes": bytes}       # such values, a put never has done otherwise
