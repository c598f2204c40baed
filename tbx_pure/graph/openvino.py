"""An OpenVINO file as nodes: the XML of an intermediate representation.  spec/models.md"""
from itertools import islice
from xml.parsers import expat

from .files import Graph, check_text, contents, short
from .nodes import Node
from ..errors import FormatError
from ..tensor_proto import BY_DTYPE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List

MAX_ELEMENTS = 2 ** 20                  # and attributes of them
MAX_DEPTH = 100

#   of a port             Tensor's dtype
PRECISIONS = {
    "FP64": "float64",    "FP32": "float32",    "FP16": "float16",    "BF16": "bfloat16",
    "I64": "int64",       "I32": "int32",       "I16": "int16",       "I8": "int8",
    "U64": "uint64",      "U32": "uint32",      "U16": "uint16",      "U8": "uint8",
    "BOOL": "bool",       "BOOLEAN": "bool",    "STRING": "string",
    "F64": "float64",     "F32": "float32",     "F16": "float16",
}

#   a graph inside of     which of its layers stand
#   a layer               for the layer's ports
INSIDE = (
    ("body",              "port_map"),
    ("then_body",         "then_port_map"),
    ("else_body",         "else_port_map"),
)


def nodes(path: "Any") -> "List[Node]":
    """Return the graph of an OpenVINO file: a node for each layer, with all of its inputs.

    What is inside of a layer, such as the body of a Loop, has names below its: "loop/body/add".
    Raises FormatError if the file is none, or damaged.
    """
    with contents(path, "xmlname") as data:
        return read(data)


def read(data: "Any") -> "List[Node]":
    """Return the graph in the bytes of an OpenVINO file."""
    root = parsed(data)
    if root.tag != "net":
        raise FormatError("no OpenVINO file: <%s>, not <net>" % root.tag[:50], root.pos,
                          "models-6")
    graph = Graph()
    Net(graph, root, "", {})
    return graph.nodes


# ---- XML ----

class Element:
    """pos: where it begins; text: of a dim only"""
    __slots__ = "tag", "attributes", "pos", "children", "text"

    def __init__(self, tag: str, attributes: "Dict[str, str]", pos: int) -> None:
        self.tag, self.attributes, self.pos = tag, attributes, pos
        self.children = []              # type: List[Element]
        self.text = ""

    def all(self, *path: str) -> "Iterator[Element]":
        """Yield what has these tags, one inside of the other."""
        for child in self.children:
            if child.tag == path[0]:
                if path[1:]:
                    yield from child.all(*path[1:])
                else:
                    yield child

    def get(self, name: str) -> str:
        """Return an attribute; raises FormatError if there is none.  [models-6]"""
        if name not in self.attributes:
            raise FormatError("<%s> has no %s" % (self.tag[:50], name), self.pos, "models-6")
        return self.attributes[name]


def parsed(data: "Any") -> Element:
    """Return the root of an XML file.

    A document type is refused: an entity can be made to stand for more than all memory holds, and
    there is none in these files.  [models-5]
    """
    check_text(data)
    parser, tree = expat.ParserCreate(), Tree()
    tree.parser = parser
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = tree.start, tree.end
    parser.CharacterDataHandler = tree.characters
    parser.StartDoctypeDeclHandler = tree.doctype
    try:
        parser.Parse(data, True)        # in one piece: expat takes quadratic time for small ones
    except expat.ExpatError as e:
        raise FormatError("line %d, column %d: %s" % (
            e.lineno, e.offset + 1, expat.ErrorString(e.code)), max(0, parser.ErrorByteIndex),
            "models-5") from None
    except (LookupError, ValueError) as e:              # an encoding that Python lacks
        raise FormatError(str(e), 0, "models-5") from None
    return tree.top.children[0]


class Tree:
    """What is called while a file is parsed."""

    def __init__(self) -> None:
        self.top = Element("", {}, 0)
        self.open = [self.top]
        self.count = 0
        self.parser = None              # type: Any

    def start(self, tag: str, attributes: "Dict[str, str]") -> None:
        pos = self.parser.CurrentByteIndex
        self.count += 1 + len(attributes)
        if self.count > MAX_ELEMENTS or len(self.open) > MAX_DEPTH:
            raise FormatError("more than %d elements, or %d inside of each other" % (
                MAX_ELEMENTS, MAX_DEPTH), pos, "models-2")
        element = Element(tag, attributes, pos)
        self.open[-1].children.append(element)
        self.open.append(element)

    def end(self, tag: str) -> None:
        self.open.pop()

    def characters(self, text: str) -> None:
        if self.open[-1].tag == "dim":
            self.open[-1].text = text[:20]

    def doctype(self, *declared: "Any") -> None:
        raise FormatError("a document type", self.parser.CurrentByteIndex, "models-5")


