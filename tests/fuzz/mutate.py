"""Bytes -> other bytes.  Every function takes a random.Random first, and nothing else by chance."""
import copy
import json
import re
import struct

from tbx_pure.errors import FormatError
from tbx_pure.crc32c import crc32c, masked
from tbx_pure.record import CRC, HEADER_SIZE, LENGTH, frame
from tbx_pure.wire import END_GROUP, GROUP, I32, I64, LEN, SIZE, VARINT, fields, varint

from ..everywhere.storing import zlib

EDGES = (0, 1, 2, 0x7F, 0x80, 0xFF, 2 ** 14, 2 ** 28, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32,
         2 ** 53, 2 ** 63 - 1, 2 ** 63, 2 ** 64 - 1)
FLOATS = [struct.pack("<d", x) for x in (0.0, -0.0, 1e308, 5e-324, float("inf"), float("nan"))]
TEXTS = (b"", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\0", "\u635f".encode("utf-8"), b"../x", b"x" * 300)


def noise(rng, size):
    return bytes([rng.getrandbits(8) for _ in range(size)])


def raw(rng, data, others=()):
    """Return data with one to three changes that know nothing of what it is."""
    data = bytearray(data)
    for _ in range(rng.randrange(1, 4)):
        at = rng.randrange(len(data) + 1)
        change = rng.randrange(7)
        if change == 0 and at < len(data):
            data[at] ^= 1 << rng.randrange(8)
        elif change == 1 and at < len(data):
            data[at] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.getrandbits(8)))
        elif change == 2:
            del data[at:at + rng.randrange(1, 9)]
        elif change == 3:
            data[at:at] = noise(rng, rng.randrange(1, 9))
        elif change == 4:
            data = data[:at]
        elif change == 5 and data:
            start = rng.randrange(len(data))
            data[at:at] = data[start:start + rng.randrange(1, 40)]
        elif others:
            other = rng.choice(others)
            data = data[:at] + other[rng.randrange(len(other) + 1):]
    return bytes(data)


# ---- messages ----

def long_varint(rng, n, odd=0.2):
    """Return a varint of n; with a chance of `odd` longer than need be."""
    least = varint(n)
    if rng.random() >= odd:
        return least
    size = rng.randrange(len(least), 11 + (rng.random() < 0.1))         # 11 are too many
    if size == len(least):
        return least
    return least[:-1] + bytes([least[-1] | 0x80]) + b"\x80" * (size - len(least) - 1) + b"\0"


def taken_apart(table, data):
    """Return [number, wire type, payload] of each field; payload is such a list, of a message.

    What is no message, though the table says so, stays bytes.
    """
    found = []
    for number, wire, _, start, end in fields(data, 0, len(data)):
        payload, field = data[start:end], table and table.by_number.get(number)
        if wire == LEN and field and field.message:
            try:
                payload = taken_apart(field.message, payload)
            except FormatError:
                pass
        found.append([number, wire, payload])
    return found


def put_together(rng, found, odd=0.0):
    """Return the bytes of what taken_apart() gives; keys and lengths at times not the shortest.

    A payload of no number stands there as it is.
    """
    out = []
    for number, wire, payload in found:
        if number is None:
            out.append(payload)
            continue
        if isinstance(payload, list):
            payload = put_together(rng, payload, odd)
        out.append(long_varint(rng, number << 3 | wire, odd))
        if wire == LEN:
            out.append(long_varint(rng, len(payload), odd))
        out.append(payload)
    return b"".join(out)


def scalar(rng, wire):
    """Return a payload of a wire type, as strange as it may be."""
    if wire == VARINT:
        return long_varint(rng, rng.choice(EDGES) if rng.random() < 0.7 else rng.getrandbits(64))
    if wire == LEN:
        return rng.choice(TEXTS + (noise(rng, rng.randrange(30)),))
    if wire == GROUP:
        return varint(8 | VARINT) + b"\1" + varint(rng.randrange(1, 20) << 3 | END_GROUP)
    return rng.choice(FLOATS)[-SIZE[wire]:] if wire in SIZE else b""


def message(rng, data, table, others=()):
    """Return the bytes of a message with one to three changes on any of its levels.

    others:  messages of the same table, to take fields from
    """
    if rng.random() < 0.1:
        return raw(rng, data, others)
    try:
        found = taken_apart(table, data)
        other = taken_apart(table, rng.choice(others)) if others else []
    except FormatError:
        return raw(rng, data, others)
    for _ in range(rng.choice((1, 1, 2, 3))):
        change_one(rng, found, other)
    made = put_together(rng, found, rng.choice((0, 0, 0, 0.02, 0.3)))
    return raw(rng, made, others) if rng.random() < 0.1 else made


