"""The line_chart plugin: the numbers of a line chart.  spec/plugins/line_chart.md

TensorBoard knows no such plugin: it shows the curves or the picture that stand beside the numbers.
"""
from . import metadata
from ..tensor import Tensor
from ..tensor_proto import shape_of, tensor_proto, tensor_values
from ..wire import INT32, STRING, Message

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List

LINE_CHART_PLUGIN_DATA = Message("LineChartPluginData",
    (1, "version", INT32),
    (2, "title",   STRING),
    (3, "column",  [STRING]))


def line_chart(tag: str, title: str, columns: "List[str]", points: Tensor) -> "Dict[str, Any]":
    """Return the summary of the numbers of a chart.

    tag:      the tag, as it is
    title:    of the chart, as people read it
    columns:  the names of x and of each line
    points:   a number for each column: one more point, shape (columns,); or a row of them for each
              point: a whole chart, shape (points, columns); kept as float64
    Raises InputError if float64 cannot hold a number.
    """
    content = LINE_CHART_PLUGIN_DATA.encode({"title": title, "column": columns})
    proto = tensor_proto(points._replace(dtype="float64"), "values")
    return {"value": [{"tag": tag, "tensor": proto,
                       "metadata": metadata("line_chart", content=content)}]}


def read(value: "Dict[str, Any]") -> "Dict[str, Any]":
    """Return title, columns and points (a Tensor) of a Summary.Value that line_chart() made."""
    fields = _fields(value)
    return {"title": fields.get("title", ""), "columns": fields.get("column", []),
            "points": tensor_values(value["tensor"])}


def describe(value: "Dict[str, Any]") -> str:
    fields = _fields(value)
    return "%r of %s, shape %s" % (fields.get("title", ""), ", ".join(fields.get("column", [])),
                                   shape_of(value["tensor"]))


def _fields(value):
    content = value.get("metadata", {}).get("plugin_data", {}).get("content", b"")
    return LINE_CHART_PLUGIN_DATA.decode(content)
