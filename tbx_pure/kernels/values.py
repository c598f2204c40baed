"""For gather.py: records of one value that is no number, a histogram or a picture, many at once.

Those of a tag differ in wall time, step, lengths and payload.  So what was said of one holds for
all whose bytes before the payload, from the tag on, and behind it are the same.

Their checksums are made together.  crc32c.py folds each down to some 700 bytes in steps that a long
integer is fast at; below that, it is all steps of small ones.  But x^a = x^b + ... + 1 holds
with x^8 in the place of x too, as squaring does.  So where byte j of all records is one column, and
the columns are one integer, a fold of *columns* by the exponents for bits is a fold of each record.
What is left is brought down by tables, see columns.py.  Zeros in front, which make records equally
long, are of no effect where the CRC begins with 0.
"""
from .columns import effects, interleaved, masked, planes_apart
from .crc32c import FEW, PROGRAMS, program

LONGEST = 1 << 15                       # bytes of data: a longer record is checksummed alone
ALIKE = 128                             # sizes are rounded up to so many bytes: few programs
TOGETHER = 8                            # fewer are sooner done one by one
MOST = 1024                             # kinds, and headers, that are remembered
ALL = 0xFFFFFFFF
HEADER, STEP = 12, 9                    # its size; where the key of step stands in data
TAG = VALUE = 0x0A                      # keys
SUMMARY, LEN = 0x2A, 2


class Values:
    """Kinds of values that look() has said no number is in, and headers that are sound."""

    def __init__(self):
        self.kinds, self.headers = set(), {}

    def learn(self, buf, pos, data):
        """Remember the kind of the record at `pos`, of which look() says that it has no number."""
        if len(self.kinds) + len(self.headers) > MOST:
            self.kinds, self.headers = set(), {}
        self.headers[buf[pos:pos + HEADER]] = len(data)
        found = kind(data)
        if found is not None:
            self.kinds.add(found)

    def data_at(self, buf, pos, crc32c):
        """Return the data, not verified, of a record of a known kind; None if it is none."""
        header = buf[pos:pos + HEADER]
        length = self.headers.get(header)
        if length is None:
            length = int.from_bytes(header[:8], "little")
            sound = masked(crc32c(header[:8]), 1).to_bytes(4, "little") == header[8:]
            if not self.kinds or not sound or pos + length + 16 > len(buf):
                return None
            self.headers[header] = length
        if pos + length + 16 > len(buf):
            return None
        data = buf[pos + HEADER:pos + HEADER + length]
        found = kind(data)
        return data if found in self.kinds else None


def kind(data):
    """Return what stands in an event before and behind a value's payload; None if it is unusual.

    Usual is a wall time, a step, and a summary of one value: a tag, a payload, and the rest.
    """
    size = len(data)
    if size < STEP + 8 or data[0] != 9:
        return None
    pos = STEP
    if data[pos] == 16:
        number, pos = varint(data, pos + 1, size)
    if pos is None or pos >= size or data[pos] != SUMMARY:
        return None
    length, pos = varint(data, pos + 1, size)
    if pos is None or pos + length != size or pos >= size or data[pos] != VALUE:
        return None
    length, pos = varint(data, pos + 1, size)
    if pos is None or pos + length != size or pos + 1 >= size or data[pos] != TAG:
        return None
    first, key = pos, pos + 2 + data[pos + 1]
    if data[pos + 1] > 0x7F or key >= size or data[key] > 0x7F or data[key] & 7 != LEN:
        return None
    length, pos = varint(data, key + 1, size)
    if pos is None or pos + length > size:
        return None
    return data[first:key + 1], data[pos + length:]


def varint(data, pos, size):
    """Return (number, its end); (0, None) if it has more than eight bytes, or ends too late."""
    number = shift = 0
    while pos < size and shift < 56:
        byte = data[pos]
        number |= (byte & 0x7F) << shift
        pos += 1
        if byte < 0x80:
            return number, pos
        shift += 7
    return 0, None


def sound(rows, crc32c):
    """Whether each of (data, the checksum behind it, as bytes) has that checksum."""
    alone, together = [], []
    for row in rows:
        (together if FEW <= len(row[0]) <= LONGEST else alone).append(row)
    if len(together) < TOGETHER:
        alone, together = rows, []
    return (all(masked(crc32c(data), 1).to_bytes(4, "little") == crc for data, crc in alone)
            and (not together or masked(checksums([data for data, _ in together]), len(together))
                 == int.from_bytes(b"".join([crc for _, crc in together]), "little")))


def checksums(records):
    """Return the CRC-32C of each: as many lanes of 32 bits of one integer."""
    left = [folded(data) for data in records]
    size, count = max(map(len, left)), len(left)
    rows = b"".join([data.rjust(size, b"\0") for data in left])
    columns = folded_columns([rows[i::size] for i in range(size)], count)
    same, planes = effects([(len(columns) - 1 - i, column)
                            for i, column in enumerate(columns)], count)
    ones = int.from_bytes(b"\1\0\0\0" * count, "little")
    return interleaved(planes_apart(planes, count)) ^ ones * (same ^ ALL)


def folded(data):
    """Return what the steps of four terms leave of data, to be divided beginning with 0."""
    size = -(-len(data) // ALIKE) * ALIKE
    bits = 8 * size
    n = (int.from_bytes(data, "little") ^ ALL) << 8 * (size - len(data))
    for w, mask, first, second, third in (PROGRAMS.get(bits) or program(bits))[0]:
        low = n & mask
        n = n >> w ^ low << first ^ low << second ^ low << third
        bits -= w
    pad = -bits & 7
    return (n << pad).to_bytes((bits + pad) // 8, "little")


def folded_columns(columns, count):
    """Return fewer columns of `count` bytes whose rows have the same remainders."""
    unit, n = 8 * count, int.from_bytes(b"".join(columns), "little")
    long, short, left = program(len(columns))
    for w, _, *shifts in long + short:
        low = n & (1 << w * unit) - 1
        n >>= w * unit
        for shift in shifts:
            n ^= low << shift * unit
    packed = n.to_bytes(left * count, "little")
    return [packed[i:i + count] for i in range(0, len(packed), count)]
