"""The scatter plugin: the numbers of points in a plane.  spec/plugins/scatter.md

TensorBoard knows no such plugin: it shows the picture that stands beside the numbers.
"""
from . import metadata
from ..tensor import Tensor
from ..tensor_proto import shape_of, tensor_proto, tensor_values
from ..wire import INT32, STRING, Message

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List

SCATTER_PLUGIN_DATA = Message("ScatterPluginData",
    (1, "version", INT32),
    (2, "x_label", STRING),
    (3, "y_label", STRING),
    (4, "column",  [STRING]),
    (5, "label",   [STRING]))

COLUMNS = ("x", "y", "label", "size", "color", "red", "green", "blue")


def scatter_data(tag: str, columns: "Dict[str, List[float]]", labels: "List[str]", x_label: str,
                 y_label: str) -> "Dict[str, Any]":
    """Return the summary of the numbers of a scatter chart.

    tag:      the tag, as it is
    columns:  by names of COLUMNS, a number for each point: x and y; label, a place in labels;
              size, the diameter in pixels; color, a number on a scale of colors; or red, green and
              blue, 0 to 255
    """
    names = [name for name in COLUMNS if name in columns]
    content = SCATTER_PLUGIN_DATA.encode({"x_label": x_label, "y_label": y_label, "column": names,
                                          "label": labels})
    rows = list(zip(*(columns[name] for name in names)))
    numbers = Tensor("float64", (len(rows), len(names)), [v for row in rows for v in row])
    return {"value": [{"tag": tag, "tensor": tensor_proto(numbers),
                       "metadata": metadata("scatter", content=content)}]}


def read(value: "Dict[str, Any]") -> "Dict[str, Any]":
    """Return x_label, y_label, labels and columns, lists by their names, of a Summary.Value."""
    fields, tensor = _fields(value), tensor_values(value["tensor"])
    names, values = fields.get("column", []), list(tensor.values)
    return {"x_label": fields.get("x_label", ""), "y_label": fields.get("y_label", ""),
            "labels": fields.get("label", []),
            "columns": {name: values[i::len(names)] for i, name in enumerate(names)}}


def describe(value: "Dict[str, Any]") -> str:
    return "%s of shape %s" % (", ".join(_fields(value).get("column", [])),
                               shape_of(value["tensor"]))


def _fields(value):
    content = value.get("metadata", {}).get("plugin_data", {}).get("content", b"")
    return SCATTER_PLUGIN_DATA.decode(content)
