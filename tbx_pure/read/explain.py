"""Event files -> what each byte of them means, in the notation of spec/README.md.

The tables that encode and decode name the bytes here, too.  What is damaged is explained as far as
it goes; the rest of it is told to be bytes that break a rule.
"""
import json
from collections import namedtuple

from ..errors import FormatError
from ..messages import EVENT, VALUE
from ..plugins import counted
from ..record import CRC, HEADER_SIZE, LENGTH, unframe
from ..wire import LEN, MAX_DEPTH, SIZE, VARINT, Message, fields, read_varint
from .held import held
from .records import scan
from .sources import Stored

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Optional, Tuple

ON_ONE_LINE = 9                         # bytes of a field that stand beside each other: a double's

#   message, field                          the rule that governs it
RULES = {
    ("Event", "wall_time"):                 "event-2",
    ("Event", "step"):                      "event-3",
    ("Event", "file_version"):              "event-1",
    ("Event", "session_log"):               "event-5",
    ("Event", "source_metadata"):           "event-6",
    ("Event", "graph_def"):                 "graphs-1",
    ("Summary", "value"):                   "summary-10",
    ("Summary.Value", "tag"):               "summary-2",
    ("Summary.Value", "simple_value"):      "wire-6",
    ("Summary.Value", "metadata"):          "summary-6",
    ("SummaryMetadata", "data_class"):      "summary-5",
    ("SummaryMetadata", "display_name"):    "summary-4",
    ("SummaryMetadata.PluginData", "plugin_name"):  "summary-3",
    ("SummaryMetadata.PluginData", "content"):      "summary-9",
    ("TensorProto", "dtype"):               "tensor-1",
    ("TensorProto", "tensor_shape"):        "tensor-2",
}
FRAMING = {"length": "record-1", "length_crc": "record-2", "data_crc": "record-3"}
UNKNOWN, PACKED, MAP, TEXT, TWICE = "wire-12", "wire-9", "wire-10", "wire-7", "wire-11"


class Item(namedtuple("Item", "offset data depth path text rule broken")):
    """Some bytes and what they are.

    offset:  of the first of them, in the file
    data:    the bytes
    depth:   how many messages they are inside of
    path:    the field, such as "summary.value[0].tag"; "" of what is none
    text:    what they are, in the notation of the pages
    rule:    the rule that governs them; ""
    broken:  the FormatError that tells what is wrong with them, its position in the file; or None
    """


class Part(namedtuple("Part", "number offset items tags")):
    """A record, or a stretch that gives none.

    number:  of the record in the file, from 0; None if it is damaged
    items:   list of Item: together they are all its bytes
    tags:    those of the values in it
    """


def explain(source: "Any", few: "Optional[int]" = None) -> "Iterator[Part]":
    """Yield each part of an event file in order; together they are all its bytes.

    source:  a path, or bytes
    few:     of a longer list of numbers or texts, as many have an item each, all others one
    Raises OSError if it cannot be read.
    """
    bytes_of, plugins = _Bytes(source), {}      # type: _Bytes, Dict[str, str]
    with scan(source, "salvage") as records:
        number, told = 0, 0
        for offset, data in records:
            for found in records.damage[told:]:
                yield _of_damage(found, bytes_of(found.start, found.end), plugins, few)
            told = len(records.damage)
            walk = _Walk(offset, records.window.bytes(offset, records.end), plugins, few)
            walk.record()
            yield Part(number, offset, walk.items(), walk.tags)
            number += 1
        for found in records.damage[told:]:
            yield _of_damage(found, bytes_of(found.start, found.end), plugins, few)


def explained(data: bytes, table: "Message" = EVENT) -> "List[Item]":
    """Return what the bytes of a message are."""
    walk = _Walk(0, data, {}, None)
    walk.message(table, 0, len(data), 0, "", None)
    return walk.items()


