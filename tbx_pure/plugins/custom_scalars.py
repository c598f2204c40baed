"""The custom_scalars plugin: which curves share which chart.  spec/plugins/custom_scalars.md"""
import os
import re
from contextlib import suppress
from itertools import chain

from . import checked_text, listed, mapping
from ..errors import FormatError, InputError, shown
from ..messages import EVENT
from ..record import CRC, HEADER_SIZE, LENGTH, unframe
from ..wire import BOOL, INT32, STRING, Message

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Sequence

MULTILINE = Message("MultilineChartContent",
    (1, "tag", [STRING]))

SERIES = Message("MarginChartContent.Series",
    (1, "value", STRING),
    (2, "lower", STRING),
    (3, "upper", STRING))

MARGIN = Message("MarginChartContent",
    (1, "series", [SERIES]))

CHART = Message("Chart",
    (1, "title", STRING),
    ("content",
        (2, "multiline", MULTILINE),
        (3, "margin",    MARGIN)))

CATEGORY = Message("Category",
    (1, "title",  STRING),
    (2, "chart",  [CHART]),
    (3, "closed", BOOL))

LAYOUT = Message("Layout",
    (1, "version",  INT32),
    (2, "category", [CATEGORY]))

SPECIAL = re.compile(r"[][\\.^$*+?{}()|]")     # re.escape's set differs between versions
TAG = "custom_scalars__config__"        # TensorBoard looks for no other
MARK = b"\n\x18" + TAG.encode()         # as it stands in a value
BEFORE = 64                             # bytes, the most that stand before it in its record
PIECE, LOOKED = 1 << 20, 1 << 28        # bytes of earlier files: read at a time, and in all


def custom_scalars(layout: "Any", earlier: "Any" = None,
                   warn: "Callable[[str, str], object]" = lambda *_: None) -> "Dict[str, Any]":
    """Return the summary of a layout.

    layout:   {category: {chart: [kind, tags]}}, all text; kind is "Multiline" or "Margin"
    tags:     of a Multiline chart regular expressions, each for the start of a tag; of a Margin
              chart the tags of a curve, its lower and its upper margin, or several such triples,
              flat or as lists
    earlier:  the summary written before, whose other charts stay: TensorBoard shows the last only
    warn:     called with a cause and a text for a regular expression that is none
    Raises InputError if layout is anything else.
    """
    before = read(earlier["value"][0]) if earlier else {}
    charts = {category.get("title", ""): {chart.get("title", ""): chart
                                          for chart in category.get("chart", [])}
              for category in before.get("category", [])}       # type: Dict[str, Dict[str, Any]]
    for title, added in mapping(layout, "layout").items():
        category = charts.setdefault(checked_text(title, "layout"), {})
        for chart in _charts(added, "layout[%r]" % title):
            category[chart["title"]] = chart
            for tag in chart.get("multiline", {}).get("tag", ()):
                _check(tag, warn)
    content = LAYOUT.encode({"category": [{"title": title, "chart": list(category.values())}
                                          for title, category in charts.items()]})
    return {"value": [{"tag": TAG,
                       "tensor": {"dtype": "DT_STRING", "tensor_shape": {},
                                  "string_val": [content]},
                       "metadata": {"plugin_data": {"plugin_name": "custom_scalars"}}}]}


def last_written(directory: str, but: "Sequence[str]") -> "Any":
    """Return the summary of the layout that counts in a run's event files, {} if there is none.

    but:  paths of files to leave out
    From the end, LOOKED bytes at most are looked through for the bytes of a layout, and nothing
    else is decoded.  What is damaged or cannot be read is passed over.
    """
    left, paths = LOOKED, []            # type: int, List[str]
    with suppress(OSError):
        paths = [os.path.join(directory, name) for name in os.listdir(directory)
                 if "tfevents" in name]
    for path in sorted(set(paths).difference(but), reverse=True):
        if not os.path.isfile(path):    # a pipe would have us wait
            continue
        with suppress(OSError), open(path, "rb") as file:
            start = size = os.path.getsize(path)
            while start and left > 0:
                start, left = max(start - PIECE, 0), left - PIECE
                piece = _read_at(file, start, PIECE + len(MARK) - 1)
                for value in _layouts(piece, file, start, size):
                    return {"value": [value]}
    return {}


