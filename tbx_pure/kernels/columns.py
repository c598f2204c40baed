"""Records of one form, all at once: what writing and reading them by columns have in common.

Records of one form differ in the bytes of the wall time, the step and the number, and nowhere else.
Byte i of all of them, a *column*, is a slice with a stride.  CRC-32C is linear over XOR: a byte b
with k bytes behind it changes the checksum by P[k][b], whatever the others are, so

    crc(record) = crc(the form with zeros there) XOR P[k][b] for each byte b that differs

P[k] is a table of 256 numbers; as four tables of bytes it is what bytes.translate takes, for all
records at once, and XOR of columns is that of large integers.  The mask, a rotation and an addition
modulo 2^32, is done on 32-bit lanes of one integer: the top bit of each lane apart, so that no
carry leaves its lane.
"""
import sys
from array import array

POLYNOMIAL = 0x82F63B78                 # that of ..crc32c
LONGEST = 512                           # bytes of data: of a longer form no tables are made
WALL, STEP = 13, 21                     # where wall time and the key of step stand in a record
LOW, TOP = 0x7FFFFFFF, 0x80000000
ROTATED, BACK = 0x0001FFFF, 0xFFFE0000  # the bits that rotating by 15 moves down, and up
DELTA = 0xA282EAD8
ALL = 0xFFFFFFFF

# Threads may fill these at once: what stands under a key is always the same.
EFFECTS = {}        # type: dict         # {k: P[k], as a list}
PLANES = {}         # type: dict         # {k: the four bytes of its numbers, each as a table}
SHIFTS = {}         # type: dict         # see shifted()


# ---- checksums ----

def effect(k):
    """Return P[k]: what each byte with k bytes behind it does to the checksum."""
    if k not in EFFECTS:
        for i in range(k + 1):
            if i not in EFFECTS:
                EFFECTS[i] = ([EFFECTS[0][x & 0xFF] ^ x >> 8 for x in EFFECTS[i - 1]] if i else
                              [_remainder(byte) for byte in range(256)])
    return EFFECTS[k]


def _remainder(crc):
    for _ in range(8):
        crc = crc >> 1 ^ (POLYNOMIAL if crc & 1 else 0)
    return crc


def planes_of(k):
    if k not in PLANES:
        PLANES[k] = [bytes(x >> 8 * j & 0xFF for x in effect(k)) for j in range(4)]
    return PLANES[k]


def effects(columns, count):
    """Return what columns of `count` rows do to the checksums: a number, to all alike, and planes.

    columns:  pairs of k, the number of bytes behind it, and a column
    A plane is a byte of each checksum; the four of them, the lowest first, are one integer.
    """
    same, planes, number = 0, 0, int.from_bytes
    for k, column in columns:
        if column.count(column[0]) == count:
            same ^= effect(k)[column[0]]
        else:
            a, b, c, d = PLANES.get(k) or planes_of(k)
            turned = column.translate
            planes ^= number(b"".join((turned(a), turned(b), turned(c), turned(d))), "little")
    return same, planes


def planes_apart(planes, count):
    """Return the four planes of an integer as columns."""
    packed = planes.to_bytes(4 * count, "little")
    return [packed[i:i + count] for i in range(0, 4 * count, count)]


def masked(crcs, count):
    """Return checksums with TFRecord's mask: `count` lanes of 32 bits of an integer."""
    ones = int.from_bytes(b"\1\0\0\0" * count, "little")
    crcs = crcs >> 15 & ones * ROTATED | crcs << 17 & ones * BACK
    return (crcs & ones * LOW) + ones * (DELTA & LOW) ^ (crcs ^ ones * DELTA) & ones * TOP


# ---- rows and columns ----

def rows_of(columns):
    """Return columns as the bytes of their rows."""
    rows = bytearray(len(columns) * len(columns[0]))
    for i, column in enumerate(columns):
        rows[i::len(columns)] = column
    return rows


def interleaved(columns):
    """Return columns of bytes as one integer, row after row."""
    return int.from_bytes(rows_of(columns), "little")


def numbers(typecode, columns):
    """Return an array of numbers, of which byte i is in column i, the lowest first."""
    made = array(typecode)
    made.frombytes(bytes(rows_of(columns)))
    if sys.byteorder == "big":
        made.byteswap()
    return made


def bytes_of(typecode, sequence):
    """Return the columns of numbers: a list of what bytes i of all are, the lowest first.

    Raises TypeError or OverflowError if the array of that typecode cannot hold one.
    """
    made = array(typecode, sequence)
    if sys.byteorder == "big":
        made.byteswap()
    packed = made.tobytes()
    return [packed[i::made.itemsize] for i in range(made.itemsize)]


# ---- steps: columns of int64 <-> columns of varints ----

def steps(columns, count):
    """Return the steps whose varints have their bytes in these columns."""
    if not columns:
        return array("q", bytes(8 * count))
    planes = [0] * 8                    # byte j of each step; 7 bits of column i begin at bit 7 i
    for i, column in enumerate(columns):
        for j in range(7 * i // 8, min(8, (7 * i + 6) // 8 + 1)):
            table = shifted(7 * i - 8 * j, 0x7F, 0xFF, 0)
            planes[j] |= int.from_bytes(column.translate(table), "little")
    return numbers("q", [plane.to_bytes(count, "little") for plane in planes])


def varints(planes, size):
    """Return the columns of steps as varints of `size` bytes; None if one has more, or fewer.

    planes:  those of the steps, as of bytes_of()
    """
    columns = []
    for i in range(size):
        j, down = divmod(7 * i, 8)
        more = 0x80 if i < size - 1 else 0
        column = planes[j].translate(shifted(-down, 0xFF, 0x7F, more))
        if down > 1 and j < 7:
            high = planes[j + 1].translate(shifted(8 - down, 0xFF, 0x7F, 0))
            column = (int.from_bytes(column, "little") | int.from_bytes(high, "little")).to_bytes(
                len(column), "little")
        columns.append(column)
    if size and 0 in columns[-1]:
        return None
    j, down = divmod(7 * size, 8)
    beyond = [planes[j].translate(shifted(-down, 0xFF, 0xFF, 0))] + planes[j + 1:] if j < 8 else []
    return None if any(column.count(0) < len(column) for column in beyond) else columns


def shifted(n, take, keep, add):
    """Return the table of (byte & take) * 2^n & keep | add."""
    key = n, take, keep, add
    if key not in SHIFTS:
        SHIFTS[key] = bytes((b & take) << n & keep | add if n >= 0 else
                            (b & take) >> -n & keep | add for b in range(256))
    return SHIFTS[key]
