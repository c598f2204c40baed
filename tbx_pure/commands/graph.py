"""Print the graph in an ONNX, OpenVINO, Keras or event file as a tree.

A line for each operation, below the scopes that it is in: its name, what it does, the shapes of its
outputs, and where its inputs come from.  Keras: the JSON that model.to_json() gives.

    python3 -m tbx_pure graph model.onnx
    python3 -m tbx_pure graph runs/demo/events.out.tfevents.*
    python3 -m tbx_pure graph --dot model.xml | dot -Tsvg > model.svg
"""
import os
import sys

from .output import FOUND, OK, say, unreadable, visible
from .reading import STDIN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple

MAX_SCOPES = 30                         # deeper ones are shown in one


def arguments(parser: "ArgumentParser") -> None:
    parser.add_argument("file", help="a model, an event file, or the directory of a run; - is "
                                     "standard input")
    parser.add_argument("--dot", action="store_true", help="print it for Graphviz")


def run(args: "Namespace") -> int:
    """Print the graph; 3 if the file cannot be read, 1 if it is damaged or has none."""
    from ..errors import FormatError
    try:
        nodes, damage = read(args.file)
    except FormatError as e:
        return say(args.file, "no model, or a damaged one: %s" % e, FOUND)
    except OSError as e:
        return unreadable(e, args.file)
    for line in (dot if args.dot else tree)(nodes or ()):
        print(line)
    for found in damage:
        say(found.path or args.file, "damaged: %s" % found.error(), FOUND)
    if nodes is None:
        return say(args.file, "no graph", FOUND)
    return FOUND if damage else OK


def read(path: str) -> "Tuple[Optional[List[Any]], List[Any]]":
    """Return (nodes, damage) of a file of any kind; None if an event file has no graph."""
    from ..graph import back
    from ..graph.files import contents
    from ..read.events import events
    source, nodes = path, None          # type: Any, Optional[List[Any]]
    if path == STDIN:
        source = sys.stdin.buffer.read()
        nodes = _of_model(path, source)
    elif not os.path.isdir(path):
        with contents(path, "path") as data:            # once: it may be a pipe
            nodes = _of_model(path, data)
    if nodes is not None:
        return nodes, []
    found = events(source)
    return back.shown(found), found.damage


def _of_model(path, data):
    """Return the nodes of a model; None of events."""
    source = _source(path, data[:4096])
    return source.read(data) if source else None


def _source(path, head):
    """Return the module that reads a model of this kind; None for events."""
    from ..graph import keras, onnx, openvino
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    other = onnx if head and not _of_events(path, head) else None
    return {b"<": openvino, b"{": keras}.get(start, other)


def _of_events(path, head):
    """Return whether a file is one of events, by its name or its first record."""
    from ..read.files import MARK
    return MARK in os.path.basename(path) or b"brain.Event:" in head[:50]


# ---- a tree ----

class Scope:
    """What is inside: {name: Scope}, in order; node is None, or what has this name itself."""

    def __init__(self) -> None:
        self.node = None                # type: Any
        self.inside = {}                # type: Dict[str, Scope]


def scopes(nodes: "Sequence[Any]") -> Scope:
    """Return nodes in a tree by the parts of their names."""
    top = Scope()
    for node in nodes:
        scope = top
        for part in node.name.split("/", MAX_SCOPES):
            scope = scope.inside.setdefault(part, Scope())
        scope.node = node
    return top


def tree(nodes: "Sequence[Any]") -> "Iterator[str]":
    """Yield the lines of a tree."""
    return _branch(scopes(nodes), "", "")


def _branch(scope, prefix, indent):
    for name, inner in scope.inside.items():
        yield "  ".join([indent + visible(name)] + _about(inner.node, prefix))
        for line in _branch(inner, "%s%s/" % (prefix, name), indent + "  "):
            yield line


def _about(node, prefix):
    """Return what is said of a node besides its name; inputs of its scope without that's name."""
    if node is None:
        return []
    inputs = ", ".join(name[len(prefix):] if prefix and name.startswith(prefix) else name
                       for name in node.inputs)
    said = [node.op, shapes(node), inputs and "<- " + inputs]
    return [visible(text) for text in said if text]


def shapes(node: "Any") -> str:
    """Return the shapes of a node's outputs: "1x3x?, 2"."""
    return ", ".join("?" if sizes is None else "x".join(
        "?" if size is None else str(size) for size in sizes) or "()" for sizes in node.shapes)


# ---- Graphviz ----

def dot(nodes: "Sequence[Any]") -> "Iterator[str]":
    """Yield the lines of a graph in the DOT language: a box for each scope.

    https://graphviz.org/doc/info/lang.html
    """
    from ..graph.nodes import source
    yield "digraph {"
    yield "  node [shape=box, style=rounded];"
    for line in _clusters(scopes(nodes), "", "  "):
        yield line
    for node in nodes:
        for name in node.inputs:
            yield "  %s -> %s%s;" % (quoted(source(name)), quoted(node.name),
                                     " [style=dashed]" if name.startswith("^") else "")
    yield "}"


def _clusters(scope, prefix, indent):
    for name, inner in scope.inside.items():
        if inner.node is not None:
            label = "\n".join(filter(None, [name, inner.node.op, shapes(inner.node)]))
            yield "%s%s [label=%s];" % (indent, quoted(inner.node.name), quoted(label))
        if inner.inside:
            path = prefix + name
            yield "%ssubgraph %s {" % (indent, quoted("cluster_" + path))
            yield "%s  label=%s;" % (indent, quoted(name))
            for line in _clusters(inner, path + "/", indent + "  "):
                yield line
            yield indent + "}"


def quoted(text: str) -> str:
    """Return a DOT string; in a label, Graphviz makes of its escapes what they stand for."""
    lines = [visible(line).replace("\\", "\\\\").replace('"', '\\"') for line in text.split("\n")]
    return '"%s"' % "\\n".join(lines)
