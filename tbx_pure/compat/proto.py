"""Messages as objects, as protobuf's generated *_pb2 modules have them, made from our own tables.

    event = Event(step=3, summary={"value": [{"tag": "loss", "simple_value": 0.5}]})
    event.summary.value.add(tag="accuracy").simple_value = 0.9
    Event.FromString(event.SerializeToString()) == event
"""
import importlib

from .message import class_of
from ..errors import InputError, shown
from ..messages import (EVENT, HISTOGRAM, LOG_MESSAGE, SESSION_LOG, SOURCE_METADATA, SUMMARY,
                        SUMMARY_METADATA, TAGGED_RUN_METADATA, TENSOR, TENSOR_SHAPE)
from ..wire import Message

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Tuple

PACKAGE = __name__.rpartition(".compat.")[0]


def to_bytes(x: "Any", argument: str = "message") -> bytes:
    """Return a message as bytes: given as bytes, or as anything with SerializeToString()."""
    data = x.SerializeToString() if hasattr(x, "SerializeToString") else x
    if not isinstance(data, (bytes, bytearray, memoryview)):
        raise InputError(argument, "a message with SerializeToString(), or its bytes", shown(x))
    return bytes(data)


class Enum:
    """An enum: its numbers by name as attributes, and Name, Value, keys, values, items."""

    def __init__(self, kind: "Any") -> None:
        self._kind = kind
        self.__dict__.update(kind.numbers)

    def Value(self, name: str) -> int:
        if name not in self._kind.numbers:
            raise InputError(self._kind.name, ", ".join(self.keys()), shown(name))
        return self._kind.numbers[name]

    def Name(self, number: int) -> str:
        for name, own in self.items():
            if own == number:
                return name
        raise InputError(self._kind.name, "one of its numbers", shown(number))

    def keys(self) -> "List[str]":
        return list(self._kind.numbers)

    def values(self) -> "List[int]":
        return list(self._kind.numbers.values())

    def items(self) -> "List[Tuple[str, int]]":
        return list(self._kind.numbers.items())


# Which tables a *_pb2 module holds: its name without _pb2; our module; the tables, outer first.
FILES = {
    "event":          ("messages", "EVENT SOURCE_METADATA LOG_MESSAGE LOG_LEVEL SESSION_LOG "
                                   "SESSION_STATUS TAGGED_RUN_METADATA"),
    "summary":        ("messages", "SUMMARY VALUE IMAGE AUDIO SUMMARY_METADATA PLUGIN_DATA "
                                   "DATA_CLASS HISTOGRAM"),
    "histogram":      ("messages", "HISTOGRAM"),
    "tensor":         ("messages", "TENSOR VARIANT_TENSOR_DATA"),
    "tensor_shape":   ("messages", "TENSOR_SHAPE DIM"),
    "types":          ("messages", "DATA_TYPE"),
    "resource_handle": ("messages", "RESOURCE_HANDLE DTYPE_AND_SHAPE"),
    "hparams_api":    ("plugins.hparams", "EXPERIMENT HPARAM_INFO INTERVAL METRIC_NAME METRIC_INFO "
                                          "DATA_TYPE DATASET_TYPE STATUS"),
    "hparams":        ("plugins.hparams", "HPARAMS_PLUGIN_DATA SESSION_START_INFO "
                                          "SESSION_END_INFO"),
    "custom_scalars": ("plugins.custom_scalars", "CHART MULTILINE MARGIN SERIES CATEGORY LAYOUT"),
    "mesh":           ("plugins.mesh", "MESH_PLUGIN_DATA CONTENT_TYPE"),
    "pr_curves":      ("plugins.pr_curves", "PR_CURVE_PLUGIN_DATA"),
    "text":           ("plugins.text", "TEXT_PLUGIN_DATA"),
    "scalars":        ("plugins.scalars", "SCALAR_PLUGIN_DATA"),
    "histograms":     ("plugins.histograms", "HISTOGRAM_PLUGIN_DATA"),
    "images":         ("plugins.images", "IMAGE_PLUGIN_DATA"),
    "audio":          ("plugins.audio", "AUDIO_PLUGIN_DATA ENCODING"),
    "attr_value":     ("graph.messages", "ATTR_VALUE ATTR_LIST"),
    "node_def":       ("graph.messages", "NODE_DEF"),
    "versions":       ("graph.messages", "VERSION_DEF"),
    "graph":          ("graph.messages", "GRAPH_DEF"),
    "step_stats":     ("graph.messages", "STEP_STATS DEVICE_STEP_STATS"),
    "config":         ("graph.messages", "RUN_METADATA"),
    "projector":      ("compat.projector", "PROJECTOR_CONFIG EMBEDDING_INFO SPRITE_METADATA"),
}


def exports(file: str) -> "Dict[str, Any]":
    """Return what the *_pb2 module `file`, a key of FILES, holds: {name: class, enum or number}."""
    module, names = FILES[file]
    tables = importlib.import_module("%s.%s" % (PACKAGE, module))
    held = {}                           # type: Dict[str, Any]
    for name in names.split():
        _export(held, getattr(tables, name))
    return held


def _export(held, table):
    """Put a class or an enum where its name says: Summary.Value stands in the class Summary."""
    outer, _, name = table.name.rpartition(".")
    made = class_of(table) if isinstance(table, Message) else Enum(table)
    added = {name: made}
    if isinstance(made, Enum):
        added.update(table.numbers)
    if not outer:
        held.update(added)
        return
    if isinstance(made, type):
        made.__qualname__ = table.name  # for pickle
    for name, value in added.items():
        setattr(held[outer], name, value)


for _file in ("event", "summary", "tensor", "tensor_shape"):
    exports(_file)

Event = class_of(EVENT)
LogMessage = class_of(LOG_MESSAGE)
SessionLog = class_of(SESSION_LOG)
TaggedRunMetadata = class_of(TAGGED_RUN_METADATA)
SourceMetadata = class_of(SOURCE_METADATA)
Summary = class_of(SUMMARY)
SummaryMetadata = class_of(SUMMARY_METADATA)
HistogramProto = class_of(HISTOGRAM)
TensorProto = class_of(TENSOR)
TensorShapeProto = class_of(TENSOR_SHAPE)
