"""read.batches.gather by columns: a loop that only sorts records, then all of a form at once.

A record whose length and constant bytes have been seen belongs to a *form*; the rest of it, the
columns of columns.py, is not looked at one by one.  A training mostly repeats its tags in one
order: where the records of a *cycle* come again and again, with the same constant bytes in the same
places, their columns are slices of the file with a stride.  How often they come is told by large
integers: the lowest bit, under a mask, in which the file differs from the cycle repeated.

If any checksum is wrong, the plain twin finds out where.
"""
from array import array
from itertools import chain

from .columns import LONGEST, STEP, WALL, effects, interleaved, masked, numbers, planes_apart, steps

FEW = 16                                # records of a form that are sooner done one by one
AGAIN = 8                               # how often a cycle must come to be worth its columns
MOST = 1024                             # records of a cycle
LAYOUTS = 1024                          # lengths of records whose forms are remembered
BLOCK = 1 << 16                         # bytes to compare at a time
NEAR = 1 << 9                           # bytes to the next attempt after a vain one


def make(plain):
    def gather(buf, pos, stop, look, crc32c, known=None):
        layouts = {} if known is None else known
        end, others = sort_records(buf, pos, stop, look, layouts)
        forms = [form for _, _, by_key in layouts.values() for form in by_key.values()
                 if form.single or form.pieces]
        found = [form.points(buf, plain, look, crc32c) for form in sorted(forms, key=Form.first)]
        if len(layouts) > LAYOUTS:
            layouts.clear()
        return plain(buf, pos, stop, look, crc32c) if None in found else (end, found, others)
    return gather


class Form:
    """Records that are alike but for some columns; those that were found, in file order.

    data, step_end, value_at:  of one: its bytes, and what look() says of it
    places:  of the columns in a record: wall time, step, number and checksum
    mask:    of a record: its constant bits
    """
    example = None                      # plain's Points of one record
    blank = None                        # the checksum of data with zeros in its columns

    def __init__(self, data, step_end, value_at):
        self.data, self.size = data, len(data) + 16
        self.wall = range(WALL, WALL + 8)
        self.step = range(STEP + 1, 12 + step_end)
        self.number = range(12 + value_at, 16 + value_at)
        self.checksum = range(self.size - 4, self.size)
        self.places = [*self.wall, *self.step, *self.number, *self.checksum]
        mask = bytearray(b"\xff" * self.size)
        for place in self.places:
            mask[place] = 0x80 if place in self.step else 0
        self.mask = bytes(mask)
        self.single = []                # positions of records since the last piece
        self.pieces = []                # of many: (positions, columns)

    def take(self, buf, start, count, stride):
        """Add the records that begin at `start` and each `stride` bytes after it."""
        self.gather_single(buf)
        stop = start + (count - 1) * stride + self.size
        self.pieces.append((range(start, stop, stride),
                            [buf[start + place:stop:stride] for place in self.places]))

    def gather_single(self, buf):
        if self.single:
            rows = self.rows(buf, self.single)
            self.pieces.append((array("q", self.single),
                                [rows[place::self.size] for place in self.places]))
            self.single = []

    def rows(self, buf, positions):
        return b"".join([buf[pos:pos + self.size] for pos in positions])

    def first(self):
        """Return where the first record is."""
        return (self.pieces[0][0] if self.pieces else self.single)[0]

    def points(self, buf, plain, look, crc32c):
        """Return plain's Points of all that was found, and forget it; None if a checksum is wrong.
        """
        count = len(self.single) + sum(len(positions) for positions, _ in self.pieces)
        if count < FEW or len(self.data) > LONGEST:
            points = self.one_by_one(buf, plain, look, crc32c)
        else:
            self.gather_single(buf)
            points = self.at_once(buf, count, plain, look, crc32c)
        self.single, self.pieces = [], []
        return points

    def positions(self):
        if len(self.pieces) == 1 and not self.single:
            return self.pieces[0][0]
        return array("q", chain(*[positions for positions, _ in self.pieces], self.single))

    def one_by_one(self, buf, plain, look, crc32c):
        positions = self.positions()
        rows = self.rows(buf, positions)
        end, points, _ = plain(rows, 0, len(rows), look, crc32c)
        return points[0]._replace(positions=positions) if end == len(rows) else None

    def at_once(self, buf, count, plain, look, crc32c):
        columns = [b"".join(pieces) for pieces in zip(*[columns for _, columns in self.pieces])]
        columns = dict(zip(self.places, columns))
        if not self.sound(columns, count, crc32c):
            return None
        row = self.rows(buf, [self.first()])
        if self.example is None:
            self.example, = plain(row, 0, 1, look, crc32c)[1]
        wall, step, number = [[columns[place] for place in places]
                              for places in (self.wall, self.step, self.number)]
        return self.example._replace(
            data=row[12:-4], positions=self.positions(), steps=steps(step, count),
            wall_times=numbers("d", wall), values=numbers("f", number))

    def sound(self, columns, count, crc32c):
        """Whether all records have the checksum that stands behind them."""
        if self.blank is None:
            blank = bytearray(self.data)
            for place in self.places[:-4]:
                blank[place - 12] = 0
            self.blank = crc32c(bytes(blank))
        same, planes = effects([(self.size - 5 - place, columns[place])
                                for place in self.places[:-4]], count)
        ones = int.from_bytes(b"\1\0\0\0" * count, "little")
        crcs = interleaved(planes_apart(planes, count))
        return masked(crcs ^ ones * (same ^ self.blank), count) == interleaved(
            [columns[place] for place in self.checksum])


