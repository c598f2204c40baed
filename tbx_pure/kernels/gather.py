"""read.batches.gather by columns: a loop that only sorts records, then all of a form at once.

A record whose length and constant bytes have been seen belongs to a *form*; the rest of it, the
columns of columns.py, is not looked at one by one.  A training mostly repeats its tags in one
order, a *passage*, until it shows something else or begins the next round: how far the file goes
along with one that came before is told by large integers, the lowest bit, under a mask of constant
bytes, in which the two differ.  Where a passage comes again and again, the columns are slices of
the file with a stride.  Records without a number are left to values.py.

If any checksum is wrong, the plain twin finds out where.
"""
from array import array
from bisect import bisect_left, bisect_right
from itertools import chain

from .columns import LONGEST, STEP, WALL, effects, interleaved, masked, numbers, planes_apart, steps
from .values import Values, sound

FEW = 6                                 # records of a form that are sooner done one by one
AGAIN = 8                               # records of a passage; or how often it must come to be
                                        # worth its columns
MOST = 1024                             # records of a passage
MANY = 4                                # passages that begin with the same form
LAYOUTS = 1024                          # lengths of records whose forms are remembered
BLOCK = 1 << 16                         # bytes to compare at a time
NEAR = 1 << 9                           # bytes to compare first, and the least that is left out


def make(plain):
    def gather(buf, pos, stop, look, place_in, crc32c, known=None):
        known = {} if known is None else known
        layouts = known.setdefault("layouts", {})
        values = known.setdefault("values", Values(place_in, crc32c))
        end, others, doubtful = sort_records(buf, pos, stop, look, layouts, values)
        forms = [form for _, _, by_key in layouts.values() for form in by_key.values()
                 if form.single or form.pieces]
        found = [form.points(buf, plain, look, place_in, crc32c)
                 for form in sorted(forms, key=Form.first)]
        if len(layouts) > LAYOUTS:
            layouts.clear()
        if None in found or not sound(doubtful, crc32c):
            return plain(buf, pos, stop, look, place_in, crc32c)
        return end, found, others
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

    def points(self, buf, plain, look, place_in, crc32c):
        """Return plain's Points of all that was found, and forget it; None if a checksum is wrong.
        """
        count = len(self.single) + sum(len(positions) for positions, _ in self.pieces)
        if count < FEW or len(self.data) > LONGEST:
            points = self.one_by_one(buf, plain, look, place_in, crc32c)
        else:
            self.gather_single(buf)
            points = self.at_once(buf, count, plain, look, place_in, crc32c)
        self.single, self.pieces = [], []
        return points

    def positions(self):
        if len(self.pieces) == 1 and not self.single:
            return self.pieces[0][0]
        return array("q", chain(*[positions for positions, _ in self.pieces], self.single))

    def one_by_one(self, buf, plain, look, place_in, crc32c):
        positions = self.positions()
        rows = self.rows(buf, positions)
        end, points, _ = plain(rows, 0, len(rows), look, place_in, crc32c)
        return points[0]._replace(positions=positions) if end == len(rows) else None

    def at_once(self, buf, count, plain, look, place_in, crc32c):
        columns = [b"".join(pieces) for pieces in zip(*[columns for _, columns in self.pieces])]
        columns = dict(zip(self.places, columns))
        if not self.sound(columns, count, crc32c):
            return None
        row = self.rows(buf, [self.first()])
        if self.example is None:
            self.example, = plain(row, 0, 1, look, place_in, crc32c)[1]
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


def sort_records(buf, pos, stop, look, layouts, values):
    """Let the forms of known and new layouts take their records.

    Return (end, others, (data, checksum) of those of the others that are not verified).
    """
    others, doubtful, sorter = [], [], Sorter(buf, stop)
    while pos < stop:
        known = form_at(buf, pos, layouts)
        if known is not None:
            pos = sorter.take(pos, *known)
            continue
        sorter.learn()
        value = values.at(buf, pos)
        if value is not None:
            others.append((pos,) + value)
            end = pos + len(value[0]) + 16
            doubtful.append((value[0], buf[end - 4:end]))
            pos = end
            continue
        seen = look(buf, pos)
        if seen is None:
            break
        data, end, found = seen
        if found is None:
            others.append((pos, data, values.learn(buf, pos, data)))
        else:
            learned(buf, pos, data, found, layouts).single.append(pos)
        pos = end
    sorter.learn()
    return pos, others, doubtful


