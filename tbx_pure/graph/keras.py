"""A Keras model as nodes: the JSON that its to_json() gives, of Keras 2 and 3.  spec/models.md

TensorBoard draws that JSON itself, as the run's conceptual graph; the names of nodes are the same.
"""
import json

from .files import Graph, check_text, short, utf8
from .nodes import Node
from ..errors import FormatError, InputError, shown
from ..tensor_proto import BY_DTYPE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Optional, Tuple

TAG = "keras"                           # Keras's own callback has it so
PLUGIN = "graph_keras_model"
MAX_OUTPUTS = 1000                      # of a layer


def nodes(model: "Any") -> "List[Node]":
    """Return the graph of a sequential or functional model, given it, or its JSON.

    A layer inside of a model is "model/layer".
    """
    try:
        return read(text_of(model))
    except FormatError as e:
        raise InputError("model", "a sequential or functional Keras model, or its JSON",
                         str(e)) from None


def conceptual(model: "Any") -> "Dict[str, Any]":
    """Return the summary of a model's JSON, which TensorBoard shows as the conceptual graph."""
    return {"value": [{
        "tag": TAG,
        "metadata": {"plugin_data": {"plugin_name": PLUGIN, "content": b"1"}},
        "tensor": {"dtype": "DT_STRING", "tensor_shape": {}, "string_val": [text_of(model)]}}]}


def text_of(model: "Any") -> bytes:
    """Return the JSON of a model, UTF-8; a text stays as it is."""
    text = model
    if hasattr(model, "to_json"):
        try:
            text = model.to_json()
        except Exception as e:          # the user's class may raise anything
            raise InputError("model", "a Keras model that has JSON", "%s: %s" % (
                type(e).__name__, e)) from e
    if isinstance(text, str):
        return text.encode("utf-8", "backslashreplace")
    if not isinstance(text, bytes):
        raise InputError("model", "a Keras model, or its JSON", shown(model))
    return text


def has_layers(text: bytes) -> bool:
    """Return whether JSON tells of layers: that of a model of the user's own class may not.

    Raises FormatError if it is no JSON.
    """
    found = parsed(text)
    config = found.get("config") if isinstance(found, dict) else None
    return isinstance(config, dict) and "layers" in config


def read(text: "Any") -> "List[Node]":
    """Return the graph in the bytes of JSON.  Raises FormatError if there is no model in it."""
    check_text(text)
    graph = Graph()
    try:
        model = Layer(graph, "", parsed(bytes(text)))
        if model.layers is None:
            raise FormatError("a model without layers: it is neither sequential nor functional", 0,
                              "models-8")
        model.connect([])
    except RecursionError:
        raise FormatError("nested too deeply", 0, "models-7") from None
    return graph.nodes


def parsed(text: bytes) -> "Any":
    """Return what JSON means.  [models-7]"""
    try:
        return json.loads(text.decode("utf-8"))
    except UnicodeDecodeError as e:
        raise FormatError("text is not UTF-8", e.start, "models-7") from None
    except ValueError as e:             # a number of too many digits has no position
        pos = len(text.decode("utf-8")[:getattr(e, "pos", 0)].encode("utf-8"))
        raise FormatError("no JSON: %s" % getattr(e, "msg", e), pos, "models-7") from None


def _get(x, key, kind, what, otherwise=None):
    """Return x[key], of a certain type; or what it is otherwise, if that may be.  [models-8]"""
    found = x.get(key, otherwise)
    if not isinstance(found, kind):
        raise FormatError("%s: %s is %s" % (what[:100], key, shown(found)), 0, "models-8")
    return found


