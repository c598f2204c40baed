"""The values of a run, as columns: numbers are held, of all else the place where it stands.

The tables are those of messages.py, with a *span* in the place of what is large: the positions
where its bytes begin and end.
"""
from array import array

from ..errors import FormatError
from ..messages import EVENT, SUMMARY, TAGGED_RUN_METADATA, VALUE
from ..plugins import plugin_of, read
from ..record import CRC, HEADER_SIZE
from ..wire import BYTES, DOUBLE, INT64, Message, fields
from .batches import Points
from .places import Place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence, Tuple, Union
    from .records import Scan

SPAN = BYTES._replace(name="span", unpack=lambda buf, pos, end: (pos, end))
IN_SUMMARY = SUMMARY.by_name["value"]
VERSION = "brain.Event:"
NONE = ()       # type: tuple          # what most series have of sessions and cuts
KINDS = 1 << 12                         # so many are remembered


def located(table: Message, **spans: "Any") -> Message:
    """Return a table with spans, or tables with spans, in the place of some fields."""
    rows, oneofs = [], {}               # type: Tuple[List[tuple], Dict[str, List[tuple]]]
    for field in table.fields:
        kind = [field.kind] if field.repeated else field.kind
        row = field.number, field.name, spans.get(field.name, kind)
        (oneofs.setdefault(field.oneof, []) if field.oneof else rows).append(row)
    rows += [(name,) + tuple(oneofs[name]) for name in oneofs]
    return Message("head of " + table.name, *rows)


HEAD = located(EVENT, summary=[SPAN], graph_def=SPAN, meta_graph_def=SPAN, tagged_run_metadata=SPAN)
VALUE_HEAD = located(VALUE, obsolete_old_style_histogram=SPAN, image=SPAN, histo=SPAN, audio=SPAN,
                     tensor=SPAN)

#   member of Event        plugin that shows it           tag
OF_EVENTS = (
    ("graph_def",           "graphs",                     "__run_graph__"),
    ("meta_graph_def",      "meta_graph",                 "__meta_graph__"),
    ("tagged_run_metadata", "graph_tagged_run_metadata",  None),
)


class Column:
    """The points of one series.

    values:    of scalars their numbers; of others None
    numbers, offsets, sizes:  of others, the number of each one's file, and where it stands there
    sessions:  (index, how many restarts of the run came before the points from there on), of those
               that any came before
    cuts:      (index, step): a step back, after the points before index, in a file that does not
               tell of restarts
    """
    # A run may have as many series as points: of each as little as can be.
    __slots__ = ("steps", "wall_times", "values", "numbers", "offsets", "sizes", "sessions", "cuts",
                 "cut_by")

    def __init__(self, of_scalars: bool) -> None:
        self.steps, self.wall_times = array("q"), array("d")
        self.values = array("d") if of_scalars else None
        if not of_scalars:
            self.numbers, self.offsets, self.sizes = array("i"), array("q"), array("q")
        self.sessions, self.cuts = NONE, NONE           # type: Sequence[tuple], Sequence[tuple]
        self.cut_by = None              # the place of the record that made the last cut

    def restarts(self, steps: "List[int]") -> "List[Tuple[int, int]]":
        """Return (index, step) of each restart, as restart.purged() takes them.

        steps:  those of the run's restarts
        """
        found = list(self.cuts)
        sessions = [(0, 0), *self.sessions, (len(self.steps), len(steps))]
        for (_, before), (index, after) in zip(sessions, sessions[1:]):
            if after > before:
                found.append((index, min(steps[before:after])))
        return sorted(found)


