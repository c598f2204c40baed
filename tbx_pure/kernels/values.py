"""For gather.py: records of one value that is no number, a histogram or a picture, many at once.

What look() has said of one holds for all of its kind, as place_in() tells it: what it goes by is in
the bytes around the payload, and these are the same.

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
ALIKE = 128                             # sizes are rounded up to so many bytes, to be few
TOGETHER = 8                            # fewer are sooner done one by one
MOST = 1024                             # kinds, and headers, that are remembered
ALL = 0xFFFFFFFF
HEADER = 12                             # bytes
LARGE = {}          # type: dict        # {bytes, rounded: (steps, the bits they leave)}


class Values:
    """Kinds of values that look() has said no number is in, and headers that are sound."""

    def __init__(self, place_in, crc32c):
        self.place_in, self.crc32c = place_in, crc32c
        self.kinds, self.headers = set(), {}

    def learn(self, buf, pos, data):
        """Remember the kind of a record of which look() says that it has no number.

        Return its Place, or None.
        """
        if len(self.kinds) + len(self.headers) > MOST:
            self.kinds, self.headers = set(), {}
        place = self.place_in(data)
        self.headers[buf[pos:pos + HEADER]] = len(data)
        if place is not None:
            self.kinds.add(place.kind)
        return place

    def at(self, buf, pos):
        """Return (data, its Place), not verified, of a record of a known kind; or None."""
        header = buf[pos:pos + HEADER]
        length = self.headers.get(header)
        if length is None:
            if not self.kinds or not sound([(header[:8], header[8:])], self.crc32c):
                return None
            length = int.from_bytes(header[:8], "little")
        end = pos + HEADER + length
        if end + 4 > len(buf):
            return None
        if len(self.headers) > MOST:
            self.headers = {}
        self.headers[header] = length
        data = buf[pos + HEADER:end]
        place = self.place_in(data)
        return (data, place) if place is not None and place.kind in self.kinds else None


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
    n = (int.from_bytes(data, "little") ^ ALL) << 8 * (size - len(data))
    steps, left = LARGE.get(size) or large_steps(size)
    for w, mask, first, second, third in steps:
        low = n & mask
        n = n >> w ^ low << first ^ low << second ^ low << third
    pad = -left & 7
    return (n << pad).to_bytes((left + pad) // 8, "little")


def large_steps(size):
    """Return (steps of four terms, the bits they leave) for so many bytes."""
    steps = program(8 * size)[0]
    LARGE[size] = steps, 8 * size - sum([step[0] for step in steps])
    return LARGE[size]


def folded_columns(columns, count):
    """Return fewer columns of `count` bytes whose rows have the same remainders."""
    unit, n = 8 * count, int.from_bytes(b"".join(columns), "little")
    long, short, left = PROGRAMS.get(len(columns)) or program(len(columns))
    for w, _, *shifts in long + short:
        low = n & (1 << w * unit) - 1
        n >>= w * unit
        for shift in shifts:
            n ^= low << shift * unit
    packed = n.to_bytes(left * count, "little")
    return [packed[i:i + count] for i in range(0, len(packed), count)]