# ---- layers ----

class Net:
    """A graph on its way to nodes: the whole, or one inside of a layer.

    given:    {id of a layer: the nodes from outside that hand something to it}
    outputs:  {(id of a layer, id of a port): the node, and which of its outputs}
    """

    def __init__(self, graph: Graph, root: Element, scope: str,
                 given: "Dict[str, List[str]]") -> None:
        self.graph, self.given = graph, given
        self.layers = {}                # type: Dict[str, Element]
        self.names = {}                 # type: Dict[str, str]
        self.outputs = {}               # type: Dict[Any, str]
        for layer in root.all("layers", "layer"):
            self._name(layer, scope)
        if not self.layers:
            raise FormatError("<%s> has no layers" % root.tag[:50], root.pos, "models-6")
        self.inputs = {number: [] for number in self.layers}    # type: Dict[str, List[Any]]
        for edge in root.all("edges", "edge"):
            self._connect(edge)
        for number, layer in self.layers.items():
            self._add(number, layer)

    def _name(self, layer, scope):
        number = layer.get("id")
        if number in self.layers:
            raise FormatError("a second layer %s" % number[:50], layer.pos, "models-6")
        name = self.graph.name(scope, layer.get("name"))
        self.layers[number], self.names[number] = layer, name
        for i, port in enumerate(layer.all("output", "port")):
            self.outputs[number, port.get("id")] = "%s:%d" % (name, i) if i else name

    def _connect(self, edge):
        """Note an input of a layer: (which of its ports, node)."""
        source, number = edge.get("from-layer"), edge.get("to-layer")
        for layer in (source, number):
            if layer not in self.layers:
                raise FormatError("an edge of layer %s, which is not there" % layer[:50], edge.pos,
                                  "models-6")
        made = self.outputs.get((source, edge.attributes.get("from-port")), self.names[source])
        self.inputs[number].append((edge.attributes.get("to-port"), made))

    def _add(self, number, layer):
        ports = {port.get("id"): i for i, port in enumerate(layer.all("input", "port"))}
        inputs = sorted(self.inputs[number], key=lambda x: ports.get(x[0], len(ports)))
        name = self.names[number]
        inside = [made for tags in INSIDE
                  for made in self._inside(name, layer, dict(inputs), *tags)]
        self.graph.add(Node(name, layer.get("type"),
                            [made for _, made in inputs] + self.given.get(number, []) + inside,
                            _attributes(layer),
                            [_shape(port) for port in layer.all("output", "port")]))

    def _inside(self, name, layer, inputs, tag, ports):
        """Add the graph inside of a layer; yield the nodes that make the layer's outputs."""
        given = {}
        for port in layer.all(ports, "input"):
            made = inputs.get(port.get("external_port_id"))
            given.setdefault(port.get("internal_layer_id"), []).extend([made] if made else [])
        for body in islice(layer.all(tag), 1):
            net = Net(self.graph, body, "%s/%s" % (name, tag), given)
            for port in layer.all(ports, "output"):
                if port.get("internal_layer_id") in net.names:
                    yield net.names[port.get("internal_layer_id")]


def _attributes(layer):
    """Return what <data> says of a layer, its version, and the dtype of its first output."""
    found = {key: short(text) for data in layer.all("data")
             for key, text in data.attributes.items()}
    for port in list(layer.all("output", "port"))[:1] + [layer]:        # of old, the layer has it
        precision = port.attributes.get("precision", "")
        dtype = BY_DTYPE.get(PRECISIONS.get(precision.upper(), ""))
        if precision:
            found.setdefault("dtype", {"type": dtype.data_type} if dtype else short(precision))
    if "version" in layer.attributes:
        found.setdefault("version", short(layer.attributes["version"]))
    return found


def _shape(port):
    return [_size(dim.text.strip()) for dim in port.all("dim")]


def _size(text):
    """Return a size; None if it is not known, -1, or may be one of several, 1..8."""
    size = int(text) if text.isdecimal() else -1
    return size if 0 <= size < 2 ** 63 else None
