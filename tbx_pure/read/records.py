"""Files -> records, past whatever is damaged in them.  spec/1-records.md

A damaged record has a wrong checksum, or claims a length that no event has.  What follows it is
found again by its form: eight bytes of length whose checksum fits, and that many bytes whose
checksum fits too.  By chance that happens once in 2^64 offsets.
"""
import os
import re
import time
from collections import namedtuple

from ..crc32c import crc32c, masked
from ..errors import FormatError, InputError, shown
from ..record import CRC, HEADER_SIZE, LENGTH, unframe
from .sums import Sums
from .window import CHUNK, Window

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, List, Optional, Tuple

HIGH = bytes(4)                         # so this is the second half of every length
ZEROS = re.compile(b"\\0*")
HOLE = bytes(8)                         # what a file system shows of bytes not written yet
SMALL = 512                             # bytes whose checksum is sooner made than looked up

#   mode        a damaged record     an end that is
#               ends the reading     not all there is damage
MODES = {
    "tail":     (False,              False),
    "salvage":  (False,              True),
    "stop":     (True,               False),
    "strict":   (True,               True),
}


class Damage(namedtuple("Damage", "start end rule message pos path")):
    """A stretch of a file that gives no record, or a record whose bytes are no sound event.

    start, end:  the offsets of its first byte, and of the one after its last
    rule:        the rule of spec/ that is broken, such as "record-3"
    message:     what is wrong
    pos:         the offset where it is: that of the record, of its data, or of a field in it
    path:        the file's name; "" if it has none
    """

    def error(self) -> FormatError:
        """Return the damage as the error that strict reading raises."""
        return FormatError(self.message, self.pos, self.rule)

    def is_all(self) -> bool:
        """Return whether nothing else is in the file, which then may be of another kind."""
        try:
            return not self.start and bool(self.path) and self.end == os.path.getsize(self.path)
        except OSError:
            return False


def scan(source: "Any", mode: str = "tail", strict: bool = False,
         patience: "Optional[float]" = None, chunk: int = CHUNK) -> "Scan":
    """Return an iterator over (offset, data) of every sound record, in file order.

    source:  a path, bytes, or a file open for reading bytes, such as sys.stdin.buffer or a pipe;
             it need not be seekable, and offsets count from where it stands
    mode:    what is done about damage, and about an end that is not all there: a record cut short,
             or zeros that may yet be filled

                 mode       a damaged record            an end that is not all there
                 tail       listed, and passed over     waits: .torn tells, it is no damage
                 salvage    listed, and passed over     listed
                 stop       listed; nothing after it    waits
                 strict     FormatError                 FormatError

    strict:  raise FormatError, at its offset, for what the mode would list
    patience:  None for a file that is complete.  For one that grows, a number of seconds: the
             iteration ends where the file does for now, and goes on there when it is iterated
             again.  What looks damaged and has zeros in it, or is shorter than its length with
             sound records behind, is believed when it has not changed for that long: on network
             drives, bytes may appear after those behind them.  The file must be seekable.
    chunk:   how many bytes to read at a time

    Damage never raises otherwise, and never costs a sound record.  Where a length is sound and the
    data is not, the damage ends where that length says, unless a sound record begins before.
    Time grows with the size of the file, not faster; memory with that of its largest record.

    The iterator has
        damage   list of Damage so far, in file order; they do not overlap
        torn     the Damage of an end that is not all there, or None
        end      the offset after the last record or damage: where reading goes on
        over     whether nothing more will come
    Raises OSError if the file cannot be read, InputError for a mode or source that is none.
    """
    return Scan(source, mode, strict, patience, chunk)


