"""Protocol Buffers wire format: the part of it that event files use.  spec/2-wire-format.md

A message is a run of fields.  A field is a varint key, ``number << 3 | wire type``, then a payload
whose length the wire type gives.  Here a message is a table (class Message) and its value a dict.
"""
import struct
import sys
from collections import namedtuple
from operator import index, itemgetter

from .errors import FormatError, InputError, shown
from .twins import fastest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Tuple

VARINT, I64, LEN, GROUP, END_GROUP, I32 = range(6)      # wire types; groups are only read past
SIZE = {I64: 8, I32: 4}
MAX_NUMBER = 2 ** 29 - 1
MAX_DEPTH = 100                         # messages below the outermost, as protobuf's own readers


# ---- varints ----

def varint(n: int) -> bytes:
    """Encode 0 <= n < 2**64 as 1 to 10 bytes, low seven bits first.  [wire-2]"""
    if n <= 0x7F:                       # most are
        return bytes((n,))
    out = bytearray()
    while n > 0x7F:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    out.append(n)
    return bytes(out)


def read_varint(buf: bytes, pos: int, end: int) -> "Tuple[int, int]":
    """Return (n, position after it); 0 <= n < 2**64.  [wire-2]"""
    start, n = pos, 0
    for shift in range(0, 70, 7):       # ten bytes carry 70 bits; those beyond 64 are dropped
        if pos >= end:
            raise FormatError("varint is cut short", start, "wire-2")
        byte = buf[pos]
        pos += 1
        n |= (byte & 0x7F) << shift
        if byte < 0x80:
            return n & 0xFFFFFFFFFFFFFFFF, pos
    raise FormatError("varint is longer than 10 bytes", start, "wire-2")


# ---- kinds: how one value becomes one payload ----

class Kind(namedtuple("Kind", "name wire pack unpack zero")):
    """A type of field.

    wire:                    its wire type
    pack(value):             the payload, without the length that LEN puts before it
    unpack(buf, pos, end):   the value again
    zero:                    the payload of the default value, which is left out  [wire-8]
    numbers:                 of an enum, the number of each name
    letter:                  of a float, the one that struct has for it
    """
    numbers = {}                        # type: Dict[str, int]
    letter = ""


def _int(name, bits, low, high):
    def pack(n):
        n = index(n)
        if not low <= n <= high:
            raise OverflowError
        return varint(n & 0xFFFFFFFFFFFFFFFF)           # 64-bit two's complement  [wire-5]

    def unpack(buf, pos, end):
        n = read_varint(buf, pos, end)[0] & (1 << bits) - 1
        return n - (1 << bits) if n > high else n
    return Kind(name, VARINT, pack, unpack, b"\x00")


def _fixed(name, wire, fmt, pack=None):
    s = struct.Struct(fmt)

    def unpack(buf, pos, end):
        return s.unpack_from(buf, pos)[0]
    kind = Kind(name, wire, pack or s.pack, unpack, bytes(s.size))
    kind.letter = fmt[-1]
    return kind


def _pack_float(x):
    try:
        return struct.pack("<f", x)
    except (OverflowError, struct.error):
        if not isinstance(x, (int, float)):
            raise
        return struct.pack("<f", float("inf") if x > 0 else float("-inf"))      # [wire-6]


def _unpack_string(buf, pos, end):
    try:
        return bytes(buf[pos:end]).decode("utf-8")     # of str(), PyPy's takes half a pair
    except UnicodeDecodeError as e:
        raise FormatError("text is not UTF-8", pos + e.start, "wire-7") from None


def enum(name: str, **numbers: int) -> Kind:
    """Return the kind of an enum: a value is its name, or its number where it has none."""
    names = {number: text for text, number in numbers.items()}

    def pack(value):
        return INT32.pack(numbers.get(value, value))

    def unpack(buf, pos, end):
        n = INT32.unpack(buf, pos, end)
        return names.get(n, n)
    kind = Kind(name, VARINT, pack, unpack, b"\x00")
    kind.numbers = numbers
    return kind


INT32 = _int("int32", 32, -2 ** 31, 2 ** 31 - 1)
INT64 = _int("int64", 64, -2 ** 63, 2 ** 63 - 1)
UINT32 = _int("uint32", 32, 0, 2 ** 32 - 1)
UINT64 = _int("uint64", 64, 0, 2 ** 64 - 1)
BOOL = Kind("bool", VARINT, lambda b: b"\x01" if b else b"\x00",
            lambda buf, pos, end: read_varint(buf, pos, end)[0] != 0, b"\x00")
DOUBLE = _fixed("double", I64, "<d")
FLOAT = _fixed("float", I32, "<f", _pack_float)
STRING = Kind("string", LEN, lambda s: s.encode("utf-8"), _unpack_string, b"")
BYTES = Kind("bytes", LEN, lambda b: b if type(b) is bytes else bytes(memoryview(b)),
             lambda buf, pos, end: bytes(buf[pos:end]), b"")


# ---- messages ----

