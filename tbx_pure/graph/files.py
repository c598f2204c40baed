"""What the modules that read models from files share.  spec/models.md

A file may come from anywhere, so it must not make us take more memory than it is worth.
"""
import mmap
import os
from contextlib import contextmanager

from .nodes import Names, Node
from ..errors import FormatError, InputError, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, List

MAX_TEXT = 2 ** 25                      # bytes of XML or JSON, of which all is kept at first
MAX_GRAPH = 2 ** 28                     # of nodes, as they are counted below
NODE, ATTRIBUTE, ITEM = 200, 200, 50    # what they count for, besides names

MAX_ATTRIBUTE = 1000                    # bytes; TensorBoard hides an attribute of more than 1024
MAX_ITEMS = 100


@contextmanager
def contents(path: "Any", argument: str) -> "Iterator[Any]":
    """Give the bytes of a file; of a regular one only those are loaded that are looked at.

    Raises InputError if `path` is no path, OSError if the file cannot be read.
    """
    try:
        file = open(os.fspath(path), "rb")
    except (TypeError, ValueError):     # no path at all; one with a zero byte
        raise InputError(argument, "a path", shown(path)) from None
    with file:
        if os.fstat(file.fileno()).st_size:
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                yield data
        else:                           # what is empty cannot be mapped; it may be a pipe, too
            yield file.read()


def check_text(data: "Any") -> None:
    """Raise FormatError if XML or JSON is larger than MAX_TEXT.  [models-1]"""
    if len(data) > MAX_TEXT:
        raise FormatError("%d bytes, and %d are the most that is taken" % (len(data), MAX_TEXT),
                          MAX_TEXT, "models-1")


class Graph:
    """The nodes found in a file.

    What stands in a file once can be in the graph often, and below long names.  Where nodes become
    more than MAX_GRAPH, that is a FormatError.  [models-2]
    """

    def __init__(self) -> None:
        self.nodes = []                 # type: List[Node]
        self._names = Names()
        self._size = 0

    def name(self, scope: str, name: str) -> str:
        """Return what a node is to be called that a file calls `name`."""
        self.count(NODE + len(scope) + len(name))
        return self._names.new(utf8("%s/%s" % (scope, name)))

    def add(self, node: Node) -> None:
        """Add a node, which has its name from here."""
        items = len(node.inputs) + len(node.shapes) + sum(len(x) for x in node.shapes if x)
        self.count(sum(map(len, node.inputs)) + ATTRIBUTE * len(node.attributes) + ITEM * items)
        self.nodes.append(node)

    def count(self, size: int) -> None:
        """Note that the graph takes so much more."""
        self._size += size
        if self._size > MAX_GRAPH:
            raise FormatError("the nodes, as they are counted, take more than %d bytes"
                              % MAX_GRAPH, 0, "models-2")


def short(x: "Any") -> "Any":
    """Return an attribute as it is, if TensorBoard shows so much; else the beginning of its text.
    """
    if isinstance(x, list):
        items = [short(item) for item in x[:MAX_ITEMS]]
        if len(x) <= MAX_ITEMS and sum(len(_bytes(item)) for item in items) <= MAX_ATTRIBUTE:
            return items
        return "[%s ...], %d in all" % (_cut(b", ".join(map(_bytes, items))), len(x))
    if isinstance(x, (str, bytes)) and len(_bytes(x)) > MAX_ATTRIBUTE:
        return "%s ..., %d bytes in all" % (_cut(_bytes(x)), len(_bytes(x)))
    return x


def utf8(text: str) -> str:
    """Return a text without halves of surrogate pairs, which JSON can have."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _bytes(x):
    return x if isinstance(x, bytes) else str(x).encode("utf-8", "backslashreplace")


def _cut(text):
    return text[:MAX_ATTRIBUTE - 50].decode("utf-8", "replace")