class Scan:
    """An iterator over the records of a file: see scan()."""

    def __init__(self, source: "Any", mode: str = "tail", strict: bool = False,
                 patience: "Optional[float]" = None, chunk: int = CHUNK) -> None:
        if mode not in MODES:
            raise InputError("mode", "one of %s" % ", ".join(MODES), shown(mode))
        self.stops, self.whole = MODES[mode]
        self.strict = strict or mode == "strict"
        self.patience = patience
        self.damage = []                # type: List[Damage]
        self.torn = None                # type: Optional[Damage]
        self.window = Window(source, chunk)
        self.path = self.window.path
        self.end = 0
        self._sums = Sums(self.window)
        self._checked = 0               # bytes before it were checksummed, in vain: now use _sums
        self._doubt = (-1, 0.0)         # where damage is not believed yet, and since when
        self.over = False

    def __iter__(self) -> "Iterator[Tuple[int, bytes]]":
        return self

    def __next__(self) -> "Tuple[int, bytes]":
        while not self.over:
            try:
                record = self._record()
            except FormatError as e:
                going_on = self._pass_over(e)
            else:
                if record is not None:
                    start, (data, self.end) = self.end, record
                    return start, data
                going_on = self.window.more(self.end) or self._pass_over_torn()
            if not going_on:
                break
        if self.patience is None:
            self.close()
        raise StopIteration

    def add_damage(self, error: FormatError, start: int, end: int) -> None:
        """List damage from offset `start` to `end`; here, or by whoever decodes sound records.

        Raises it instead if the reading is strict; ends the iteration if the mode is "stop".
        """
        damage = self._damage(error, start, end)
        if self.strict:
            raise damage.error()
        self.damage.append(damage)
        self.over = self.stops

    def _damage(self, error, start, end):
        return Damage(start, end, error.rule, error.message, error.pos, self.path)

    def complete(self) -> None:
        """Take the file as complete from now on: what it waited for will not come."""
        self.patience = None

    def close(self) -> None:
        """Close the file, if it was opened here; the iteration is over."""
        self.over = True
        self.window.close()

    def __enter__(self) -> "Scan":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __del__(self) -> None:
        if hasattr(self, "window"):
            self.window.close()

    # -- one record --

    def _record(self):
        """Return (data, its end) of the record at self.end; None if it is not all there.

        Raises FormatError, with offsets in the file, if it is damaged.
        """
        if self.end < max(self._checked, self._sums.end):
            length = self._length(self.end)
            if length is not None and length > SMALL:
                return self._looked_up(length)
        base = self.window.base
        try:
            record = unframe(self.window.buf, self.end - base)
        except FormatError as e:
            raise FormatError(e.message, base + e.pos, e.rule) from None
        return record and (bytes(record[0]), base + record[1])

    def _length(self, start):
        """Return the length in a sound header at offset `start`; None if 12 bytes are not there."""
        header = self.window.bytes(start, start + HEADER_SIZE)
        if len(header) < HEADER_SIZE:
            return None
        try:
            unframe(header)             # checks the length; the data is not there
        except FormatError as e:
            raise FormatError(e.message, start, e.rule) from None
        return LENGTH.unpack_from(header)[0]

    def _looked_up(self, length):
        start, end = self.end + HEADER_SIZE, self.end + HEADER_SIZE + length
        if self.window.end < end + CRC.size:
            return None
        if not self._sound(start, end):
            raise FormatError("data has not the checksum that stands behind it", start, "record-3")
        return self.window.bytes(start, end), end + CRC.size

    def _sound(self, start, end):
        """Whether the data from offset `start` to `end` has the checksum behind it."""
        crc = (crc32c(self.window.bytes(start, end)) if end - start <= SMALL
               else self._sums.crc(start, end))
        return CRC.pack(masked(crc)) == self.window.bytes(end, end + CRC.size)

    # -- damage --

    def _pass_over(self, error):
        """Go past the damage at self.end and list it; False if the iteration ends, for now."""
        start, own = self.end, None
        if error.rule == "record-3":    # its length is sound, so this should be where it ends
            own = start + HEADER_SIZE + self._length(start) + CRC.size
            self._checked = max(self._checked, own)
        if self._unwritten(start + HEADER_SIZE if own is None else own - 1):
            stop = None if self._waits(start) else self._find(start + 1, own, whole=True)
            return self._unfinished(error) if stop is None else self._list(error, stop)
        if own is not None and self._waits(start) and not self.window.reaches(
                own + HEADER_SIZE, start):              # a header in its last bytes may go on
            self.window.reread(start)
            return False
        if own is not None and self._header_at(own) is not None:
            stop = self._run_up_to(own) or own
        else:
            stop = self._find(start + 1, own) or own
        if stop is None and self.patience is not None:
            self.window.reread(start)
            return False
        return self._list(error, stop or self.window.end)

    def _pass_over_torn(self):
        """The same where the file ends before the record at self.end does."""
        start, size = self.end, self.window.end - self.end
        if not size:
            return False
        error = FormatError("only %d bytes of a record are there" % size, start, "record-6")
        if size > HEADER_SIZE and not self._waits(start):
            stop = self._find(start + 1, whole=True)
            if stop is not None:
                return self._list(error, stop)
        return self._unfinished(error)

    def _unwritten(self, limit):
        """Whether from offset `limit` on, or before, there are only zeros up to the end."""
        while self.window.nonzero <= limit:
            if not self.window.more(self.end):
                return self.window.end - self.window.nonzero >= len(HOLE)
        return False

    def _unfinished(self, error):
        """What stands at the end is not all there.  Always False: the iteration ends, for now."""
        if self.patience is not None:
            self.window.reread(self.end)                # zeros may be filled where they stand
        elif self.whole:
            self._list(error, self.window.end)
        else:
            self.torn = self._damage(error, self.end, self.window.end)
        return False

    def _list(self, error, stop):
        """List the damage from self.end to `stop` and go on there; False if it may still change."""
        if self._waits(self.end) and HOLE in self.window.bytes(self.end, stop + len(HOLE)):
            self.window.reread(self.end)
            return False
        last = self.damage[-1] if self.damage else None
        if last and last[1] == self.end > stop - HEADER_SIZE - CRC.size and last.path == self.path:
            self.damage[-1] = last._replace(end=stop)   # too short for a record: of the same damage
        else:
            self.add_damage(error, self.end, stop)
        self.end = stop
        return True

    def _waits(self, start):
        """Whether the file grows, and it is too early to believe in damage at offset `start`."""
        if self.patience is None:
            return False
        if self._doubt[0] != start:
            self._doubt = start, time.monotonic()
        return time.monotonic() - self._doubt[1] < self.patience

    # -- where it goes on --

    def _find(self, first, limit=None, whole=False):
        """Return the offset of the first sound record that begins from `first` on, before `limit`.

        If there is none: of the first whose length is sound and whose end is not there, unless
        `whole` is asked for; else None.
        """
        at, begun = first, None
        while True:
            keep = self.end if self.patience is not None else begun or at
            at = self._candidate(at, limit, keep)
            if at is None:
                return None if whole else begun
            length = self._header_at(at)
            if length is not None:
                start, end = at + HEADER_SIZE, at + HEADER_SIZE + length
                if not self.window.reaches(end + CRC.size, min(keep, at)):
                    begun = begun or at
                elif self._sound(start, end):
                    return at
            at += 1

    def _run_up_to(self, own):
        """Return where sound records begin that reach up to offset `own`, or None.

        So it is where bytes are missing from a record, as many as those behind it have.  Records
        within the data of another do not reach up to its end: there stands its checksum.
        """
        begin, reach = None, self.end
        at = self._find(self.end + 1, own, whole=True)
        while at is not None:
            begin = begin if at == reach else at
            reach = at + HEADER_SIZE + self._length(at) + CRC.size
            at = self._find(reach, own, whole=True)
        return begin if reach == own else None

    def _header_at(self, start):
        """Return the length in the header at `start`; None if it is not sound, or not there."""
        self.window.reaches(start + HEADER_SIZE, self.end)
        try:
            return self._length(start)
        except FormatError:
            return None

    def _candidate(self, at, limit, keep):
        """Return the offset, from `at` to before `limit`, of 12 bytes that may be a header."""
        window = self.window
        while limit is None or at < limit:
            found = window.buf.find(HIGH, at - window.base + len(HIGH))
            if found < 0:               # only the last bytes may be the first ones of a header
                at = max(at, window.end - LENGTH.size + 1)
            else:
                at = window.base + found - len(HIGH)
                if any(window.bytes(at, at + HEADER_SIZE)):
                    if window.end >= at + HEADER_SIZE:
                        return at if limit is None or at < limit else None
                else:                   # past the zeros: a header of zeros has a wrong checksum
                    zeros = ZEROS.match(window.buf, found).end() - found
                    at += max(zeros - LENGTH.size + 1, 0)
            if window.end < at + HEADER_SIZE and not window.more(keep):
                return None
        return None
