"""The custom_scalars plugin: which curves share which chart.  spec/plugins/custom_scalars.md"""
import re

from . import checked_text, listed, mapping
from ..errors import InputError, shown
from ..wire import BOOL, INT32, STRING, Message

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List

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


def custom_scalars(layout: "Any", earlier: "Any" = None) -> "Dict[str, Any]":
    """Return the summary of a layout.

    layout:   {category: {chart: [kind, tags]}}, all text; kind is "Multiline" or "Margin"
    tags:     of a Multiline chart regular expressions, each for the start of a tag; of a Margin
              chart the tags of a curve, its lower and its upper margin, or several such triples,
              flat or as lists
    earlier:  the summary written before, whose other charts stay: TensorBoard shows the last only
    Raises InputError if layout is anything else.
    """
    before = read(earlier["value"][0]) if earlier else {}
    charts = {category.get("title", ""): {chart.get("title", ""): chart
                                          for chart in category.get("chart", [])}
              for category in before.get("category", [])}       # type: Dict[str, Dict[str, Any]]
    for title, added in mapping(layout, "layout").items():
        category = charts.setdefault(checked_text(title, "layout"), {})
        category.update((chart["title"], chart) for chart in _charts(added, "layout[%r]" % title))
    content = LAYOUT.encode({"category": [{"title": title, "chart": list(category.values())}
                                          for title, category in charts.items()]})
    return {"value": [{"tag": TAG,
                       "tensor": {"dtype": "DT_STRING", "tensor_shape": {},
                                  "string_val": [content]},
                       "metadata": {"plugin_data": {"plugin_name": "custom_scalars"}}}]}


def exactly(tags: "List[str]") -> "List[str]":
    """Return regular expressions for these tags and no others that begin so."""
    return [SPECIAL.sub(r"\\\g<0>", tag) + "$" for tag in tags]


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