class _Bytes:
    """The bytes of a source from one offset to another."""

    def __init__(self, source):
        self.stored = Stored(source) if isinstance(source, str) else None
        self.data = source

    def __call__(self, start, end):
        if self.stored is None:
            return self.data[start:end]
        return self.stored.read_at(start, end - start)


def _of_damage(found, data, plugins, few):
    walk = _Walk(found.start, data, plugins, few)
    walk.damaged(found)
    return Part(None, found.start, walk.items(), walk.tags)


class Note(namedtuple("Note", "start end depth path text rule broken")):
    """An item, with the positions of its first byte and the one after its last."""

    def goes_on(self, last: "Note") -> bool:
        """Return whether this is the next of a list of numbers or texts."""
        return (self.path.endswith("]") and not (self.broken or last.broken)
                and self.path.rpartition("[")[0] == last.path.rpartition("[")[0]
                and self.depth == last.depth and " = " in self.text and " = " in last.text)


class _Walk:
    """Goes over the bytes of a record and notes what they are.

    base:     the offset of the first byte in the file
    plugins:  {tag: plugin}, as the first values of the file say: it is added to
    notes:    a Note for each item
    """

    def __init__(self, base, buf, plugins, few):
        self.base, self.buf, self.plugins, self.few = base, buf, plugins, few
        self.notes, self.tags = [], []  # type: List[Note], List[str]
        self.listed = 0                 # how many notes of one list stand at the end
        self.quiet = False              # of an end that is cut off, one error is enough

    def note(self, start, end, depth, path, text, rule="", error=None):
        """Add an item; an error's position counts from the start of the bytes."""
        if self.quiet:
            error = None
        elif error is not None:
            error = FormatError(error.message, self.base + error.pos, error.rule)
        new = Note(start, end, depth, path, text, rule, error)
        self.listed = self.listed + 1 if self.notes and new.goes_on(self.notes[-1]) else 1
        if self.few is not None and self.listed > self.few + 1:
            last = self.notes[-1]
            text = "%d more, the last: %s" % (self.listed - self.few, text)
            self.notes[-1] = new._replace(start=last.start, text=text, rule="")
        else:
            self.notes.append(new)

    def items(self):
        """Return all that was noted."""
        return [Item(self.base + note.start, bytes(self.buf[note.start:note.end]), *note[2:])
                for note in self.notes]

    # -- records --

    def record(self):
        """Note a record, which is all there."""
        end = len(self.buf) - CRC.size
        self.header()
        self.message(EVENT, HEADER_SIZE, end, 0, "", None)
        self.data_crc(end)

    def header(self):
        length, = LENGTH.unpack_from(self.buf)
        self.note(0, LENGTH.size, 0, "length", "length = %d" % length, FRAMING["length"])
        self.note(LENGTH.size, HEADER_SIZE, 0, "length_crc", "length_crc", FRAMING["length_crc"])

    def data_crc(self, at, error=None):
        self.note(at, at + CRC.size, 0, "data_crc", "data_crc", FRAMING["data_crc"], error)

    def damaged(self, found):
        """Note a stretch that gives no record."""
        error = FormatError(found.message, found.pos - self.base, found.rule)
        header_is_sound = found.rule in ("record-3", "record-6") and _has_sound_header(self.buf)
        if not header_is_sound:
            self.note(0, len(self.buf), 0, "", "no record", "", error)
            return
        end = HEADER_SIZE + LENGTH.unpack_from(self.buf)[0]
        whole = found.rule == "record-3" and end + CRC.size <= len(self.buf)
        self.header()
        if not whole:
            there = min(end, len(self.buf))
            self.cut_message(EVENT, HEADER_SIZE, there, 0, "", None)
            self.note(there, len(self.buf), 0, "", "and no more", "", error)
            return
        self.message(EVENT, HEADER_SIZE, end, 0, "", None)
        self.data_crc(end, error)
        if end + CRC.size < len(self.buf):
            self.note(end + CRC.size, len(self.buf), 0, "", "no record")

    # -- messages --

    def message(self, table, start, end, depth, path, plugin):
        """Note the fields of a message; where a rule is broken, all that is left of it."""
        if depth > MAX_DEPTH:
            self.note(start, end, depth, path, "no message", "", FormatError(
                "messages are nested deeper than %d" % MAX_DEPTH, start, "wire-13"))
            return
        seen, pos = {}, start           # type: Dict[str, int], int
        members = {}                    # type: Dict[str, Tuple[str, int]]
        if table.name == VALUE.name:
            plugin = self._plugin(start, end)
        elif table.name == "SummaryMetadata.PluginData":
            plugin = _named(table, self.buf, start, end) or plugin
        while pos < end:
            try:
                number, wire, at, inner, after = next(fields(self.buf, pos, end))
            except FormatError as e:
                self._cut(table, pos, end, depth, path, plugin, seen, e)
                return
            field = table.by_number.get(number)
            if field is None or wire not in field.wires:
                self._unknown(number, wire, field, at, after, depth, path)
            else:
                place = _place(path, field, seen)
                seen[field.name] = seen.get(field.name, -1) + 1
                if field.oneof:
                    self._displace(*members.get(field.oneof, (field.name, 0)), by=field.name)
                    members[field.oneof] = field.name, len(self.notes)
                self._field(field, wire, (at, inner, after), depth, place, plugin,
                            RULES.get((table.name, field.name), ""))
            pos = after

    def _cut(self, table, at, end, depth, path, plugin, seen, error):
        """Note what is left of a message, which begins no whole field."""
        field, inner, size = _claimed(table, self.buf, at, end)
        if field is None or inner + size <= end:
            self.note(at, end, depth, path, "no field", "", error)
            return
        place = _place(path, field, seen)
        inside = field.message or held(field.name, plugin)
        head = "%s, %s" % (field.name, counted(size, "byte"))
        self.note(at, inner, depth, place, head, "", error)
        if inside is not None:
            self.cut_message(inside, inner, end, depth + 1, place, plugin)
        elif inner < end:
            self.note(inner, end, depth + 1, place, "")

    def cut_message(self, *message):
        """Note a message whose end is not there: that it is so is told once, elsewhere."""
        before, self.quiet = self.quiet, True
        self.message(*message)
        self.quiet = before

    def _displace(self, name, i, by):
        """Tell of an earlier member of a oneof, note i, that it does not count."""
        if name != by:
            text = self.notes[i].text.replace(" = ", ": ", 1) + ", displaced by what follows"
            self.notes[i] = self.notes[i]._replace(text=text, rule=TWICE)

    def _unknown(self, number, wire, field, at, after, depth, path):
        text = "number %d, wire type %d: " % (number, wire)
        text += "no such field in the table, skipped" if field is None else (
            "not the wire type of %s, skipped" % field.name)
        self.note(at, after, depth, path, text, UNKNOWN)

    def _field(self, field, wire, span, depth, path, plugin, rule):
        at, inner, after = span
        table = field.message or held(field.name, plugin)
        head = "%s, %s" % (field.name, counted(after - inner, "byte"))
        if table is not None:
            self.note(at, inner, depth, path, head, MAP if field.map else rule)
            self.message(table, inner, after, depth + 1, path, plugin)
        elif field.packed and wire == LEN:
            self.note(at, inner, depth, path, head, rule or PACKED)
            self._packed(field, inner, after, depth + 1, path)
        else:
            self._plain(field, wire, span, depth, path, rule)

    def _plain(self, field, wire, span, depth, path, rule):
        at, inner, after = span
        head = "%s, %s" % (field.name, counted(after - inner, "byte"))
        try:
            value, error = _shown(field, field.kind.unpack(self.buf, inner, after)), None
        except FormatError as e:
            value, error = None, e
        text = field.name if value is None else "%s = %s" % (field.name, value)
        rule = rule or (TEXT if field.kind.name == "string" else "")
        if wire == LEN and (after - at > ON_ONE_LINE or value is None):
            self.note(at, inner, depth, path, head, rule)
            if after > inner:
                self.note(inner, after, depth + 1, path, text if value else _form(
                    self.buf[inner:inner + 8]), "", error)
        else:
            self.note(at, after, depth, path, text, rule, error)

    def _packed(self, field, pos, end, depth, path):
        kind, n = field.kind, 0
        while pos < end:
            start = pos
            try:
                pos = (read_varint(self.buf, pos, end)[1] if kind.wire == VARINT
                       else pos + SIZE[kind.wire])
            except FormatError as e:
                self.note(start, end, depth, path, "no %s" % kind.name, "", e)
                return
            if pos > end:
                self.note(start, end, depth, path, "no %s" % kind.name, "", FormatError(
                    "packed run ends inside a %s" % kind.name, start, PACKED))
                return
            value = _shown(field, kind.unpack(self.buf, start, pos))
            self.note(start, pos, depth, "%s[%d]" % (path, n), "%s = %s" % (field.name, value))
            n += 1

    def _plugin(self, start, end):
        """Return the plugin of a value, which may stand behind what it explains."""
        tag = _named(VALUE, self.buf, start, end) or ""
        self.tags.append(tag)
        for name in _plugin_names(self.buf, start, end):
            self.plugins.setdefault(tag, name)
        return self.plugins.get(tag)