class Layer:
    """A layer, or a model, which has layers.

    name:     as the model around it calls it
    node:     the name of its node; of a model, what stands in front of its layers' names
    layers:   {name: Layer}, in order; None if it is no model
    inputs:   the names of the layers that take what a functional model is given
    outputs:  (name of a layer, which output of it) for each of its own; none if it is sequential
    shapes:   {which output: its shape}, as far as it is known
    """

    def __init__(self, graph: Graph, scope: str, found: "Any") -> None:
        if not isinstance(found, dict):
            raise FormatError("a layer is %s" % shown(found), 0, "models-8")
        self.graph, self.found = graph, found
        self.kind = _get(found, "class_name", str, "a layer")
        config = _get(found, "config", (dict, list), self.kind)
        self.config = {"layers": config} if isinstance(config, list) else config    # before 2.2
        self.name = _get(self.config, "name", str, self.kind, self.kind.lower())
        self.shapes = {0: self.config.get("batch_shape", self.config.get("batch_input_shape"))}
        self.layers = None              # type: Optional[Dict[str, Layer]]
        if "layers" in self.config:
            self.node = "%s/%s" % (scope, self.name)
            self._add_layers()
        else:
            self.node = graph.name(scope, self.name)

    def _add_layers(self):
        layers = [Layer(self.graph, self.node, x)
                  for x in _get(self.config, "layers", list, self.kind)]
        self.layers = {layer.name: layer for layer in layers}
        if not layers or len(self.layers) < len(layers):
            raise FormatError("%s: no layers, or two of one name" % self.name[:100], 0, "models-8")
        self.last = layers[-1]
        self.inputs = [name for name, _, _ in references(self.config.get("input_layers"))]
        self.outputs = [(name, number) for name, number, _
                        in references(self.config.get("output_layers")) if name in self.layers]

    def source(self, number: int) -> "Tuple[Layer, int]":
        """Return (layer, which output of it) that makes an output: it may be inside of a model."""
        if self.layers is None:
            return self, number
        if not self.outputs:
            return self.last.source(number)
        name, inner = self.outputs[min(number, len(self.outputs) - 1)]
        return self.layers[name].source(inner)

    def connect(self, given: "List[str]") -> None:
        """Add the node, or those of all layers; `given` are the nodes that make what it takes."""
        if self.layers is None:
            self._add(given)
        else:
            inputs = self._functional(given) if self.outputs else self._sequential(given)
            for name, layer in self.layers.items():
                layer.connect(inputs[name])

    def _functional(self, given):
        """Return {name of a layer: the nodes that make what it takes}."""
        inputs = {name: [self._made(*reference)
                         for reference in references(layer.found.get("inbound_nodes"))
                         if reference[0] in self.layers]        # it may be a constant
                  for name, layer in self.layers.items()}
        for i, name in enumerate(self.inputs):
            if name in inputs:
                inputs[name] += given[i::len(self.inputs)]      # the model may be called again
        return inputs

    def _sequential(self, given):
        inputs = {}
        for name, layer in self.layers.items():
            if inputs:
                built = layer.found.get("build_config")
                shape = built.get("input_shape") if isinstance(built, dict) else None
                given = [self._made(before, 0, shape)]
            inputs[name], before = given, name
        return inputs

    def _made(self, name, number, shape):
        """Return which node makes an output of a layer, and note the shape."""
        layer, number = self.layers[name].source(number)
        layer.shapes[number] = layer.shapes.get(number) or shape
        return "%s:%d" % (layer.node, number) if number else layer.node

    def _add(self, given):
        shapes = [_shape(self.shapes.get(i)) for i in range(max(self.shapes) + 1)]
        self.graph.add(Node(self.node, utf8(self.kind), given, _attributes(self),
                            shapes if any(shape is not None for shape in shapes) else ()))


def references(x: "Any") -> "Iterator[Tuple[str, int, Any]]":
    """Yield (name of a layer, which output, its shape or None) for each tensor inside of `x`.

    Keras 3 writes a dict for one, Keras 2 a list: [name, which call, which output, arguments].
    """
    if isinstance(x, dict):
        config = x.get("config")
        if x.get("class_name") == "__keras_tensor__" and isinstance(config, dict):
            for name, number, _ in references(config.get("keras_history")):
                yield name, number, config.get("shape")
        else:
            yield from references(list(x.values()))
    elif isinstance(x, list):
        if (len(x) >= 3 and isinstance(x[0], str) and isinstance(x[2], int)
                and 0 <= x[2] < MAX_OUTPUTS):
            yield x[0], x[2], None
            x = x[3:]
        for item in x:
            yield from references(item)


def _shape(x):
    """Return a list of sizes; None if it is none."""
    if isinstance(x, list) and all(size is None or isinstance(size, int) for size in x):
        return [None if size is None or not 0 <= size < 2 ** 63 else size for size in x]
    return None


def _attributes(layer):
    """Return a layer's configuration; of a part that is an object, such as an initializer, its
    class."""
    found = {utf8(key): short(_plain(x)) for key, x in layer.config.items()
             if x is not None and key not in ("name", "dtype")}
    found["keras_class"] = short(layer.kind)
    dtype = layer.config.get("dtype")
    if isinstance(dtype, dict):         # a policy
        dtype = dtype.get("config", dtype)
        dtype = dtype.get("name") if isinstance(dtype, dict) else None
    if isinstance(dtype, str):
        row = BY_DTYPE.get(dtype)
        found["dtype"] = {"type": row.data_type} if row else short(dtype)
    return found


def _plain(x):
    if isinstance(x, dict):
        return x["class_name"] if isinstance(x.get("class_name"), str) else json.dumps(x)
    return x
