"""python -m tbx_pure graph: trees, Graphviz, and what it says of what it cannot show."""
import json
import os
import threading
import unittest

from tbx_pure import SummaryWriter
from tbx_pure.commands import graph
from tbx_pure.graph.messages import GRAPH_DEF
from tbx_pure.graph.nodes import Node
from tbx_pure.graph.onnx_messages import MODEL
from tbx_pure.messages import EVENT
from tbx_pure.record import frame

from .commands import run_in
from .helpers import InDirectory
from .test_commands import run
from .test_graph_keras import TWO
from .test_graph_onnx import WHOLE
from .test_graph_openvino import WHOLE as XML

NODES = [Node("x", "Input", shapes=[(None, 3), None]),
         Node("a/b", "Add", ["x", "a/c:1", "^gone"], shapes=[()]), Node("a/c", "Mul", ["a/b"])]


class TestTree(unittest.TestCase):

    def test_lines(self):
        self.assertEqual(list(graph.tree(NODES)), [
            "x  Input  ?x3, ?", "a", "  b  Add  ()  <- x, c:1, ^gone", "  c  Mul  <- b"])

    def test_a_node_that_is_a_scope_too(self):
        self.assertEqual(list(graph.tree([Node("a/b", "B"), Node("a", "A")])), ["a  A", "  b  B"])

    def test_names_of_anybody(self):
        node = Node("\x1b[31m", "\n", ["\u202e"])
        self.assertEqual(list(graph.tree([node])), ["\\x1b[31m  \\n  <- \\u202e"])

    def test_deep(self):
        lines = list(graph.tree([Node("a/" * 5000 + "b", "B")]))
        self.assertEqual(len(lines), graph.MAX_SCOPES + 1)


class TestDot(unittest.TestCase):

    def test_lines(self):
        self.assertEqual(list(graph.dot(NODES)), [
            "digraph {", "  node [shape=box, style=rounded];",
            '  "x" [label="x\\nInput\\n?x3, ?"];',
            '  subgraph "cluster_a" {', '    label="a";',
            '    "a/b" [label="b\\nAdd\\n()"];', '    "a/c" [label="c\\nMul"];', "  }",
            '  "x" -> "a/b";', '  "a/c" -> "a/b";', '  "gone" -> "a/b" [style=dashed];',
            '  "a/b" -> "a/c";', "}"])

    def test_quoted(self):
        for text, dot in (('"', r'"\""'), ("\\", r'"\\"'), ("a\nb", r'"a\nb"'), ("é", '"é"'),
                          ('\\"', r'"\\\""'), ("\x1b", r'"\\x1b"')):
            self.assertEqual(graph.quoted(text), dot)


class TestCommand(InDirectory):

    def write(self, name, data):
        with open(self.path(name), "wb") as f:
            f.write(data)
        return self.path(name)

    def test_each_kind_of_file(self):
        keras = json.dumps(TWO).encode("utf-8")
        with SummaryWriter(self.path("run")) as w:
            w.add_graph([("early", "A")])
            w.add_graph([("s/late", "B")])
        file, = os.listdir(self.path("run"))
        for path, line in (
                (self.write("a", MODEL.encode(WHOLE)), "    z  Neg  <- x"),
                (self.write("b", XML.encode("utf-8")), "    add  Add  ()  <- p"),
                (self.write("c", b"\xef\xbb\xbf" + XML.encode("utf-8")), "x_1  Result  <- loop"),
                (self.write("d", b"\n" + keras), "  a  Dense  <- x"),
                (self.path("run", file), "  late  B"), (self.path("run"), "  late  B")):
            code, out, err = run("graph", path)
            self.assertEqual((code, err), (0, ""))
            self.assertIn(line, out.splitlines())
        code, out, err = run("graph", "--dot", self.path("a"))
        self.assertEqual((code, err), (0, ""))
        self.assertIn('  "x" -> "a";', out.splitlines())

    def test_conceptual(self):
        """Of a run where only that is: those of Keras itself without TensorFlow."""
        from tbx_pure.graph.keras import conceptual
        event = EVENT.encode({"summary": conceptual(json.dumps(TWO))})
        path = self.write("events.out.tfevents.1", frame(event))
        self.assertEqual(run("graph", path), (0, "fn\n  x  InputLayer  ?x3\n  a  Dense  <- x\n"
                                              "  b  Add  <- a, x, a\n", ""))

    @unittest.skipUnless(hasattr(os, "mkfifo"), "a system without named pipes")
    def test_a_pipe(self):
        """It can be read only once."""
        for name, data, line in (("a", MODEL.encode(WHOLE), "z  Neg"),
                                 ("b", XML.encode("utf-8"), "add  Add"),
                                 ("c", json.dumps(TWO).encode("utf-8"), "a  Dense")):
            path = self.path(name)
            os.mkfifo(path)
            writer = threading.Thread(target=self.write, args=(name, data), daemon=True)
            writer.start()
            code, out, err = run("graph", path)
            writer.join()
            self.assertEqual((code, err), (0, ""))
            self.assertIn(line, out)

    def test_standard_input(self):
        events = frame(EVENT.encode({"file_version": "brain.Event:2"})) + frame(EVENT.encode(
            {"graph_def": GRAPH_DEF.encode({"node": [{"name": "n", "op": "A"}]})}))
        for data, line in ((MODEL.encode(WHOLE), "z  Neg"), (XML.encode("utf-8"), "add  Add"),
                           (json.dumps(TWO).encode("utf-8"), "a  Dense"), (events, "n  A")):
            code, out, err = run_in("utf-8", {}, "graph", "-", input=data)
            self.assertEqual((code, err), (0, b""))
            self.assertIn(line, out.decode("utf-8"))
        code, _, err = run_in("utf-8", {}, "graph", "-", input=events[:-1] + b"\xff")
        self.assertEqual((code, err.splitlines()[0][:11]), (1, b"-: damaged:"))

    def test_errors(self):
        code, out, err = run("graph", self.path("nowhere"))
        self.assertEqual((code, out), (3, ""))
        self.assertEqual(err, "%s: No such file or directory\n" % self.path("nowhere"))
        for name, data, said in (("a", b"\xff" * 9, "rule wire-"), ("b", b"<net>", "rule models-5"),
                                 ("c", b"{", "rule models-7"), ("e", b"", "no graph"),
                                 ("events.out.tfevents.2", b"", "no graph")):
            code, out, err = run("graph", self.write(name, data))
            self.assertEqual((code, out), (1, ""))
            self.assertIn(said, err)
        self.assertEqual(run("graph")[0], 2)

    def test_a_damaged_event_file_still_shows_what_there_is(self):
        with SummaryWriter(self.path("run")) as w:
            w.add_graph([("a", "A")])
            w.add_scalar("x", 1)
        file, = os.listdir(self.path("run"))
        with open(self.path("run", file), "r+b") as f:
            f.seek(-3, 2)
            f.write(b"\xff\xff\xff")
        code, out, err = run("graph", self.path("run"))
        self.assertEqual((code, out), (1, "a  A\n"))
        self.assertIn("damaged: ", err)


if __name__ == "__main__":
    unittest.main()
