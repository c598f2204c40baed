"""plugins.scalars.records: a template for one number, columns for many.

The records of a *form*, that is of a tag and a size of the step's field, differ in the wall time,
the step, the number and so the checksum: see columns.  The plain twin makes one record of each
*shape*, that is of a tag's length and that size; forms of one shape differ in the tag.

A burst mostly repeats its tags in one order, so that those of one place in it are a slice with a
stride, and the records go where they belong at once.  Otherwise they are made form by form, and put
in order last.  What does not fit goes to the plain twin, which tells what is wrong.
"""
import struct
import sys

from .columns import (ALL, DELTA, LONGEST, STEP, WALL, bytes_of, effect, effects, interleaved,
                      masked, planes_apart, varints)

FEW = 24                                # rows that are sooner done one by one
FEW_OF_A_FORM = 10                      # so are those of a form; or with others of their shape, if
MANY = 24                               # there are so many tags: then twice as many rows are few
FEW_OF_A_SHAPE = 64
MOST = 4096                             # forms of a size that are kept; to make one is cheap
SIZES = 12                              # of a step's field: its key and up to ten bytes, or nothing
KEY = 0x10                              # of the step
CRC = struct.Struct("<I")


def make(plain):
    if sys.implementation.name == "pypy":
        return lambda rows: plain(rows)     # its loops are faster than its integers
    forms, shapes = [{} for _ in range(SIZES)], {}

    def records(rows):
        if len(rows) < FEW:
            return single(*rows[0]) if len(rows) == 1 else b"".join([single(*row) for row in rows])
        try:
            return b"".join(many(rows, form_of, shape_of, single))
        except (AttributeError, TypeError, OverflowError, UnicodeError, Unfit):
            return plain(rows)

    def single(tag, number, step, wall):
        try:
            field = field_of(step)
            pack, before, behind, crc, of_wall, of_step, of_number = (
                forms[len(field)].get(tag) or form_of(tag, len(field))).template
            record = pack(before, wall, field + behind, number)
        except (AttributeError, TypeError, OverflowError, UnicodeError, struct.error, Unfit):
            return plain([(tag, number, step, wall)])
        if not wall:                    # which may be left out
            return plain([(tag, number, step, wall)])
        a, b, c, d, e, f, g, h = of_wall
        i, j, k, l, m, n, o, p = record[WALL:STEP]
        crc ^= a[i] ^ b[j] ^ c[k] ^ d[l] ^ e[m] ^ f[n] ^ g[o] ^ h[p]
        a, b, c, d = of_number
        i, j, k, l = record[-4:]
        crc ^= a[i] ^ b[j] ^ c[k] ^ d[l]
        for table, byte in zip(of_step, field):
            crc ^= table[byte]
        return record + CRC.pack((crc >> 15 | crc << 17 & ALL) + DELTA & ALL)

    def form_of(tag, size):
        form = forms[size].get(tag)
        if form is None:
            data = tag.encode("utf-8")
            if len(forms[size]) >= MOST:
                forms[size].clear()
            form = forms[size][tag] = Form(shape_of(len(data), size), data, size)
        return form

    def shape_of(length, size):
        if length > LONGEST:
            raise Unfit
        shape = shapes.get((length, size))
        if shape is None:
            shape = shapes[length, size] = Shape(plain, length, size)
        return shape
    return records


class Unfit(Exception):
    """These rows are not for the columns."""


def field_of(step):
    """Return the bytes of a step's field, b"" for 0 or None.

    Raises TypeError if it is no whole number, OverflowError if it does not fit 64 bits.
    """
    if not step:
        return b""
    if 0 < step < 0x80:
        return bytes((KEY, step))
    if 0 < step < 0x4000:
        return bytes((KEY, step & 0x7F | 0x80, step >> 7))
    if 0 < step < 0x200000:
        return bytes((KEY, step & 0x7F | 0x80, step >> 7 & 0x7F | 0x80, step >> 14))
    if step >> 63 not in (0, -1):
        raise OverflowError
    out, step = [KEY], step & 0xFFFFFFFFFFFFFFFF
    while step > 0x7F:
        out.append(step & 0x7F | 0x80)
        step >>= 7
    return bytes(out + [step])


