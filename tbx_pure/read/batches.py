"""Records -> columns: the scalars of a stretch of a file, many at a time.

Most records of most files hold one number each, and differ from others of their tag in the wall
time, the step and the number alone.  Those of one *form* are gathered, so that a kernel can verify
and decode them by columns; whatever else there is comes as it stands, record by record.
"""
from array import array
from collections import namedtuple
from itertools import groupby

from ..crc32c import crc32c
from ..errors import FormatError
from ..messages import EVENT, SUMMARY, SUMMARY_METADATA, TENSOR, VALUE
from ..plugins import IMPLIED
from ..record import unframe
from ..twins import fastest
from ..wire import DOUBLE, FLOAT, INT64, fields
from .places import place_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence, Tuple, Union
    from .places import Place
    from .records import Scan

CHUNK = 5 << 20                         # what to give to scan(): the more at a time the better
LEAST = 1 << 12                         # bytes to gather from after something was in the way,
MORE = 8                                # and how many times as many from there on

# The fields of an event in their order, and in any order those of a value and of a tensor, that
# have the form: each once, and no others.
EVENTS = ["wall_time", "summary"], ["wall_time", "step", "summary"]
STEP = (10, 20)                         # where its payload begins, and the last place where it ends
VALUES = {"tag", "simple_value"}, {"tag", "simple_value", "metadata"}, {"tag", "tensor", "metadata"}
TENSORS = tuple({"dtype", number} | shape for number in ("float_val", "tensor_content")
                for shape in (set(), {"tensor_shape"}))


class Points(namedtuple("Points", "tag data positions steps wall_times values")):
    """The scalars of one form, in file order.

    tag:        as bytes
    data:       of one record, mostly the first: its metadata, or that it has none, is that of all
    positions:  array "q", or a range: where each record begins, in what was looked through at once
    steps, wall_times, values:  arrays "q", "d", "f"
    """

    def offsets(self, first: int) -> "Sequence[int]":
        """Return where each record begins in the file, given where the first one does."""
        base, at = first - self.positions[0], self.positions
        if isinstance(at, range):
            return range(base + at.start, base + at.stop, at.step)
        return [base + pos for pos in at]


def batches(records: "Scan", allowed: "Callable[[], Any]" = lambda: True,
            ) -> "Iterator[Tuple[int, Any, Union[None, Points, Place]]]":
    """Yield all that a scan gives: (offset, data, points), or (offset, data, its place or None).

    records:  a scan; with chunk=batches.CHUNK it is fastest
    allowed:  asked before points are gathered: whether order matters only within a tag from here on

    With points, offset is that of the first of them; offsets grow while points are gathered.  The
    points of a tag are in file order, as are other records; what holds none of a tag's numbers may
    come sooner or later than those points.  A record that is no summary, such as a session log,
    comes when all before it has come, and before all that stands behind it.
    """
    buf, base, reach, stuck, progress = b"", 0, CHUNK, -1, 0
    window = records.window
    known = {}                          # type: Dict[Any, Any]
    for offset, data in records:
        yield offset, data, None
        if window.end == stuck:         # not the end of what was read: something was in the way
            reach = max(LEAST, 2 * progress)
        while records.end < window.end and allowed():
            if base + len(buf) != window.end or base > records.end:
                buf, base = window.rest(records.end)
            start = records.end - base
            stop = min(start + reach, len(buf))
            end, found, others = gather(buf, start, stop, look, place_in, crc32c, known)
            records.end = base + end
            for item in _in_order(found, others, base):
                if records.over:        # the one before it was damage, and the mode is "stop"
                    return
                yield item
            if end < stop:
                stuck, progress = window.end, end - start
                break
            reach *= MORE


def _in_order(found, others, base):
    by_tag = {}
    for points in found:
        by_tag.setdefault(points.tag, []).append(points)
    items = [(base + pos, data, place) for pos, data, place in others]
    items += [(base + points.positions[0], points.data, points)
              for forms in by_tag.values() for points in _merged(forms)]
    return sorted(items, key=_first)


def _first(item):
    return item[0]


def _merged(forms):
    """The points of one tag, of several forms, so that they are in file order."""
    forms.sort(key=lambda points: points.positions[0])
    if all(a.positions[-1] < b.positions[0] for a, b in zip(forms, forms[1:])):
        return forms
    about = [EVENT.decode(points.data)["summary"]["value"][0].get("metadata") for points in forms]
    alike = [about.index(metadata) for metadata in about]
    rows = sorted(row + (alike[i], i) for i, points in enumerate(forms)
                  for row in zip(*points[2:]))
    merged = []
    for _, group in groupby(rows, lambda row: row[4]):
        *columns, _, numbers = zip(*group)
        first = forms[numbers[0]]
        merged.append(Points(first.tag, first.data, *map(array, "qqdf", columns)))
    return merged


