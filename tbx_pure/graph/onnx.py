"""An ONNX file as nodes.  spec/models.md"""
from collections import ChainMap
from itertools import zip_longest

from .files import ITEM, Graph, contents, short
from .nodes import Node, clean
from .onnx_messages import ATTRIBUTE, ATTRIBUTE_TYPE, MODEL
from ..errors import FormatError
from ..messages import DATA_TYPE
from ..wire import LEN, MAX_DEPTH, default, fields

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Tuple

MAX_FIELDS = 2 ** 20                    # of a file; decoded, each takes up to a kilobyte
MAX_DIM_NAME = 100

#   where TensorFlow has another name than DT_ and ONNX's
TENSORFLOW = {
    "FLOAT16":        "DT_HALF",
    "FLOAT8E4M3FN":   "DT_FLOAT8_E4M3FN",
    "FLOAT8E4M3FNUZ": "DT_FLOAT8_E4M3FNUZ",
    "FLOAT8E5M2":     "DT_FLOAT8_E5M2",
    "FLOAT8E5M2FNUZ": "DT_FLOAT8_E5M2FNUZ",
    "FLOAT4E2M1":     "DT_FLOAT4_E2M1FN",
}


def nodes(path: "Any") -> "List[Node]":
    """Return the graph of an ONNX file.

    A node is named by its first output.  What is inside of one, such as the branches of an If or
    the body of a function, has names below its: "y/then_branch/z".
    Raises FormatError if the file is none, or damaged.
    """
    with contents(path, "onnx_model_file") as data:
        return read(data)


def read(data: "Any") -> "List[Node]":
    """Return the graph in the bytes of an ONNX file."""
    if len(data) > MAX_FIELDS:
        check_fields(MODEL, data, 0, len(data), MAX_DEPTH)
    model = MODEL.decode(data)
    if "graph" not in model:
        raise FormatError("no ONNX file: there is no graph in it", 0, "models-3")
    functions = {_called(function, "name"): function for function in model.get("functions", ())}
    graph = Graph()
    Scope(graph, functions).add(model["graph"], [])
    return graph.nodes


def check_fields(message: "Any", data: "Any", pos: int, end: int, depth: int) -> int:
    """Return how many fields and packed numbers there are, or may be.

    Raises FormatError if there are more than MAX_FIELDS.  [models-2]
    """
    total = 0
    for number, wire, at, start, stop in fields(data, pos, end):
        field, total = message.by_number.get(number), total + 1
        if field and wire == LEN:
            if field.message and depth:
                total += check_fields(field.message, data, start, stop, depth - 1)
            elif field.packed:
                total += stop - start
        if total > MAX_FIELDS:
            raise FormatError("more than %d fields" % MAX_FIELDS, at, "models-2")
    return total


def _called(x, name):
    """Return by what a function is called, of one or of an operation that calls it."""
    return _domain(x), x.get(name, ""), x.get("overload", "")


def _domain(x):
    """Return what an operation's name belongs to; "" is ONNX itself."""
    domain = x.get("domain", "")
    return "" if domain == "ai.onnx" else domain


# ---- graphs and what is inside of operations ----