class Shape:
    """What the forms of tags of one length have in common: all but the tag, which is zeros here.

    blank:     a record with zeros for wall time, step, number and checksum
    crc:       of its data, not masked
    wall, number, tag:  where their bytes stand in it
    template:  what makes one of the records, but for the tag
    """

    __slots__ = ("blank", "crc", "wall", "number", "tag", "of_tag", "size", "last", "template")

    def __init__(self, plain, length, size):
        lowest = 1 << 7 * (size - 2) if size else 0
        example = plain([("\0" * length, 0.0, lowest if lowest >> 63 == 0 else -lowest, 1.0)])
        if len(example) > LONGEST:
            raise Unfit
        self.blank, end = bytearray(example), len(example)
        self.size, self.last = end - 5, ((), b"", 0)
        self.wall, self.number = range(WALL, STEP), range(end - 8, end - 4)
        self.tag = range(end - 9 - length, end - 9)     # behind it is the key of the number
        crc, = CRC.unpack_from(example, end - 4)
        crc = crc - DELTA & ALL
        self.crc = crc >> 17 | crc << 15 & ALL
        of_wall, of_step, of_number, self.of_tag = [
            [effect(self.behind(place)) for place in places] for places in (
                self.wall, range(STEP, STEP + size), self.number, self.tag)]
        for place, table in enumerate(of_wall + of_step, WALL):
            self.crc ^= table[example[place]]
            self.blank[place] = 0
        self.blank[-4:] = bytes(4)
        pack = struct.Struct("<%dsd%dsf" % (WALL, end - 8 - STEP)).pack
        self.template = pack, bytes(self.blank[:WALL]), of_wall, of_step, of_number

    def filled(self, alike):
        """Return (a record with bytes that are alike in all, the checksum of its data).

        alike:  pairs of a place and its byte; mostly they are those of the last time
        """
        known, blank, crc = self.last
        if known != alike:
            blank, crc = bytearray(self.blank), self.crc
            for place, byte in alike:
                blank[place] = byte
                crc ^= effect(self.behind(place))[byte]
            self.last = alike, blank, crc
        return blank, crc

    def behind(self, place):
        """Return how many bytes of data stand behind a place in the record."""
        return self.size - place


class Form(Shape):
    """The records of one tag whose steps have fields of one size.

    template:  what makes one of the records, see single()
    """

    __slots__ = ()

    def __init__(self, shape, tag, size):
        self.wall, self.number, self.size = shape.wall, shape.number, shape.size
        self.blank, self.crc, self.last = shape.blank[:], shape.crc, shape.last
        self.blank[shape.tag.start:shape.tag.stop] = tag
        for table, byte in zip(shape.of_tag, tag):
            self.crc ^= table[byte]
        pack, before, of_wall, of_step, of_number = shape.template
        behind = bytes(self.blank[STEP + size:-8])
        self.template = pack, before, behind, self.crc, of_wall, of_step, of_number


def many(rows, form_of, shape_of, single):
    """Return the records as a list, or all of them as its only item.

    Raises Unfit, or the error of an array that cannot hold a value, or of a tag that is no text.
    """
    tags, numbers, steps, walls = zip(*rows)
    fields = fields_of(steps)
    period = period_of(tags)
    if fields is not None and len(rows) >= few(period) * period:
        groups = [(form_of(tags[i], len(fields)), slice(i, None, period), ())
                  for i in range(period)]
        return made(numbers, fields, walls, groups, True)
    if period < MANY and period < len(rows) < FEW_OF_A_FORM * period:
        return [single(*row) for row in rows]
    sizes = [len(field_of(step)) for step in steps] if fields is None else [len(fields)] * len(rows)
    kinds = {}                          # {size: {tag: the numbers of its rows}}
    for i, (size, tag) in enumerate(zip(sizes, tags)):
        kinds.setdefault(size, {}).setdefault(tag, []).append(i)
    records = [b""] * len(rows)
    for size, by_tag in kinds.items():
        forms, lengths = [], {}         # {length: the rows of tags that have few}
        for tag, places in by_tag.items():
            if len(places) >= few(len(by_tag)):
                forms.append((form_of(tag, size), places))
            else:
                lengths.setdefault(len(tag.encode("utf-8")), []).extend(places)
        for length, places in lengths.items():
            if len(places) >= FEW_OF_A_SHAPE:
                forms.append((shape_of(length, size), places))
            else:
                for i in places:
                    records[i] = single(*rows[i])
        form_by_form(records, rows, forms)
    return records


def few(tags):
    """Return how many rows of each of so many tags are worth columns of their own."""
    return FEW_OF_A_FORM if tags < MANY else 2 * FEW_OF_A_FORM


