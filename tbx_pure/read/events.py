"""Files -> events, as the dicts that messages.EVENT decodes to.  spec/3-events.md

What a damaged record does to its file, a damaged value does to its event: it is left out, and told.
"""
import os

from ..errors import FormatError
from ..messages import EVENT, SUMMARY, VALUE
from ..record import CRC, HEADER_SIZE
from ..wire import fields, varint
from .files import event_files
from .records import scan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Optional, Tuple
    from .records import Damage, Scan

IN_EVENT = EVENT.by_name["summary"]
IN_SUMMARY = SUMMARY.by_name["value"]


def events(path: "Any", mode: str = "tail", strict: bool = False) -> "Events":
    """Return an iterator over every event, in file order, as a dict.

    path:  an event file, bytes, or a file open for reading bytes, such as sys.stdin.buffer; or a
           run or a log directory: then all files in it, run after run, in TensorBoard's order
    mode, strict:  what is done about damage: see records.scan

    The iterator has
        damage   list of Damage so far, of records and of events: each says in which file
        torn     list of Damage: the ends that are not all there
        path     the file of the last event, and
        offset   that of its record
    A sound record whose bytes are no event is damage too: in an event of several values only those
    that break a rule are left out, any other event is left out whole.
    While it is held, an event takes some 4 to 40 times its bytes: a number in a list 8 to 40 bytes,
    a message a dict of 64 or more, be it empty (of 240 in Python 3.6).
    Raises OSError if a file or directory cannot be read.
    """
    return Events(path, mode, strict)


class Events:
    """An iterator over the events of one file or of many: see events()."""

    def __init__(self, path: "Any", mode: str = "tail", strict: bool = False) -> None:
        self.damage, self.torn = [], []         # type: List[Damage], List[Damage]
        self.path, self.offset = "", 0
        many = (isinstance(path, str) or hasattr(path, "__fspath__")) and os.path.isdir(path)
        sources = [file for _, file in event_files(os.fspath(path))] if many else [path]
        self._events = self._read(sources, mode, strict)

    def __iter__(self) -> "Iterator[Dict[str, Any]]":
        return self

    def __next__(self) -> "Dict[str, Any]":
        return next(self._events)

    def _read(self, sources, mode, strict):
        for source in sources:
            with scan(source, mode, strict) as records:
                records.damage, self.path = self.damage, records.path
                for self.offset, data in records:
                    event = decoded(records, self.offset, data)
                    if event is not None:
                        yield event
                self.torn += [records.torn] if records.torn else []


def decoded(records: "Scan", offset: int, data: bytes) -> "Optional[Dict[str, Any]]":
    """Return the event in a record, without what breaks a rule; None if that is all of it.

    records:  the scan that gave the record: what breaks a rule joins its damage, or is raised
    """
    return sound_part(records, offset, data)[0]


def sound_part(records: "Scan", offset: int, data: bytes,
               ) -> "Tuple[Optional[Dict[str, Any]], bytes]":
    """Return the same, and its bytes: `data` itself where no rule is broken."""
    try:
        return EVENT.decode(data), data
    except FormatError as e:
        whole = [(e, -HEADER_SIZE, len(data) + CRC.size)]
    bad = []                            # type: List[Tuple[FormatError, int, int]]
    try:
        data = _without_bad_values(data, bad)
        event = EVENT.decode(data)      # type: Optional[Dict[str, Any]]
    except FormatError:                 # not a value alone
        event, data, bad = None, b"", whole
    for error, start, end in bad:
        first = offset + HEADER_SIZE
        records.add_damage(FormatError(error.message, first + error.pos, error.rule),
                           first + start, first + end)
    return event, data


def _without_bad_values(data, bad):
    """Return an event's bytes without the values that break a rule; those go to `bad`."""
    out = []
    for number, wire, at, start, end in fields(data, 0, len(data)):
        if number == IN_EVENT.number and wire in IN_EVENT.wires:
            kept = _good_values(data, start, end, bad)
            out += [IN_EVENT.key, varint(len(kept)), kept]
        else:
            out.append(data[at:end])
    return b"".join(out)


def _good_values(data, start, end, bad):
    out, after = [], start
    try:
        for number, wire, at, inner, after in fields(data, start, end):
            try:
                if number == IN_SUMMARY.number and wire in IN_SUMMARY.wires:
                    VALUE.decode(data, inner, after)
                out.append(data[at:after])
            except FormatError as e:
                bad.append((e, at, after))
    except FormatError as e:            # nobody knows where the next one begins
        bad.append((e, after, end))
    return b"".join(out)
