"""Nodes as the user writes them down: dicts, tuples, or Node itself."""
from operator import index

from .nodes import Node, clean, source
from ..errors import InputError, shown
from ..plugins import checked_text, listed, mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, List, Set

#   key           its place in a tuple, where it has one
FIELDS = ("name", "op", "inputs", "attributes", "shape", "shapes", "device")
IN_A_TUPLE = FIELDS[:5]


def nodes(x: "Iterable[Any]") -> "List[Node]":
    """Return the Nodes that a sequence of nodes means.  Each is a Node, or

        {"name": ..., "op": ..., "inputs": [...], "attributes": {...}, "shape": (...)}
        (name, op, inputs, attributes, shape)

    of which all but name and op may be left out, in a tuple from the end.
    inputs:      names of nodes, or just one; "name:1" is output 1 of one, "^name" one that must
                 only come before.  Circles are allowed
    attributes:  {name: value}
    shape:       of the output, None being a size that is not known; "shapes", in a dict, of several
    device:      in a dict; such as "/device:CPU:0"
    Raises InputError if two nodes have one name, or an input is the name of none.
    """
    found = [_node(item, "model[%d]" % i) for i, item in enumerate(listed(x, "model"))]
    if not found:
        raise InputError("model", "one node or more", "none")
    names = set()                       # type: Set[str]
    for i, node in enumerate(found):
        if node.name in names:
            raise InputError("model[%d].name" % i, "a name of its own", "%r again" % node.name)
        names.add(node.name)
    for i, node in enumerate(found):
        for name in node.inputs:
            if source(name) not in names:
                raise InputError("model[%d].inputs" % i, "names of nodes",
                                 "%r of node %r" % (name, node.name))
    return found


def _node(item, argument):
    given = _fields(item, argument)
    if "shape" in given:
        given["shapes"] = [given.pop("shape")]
    return Node(_name(given.get("name"), argument + ".name"),
                checked_text(given.get("op"), argument + ".op"),
                _inputs(given.get("inputs"), argument + ".inputs"),
                _attributes(given.get("attributes"), argument + ".attributes",
                            lambda x: x if isinstance(item, Node) else str(x)),
                [_shape(sizes, argument + ".shape") for sizes in
                 listed(given.get("shapes", ()), argument + ".shapes")],
                checked_text(given.get("device", ""), argument + ".device"))


def _fields(item, argument):
    """Return what was given of a node, {field: value}."""
    if isinstance(item, Node):
        return item._asdict()
    if hasattr(item, "items"):
        given, known = dict(item), FIELDS
    elif isinstance(item, (tuple, list)):
        given, known = dict(zip(IN_A_TUPLE, item)), IN_A_TUPLE
        given.update((i, None) for i in range(len(known), len(item)))
    else:
        raise InputError(argument, "a dict, or a tuple (name, op, inputs)", shown(item))
    for key in given:
        if key not in known:
            raise InputError(argument, "only " + ", ".join(known), shown(key))
    return given


def _name(name, argument):
    if clean(checked_text(name, argument)) != name:
        raise InputError(argument, "text without an empty part between two /, a ^ in front of a "
                         "part or a :1 at its end", repr(name))
    return name


def _inputs(x, argument):
    names = [x] if isinstance(x, str) else listed(() if x is None else x, argument)
    return [checked_text(name, argument) for name in names]


def _attributes(x, argument, of_a_dict):
    """Return attributes.  A dict in a Node is an AttrValue; elsewhere, its text is meant."""
    return {checked_text(key, argument): of_a_dict(value) if hasattr(value, "items") else value
            for key, value in mapping({} if x is None else x, argument).items()}


def _shape(sizes, argument):
    if sizes is None:
        return None
    try:
        return [None if size is None else index(size) for size in sizes]
    except TypeError:
        raise InputError(argument, "sizes, or None where one is not known", shown(sizes)) from None
