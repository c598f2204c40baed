"""A GraphDef as nodes again, and what of an event file is a graph."""
from .messages import GRAPH_DEF
from .nodes import Node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterable, List, Optional


def nodes(data: bytes) -> "List[Node]":
    """Return the nodes of a GraphDef."""
    return [Node(x.get("name", ""), x.get("op", ""), x.get("input", ()), x.get("attr"),
                 _shapes(x.get("attr", {})), x.get("device", ""))
            for x in GRAPH_DEF.decode(data).get("node", ())]


def _shapes(attributes):
    shapes = attributes.get("_output_shapes", {}).get("list", {}).get("shape", ())
    one = attributes.get("shape", {}).get("shape")
    return map(_sizes, [one] if one is not None and not shapes else shapes)


def _sizes(shape):
    if shape.get("unknown_rank"):
        return None
    sizes = [dim.get("size", 0) for dim in shape.get("dim", ())]
    return [None if size < 0 else size for size in sizes]


def shown(events: "Iterable[Dict[str, Any]]") -> "Optional[List[Node]]":
    """Return the graph that TensorBoard shows of a file's events: the last; None if there is none.

    If there is no graph of operations, the conceptual one of a Keras model.
    """
    graph = conceptual = None
    for event in events:
        graph = event.get("graph_def", graph)
        for value in event.get("summary", {}).get("value", ()):
            conceptual = _conceptual(value) or conceptual
    if graph is not None:
        return nodes(graph)
    if conceptual is not None:
        from . import keras
        return keras.read(conceptual)
    return None


def _conceptual(value):
    """Return the JSON of a Keras model, if that is what a Summary.Value holds."""
    from .keras import PLUGIN
    plugin = value.get("metadata", {}).get("plugin_data", {}).get("plugin_name")
    texts = value.get("tensor", {}).get("string_val", ())
    return texts[0] if plugin == PLUGIN and texts else None