class Index:
    """All series of a run, which the records of its files are added to in their order.

    columns:   {(plugin, tag): Column}, in order of appearance; "" is no plugin
    plugins:   {tag: those of its columns}
    metadata:  of each tag, that of its first value that has some
    restarts:  the steps at which the run was begun again, as far as its session logs tell
    """

    def __init__(self) -> None:
        self.columns = {}               # type: Dict[Tuple[str, str], Column]
        self.plugins = {}               # type: Dict[str, List[str]]
        self.metadata = {}              # type: Dict[str, Dict[str, Any]]
        self.restarts = []              # type: List[int]
        self._tells, self._begun = False, False         # session logs; the first of them
        self._placed = {}               # type: Dict[Any, Tuple[str, str]]  # kind: plugin, tag
        self._newest = -1               # the step of the last summary

    def tells(self) -> bool:
        """Whether restarts are told of: then order matters only within a tag."""
        return self._tells

    def add(self, number: int, records: "Scan", offset: int, data: bytes,
            found: "Union[None, Points, Place]" = None) -> None:
        """Add a record.

        number:        of its file in the run
        records:       the scan that gave it: what breaks a rule joins its damage, or is raised
        offset, data:  where it begins, and what it holds: an event
        found:         of many records that hold a number of one tag, all those numbers as Points;
                       data is that of the first.  Of one record, the Place of its value, if known
        """
        record = _Record(number, records, offset, data)
        points = found if isinstance(found, Points) else None
        record.kind = found.kind if isinstance(found, Place) else None
        if record.kind in self._placed:
            self._known(record, found)
            return
        try:
            event = HEAD.decode(data)
            self._restart(event, record)
            record.steps = points.steps if points else (event.get("step", 0),)
            record.wall_times = points.wall_times if points else (event.get("wall_time", 0.0),)
            record.values = points and array("d", points.values)
            for member, plugin, tag in OF_EVENTS:
                if member in event:
                    self._place(record, plugin, tag or _tag(data, event[member]), event[member])
        except FormatError as e:
            record.damaged(e, -HEADER_SIZE, len(data) + CRC.size)
            return
        for start, end in event.get("summary", ()):
            self._summary(record, start, end)

    def _known(self, record, place):
        """The same for a value of a kind that has been seen."""
        step = INT64.unpack(record.data, 10, place.step_end) if place.step_end > 9 else 0
        record.steps, record.wall_times = (step,), (DOUBLE.unpack(record.data, 1, 9),)
        self._follow(record, step)
        plugin, tag = self._placed[record.kind]
        self._place(record, plugin, tag, (place.start, len(record.data)))

    def _summary(self, record, start, end):
        after = start
        try:
            for number, wire, at, inner, after in fields(record.data, start, end):
                if number == IN_SUMMARY.number and wire in IN_SUMMARY.wires:
                    self._checked_value(record, at, inner, after)
        except FormatError as e:        # nobody knows where the next value begins
            record.damaged(e, after, end)

    def _checked_value(self, record, at, start, end):
        try:
            self._value(record, VALUE_HEAD.decode(record.data, start, end), (start, end))
        except FormatError as e:
            record.damaged(e, at, end)

    def _value(self, record, head, span):
        tag = head.get("tag", "")
        if head.get("metadata"):
            self.metadata.setdefault(tag, head["metadata"])
        plugin = plugin_of(head)
        if plugin not in (None, "scalars") and record.kind and len(self._placed) < KINDS:
            self._placed[record.kind] = plugin, tag
        if plugin is None:              # metadata is that of the first value  [summary-6]
            plugin = plugin_of(dict(head, metadata=self.metadata.get(tag, {}))) or ""
        if plugin != "scalars":
            self._place(record, plugin, tag, span)
            return
        values = record.values
        if values is None:
            x = head.get("simple_value")
            values = (_number(record.data, span) if x is None else x,)
        self._column(plugin, tag, record).values.extend(values)

    def _place(self, record, plugin, tag, span):
        column = self._column(plugin, tag, record)
        column.numbers.append(record.number)
        column.offsets.append(record.offset + HEADER_SIZE + span[0])
        column.sizes.append(span[1] - span[0])

    def _column(self, plugin, tag, record):
        """Return the column of a series, with the steps and times of the record's points."""
        key = plugin, tag
        if key not in self.columns:
            self.columns[key] = Column(plugin == "scalars")
            self.plugins.setdefault(tag, []).append(plugin)
        column = self.columns[key]
        if len(self.restarts) != (column.sessions[-1][1] if column.sessions else 0):
            column.sessions = column.sessions or []
            column.sessions.append((len(column.steps), len(self.restarts)))
        if record.cut and column.cut_by != record.place:        # once for a record
            column.cuts = column.cuts or []
            column.cuts.append((len(column.steps), self._newest))
            column.cut_by = record.place
        column.steps.extend(record.steps)
        column.wall_times.extend(record.wall_times)
        return column

    def _restart(self, event, record):
        """As TensorBoard's Python engine sees it.  [readers-6]"""
        if "file_version" in event:
            self._tells = _version(event["file_version"]) >= 2
        step = event.get("step", 0)
        if self._tells and event.get("session_log", {}).get("status") == "START":
            if self._begun:
                self.restarts.append(step)
            self._begun = True
        if "summary" in event:
            self._follow(record, step)

    def _follow(self, record, step):
        record.cut = not self._tells and step < self._newest
        self._newest = step


class _Record:
    """The record that is being added: where it stands, and what holds for all in it."""
    steps = wall_times = ()             # type: Any
    values = None                       # type: Any
    kind = None                         # that of its only value, if that is known
    cut = False                         # it goes back a step, and nothing tells of a restart

    def __init__(self, number, records, offset, data):
        self.number, self.records, self.offset, self.data = number, records, offset, data
        self.place = number, offset

    def damaged(self, e, start, end):
        """Tell that the data breaks a rule from start to end."""
        first = self.offset + HEADER_SIZE
        self.records.add_damage(FormatError(e.message, first + e.pos, e.rule), first + start,
                                first + end)


def _tag(data, span):
    return TAGGED_RUN_METADATA.decode(data, *span).get("tag", "")


def _number(data, span):
    try:
        return read("scalars", VALUE.decode(data, *span))
    except FormatError as e:            # the tensor's own positions begin at 0
        raise FormatError(e.message, max(span[0], e.pos), e.rule) from None


def _version(text):
    try:
        return float(text[len(VERSION):]) if text.startswith(VERSION) else -1
    except ValueError:
        return -1