def form_by_form(records, rows, forms):
    """Put the records of some forms, of one size of the step's field, where they belong.

    forms:  pairs of a form, or a shape, and the numbers of its rows
    """
    if not forms:
        return
    order, groups = [], []
    for form, places in forms:
        tags = () if type(form) is Form else tag_columns(form, [rows[i][0] for i in places])
        groups.append((form, slice(len(order), len(order) + len(places)), tags))
        order += places
    _, numbers, steps, walls = zip(*[rows[i] for i in order])
    for block, (form, places) in zip(made(numbers, fields_of(steps), walls, groups, False), forms):
        size = len(form.blank)
        for i, at in zip(places, range(0, len(block), size)):
            records[i] = block[at:at + size]


def tag_columns(shape, tags):
    """Return pairs of a place and its column, of tags of one length."""
    data, length = "".join(tags).encode("utf-8"), len(shape.tag)
    return [(place, data[i::length]) for i, place in enumerate(shape.tag)]


def period_of(tags):
    """Return after how many the tags repeat, in one order; their number if they do not."""
    period = tags.index(tags[0], 1) if tags.count(tags[0]) > 1 else len(tags)
    return period if tags[period:] == tags[:-period] else len(tags)


def fields_of(steps):
    """Return the columns of the steps' fields; None if their sizes differ."""
    try:
        planes = bytes_of("q", steps)
    except TypeError:                   # there is a None among them
        planes = bytes_of("q", [step or 0 for step in steps])
    size = len(field_of(steps[0]))
    columns = varints(planes, max(size - 1, 0))
    return [bytes((KEY,)) * len(steps)] + columns if size and columns else columns


def made(numbers, fields, walls, groups, together):
    """Return the records of several forms, whose steps have fields of one size.

    fields:    the columns of those
    groups:    of each form: itself, the slice of its rows, and columns that it has besides
    together:  the rows of the forms alternate: return all records, in one item
    """
    wall, number, count = bytes_of("d", walls), bytes_of("f", numbers), len(numbers)
    if 0 in wall[7]:
        raise Unfit                     # a wall time may be 0, which is left out
    alike, varying = [], []
    for place, column in enumerate(wall + fields, WALL):
        if column.count(column[0]) == count:
            alike.append((place, column[0]))
        else:
            varying.append((place, column))
    filled = [form.filled(alike) for form, _, _ in groups]
    out = laid_out([blank for blank, _ in filled], groups, count, together)
    crcs = [bytearray(count) for _ in range(4)]
    for (form, rows, more), (_, crc), (buf, start, stride) in zip(groups, filled, out):
        own = [(place, column[rows]) for place, column in varying] + list(more)
        put(crcs, rows, crc, [(form.behind(place), column) for place, column in own])
        for place, column in own + list(zip(form.number, [column[rows] for column in number])):
            buf[start + place::stride] = column
    checksums = checksums_of(crcs, number, count)
    for (form, rows, _), (buf, start, stride) in zip(groups, out):
        for place, column in enumerate(checksums, len(form.blank) - 4):
            buf[start + place::stride] = column[rows]
    return [buf for buf, start, _ in out if start == 0]


def laid_out(blanks, groups, count, together):
    """Return where the records of each group go: (bytearray, start of the first, stride)."""
    if not together:
        return [(bytearray(blank * len(range(count)[rows])), 0, len(blank))
                for blank, (_, rows, _) in zip(blanks, groups)]
    times, rest = divmod(count, len(groups))
    all_of_them = b"".join(blanks)
    buf, starts = bytearray(all_of_them * times + b"".join(blanks[:rest])), [0]
    for blank in blanks:
        starts.append(starts[-1] + len(blank))
    return [(buf, start, len(all_of_them)) for start in starts[:-1]]


def put(crcs, rows, crc, columns):
    """Put the checksums of some rows in their places in four columns."""
    count = len(crcs[0][rows])
    same, planes = effects(columns, count)
    alike = [bytes((byte,)) * count for byte in CRC.pack(same ^ crc)]
    planes ^= int.from_bytes(b"".join(alike), "little")
    for column, plane in zip(crcs, planes_apart(planes, count)):
        column[rows] = plane


def checksums_of(crcs, number, count):
    """Return the masked checksums as columns, given those of records whose number is 0."""
    same, planes = effects(zip((3, 2, 1, 0), number), count)
    planes ^= int.from_bytes(b"".join(crcs), "little")
    ones = int.from_bytes(b"\1\0\0\0" * count, "little")
    packed = masked(interleaved(planes_apart(planes, count)) ^ ones * same, count).to_bytes(
        4 * count, "little")
    return [packed[j::4] for j in range(4)]