def sort_records(buf, pos, stop, look, layouts):
    """Let the forms of known and new layouts take their records; return (end, others)."""
    others, next_try, patience = [], pos, NEAR
    while pos < stop:
        known = form_at(buf, pos, layouts)
        if known is not None:
            form, end = known
            if pos >= next_try:
                cycle, size = cycle_at(buf, pos, layouts)
                count = repeats(buf, pos, cycle, size, (stop - pos) // size) if cycle else 0
                if count >= AGAIN:
                    for start, own in cycle:
                        own.take(buf, start, count, size)
                    pos, patience = pos + count * size, NEAR
                    next_try = pos
                    continue
                patience *= 2
                next_try = pos + patience + size
            form.single.append(pos)
        else:
            seen = look(buf, pos)
            if seen is None:
                break
            data, end, found = seen
            if found is None:
                others.append((pos, data))
            else:
                learned(buf, pos, data, found, layouts).single.append(pos)
        pos = end
    return pos, others


def learned(buf, pos, data, found, layouts):
    """Return the form of a record that form_at() does not know."""
    step_end, value_at, _ = found
    tail = len(data) - value_at - 4
    key = data[step_end:value_at] + data[value_at + 4:]
    layout = layouts.setdefault(buf[pos:pos + WALL], (12 + len(data), tail, {}))
    if layout[1] != tail:               # two forms of one length: this one is not looked up
        layout = layouts.setdefault((len(data), tail), (0, tail, {}))
    if key not in layout[2]:
        layout[2][key] = Form(data, step_end, value_at)
    return layout[2][key]


def form_at(buf, pos, layouts):
    """Return (form, end) of the record at `pos`; None if it is unknown, or not all there.

    Its length is sound, as it has been seen before; its data is verified by columns.
    """
    layout = layouts.get(buf[pos:pos + WALL])
    if layout is None:
        return None
    length, tail, known = layout
    end = pos + length
    if end + 4 > len(buf):
        return None
    at = pos + STEP
    if buf[at] == 16:
        at += 1
        while buf[at] > 127 and at < end:
            at += 1
        at += 1
    form = known.get(buf[at:end - 4 - tail] + buf[end - tail:end] if tail else buf[at:end - 4])
    return form and (form, end + 4)


def cycle_at(buf, pos, layouts):
    """Return ([(position, form)], bytes) of the records from `pos` on, until a form recurs.

    ([], bytes) if there is no such cycle.
    """
    start, cycle, seen = pos, [], set()
    while len(cycle) <= MOST:
        known = form_at(buf, pos, layouts)
        if known is None:
            break
        form, end = known
        if form in seen:                # if it is not the first, the cycle comes once
            return cycle, pos - start
        seen.add(form)
        cycle.append((pos, form))
        pos = end
    return [], pos - start


def repeats(buf, pos, cycle, size, most):
    """Return how often a cycle comes, one after another, from `pos` on: at most `most`."""
    count, times, compared, number = 0, 1, 0, int.from_bytes
    row, mask = buf[pos:pos + size], b"".join([form.mask for _, form in cycle])
    while count < most:
        times = min(times, most - count)
        if times != compared:
            rows, masks, compared = (number(row * times, "little"), number(mask * times, "little"),
                                     times)
        start = pos + count * size
        differ = (number(buf[start:start + times * size], "little") ^ rows) & masks
        if differ:
            return count + ((differ & -differ).bit_length() - 1) // (8 * size)
        count += times
        times = max(1, min(2 * times, BLOCK // size))
    return count