def _layouts(data, file, start, size):
    """Yield the values of layouts in a piece of a file, from the last one back."""
    found = data.rfind(MARK)
    while found >= 0:
        first = max(start + found - BEFORE, 0)
        head = _read_at(file, first, start + found - first)
        for i in range(len(head) - HEADER_SIZE):
            try:
                unframe(head[i:i + HEADER_SIZE])        # is it the header?
                length, = LENGTH.unpack_from(head, i)
                whole = min(HEADER_SIZE + length + CRC.size, size)
                record = unframe(_read_at(file, first + i, whole))
                value = record and EVENT.decode(record[0])["summary"]["value"][0]
                if value and value.get("tag") == TAG and read(value):
                    yield value
            except (FormatError, LookupError):
                continue
        found = data.rfind(MARK, 0, found)


def _read_at(file, start, size):
    file.seek(start)
    return file.read(size)


def shown_in(summary: "Any", category: str, title: str) -> "List[str]":
    """Return the regular expressions of a chart in a layout; [] if there is none."""
    layout = read(summary["value"][0]) if summary else {}
    return [tag for part in layout.get("category", ()) if part.get("title", "") == category
            for chart in part.get("chart", ()) if chart.get("title", "") == title
            for tag in chart.get("multiline", {}).get("tag", ())]


def exactly(tags: "List[str]", before: "Sequence[str]" = ()) -> "List[str]":
    """Return regular expressions for these tags and no others that begin so.

    before:  others, which come first; none of them again
    """
    added = [SPECIAL.sub(r"\\\g<0>", tag) + "$" for tag in tags]
    return list(dict.fromkeys(chain(before, added)))


def _check(tag, warn):
    """Warn of what TensorBoard, which is in Python too, cannot compile."""
    try:
        re.compile(tag)
    except Warning:                     # it can; that is said where warnings are errors
        pass
    except (re.error, OverflowError, RecursionError) as e:
        warn(tag, "%r is no regular expression (%s), and spoils its chart: give tags as they are "
             "to re.escape()" % (tag, e))


def _charts(charts, argument):
    return [_chart(checked_text(title, argument), chart, "%s[%r]" % (argument, title))
            for title, chart in mapping(charts, argument).items()]


def _chart(title, chart, argument):
    kind, tags = _pair(chart, argument)
    member, content = CONTENTS[kind]
    return {"title": title, member: content(tags, argument)}


def _pair(chart, argument):
    """Return (kind in small letters, tags); people write MultiLine too."""
    if (isinstance(chart, (list, tuple)) and len(chart) == 2 and isinstance(chart[0], str)
            and chart[0].lower() in CONTENTS):
        return chart[0].lower(), chart[1]
    raise InputError(argument, "['Multiline', tags] or ['Margin', [value, lower, upper]]",
                     shown(chart))


def _multiline(tags, argument):
    return {"tag": _texts(tags, argument)}


def _margin(tags, argument):
    if isinstance(tags, (list, tuple)) and tags and not isinstance(tags[0], str):
        triples = [_texts(triple, argument) for triple in tags]
    else:
        tags = _texts(tags, argument)
        triples = [tags[i:i + 3] for i in range(0, len(tags), 3)]
    if not triples or any(len(triple) != 3 for triple in triples):
        raise InputError(argument, "three tags a series: value, lower, upper",
                         ", ".join(map(repr, triples)) or "none")
    return {"series": [{"value": value, "lower": lower, "upper": upper}
                       for value, lower, upper in triples]}


#   kind           field of Chart  its content
CONTENTS = {
    "multiline":  ("multiline",    _multiline),
    "margin":     ("margin",       _margin),
}


def _texts(tags, argument):
    given = tags.keys() if hasattr(tags, "keys") else tags
    return [checked_text(tag, argument) for tag in listed(given, argument, "a list of tags")]


def read(value: "Dict[str, Any]") -> "Dict[str, Any]":
    """Return the Layout in a Summary.Value as a dict.

    Raises FormatError, its position counted from the start of the layout, if it is damaged.
    """
    content, = value["tensor"].get("string_val", [])[:1] or [b""]
    return LAYOUT.decode(content)


def describe(value: "Dict[str, Any]") -> str:
    return str({category.get("title", ""): [chart.get("title", "")
                                            for chart in category.get("chart", [])]
                for category in read(value).get("category", [])})