class Field(namedtuple("Field", ("number", "name", "kind", "message", "repeated", "packed", "map",
                                 "oneof", "wires", "key", "zero"))):
    """One row of a table, with what follows from it.

    message:  the kind, where it is a Message
    oneof:    the name of the oneof it belongs to
    wires:    the wire types it is read from; it is written with the last
    key:      the bytes before its payload
    zero:     the payload that is left out; None if every payload is written
    """


class Message:
    """A message table: rows of (number, name, kind).

    kind:  one of the kinds above, or another Message; [kind] means repeated,
           {key kind: value kind} a map
    A row (name, row, row, ...) is a oneof: at most one of its rows is set.
    The same table encodes, decodes, and names the bytes for explain.
    """

    def __init__(self, name: str, *rows: tuple) -> None:
        self.name = name
        self.by_name = {}               # type: Dict[str, Field]
        self.by_number = {}             # type: Dict[int, Field]
        self.oneofs = {}                # type: Dict[str, List[str]]
        self.also(*rows)

    def also(self, *rows: tuple) -> None:
        """Add rows; apart from the constructor, for a row whose message is defined later."""
        for row in rows:
            if isinstance(row[0], str):
                self.oneofs[row[0]] = [member[1] for member in row[1:]]
                for member in row[1:]:
                    self._add(row[0], *member)
            else:
                self._add(None, *row)
        self.fields = [self.by_number[n] for n in sorted(self.by_number)]

    def _add(self, oneof, number, name, kind):
        repeated, is_map = isinstance(kind, list), isinstance(kind, dict)
        if repeated:
            kind, = kind
        elif is_map:                    # a repeated message of two fields, both written  [wire-10]
            (key, value), = kind.items()
            kind = Message("%s.%s" % (self.name, name),
                           ("key", (1, "key", key)), ("value", (2, "value", value)))
        message = kind if isinstance(kind, Message) else None
        wire = LEN if message else kind.wire
        packed = repeated and wire != LEN
        wires = (wire, LEN) if packed else (wire,)
        self.by_name[name] = self.by_number[number] = Field(
            number, name, kind, message, repeated, packed, is_map, oneof, wires,
            key=varint(number << 3 | wires[-1]),
            zero=None if message or repeated or oneof else kind.zero)

    # -- encode --

    @fastest
    def encode(self, values: "Dict[str, Any]") -> bytes:
        """Encode a dict of field values, in order of field number.  [wire-8]

        A field that is absent or None is left out; so is one that equals its default, unless it is
        a message or a member of a oneof.
        Raises InputError for a name the table lacks, a value that does not fit its kind, and two
        members of one oneof.
        """
        by_name = self.by_name
        try:
            rows = [(by_name[name], value) for name, value in values.items()]
        except KeyError:
            unknown = values.keys() - by_name.keys()
            raise InputError(self.name, "only fields of its table",
                             ", ".join(sorted(map(str, unknown)))) from None
        if len(rows) > 1:
            rows.sort(key=itemgetter(0))        # by number, which is first in a Field
        out = []                        # type: List[bytes]
        written = {}                    # type: Dict[str, str]
        for field, value in rows:
            if value is not None:
                if field.oneof and written.setdefault(field.oneof, field.name) != field.name:
                    raise InputError("%s.%s" % (self.name, field.oneof), "at most one member",
                                     "%s and %s" % (written[field.oneof], field.name))
                self._put(out, field, value)
        return b"".join(out)

    def _put(self, out, field, value):
        if field.repeated or field.map:
            bodies = self._bodies(field, value)
        else:
            bodies = (self._body(field, value),)
        key, zero, has_length = field.key, field.zero, field.wires[-1] == LEN
        for body in bodies:
            if body != zero:
                out += (key, varint(len(body)), body) if has_length else (key, body)

    def _bodies(self, field, value):
        """Return the payloads of a repeated field: of a packed run, one or none.  [wire-9]"""
        bodies = field.packed and _all_at_once(field.kind, value)
        if not bodies:
            bodies = [self._body(field, item) for item in self._items(field, value)]
            if field.packed and bodies:
                bodies = [b"".join(bodies)]
        return bodies

    def _items(self, field, value):
        """Return what is to be written, one field or one element of a packed run each."""
        if field.map and isinstance(value, dict):
            return [{"key": k, "value": v} for k, v in value.items()]
        try:
            if field.repeated and not isinstance(value, (str, dict)):
                return iter(value)
        except TypeError:
            pass
        raise InputError("%s.%s" % (self.name, field.name), "a dict" if field.map else "a list",
                         shown(value))

    def _body(self, field, item):
        try:
            return field.message.encode(item) if field.message else field.kind.pack(item)
        except (TypeError, OverflowError, UnicodeError, AttributeError, struct.error):
            raise InputError("%s.%s" % (self.name, field.name),
                             "a value of type " + field.kind.name, shown(item)) from None

    # -- decode --

    def decode(self, buf: bytes, pos: int = 0, end: "int | None" = None) -> "Dict[str, Any]":
        """Decode bytes pos to end into a dict; a field that is not there is not in it.

        Fields may come in any order; what the table lacks is skipped.  [wire-11, wire-12]
        Raises FormatError, with the position in buf, if the bytes break a rule.
        """
        return self._decode(buf, pos, len(buf) if end is None else end, {}, MAX_DEPTH)

    def _decode(self, buf, pos, end, values, depth):
        if depth < 0:
            raise FormatError("messages are nested deeper than %d" % MAX_DEPTH, pos, "wire-13")
        for number, wire, _, start, stop in fields(buf, pos, end):
            field = self.by_number.get(number)
            if field is not None and wire in field.wires:
                self._take(values, field, wire, buf, start, stop, depth)
        return values

    def _take(self, values, field, wire, buf, start, stop, depth):
        name, message = field.name, field.message
        for other in self.oneofs.get(field.oneof, ()):
            if other != name:
                values.pop(other, None)
        if field.map:
            entry = message._decode(buf, start, stop, {}, depth - 1)
            key, value = (entry.get(part.name, default(part)) for part in message.fields)
            values.setdefault(name, {})[key] = value
        elif message and field.repeated:
            values.setdefault(name, []).append(message._decode(buf, start, stop, {}, depth - 1))
        elif message:                   # a second one is merged into the first  [wire-11]
            values[name] = message._decode(buf, start, stop, values.get(name, {}), depth - 1)
        elif field.repeated:
            values.setdefault(name, []).extend(_elements(field.kind, wire, buf, start, stop))
        else:
            values[name] = field.kind.unpack(buf, start, stop)