CHANGES = 0, 1, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5, 5, 6, 6, 6, 7, 7, 8, 9, 9, 10, 11     # of change_one()


def change_one(rng, found, other):
    """Change a field, here or further down."""
    if not found:
        found += other or [[rng.randrange(1, 20), LEN, b""]]
        return
    i = rng.randrange(len(found))
    number, wire, payload = found[i]
    if number is None:
        del found[i]
        return
    if isinstance(payload, list) and rng.random() < 0.85:
        same = [x[2] for x in other if x[0] == number and isinstance(x[2], list)]
        change_one(rng, payload, rng.choice(same) if same else [])
        return
    change = rng.choice(CHANGES)
    if change == 0:
        found[i][0] = rng.choice((0, 1, number + 1, 2 ** 29 - 1, 2 ** 29, rng.randrange(1, 30)))
    elif change == 1:
        found[i][1] = rng.randrange(8)
    elif change == 2:
        found[i][1] = rng.choice((VARINT, I64, LEN, I32))
        found[i][2] = scalar(rng, found[i][1])
    elif change == 3:
        found.insert(rng.randrange(len(found) + 1), [number, wire, payload])
    elif change == 4:
        del found[i]
    elif change == 5:
        found[i][2] = scalar(rng, wire)
    elif change == 6 and other:                 # a splice of two
        found[i:] = other[rng.randrange(len(other)):]
    elif change == 7:
        rng.shuffle(found)
    elif change == 8:                           # a length that lies
        size = rng.choice(EDGES + (30,))
        found.insert(i, [None, None, varint(number << 3 | LEN) + long_varint(rng, size)
                         + b"x" * rng.randrange(20)])
    elif change == 9:                           # packed, where it was not, or the other way round
        found[i][1:] = [LEN, b"".join(scalar(rng, VARINT if wire == LEN else wire)
                                      for _ in range(rng.randrange(5)))]
    elif change == 10:
        depth = rng.choice((1, 2, 99, 101, 102, 300))
        keys = [number] if rng.random() < 0.5 else [number, rng.randrange(1, 20)]
        for level in range(depth):
            found[i] = [keys[level % len(keys)], LEN, put_together(rng, [found[i]])]
    else:                                       # groups, which end, or do not, or end another
        found.insert(i, [number, GROUP, varint(8) + b"\1" + varint(
            rng.choice((number, number, 1)) << 3 | END_GROUP)[:rng.choice((0, 1, 9, 9))]])


# ---- records ----

def header(length):
    stated = LENGTH.pack(length)
    return stated + CRC.pack(masked(crc32c(stated)))


def records(rng, datas, mutated):
    """Return a file: of datas some, as they are or mutated, and between them what is no record.

    mutated(data):  other data, to be in a sound record
    """
    parts = []
    for _ in range(rng.randrange(1, 7)):
        data, kind = rng.choice(datas), rng.randrange(10)
        if kind < 4:
            parts.append(frame(data))
        elif kind < 6:
            parts.append(frame(mutated(data)))
        elif kind == 6:
            parts.append(raw(rng, frame(data)))
        elif kind == 7:
            parts.append(header(rng.choice(EDGES + (len(data), 5))) + data[:rng.randrange(20)])
        elif kind == 8:
            parts.append(bytes(rng.randrange(1, 40)))
        else:
            parts.append(noise(rng, rng.randrange(1, 40)))
    made = b"".join(parts)
    return made[:-rng.randrange(1, HEADER_SIZE + 8)] if rng.random() < 0.3 else made


# ---- PNG ----

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(name, data):
    return (struct.pack(">I", len(data)) + name + data
            + struct.pack(">I", zlib.crc32(name + data) & 0xFFFFFFFF))