class Sorter:
    """Gives known records to their forms, and learns the passages in which they come.

    trail:     (form, position) of the records since the last passage: the next one's beginning
    passages:  {first form: those that begin with it, the last used first}
    """

    def __init__(self, buf, stop):
        self.buf, self.stop, self.passages = buf, stop, {}
        self.last = None, 0             # the last passage that came, and where it ended
        self.patience, self.next_try = 1, 0
        self.begin()

    def begin(self):
        self.trail, self.seen, self.head, self.same = [], set(), 0, 0

    def take(self, pos, form, end):
        """Take a record of a known form, or a passage that begins with it; return its end."""
        if not self.trail:
            if pos < self.next_try:
                form.single.append(pos)
                return end
            after = self.take_passage(pos, self.passages.get(form, ()))
            if after > pos:
                self.patience = 1
                return after
            if form in self.passages:
                self.patience *= 2
                self.next_try = pos + (self.patience if self.patience > NEAR else 0)
        return self.add(pos, form, end)

    def take_passage(self, pos, known):
        """Take the records of the passage that goes along the furthest; return their end."""
        best, most = None, 0
        for passage in known:
            if (passage, pos) == self.last:
                after = self.take_cycle(pos, passage)
                if after > pos:
                    return after
            count = min(passage.common(self.buf, pos), passage.before(self.stop - pos))
            if count > most:
                best, most = passage, count
            if count == len(passage.forms):
                break
        if best is None or most < min(AGAIN, len(best.forms)):
            return pos
        known.remove(best)
        known.insert(0, best)
        self.last = best, pos + best.starts[most]
        best.take_once(pos, most)
        return self.last[1]

    def take_cycle(self, pos, passage):
        """Take what comes of a passage once more and again; return its end."""
        forms, size = passage.forms, passage.size
        count = repeats(self.buf, pos, passage, max(0, self.stop - pos) // size)
        after = pos + count * size
        if count >= AGAIN and len(set(forms)) == len(forms):
            for form, start in zip(forms, passage.starts):
                form.take(self.buf, pos + start, count, size)
        else:
            for start in range(pos, after, size):
                passage.take_once(start, len(forms))
        self.last = (passage, after) if count else (None, 0)
        return after

    def add(self, pos, form, end):
        """Add a record to the trail; return where to go on: behind it, or behind a cycle.

        The head is what comes before a form recurs.  If the head recurs, that is a cycle.
        """
        trail = self.trail
        if not self.head and form in self.seen:
            self.head = len(trail)
        self.seen.add(form)
        if not self.head or form is not trail[self.same][0]:
            self.same = 0
        if self.head and form is trail[self.same][0]:
            self.same += 1
        trail.append((form, pos))
        if self.head and self.same == self.head:
            passage, first = self.remember(trail[:-self.same]), trail[0][1]
            self.begin()
            return self.take_cycle(first, passage)
        if len(trail) == MOST:
            self.learn()
        return end

    def learn(self):
        """Give the trail's records to their forms; if they are many, they are a passage."""
        for form, pos in self.trail:
            form.single.append(pos)
        if len(self.trail) >= AGAIN:
            self.remember(self.trail)
        self.begin()

    def remember(self, trail):
        known = self.passages.setdefault(trail[0][0], [])
        known.insert(0, Passage(self.buf, trail))
        del known[MANY:]
        return known[0]


class Passage:
    """Records of known forms, one after another, as they may come again.

    starts:  where each begins, and where the last one ends, from the first on
    """

    def __init__(self, buf, trail):
        first, (form, last) = trail[0][1], trail[-1]
        self.forms = [form for form, _ in trail]
        self.starts = [pos - first for _, pos in trail] + [last + form.size - first]
        self.size = self.starts[-1]
        self.row, self.pieces = buf[first:first + self.size], None

    def mask(self):
        return b"".join([form.mask for form in self.forms])

    def common(self, buf, pos):
        """Return how many records the bytes from `pos` on have in common with it."""
        if self.pieces is None:
            self.pieces = list(self.made())
        for start, stop, mask, masked_row in self.pieces:
            stretch = buf[pos + start:pos + stop]
            differ = int.from_bytes(stretch, "little") & mask ^ masked_row
            if len(stretch) < stop - start:
                differ |= 1 << 8 * len(stretch)
            if differ:
                return bisect_right(self.starts, start + lowest(differ) // 8) - 1
        return len(self.forms)

    def before(self, size):
        """Return how many of its records begin before byte `size`."""
        return bisect_left(self.starts, size, 0, len(self.forms))

    def made(self):
        """Yield (start, stop, mask, masked row) of stretches of it, longer and longer."""
        start, size, mask = 0, NEAR, self.mask()
        while start < self.size:
            stop = min(start + size, self.size)
            number = int.from_bytes(mask[start:stop], "little")
            yield start, stop, number, int.from_bytes(self.row[start:stop], "little") & number
            start, size = stop, min(4 * size, BLOCK)

    def take_once(self, pos, count):
        """Give the first `count` records that stand from `pos` on to their forms."""
        for form, start in zip(self.forms, self.starts[:count]):
            form.single.append(pos + start)


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


def repeats(buf, pos, passage, most):
    """Return how often a passage comes, one after another, from `pos` on: at most `most`."""
    count, times, compared, number = 0, 1, 0, int.from_bytes
    row, size, mask = passage.row, passage.size, passage.mask()
    while count < most:
        times = min(times, most - count)
        if times != compared:
            rows, masks, compared = (number(row * times, "little"), number(mask * times, "little"),
                                     times)
        start = pos + count * size
        differ = (number(buf[start:start + times * size], "little") ^ rows) & masks
        if differ:
            return count + lowest(differ) // (8 * size)
        count += times
        times = max(1, min(2 * times, BLOCK // size))
    return count


def lowest(number):
    """Return the place of the lowest bit that is 1."""
    return (number & -number).bit_length() - 1
