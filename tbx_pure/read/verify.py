"""What breaks a rule in an event file, with its cause, its place and the rule.

A sound file has none.  Remarks are of what is sound and may yet not be what somebody meant.
"""
import heapq
import math
from bisect import bisect_left
from collections import namedtuple
from itertools import chain
from operator import lt

from ..errors import FormatError
from ..messages import EVENT, FILE_VERSION
from ..plugins import MEMBER, plugin_of, read
from ..record import HEADER_SIZE
from .batches import CHUNK, Points, batches
from .events import decoded
from .held import held
from .records import scan
from .sources import Stored

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple
    from .records import Damage

#   rule            cause
CAUSES = {
    "record-2":     "wrong length",
    "record-3":     "wrong data",
    "record-6":     "not all there",
    "event-1":      "no first record",
    "event-2":      "no wall time",
}
NO_EVENT, HOLE, IMPOSSIBLE = "no event", "zeros", "impossible length"
LOOKED_AT = 1 << 16                     # bytes of damage that tell whether it is a hole


class Finding(namedtuple("Finding", "kind cause rule pos start end message")):
    """What was found in a file.

    kind:        "damage"; "torn", an end that is not all there; or "remark"
    cause:       one of CAUSES, "no event", "impossible length" or "zeros"; "" of a remark
    rule:        the rule of spec/ that is broken, or that a remark is about
    pos:         the offset where it is
    start, end:  from where to where it gives nothing; both None if it costs nothing
    message:     what is wrong
    """


class Verification:
    """An iterator over what is found in a file.

    source:    as of records.scan
    progress:  called with the number of bytes that have been read, now and then
    records:   how many are sound, so far
    """

    def __init__(self, source: "Any", progress: "Optional[Callable[[int], Any]]" = None) -> None:
        self.source, self.progress, self.records = source, progress, 0
        self._metadata = {}             # type: Dict[str, Any]
        self._series = {}               # type: Dict[str, _Series]
        self._later = []                # type: List[Tuple[int, int, Finding]]

    def __iter__(self) -> "Iterator[Finding]":
        with scan(self.source, chunk=CHUNK) as records:
            told = 0
            for offset, data, points in batches(records):
                for finding in self._up_to(offset):
                    yield finding
                if self.progress:
                    self.progress(records.end)
                if isinstance(points, Points):
                    self._of_points(points, points.offsets(offset))
                    continue
                event = decoded(records, offset, data)
                for found in records.damage[told:]:
                    yield self._damage(found)
                told = len(records.damage)
                self.records += 1
                for finding in self._of_event(event or {}, offset) if event is not None else ():
                    yield finding
            for finding in self._up_to(math.inf):
                yield finding
            for found in records.damage[told:]:
                yield self._damage(found)
            if records.torn:
                yield self._damage(records.torn, "torn")
        if not self.records and not records.damage and not records.torn:
            yield Finding("torn", "not all there", "event-1", 0, None, None, "the file is empty")
        for series in self._series.values():
            for remark in series.remarks():
                yield remark

    def _damage(self, found, kind="damage"):
        cause = HOLE if self._is_hole(found) else _cause(found.rule)
        return Finding(kind, cause, found.rule, found.pos, found.start, found.end, found.message)

    def _is_hole(self, found):
        """Whether bytes that give nothing are zeros, which a file system shows for lost ones."""
        if not isinstance(self.source, str):
            return False
        try:
            data = Stored(self.source).read_at(found.start, min(found.end - found.start, LOOKED_AT))
        except (OSError, FormatError):
            return False
        return not any(data)

    def _up_to(self, offset):
        """Yield what points have left for later, of records before `offset`."""
        while self._later and self._later[0][0] < offset:
            yield heapq.heappop(self._later)[2]

    def _of_points(self, points, offsets):
        """As each of their events: they are the same in all but wall time, step and number.

        Other records may stand between them, so what is found is told when those come.
        """
        value, = EVENT.decode(points.data)["summary"]["value"]
        alike = list(self._of_value(value, points.steps, offsets))
        self.records += len(offsets)
        if alike or not all(map(math.isfinite, points.wall_times)):
            for offset, wall_time in zip(offsets, points.wall_times):
                for finding in chain(_of_time(wall_time, offset), alike):
                    heapq.heappush(self._later, (offset, len(self._later), finding._replace(
                        pos=offset + HEADER_SIZE)))

    def _of_event(self, event, offset):
        if offset == 0 and "file_version" not in event:
            yield _broken("event-1", 0, "the first event has no file_version")
        elif event.get("file_version", FILE_VERSION) != FILE_VERSION:
            yield _remark("event-1", offset, "file_version is %r" % event["file_version"])
        for finding in _of_time(event.get("wall_time", 0.0), offset):
            yield finding
        for finding in _undecodable("graph_def", None, event.get("graph_def", b""), offset):
            yield finding
        if event.get("session_log", {}).get("status") == "START":
            for series in self._series.values():
                series.restart(event.get("step", 0))
        for value in event.get("summary", {}).get("value", ()):
            for finding in self._of_value(value, (event.get("step", 0),), (offset,)):
                yield finding

    def _of_value(self, value, steps, offsets):
        """Yield what is found in a value, of which there are as many as steps, at the first."""
        offset = offsets[0]
        tag = value.get("tag", "")
        if value.get("metadata"):
            self._metadata.setdefault(tag, value["metadata"])
        value = dict({"metadata": self._metadata.get(tag, {})}, **value)
        plugin = plugin_of(value)
        if tag not in self._series:
            self._series[tag] = _Series(tag)
        self._series[tag].add(plugin, steps, offsets)
        if not value.keys() - {"tag", "metadata", "node_name"} and plugin != "hparams":
            yield _remark("summary-1", offset, "%r has no value at step %d" % (tag, steps[0]))
        elif plugin is None:
            yield _remark("summary-3", offset, "%r is for no plugin, and not shown" % tag)
        elif plugin in MEMBER:
            content = value["metadata"].get("plugin_data", {}).get("content", b"")
            for finding in _undecodable("content", plugin, content, offset):
                yield finding
            for finding in _unreadable(plugin, value, offset):
                yield finding


