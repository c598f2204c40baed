"""A model as a graph: one neutral list of nodes, and a module for each source of it.

    plain.py torch.py keras.py onnx.py openvino.py  ->  nodes.py: [Node]  ->  messages.py: GraphDef

Each source has a function nodes(); here is what the writer's methods do with its list.
spec/plugins/graphs.md
"""
import hashlib
import weakref

from .messages import RUN_METADATA
from .nodes import encoded
from ..errors import FormatError, InputError, naming, shown
from ..messages import EVENT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Hashable, Tuple

SERIES = "graph",                       # for the steps of a writer's graphs

# All that torch and tensorboardX say of how a model ran, on whatever device.
HOW_IT_RAN = {"step_stats": {"dev_stats": [{"device": "/device:CPU:0"}]}}


class Written:
    """What a writer has written of graphs.

    models:  {id of a model: (reference to it, key of the call)}
    digest:  that of the last graph
    """

    def __init__(self) -> None:
        self.models = {}                # type: Dict[int, Tuple[Any, Hashable]]
        self.digest = b""

    def has(self, model: "Any", key: "Hashable") -> bool:
        """Return whether the last graph of this model was that of an equal call."""
        reference, last = self.models.get(id(model), (lambda: None, None))
        return reference() is model and last == key

    def note(self, model: "Any", key: "Hashable") -> None:
        """Keep the key, as long as the model is there."""
        number = id(model)
        self.models[number] = weakref.ref(model, lambda _: self.models.pop(number, None)), key


def profile(tag: str = "profiler") -> "Dict[str, Any]":
    """Return the fields of an event that says how a model ran."""
    return {"tagged_run_metadata": {"tag": tag, "run_metadata": RUN_METADATA.encode(HOW_IT_RAN)}}


WRITTEN = weakref.WeakKeyDictionary()   # type: weakref.WeakKeyDictionary[Any, Written]


def add_graph(writer: "Any", model: "Any", input_to_model: "Any", verbose: bool, strict: bool,
              force: bool) -> None:
    """Write the graph of a torch module, a Keras model, or nodes."""
    with naming("add_graph", type(model).__name__):
        if isinstance(model, (str, bytes)) or _is_keras(model):
            _add_keras(writer, model, force)
        elif _is_module(model):
            _add_torch(writer, model, input_to_model, verbose, strict, force)
        elif hasattr(model, "__iter__"):
            from . import plain
            _write(writer, encoded(plain.nodes(model)), force)
        else:
            raise InputError("model", "a torch module, a Keras model or its JSON, or nodes",
                             shown(model))


def _is_keras(model):
    """Keras's models on torch are torch modules too; of those, others may have a to_json().

    One of the user's own class, without layers in its JSON, is traced.
    """
    if not (hasattr(model, "to_json") and hasattr(model, "get_config")):
        return False
    return not _is_module(model) or _has_layers(model)


def _has_layers(model):
    from . import keras
    try:
        return keras.has_layers(keras.text_of(model))
    except (InputError, FormatError):
        return False


def _is_module(model):
    from . import torch
    return torch.is_module(model)


def _add_torch(writer, model, args, verbose, strict, force):
    from . import torch
    written, key = WRITTEN.setdefault(writer, Written()), torch.key(model, args, strict)
    if force or not written.has(model, key):
        warn = writer._warner("add_graph", type(model).__name__)
        nodes = torch.nodes(model, args, verbose, strict, warn)
        _write(writer, encoded(nodes), force, profile(**writer._style("add_graph")))
        written.note(model, key)


def _add_keras(writer, model, force):
    from . import keras
    _write(writer, encoded(keras.nodes(model)), force, {"summary": keras.conceptual(model)})


def add_onnx_graph(writer: "Any", path: "Any") -> None:
    """Write the graph of an ONNX file."""
    from . import onnx
    with naming("add_onnx_graph", path):
        _write(writer, encoded(onnx.nodes(path), "onnx_model_file"))


def add_openvino_graph(writer: "Any", path: "Any") -> None:
    """Write the graph of an OpenVINO file."""
    from . import openvino
    with naming("add_openvino_graph", path):
        _write(writer, encoded(openvino.nodes(path), "xmlname"))


def _write(writer, graph, force=False, *more):
    """Write a GraphDef, and `more` of its events.  One equal to the last is left out.

    The first has no step, as those of the peers; another has the next one: of two at one step the
    engines of TensorBoard show different ones.
    """
    written, digest = WRITTEN.setdefault(writer, Written()), hashlib.sha256(graph).digest()
    if digest != written.digest or force:
        about = {"wall_time": writer._wall_time(None),
                 "step": writer._run_steps.step(SERIES, writer._call_step(None), lambda *_: None)}
        for event in [EVENT.encode(dict(what, **about)) for what in ({"graph_def": graph},) + more]:
            writer._append(event)
        written.digest = digest
