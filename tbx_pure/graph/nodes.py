"""A graph as a list of nodes, whatever it was read from, and that list as a GraphDef.

spec/plugins/graphs.md
"""
import re
from collections import namedtuple

from .messages import GRAPH_DEF
from ..errors import InputError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterable, List, Optional, Sequence, Set, Tuple

PRODUCER = 22                           # the version of GraphDef that torch and tensorboardX state
MAX_SIZE = 2 ** 31                      # of bytes: protobuf's readers refuse a longer message

LIKE_AN_INPUT = re.compile(r"^\^+|(?::\d+)+$")

#   Python type      member of AttrValue     first match wins: bool is an int too
MEMBERS = (
    (bool,           "b"),
    (int,            "i"),
    (float,          "f"),
    ((bytes, str),   "s"),
)


class Node(namedtuple("Node", "name op inputs attributes shapes device")):
    """One operation of a graph.

    name:        such as "layer1/conv", unlike those of all other nodes: TensorBoard draws a box for
                 each part in front of a /
    op:          what it does, such as "Conv"
    inputs:      the names of nodes; "name:1" is output 1 of one, "^name" one that must only come
                 before
    attributes:  {name: text, bytes, bool, number, or a list of one of them}; a dict is an AttrValue
                 as it stands, such as {"type": "DT_FLOAT"}; of all else, its text
    shapes:      for each output a tuple of sizes, None being a size that is not known; None for an
                 output without a known rank
    device:      such as "/device:CPU:0"
    """
    __slots__ = ()

    def __new__(cls, name: str, op: str, inputs: "Iterable[str]" = (),
                attributes: "Optional[Dict[str, Any]]" = None,
                shapes: "Iterable[Optional[Sequence[Optional[int]]]]" = (),
                device: str = "") -> "Node":
        sizes = tuple(None if shape is None else tuple(shape) for shape in shapes)
        return super(Node, cls).__new__(cls, name, op, tuple(inputs), dict(attributes or {}),
                                        sizes, device)


class Names:
    """Names for the nodes of one graph, each used once."""

    def __init__(self) -> None:
        self._used = set()              # type: Set[str]
        self._next = {}                 # type: Dict[str, int]

    def new(self, name: str) -> str:
        """Return `name` as readers can take it; a second "a" becomes "a_1"."""
        name = wanted = clean(name)
        while name in self._used:
            self._next[wanted] = self._next.get(wanted, 0) + 1
            name = "%s_%d" % (wanted, self._next[wanted])
        self._used.add(name)
        return name


def clean(name: str) -> str:
    """Return a name without what readers take for something else.

    An empty part between two / would be a box without a name; a ^ in front of a part, and a :1 at
    its end, are those of inputs: "/model/add:0" becomes "model/add".
    """
    parts = [LIKE_AN_INPUT.sub("", part) for part in name.split("/")]
    return "/".join(part for part in parts if part) or "unnamed"


def source(name: str) -> str:
    """Return the name of the node that an input names: "add" for "add:1" and "^add"."""
    return LIKE_AN_INPUT.sub("", name)


def graph_def(nodes: "Iterable[Node]") -> "Dict[str, Any]":
    """Return a GraphDef of these nodes, in their order."""
    return {"node": list(map(_node_def, nodes)), "versions": {"producer": PRODUCER}}


def encoded(nodes: "Iterable[Node]", argument: str = "model") -> bytes:
    """Return the bytes of a GraphDef; the same nodes give the same bytes.

    Raises InputError if no reader could take them.
    """
    data = GRAPH_DEF.encode(graph_def(nodes))
    if len(data) >= MAX_SIZE:
        raise InputError(argument, "a graph of less than %d bytes" % MAX_SIZE, "%d" % len(data))
    return data


def _node_def(node):
    attributes = {name: attr_value(x) for name, x in node.attributes.items()}
    if node.shapes:
        attributes["_output_shapes"] = {"list": {"shape": list(map(shape, node.shapes))}}
    return {"name": node.name, "op": node.op, "input": node.inputs, "device": node.device,
            "attr": {name: attributes[name] for name in sorted(attributes)}}


def shape(sizes: "Optional[Sequence[Optional[int]]]") -> "Dict[str, Any]":
    """Return sizes as a TensorShapeProto: -1 is a size that is not known."""
    if sizes is None:
        return {"unknown_rank": True}
    return {"dim": [{"size": -1 if size is None else size} for size in sizes]}


def attr_value(x: "Any") -> "Dict[str, Any]":
    """Return what an attribute is as an AttrValue."""
    if isinstance(x, dict):
        return x
    if isinstance(x, (list, tuple)):
        members = {_member(item) for item in x}
        member = "f" if members == {"i", "f"} else members.pop() if len(members) == 1 else None
        if member or not x:
            return {"list": {member: [_packed(item) for item in x]} if member else {}}
    member = _member(x)
    return {member: _packed(x)} if member else {"s": _packed(str(x))}


def _member(x):
    """Return which member of AttrValue holds `x`; None if its text has to do."""
    member = next((member for kind, member in MEMBERS if isinstance(x, kind)), None)
    return None if member == "i" and not -2 ** 63 <= x < 2 ** 63 else member


def _packed(x):
    return x.encode("utf-8", "backslashreplace") if isinstance(x, str) else x
