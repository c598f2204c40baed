"""media.pixels.scaled, of float32: 16,384 numbers at a time as 32-bit lanes of one long integer.

A float32 x from 0 to 1 is M * 2^(e - 150), with e its exponent and M its 24 bits, of which the
first is not stored.  M * 255 has 32 bits, and is exact; the whole part of x * 255 is that shifted
right by 150 - e, so by 24 and by 126 - e, which is 0 to 7 for e from 119 on.  Below, the whole part
is 0; at 1, where e is 127, it is 255.

126 - e differs from lane to lane.  Its three bits are those of e + 1, inverted: for each, all lanes
are shifted by 4, 2 or 1, and those are kept whose bit says so.  A lane never takes bits of the next
one: what would move in is masked.  That a number is above 1, negative or NaN shows in its bits, as
they are beyond those of 1; then the plain twin does it all.
"""
import sys
from functools import lru_cache

BLOCK = 1 << 14
FEW = 256                               # values that the plain twin does sooner
ONE = 0x3F800000                        # the bits of 1.0
FRACTION, FIRST = 0x7FFFFF, 0x800000    # bits of a float32: those stored of M, and the other one
SIGNS = 0x80000000


def make(plain):
    if sys.implementation.name == "pypy" or sys.byteorder == "big":
        return plain

    def scaled(values, dtype):
        if getattr(values, "format", "") != "f" or len(values) < FEW or not values.c_contiguous:
            return plain(values, dtype)
        raw, found = values.cast("B"), []
        for start in range(0, len(raw), 4 * BLOCK):
            data = block(raw[start:start + 4 * BLOCK])
            if data is None:
                return plain(values, dtype)
            found.append(data)
        return b"".join(found), 0, False
    return scaled


@lru_cache(maxsize=2)                   # whole blocks, and the last one
def each(n):
    """Return 1 in n lanes."""
    return int.from_bytes(b"\1\0\0\0" * n, "little")


def block(raw):
    """Return the bytes of float32; None if one is not from 0 to 1."""
    bits, one = int.from_bytes(raw, "little"), each(len(raw) // 4)
    if bits & one * SIGNS or (bits + one * (SIGNS - ONE - 1)) & one * SIGNS:
        return None
    product = (bits & one * FRACTION | one * FIRST) * 255
    for shift, place in (4, 25), (2, 24), (1, 23):
        stay = full(bits + one * FIRST >> place & one, 32)      # where e + 1 has this bit
        moved = product >> shift & one * (0xFFFFFFFF >> shift)
        product = moved ^ (moved ^ product) & stay
    whole = product >> 24 & one * 0xFF
    exponent = bits >> 23 & one * 0xFF
    counts = full(exponent + one * (256 - 119) >> 8 & one, 8)   # where e is 119 or more
    at_one = full(exponent + one * (256 - 127) >> 8 & one, 8)
    return (whole & counts | at_one).to_bytes(len(raw), "little")[::4]


def full(ones, width):
    """Return lanes of 0 or 1 with that many bits of 0 or 1."""
    return (ones << width) - ones