def png(rng, data, others=()):
    """Return a PNG with changes inside of its chunks, whose checksums fit, or to the whole."""
    if rng.random() < 0.1:
        return raw(rng, data, others)
    found, pos = [], len(SIGNATURE)
    while pos < len(data):
        size, name = struct.unpack(">I4s", data[pos:pos + 8])
        found.append([name, data[pos + 8:pos + 8 + size]])
        pos += size + 12
    for _ in range(rng.randrange(1, 3)):
        i, change = rng.randrange(len(found)), rng.randrange(7)
        name, body = found[i]
        if change == 0:
            found[i][1] = raw(rng, body)
        elif change == 1 and name == b"IDAT":
            try:
                found[i][1] = zlib.compress(raw(rng, zlib.decompress(body)))
            except zlib.error:                  # one of several
                found[i][1] = zlib.compress(noise(rng, 20))
        elif change == 2 and name == b"IHDR" and len(body) == 13:
            sizes = [rng.choice((0, 1, 2, 3, 5, 100, 2 ** 16, 2 ** 31 - 1, 2 ** 32 - 1))
                     for _ in range(2)]
            found[i][1] = struct.pack(">II", *sizes) + body[8:]
        elif change == 3 and name == b"IHDR" and len(body) == 13:
            found[i][1] = body[:8] + bytes([rng.choice((1, 2, 4, 8, 16)),
                                            rng.choice((0, 2, 3, 4, 6))]) + body[10:]
        elif change == 4:
            found.insert(i, [rng.choice((b"PLTE", b"tRNS", b"IDAT", b"tEXt", b"XXXX", b"acTL")),
                             noise(rng, rng.choice((0, 1, 2, 3, 6, 256 * 3)))])
        elif change == 5:
            del found[i]
        else:
            rng.shuffle(found)
        if not found:
            break
    return SIGNATURE + b"".join(chunk(name, body) for name, body in found)


# ---- texts: JSON, XML, protobuf's text format, tables ----

TOKEN = re.compile(rb"\s+|\w+|.", re.S)
STRANGE = (b"{", b"}", b"[", b"]", b"<", b">", b'"', b"'", b"\\", b"/", b":", b",", b"\0", b"\xff",
           b"1e999", b"-1", b"NaN", b"9" * 5000, b"null", b"true", b"\\u0000", b"\\ud800", b"&amp;",
           b"&#0;", b"<!DOCTYPE a>", b"[" * 3000, b"{\"a\":" * 2000, b"<a>" * 300, b"\xef\xbb\xbf")


def text(rng, data, others=()):
    """Return a text with tokens left out, doubled, exchanged, or strange."""
    if rng.random() < 0.2:
        return raw(rng, data, others)
    tokens = TOKEN.findall(data)
    for _ in range(rng.choice((1, 1, 2, 4))):
        if not tokens:
            break
        i, j = rng.randrange(len(tokens)), rng.randrange(len(tokens))
        change = rng.randrange(5)
        if change == 0:
            del tokens[i:i + rng.randrange(1, 6)]
        elif change == 1:
            tokens[i:i] = tokens[j:j + rng.randrange(1, 30)]
        elif change == 2:
            tokens[i], tokens[j] = tokens[j], tokens[i]
        elif change == 3:
            tokens[i] = rng.choice(STRANGE)
        else:
            tokens[i] = tokens[j]
    return b"".join(tokens)


VALUE = re.compile(rb'"[^"]*"|[^"]+')
VALUES = (b"", b"0", b"-1", b"3", b"x", b"9" * 30, b"1e9", b"\xc3\xa9", b"a/b", b"?,..3", b"FP32")


def xml(rng, data, others=()):
    """Return XML with other values of attributes, which is still well-formed; or text() of it."""
    if rng.random() < 0.3:
        return text(rng, data, others)
    parts = VALUE.findall(data)
    quoted = [i for i, part in enumerate(parts) if part[:1] == b'"']
    for _ in range(rng.choice((1, 1, 2, 4))):
        parts[rng.choice(quoted)] = (parts[rng.choice(quoted)] if rng.random() < 0.5 else
                                     b'"' + rng.choice(VALUES) + b'"')
    return b"".join(parts)


THINGS = (None, True, 0, -1, 2 ** 70, 1.5, float("nan"), "", "x", "\ud800", [], {}, [[]], ["x", 0, 0],
          {"class_name": "Dense"}, {"config": {"layers": []}})


def spots(x):
    """Yield (container, key) of everything in what JSON means."""
    for key in list(x) if isinstance(x, dict) else range(len(x)) if isinstance(x, list) else ():
        yield x, key
        yield from spots(x[key])


def json_text(rng, data, others=()):
    """Return JSON with other things in some places; or text() of it."""
    if rng.random() < 0.3:
        return text(rng, data, others)
    whole = [json.loads(data.decode("utf-8"))]
    for _ in range(rng.choice((1, 1, 2, 4))):
        places = list(spots(whole))[1:]
        if not places:
            break
        x, key = rng.choice(places)
        change = rng.randrange(4)
        if change == 0:
            del x[key]
        elif change == 1 and isinstance(x, list):
            x.insert(key, copy.deepcopy(x[key]))
        elif change == 2:
            x[key] = copy.deepcopy(rng.choice(THINGS))
        else:
            other, place = rng.choice(places)
            x[key] = copy.deepcopy(other[place])
    return json.dumps(whole[0]).encode("utf-8")
