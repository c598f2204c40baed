"""The heatmap plugin: a matrix that is shown in colors.  spec/plugins/heatmap.md

TensorBoard knows no such plugin: it shows the picture that stands beside the numbers.
"""
from . import metadata
from ..tensor import Tensor
from ..tensor_proto import shape_of, tensor_proto, tensor_values
from ..wire import DOUBLE, INT32, STRING, Message, enum

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict

NORMALIZE = enum("HeatmapPluginData.Normalize", NONE=0, TRUE=1, PREDICTED=2, ALL=3)

HEATMAP_PLUGIN_DATA = Message("HeatmapPluginData",
    (1, "version",      INT32),
    (2, "row_title",    STRING),
    (3, "column_title", STRING),
    (4, "row_label",    [STRING]),
    (5, "column_label", [STRING]),
    (6, "colormap",     STRING),
    (7, "low",          DOUBLE),
    (8, "high",         DOUBLE),
    (9, "normalize",    NORMALIZE))


def heatmap_data(tag: str, matrix: Tensor, **fields: "Any") -> "Dict[str, Any]":
    """Return the summary of a matrix.

    tag:     the tag, as it is
    matrix:  shape (rows, columns), its dtype kept
    fields:  those of HEATMAP_PLUGIN_DATA
    """
    content = HEATMAP_PLUGIN_DATA.encode(fields)
    return {"value": [{"tag": tag, "tensor": tensor_proto(matrix, "matrix"),
                       "metadata": metadata("heatmap", content=content)}]}


def read(value: "Dict[str, Any]") -> "Dict[str, Any]":
    """Return matrix (a Tensor) and the other fields of a Summary.Value of this plugin.

    row_title, column_title:   what rows and columns are; those of a confusion matrix are the true
                               and the predicted class
    row_labels, column_labels: a name for each, or none
    colormap, low, high:       how it is colored
    normalize:                 by what the picture's numbers are divided: "NONE", or the sum of
                               the row, "TRUE", of the column, "PREDICTED", of all, "ALL"
    """
    fields = _fields(value)
    return {"matrix": tensor_values(value["tensor"]),
            "row_title": fields.get("row_title", ""),
            "column_title": fields.get("column_title", ""),
            "row_labels": fields.get("row_label", []),
            "column_labels": fields.get("column_label", []),
            "colormap": fields.get("colormap", ""), "low": fields.get("low", 0.0),
            "high": fields.get("high", 0.0), "normalize": fields.get("normalize", "NONE")}


def describe(value: "Dict[str, Any]") -> str:
    return "%s of shape %s" % (value["tensor"].get("dtype", "DT_INVALID"),
                               shape_of(value["tensor"]))


def _fields(value):
    content = value.get("metadata", {}).get("plugin_data", {}).get("content", b"")
    return HEATMAP_PLUGIN_DATA.decode(content)