def _of_time(wall_time, offset):
    if not math.isfinite(wall_time):
        yield _broken("event-2", offset, "wall_time is %r" % wall_time)


def _undecodable(field, plugin, data, offset):
    table = held(field, plugin)
    try:
        if table is not None:
            table.decode(data)
    except FormatError as e:
        yield _broken(e.rule, offset, "in %s: %s" % (field, e.message))


def _unreadable(plugin, value, offset):
    try:
        read(plugin, value)
    except FormatError as e:
        found = _broken if e.rule.startswith("wire-") else _remark
        yield found(e.rule, offset, "%r is not of the form of %s: %s" % (
            value.get("tag", ""), plugin, e.message))
    except ModuleNotFoundError:         # a copy without that plugin
        pass


def _broken(rule, offset, message):
    return Finding("damage", _cause(rule), rule, offset + HEADER_SIZE, None, None,
                   message)


def _cause(rule):
    """Return the cause of damage: of what is no message, or else of what no event is as long as."""
    return CAUSES.get(rule, NO_EVENT if rule.startswith("wire-") else IMPOSSIBLE)


def _remark(rule, offset, message):
    return Finding("remark", "", rule, offset + HEADER_SIZE, None, None, message)


class _Series:
    """The steps of a tag so far.

    waiting:  steps and offsets that came at once, from number `at` on: other records of the tag may
              stand between them
    """

    def __init__(self, tag):
        self.tag, self.newest, self.points = tag, None, 0
        self.waiting, self.at = ((), ()), 0     # type: Any, int
        self.plugins = {}               # type: Dict[Optional[str], int]
        self.repeated, self.back = [], []       # type: List[int], List[int]

    def add(self, plugin, steps, offsets):
        self.plugins.setdefault(plugin, offsets[0])
        self.points += len(steps)
        self._catch_up(offsets[0])
        if len(steps) > 1:              # the last ones that came so are over
            self.waiting, self.at = (steps, offsets), 0
        else:
            self._follow(steps, offsets)

    def _catch_up(self, offset):
        """Follow what waits, of records before `offset`."""
        steps, offsets = self.waiting
        at = bisect_left(offsets, offset, self.at)
        if at > self.at:
            self._follow(steps[self.at:at], offsets[self.at:at])
            self.at = at

    def _follow(self, steps, offsets):
        if (self.newest is not None and steps[0] <= self.newest
                or not all(map(lt, steps, steps[1:]))):
            for step, offset in zip(steps, offsets):
                if self.newest is not None and step <= self.newest:
                    (self.repeated if step == self.newest else self.back).append(offset)
                self.newest = step
        self.newest = steps[-1]

    def restart(self, step):
        self._catch_up(math.inf)
        if self.newest is not None and self.newest >= step:
            self.newest = None

    def remarks(self):
        """Yield what may be wrong: [summary-7, summary-8]."""
        self._catch_up(math.inf)
        for offsets, what in (self.repeated, "repeats a step"), (self.back, "goes back a step"):
            if offsets:
                yield _remark("summary-8", offsets[0], "%r %s at %d of %d points" % (
                    self.tag, what, len(offsets), self.points))
        if len(self.plugins) > 1:
            yield _remark("summary-7", sorted(self.plugins.values())[1], "%r is for %s" % (
                self.tag, " and ".join(str(name or "no plugin") for name in self.plugins)))