class Scope:
    """The place of a graph: the whole, or one inside of an operation.

    name:    in front of the names of all nodes there
    values:  {value: the node that makes it}, those of the scopes around it too
    types:   {value: its TypeProto}
    depth:   how many scopes are around it
    """

    def __init__(self, graph: Graph, functions: "Dict[Any, Any]", name: str = "",
                 values: "Optional[ChainMap[str, str]]" = None, depth: int = 0) -> None:
        if depth > MAX_DEPTH:           # functions that call themselves
            raise FormatError("operations are nested deeper than %d" % MAX_DEPTH, 0, "models-4")
        self.graph, self.functions, self.name, self.depth = graph, functions, name, depth
        self.values = ChainMap() if values is None else values
        self.types = {}                 # type: Dict[str, Any]

    def add(self, body: "Dict[str, Any]", given: "List[str]") -> "List[str]":
        """Add the nodes of a graph; return the names of those that make its outputs.

        given:  the nodes that hand something to its inputs, "" where there is none
        """
        constants, operations = _constants(body), body.get("node", ())
        self.types = dict(constants, **_types(body))
        self.graph.count(ITEM * (len(self.types) + sum(map(_items, operations))))
        inputs = [_value_name(x) for x in body.get("input", ())]
        for value, source in zip_longest(inputs, given[:len(inputs)]):
            self._variable("Variable", value, [source] if source else [])
        known = set(inputs)
        for value in constants:
            if value not in known:
                self._variable("Const", value, [])
        names = [self._name_outputs(operation) for operation in operations]
        for name, operation in zip(names, operations):
            self._operation(name, operation)
        return [self._source(_value_name(x)) for x in body.get("output", ())]

    def _variable(self, op, value, inputs):
        name = self.values[value] = self.graph.name(self.name, value)
        found = self.types.get(value)
        attributes = dict(_about(found), **_shape_attribute(found))
        self.graph.add(Node(name, op, inputs, attributes, [_shape(found)]))

    def _name_outputs(self, operation):
        outputs = operation.get("output", ())
        wanted = next(filter(None, outputs), "") or operation.get("name") or _op(operation)
        name = self.graph.name(self.name, wanted)
        for i, output in enumerate(outputs):
            if output:                  # an empty one is not used
                self.values[output] = "%s:%d" % (name, i) if i else name
        return name

    def _source(self, value):
        """Return the node that makes a value; if there is none, what it would be called."""
        return value and (self.values.get(value) or clean(value))

    def _operation(self, name, operation):
        inputs = [self._source(value) for value in operation.get("input", ())]
        inside = [made for scope, body in self._inside(name, operation)
                  for made in scope.add(body, _handed(inputs, body))]
        types = [self.types.get(value) for value in operation.get("output", ())]
        self.graph.add(Node(name, _op(operation), [x for x in inputs if x] + inside,
                            _attributes(operation, types[:1]),
                            map(_shape, types) if any(types) else ()))

    def _inside(self, name, operation):
        """Yield (scope, graph) for each graph inside of an operation."""
        for attribute in operation.get("attribute", ()):
            for part, body in _bodies(attribute):
                yield self._below("%s/%s" % (name, part), self.values.new_child()), body
        function = self.functions.get(_called(operation, "op_type"))
        if function:                    # it does not see what is around the call
            yield self._below("%s/%s" % (name, _op(operation)), ChainMap()), function

    def _below(self, name, values):
        return Scope(self.graph, self.functions, name, values, self.depth + 1)


def _op(operation):
    return operation.get("op_type", "")


def _items(operation):
    """Return how much there is in an operation besides what its node has: functions repeat it."""
    return len(operation.get("output", ())) + sum(
        len(x) for attribute in operation.get("attribute", ()) for x in attribute.values()
        if isinstance(x, list))


def _value_name(x):
    """Return the name of an input or an output: in a function it is just that."""
    return x if isinstance(x, str) else x.get("name", "")


def _handed(inputs, body):
    """Return what an operation hands to the inputs of a graph inside of it.

    To those of a Loop's and a Scan's body that is one each, to those of an If's branches nothing; a
    Scan of old has one more in front.
    """
    return inputs[max(0, len(inputs) - len(body.get("input", ()))):]


def _bodies(attribute):
    """Yield (name, graph) for each graph that is an attribute."""
    name = attribute.get("name", "")
    if "g" in attribute:
        yield name, attribute["g"]
    for i, body in enumerate(attribute.get("graphs", ())):
        yield "%s/%d" % (name, i), body


# ---- what is known of values ----

def _constants(body):
    """Return {name: TypeProto} of the tensors that a graph holds."""
    found = {x.get("name", ""): _type_of(x) for x in body.get("initializer", ())}
    for x in body.get("sparse_initializer", ()):
        values = x.get("values", {})
        found[values.get("name", "")] = _type_of(dict(values, dims=x.get("dims", ())))
    return found


def _type_of(tensor):
    dims = [{"dim_value": size} for size in tensor.get("dims", ())]
    return {"tensor_type": {"elem_type": tensor.get("data_type", 0), "shape": {"dim": dims}}}