def default(field: Field) -> "Any":
    """Return what an absent field means.  [wire-8]"""
    if field.repeated:
        return []
    return {} if field.message else field.kind.unpack(field.kind.zero, 0, len(field.kind.zero))


def _all_at_once(kind, values):
    """Return [the packed run of many floats]; [] where they have to be looked at one by one."""
    if not kind.letter or not isinstance(values, (list, tuple, memoryview)) or not len(values):
        return []
    if getattr(values, "format", "") == kind.letter and sys.byteorder == "little":
        return [values.tobytes()]
    try:
        return [struct.pack("<%d%s" % (len(values), kind.letter), *values)]
    except (TypeError, OverflowError, struct.error):
        return []


def _elements(kind, wire, buf, pos, end):
    """Yield the values in a payload of a repeated field: a packed run, or just one.  [wire-9]"""
    if wire == kind.wire:
        yield kind.unpack(buf, pos, end)
        return
    while pos < end:
        start = pos
        pos = read_varint(buf, pos, end)[1] if kind.wire == VARINT else pos + SIZE[kind.wire]
        if pos > end:
            raise FormatError("packed run ends inside a %s" % kind.name, start, "wire-9")
        yield kind.unpack(buf, start, pos)


# ---- fields: what any message is made of, table or no table ----

@fastest
def fields(buf: bytes, pos: int, end: int) -> "Iterator[Tuple[int, int, int, int, int]]":
    """Yield (number, wire type, position of key, start and end of payload) of each field."""
    while pos < end:
        at = pos
        number, wire, pos = _read_key(buf, at, end)
        if wire == END_GROUP:
            raise FormatError("group %d ends but did not begin" % number, at, "wire-3")
        start, pos = _payload(buf, number, wire, at, pos, end)
        yield number, wire, at, start, pos


def _read_key(buf, at, end):
    key, pos = read_varint(buf, at, end)
    number, wire = key >> 3, key & 7
    if not 1 <= number <= MAX_NUMBER:
        raise FormatError("field number %d is not in 1 to %d" % (number, MAX_NUMBER), at, "wire-1")
    if wire > I32:
        raise FormatError("field %d has wire type %d" % (number, wire), at, "wire-3")
    return number, wire, pos


def _payload(buf, number, wire, at, pos, end):
    """Return (start, end) of the payload whose key stands at `at` and ends at `pos`."""
    if wire == GROUP:
        return pos, _end_of_group(buf, number, pos, end)
    if wire == VARINT:
        return pos, read_varint(buf, pos, end)[1]
    if wire == LEN:
        size, pos = read_varint(buf, pos, end)
    else:
        size = SIZE[wire]
    if pos + size > end:
        raise FormatError("field %d is cut short" % number, at, "wire-4")
    return pos, pos + size


def _end_of_group(buf, number, pos, end):
    """Return the position after the group `number` that is open at `pos`.  [wire-3]"""
    opened = [number]
    while opened:
        at = pos
        if at >= end:
            raise FormatError("group %d does not end" % opened[-1], at, "wire-4")
        number, wire, pos = _read_key(buf, at, end)
        if wire == GROUP:
            opened.append(number)
        elif wire != END_GROUP:
            pos = _payload(buf, number, wire, at, pos, end)[1]
        elif opened.pop() != number:
            raise FormatError("group %d ends inside another" % number, at, "wire-3")
    return pos