@fastest
def gather(buf: bytes, pos: int, stop: int, look: "Callable[[bytes, int], Any]",
           place_in: "Callable[[bytes], Any]", crc32c: "Callable[[bytes], int]",
           known: "Any" = None,
           ) -> "Tuple[int, List[Points], List[Tuple[int, bytes, Optional[Place]]]]":
    """Return (end, points, others) of the records from position `pos` on that begin before `stop`.

    end:     where it ends: at `stop` or after, or where look() gives None
    points:  a Points for each form, in order of appearance
    others:  (position, data, its Place or None) of each other record
    look, place_in, crc32c:  the functions of that name
    known:   a dict in which a kernel may keep what it has learned, for the next call
    """
    found, others = {}, []
    while pos < stop:
        seen = look(buf, pos)
        if seen is None:
            break
        data, end, form = seen
        if form is None:
            others.append((pos, data, place_in(data)))
        else:
            step_end, value_at, tag = form
            key = tag, len(data), data[step_end:value_at], data[value_at + 4:]
            if key not in found:
                found[key] = Points(tag, data, array("q"), array("q"), array("d"), array("f"))
            step = INT64.unpack(data, 10, step_end) if step_end > 9 else 0
            for column, x in zip(found[key][2:], (pos, step, DOUBLE.unpack(data, 1, 9),
                                                  FLOAT.unpack(data, value_at, value_at + 4))):
                column.append(x)
        pos = end
    return pos, list(found.values()), others


def look(buf: bytes, pos: int) -> "Optional[Tuple[bytes, int, Optional[tuple]]]":
    """Return (data, end, form) of the record at `pos`; None if others must deal with it.

    That is: it is damaged or not all there, no summary, or it holds numbers in another form.
    form:  (position in data after the step, position of the float32, tag); None if there is no
           number in it
    """
    try:
        record = unframe(buf, pos)
        if record is None:
            return None
        data, end = record
        event = _parts(EVENT, data, 0, len(data))
        if list(event) not in EVENTS or event["wall_time"][0] != 1 or (
                event.get("step", STEP)[0] != STEP[0]):
            return None
        values = [_form(data, start, after) for number, _, _, start, after
                  in fields(data, *event["summary"]) if SUMMARY.by_number[number]]
    except (FormatError, LookupError):
        return None
    if not any(values):
        return data, end, None
    if len(values) > 1 or values[0] is UNKNOWN:
        return None
    return data, end, (event.get("step", event["wall_time"])[1],) + values[0]


UNKNOWN = ("unknown",)                  # a value that may be a number, in another form


def _form(data, start, end):
    """Return (position of the float32, tag) of a value; () if it is no number, or UNKNOWN."""
    parts = _parts(VALUE, data, start, end)
    if not {"simple_value", "tensor", "metadata"} & set(parts):
        return () if IMPLIED.keys() & set(parts) else UNKNOWN
    if "simple_value" not in parts and "metadata" in parts:
        plugin = SUMMARY_METADATA.decode(data, *parts["metadata"]).get("plugin_data", {})
        if plugin.get("plugin_name", "scalars") != "scalars":
            return ()
        if "plugin_name" not in plugin:
            return UNKNOWN
    if set(parts) not in VALUES:
        return UNKNOWN
    VALUE.decode(data, start, end)      # or FormatError
    at = parts["simple_value"] if "simple_value" in parts else _in_tensor(data, *parts["tensor"])
    return (at[0], data[slice(*parts["tag"])]) if at else UNKNOWN


def _in_tensor(data, start, end):
    """Return where the only float32 of a tensor of rank 0 stands; None if it is another tensor."""
    parts = _parts(TENSOR, data, start, end)
    tensor = TENSOR.decode(data, start, end)
    at = parts.get("float_val") or parts.get("tensor_content", (0, 0))
    if (set(parts) in TENSORS and tensor["dtype"] == "DT_FLOAT" and at[1] - at[0] == 4
            and not tensor.get("tensor_shape")):
        return at
    return None


def _parts(table, data, start, end):
    """Return {name: (start, end)} of the fields of a message, in their order.

    Raises LookupError for a field twice, one the table lacks or one of another wire type.
    """
    parts = {}
    for number, wire, _, begin, after in fields(data, start, end):
        field = table.by_number[number]
        if field.name in parts or wire not in field.wires:
            raise LookupError
        parts[field.name] = begin, after
    return parts