def _claimed(table, buf, pos, end):
    """Return (field, start of its payload, its size) where one of a length begins; None if not."""
    try:
        key, pos = read_varint(buf, pos, end)
        size, pos = read_varint(buf, pos, end)
    except FormatError:
        return None, pos, 0
    field = table.by_number.get(key >> 3)
    return (field if field and key & 7 == LEN in field.wires else None), pos, size


def _has_sound_header(buf):
    try:
        return len(buf) >= HEADER_SIZE and unframe(bytes(buf[:HEADER_SIZE])) is None
    except FormatError:
        return False


def _place(path, field, seen):
    name = "%s.%s" % (path, field.name) if path else field.name
    if field.repeated and not field.packed or field.map:
        return "%s[%d]" % (name, seen.get(field.name, -1) + 1)
    return name


def _named(table, buf, start, end):
    """Return the text in field 1 of a message, such as a tag or a plugin's name; None without."""
    try:
        for number, wire, _, inner, after in fields(buf, start, end):
            if number == 1 and wire == LEN:
                return table.by_number[1].kind.unpack(buf, inner, after)
    except FormatError:
        pass
    return None


def _plugin_names(buf, start, end):
    """Yield the name of the plugin that a value is for, if it says so."""
    metadata = VALUE.by_name["metadata"]
    try:
        for number, wire, _, inner, after in fields(buf, start, end):
            if number == metadata.number and wire == LEN:
                name = metadata.message.decode(buf, inner, after).get("plugin_data", {}).get(
                    "plugin_name")
                if name:
                    yield name
    except FormatError:
        return


def _shown(field, value):
    """Return a value as text; None of bytes that are none."""
    if isinstance(value, bytes):
        try:
            value = value.decode("utf-8")
        except UnicodeDecodeError:
            return None
        if not value.isprintable():
            return None
    elif field.kind.numbers:
        return str(value)
    return json.dumps(value, ensure_ascii=False)


#   the first bytes of a file    what it is
FORMS = (
    (b"\x89PNG\r\n\x1a\n",       "PNG"),
    (b"\xff\xd8\xff",            "JPEG"),
    (b"GIF8",                    "GIF"),
    (b"RIFF",                    "RIFF, such as WAV"),
)


def _form(head):
    for magic, name in FORMS:
        if head.startswith(magic):
            return name
    return ""