def _types(body):
    """Return {name: TypeProto} of the values that a graph tells of."""
    found = {operation["output"][0]: _type_of(attribute["t"])
             for operation in body.get("node", ())
             if _op(operation) == "Constant" and operation.get("output")
             for attribute in operation.get("attribute", ()) if "t" in attribute}
    found.update((x.get("name", ""), x["type"]) for part in ("value_info", "output", "input")
                 for x in body.get(part, ()) if "type" in x)
    return found


def _tensor(found):
    """Return the TypeProto.Tensor of a TypeProto; None if it is none, or of something else."""
    return found and found.get("tensor_type", found.get("sparse_tensor_type"))


def _about(found):
    """Return what is known of a value's type, as attributes."""
    tensor = _tensor(found)
    if tensor is None:
        return {"type": type_text(found)} if found else {}
    return {"dtype": _dtype(tensor["elem_type"])} if tensor.get("elem_type") else {}


def _dtype(onnx):
    """Return a DataType as an attribute: TensorFlow's, or its name where TensorFlow has none."""
    name = TENSORFLOW.get(onnx, "DT_%s" % onnx)
    return {"type": name} if name in DATA_TYPE.numbers else str(onnx)


def _dims(found):
    """Return the dimensions of a value; None if not even their number is known."""
    shape = (_tensor(found) or {}).get("shape")
    return None if shape is None else shape.get("dim", ())


def _shape(found):
    dims = _dims(found)
    return None if dims is None else [_size(dim) for dim in dims]


def _size(dim):
    size = dim.get("dim_value", -1)
    return None if size < 0 else size


def _shape_attribute(found):
    """Return a shape as an attribute, with the names of sizes that are not known."""
    dims = _dims(found)
    if dims is None:
        return {}
    return {"shape": {"shape": {"dim": [
        {"size": -1, "name": dim.get("dim_param", "")[:MAX_DIM_NAME]} if _size(dim) is None else
        {"size": _size(dim)} for dim in dims]}}}


def type_text(found: "Dict[str, Any]") -> str:
    """Return a TypeProto as ONNX writes it: "seq(tensor(float))"."""
    for (kind, inside), in [found.items()] if len(found) == 1 else ():
        if kind == "map_type":
            return "map(%s,%s)" % (_lower(inside.get("key_type")),
                                   type_text(inside.get("value_type", {})))
        if kind in ("sequence_type", "optional_type"):
            return "%s(%s)" % (kind[:3] if kind[0] == "s" else "optional",
                               type_text(inside.get("elem_type", {})))
        return "%s(%s)" % (kind[:-len("_type")], _lower(inside.get("elem_type")))
    return "undefined"


def _lower(data_type):
    return str(data_type or "undefined").lower()


# ---- attributes ----

def _attributes(operation, types):
    """Return the attributes of an operation, and besides them what its first output is."""
    found = {x.get("name", ""): _value(x) for x in operation.get("attribute", ())
             if not ("g" in x or "graphs" in x)}
    more = {"node_name": operation.get("name"), "domain": _domain(operation)}
    more.update(*map(_about, types))
    return dict({name: short(x) for name, x in more.items() if x}, **found)


def _value(attribute):
    if attribute.get("ref_attr_name"):                  # in a function: what it is called with
        return short("@" + attribute["ref_attr_name"])
    field = attribute.get("type")
    if field not in ATTRIBUTE.by_name:                  # files of old do not say
        field = next((name for name in ATTRIBUTE_TYPE.numbers if name in attribute), "s")
    x = attribute.get(field, default(ATTRIBUTE.by_name[field]))
    text = TEXTS.get(field)
    if text is None:
        return short(x)
    return short([text(item) for item in x] if isinstance(x, list) else text(x))


def _tensor_text(tensor):
    return "tensor(%s) %s" % (_lower(tensor.get("data_type")), short(list(tensor.get("dims", ()))))


def _sparse_text(tensor):
    return "sparse_" + _tensor_text(dict(tensor.get("values", {}), dims=tensor.get("dims", ())))


TEXTS = {
    "t": _tensor_text, "tensors": _tensor_text,
    "sparse_tensor": _sparse_text, "sparse_tensors": _sparse_text,
    "tp": type_text, "type_protos": type_text,
}
