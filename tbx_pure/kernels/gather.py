"""read.batches.gather by columns: a loop that only sorts records, then all of a form at once.

Records of one form differ in the bytes of the wall time, the step and the number, and nowhere else.
Byte i of all of them, a *column*, is a slice with a stride.  CRC-32C is linear over XOR: a byte b
with k bytes behind it changes the checksum by P[k][b], whatever the others are, so

    crc(record) = crc(the form with zeros there) XOR P[k][b] for each byte b that differs

P[k] is a table of 256 numbers; as four tables of bytes it is what bytes.translate takes, for all
records at once, and XOR of columns is that of large integers.  The mask, a rotation and an addition
modulo 2^32, is done on 32-bit lanes of one integer: the top bit of each lane apart, so that no
carry leaves its lane.  If any checksum is wrong, the plain twin finds out where.
"""
import sys
from array import array

FEW = 16                                # records of a form that are sooner done one by one
WALL, STEP = 13, 21                     # where wall time and the key of step stand in a record
LOW, TOP = 0x7FFFFFFF, 0x80000000
ROTATED, BACK = 0x0001FFFF, 0xFFFE0000  # the bits that rotating by 15 moves down, and up
DELTA = 0xA282EAD8

EFFECTS = []        # type: list         # [k]: P[k], as a list
PLANES = {}         # type: dict         # {k: the four bytes of its numbers, each as a table}
SHIFTS = {}         # type: dict         # {n: a table: the low seven bits of a byte, times 2^n}


def make(plain):
    def gather(buf, pos, stop, look, crc32c):
        end, forms, others = sort_records(buf, pos, stop, look)
        found = []
        for form in forms:
            points = decode(buf, form, plain, look, crc32c)
            if points is None:
                return plain(buf, pos, stop, look, crc32c)
            found.append(points)
        return end, found, others
    return gather


def sort_records(buf, pos, stop, look):
    """Return (end, forms, others): a form is what look() says of its first, and positions."""
    layouts, forms, others, size = {}, [], [], len(buf)
    while pos < stop:
        form = None
        layout = layouts.get(buf[pos:pos + 12])
        if layout is not None:          # its length is sound; its data is verified by columns
            length, tail, known = layout
            end = pos + length
            if end + 4 > size:
                break
            at = pos + STEP
            if buf[at] == 16:
                at += 1
                while buf[at] > 127 and at < end:
                    at += 1
                at += 1
            form = known.get(buf[at:end - 4 - tail] + buf[end - tail:end] if tail
                             else buf[at:end - 4])
        if form is not None:
            form.append(pos)
            pos = end + 4
            continue
        seen = look(buf, pos)
        if seen is None:
            break
        data, end, found = seen
        if found is None:
            others.append((pos, data))
        else:
            step_end, value_at, tag = found
            tail = len(data) - value_at - 4
            key = data[step_end:value_at] + data[value_at + 4:]
            layout = layouts.setdefault(buf[pos:pos + 12], (12 + len(data), tail, {}))
            if layout[1] != tail:       # two forms of one length: this one is not looked up
                layout = layouts.setdefault((len(data), tail), (0, tail, {}))
            if key not in layout[2]:
                layout[2][key] = []
                forms.append((data, step_end, value_at, tag, layout[2][key]))
            layout[2][key].append(pos)
        pos = end
    return pos, forms, others


def decode(buf, form, plain, look, crc32c):
    """Return plain's Points of a form; None if a checksum is wrong."""
    data, step_end, value_at, tag, positions = form
    size = len(data) + 16
    rows = b"".join([buf[pos:pos + size] for pos in positions])
    if len(positions) < FEW:
        end, points, _ = plain(rows, 0, len(rows), look, crc32c)
        return points[0]._replace(positions=array("q", positions)) if end == len(rows) else None
    wall = list(range(WALL, WALL + 8))
    step = list(range(STEP + 1, 12 + step_end))
    value = list(range(12 + value_at, 16 + value_at))
    columns = {i: rows[i::size] for i in wall + step + value}
    if not sound(rows, data, columns, len(positions), crc32c):
        return None
    first = plain(rows[:size], 0, 1, look, crc32c)[1][0]
    return first._replace(positions=array("q", positions),
                          steps=steps(columns, step, len(positions)),
                          wall_times=numbers("d", [columns[i] for i in wall]),
                          values=numbers("f", [columns[i] for i in value]))


def sound(rows, data, columns, count, crc32c):
    """Whether all records have the checksum that stands behind them."""
    blank, last = bytearray(data), len(data) - 1
    for i in columns:
        blank[i - 12] = 0
    same, planes = crc32c(bytes(blank)), [0, 0, 0, 0]
    for i, column in columns.items():
        k = last - (i - 12)
        if column.count(column[:1]) == count:
            same ^= effect(k, crc32c)[column[0]]
        else:
            for j, table in enumerate(planes_of(k, crc32c)):
                planes[j] ^= int.from_bytes(column.translate(table), "little")
    ones = int.from_bytes(b"\1\0\0\0" * count, "little")
    crc = interleaved([plane.to_bytes(count, "little") for plane in planes]) ^ ones * same
    crc = crc >> 15 & ones * ROTATED | crc << 17 & ones * BACK
    crc = (crc & ones * LOW) + ones * (DELTA & LOW) ^ (crc ^ ones * DELTA) & ones * TOP
    size = len(data) + 16
    return crc == interleaved([rows[i::size] for i in range(size - 4, size)])


def interleaved(columns):
    """Return columns of bytes as one integer, row after row."""
    return int.from_bytes(rows_of(columns), "little")


def rows_of(columns):
    rows = bytearray(len(columns) * len(columns[0]))
    for i, column in enumerate(columns):
        rows[i::len(columns)] = column
    return rows


def effect(k, crc32c):
    """Return P[k]."""
    while len(EFFECTS) <= k:
        if EFFECTS:
            table = EFFECTS[0]
            EFFECTS.append([table[x & 0xFF] ^ x >> 8 for x in EFFECTS[-1]])
        else:
            EFFECTS.append([crc32c(bytes([b])) ^ crc32c(b"\0") for b in range(256)])
    return EFFECTS[k]


def planes_of(k, crc32c):
    if k not in PLANES:
        PLANES[k] = [bytes(x >> 8 * j & 0xFF for x in effect(k, crc32c)) for j in range(4)]
    return PLANES[k]


def numbers(typecode, columns):
    """Return an array of numbers, of which byte i is in column i, the lowest first."""
    made = array(typecode)
    made.frombytes(bytes(rows_of(columns)))
    if sys.byteorder == "big":
        made.byteswap()
    return made


def steps(columns, places, count):
    """Return the steps whose varints have their bytes in the columns at `places`."""
    if not places:
        return array("q", bytes(8 * count))
    planes = [0] * 8                    # byte j of each step; 7 bits of column i begin at bit 7 i
    for i, place in enumerate(places):
        for j in range(7 * i // 8, min(8, (7 * i + 6) // 8 + 1)):
            planes[j] |= int.from_bytes(columns[place].translate(shifted(7 * i - 8 * j)), "little")
    return numbers("q", [plane.to_bytes(count, "little") for plane in planes])


def shifted(n):
    if n not in SHIFTS:
        SHIFTS[n] = bytes((b & 0x7F) << n & 0xFF if n >= 0 else (b & 0x7F) >> -n
                          for b in range(256))
    return SHIFTS[n]
