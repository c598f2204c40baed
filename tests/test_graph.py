"""Graphs: the list of nodes, its bytes, nodes as the user writes them, and what a run gets."""
import unittest
from collections import OrderedDict, defaultdict, namedtuple
from types import MappingProxyType
from unittest import mock

from tbx_pure import InputError, SummaryWriter
from tbx_pure.graph import nodes as module
from tbx_pure.graph import plain
from tbx_pure.graph.messages import ATTR_VALUE, GRAPH_DEF, RUN_METADATA
from tbx_pure.graph.nodes import Names, Node, attr_value, clean, encoded, graph_def, shape, source
from tbx_pure.graph.structure import leaves, rebuilt

from .helpers import InDirectory, events

NODES = [("x", "Input", [], {}, (None, 3)), ("a/y", "Add", ["x", "x:1", "^a/z"], {"alpha": 0.5}),
         {"name": "a/z", "op": "Const", "device": "/device:CPU:0", "attributes": {"b": 1, "a": "t"},
          "shapes": [(), None]}]


class TestNodes(unittest.TestCase):

    def test_bytes(self):
        """As protobuf writes them: the golden bytes of facts, and those of one node with all."""
        self.assertEqual(encoded([Node("a", "Op")]).hex(), "0a070a016112024f7022020816")
        node = Node("n", "o", ["i"], {"b": True, "a": b"\xff"}, [(2, None), None], "d")
        self.assertEqual(encoded([node]).hex(),
                         "0a4c0a016e12016f1a01692201642a2b0a0e5f6f75747075745f73686170657312190a17"
                         "3a1112020802120b08ffffffffffffffffff013a0218012a080a016112031201ff2a070a"
                         "01621202280122020816")

    def test_order_of_attributes_is_not_that_given(self):
        given = [("b", 1), ("a", 2), ("_output_shapes", 3)]
        self.assertEqual(encoded([Node("n", "o", (), OrderedDict(given))]),
                         encoded([Node("n", "o", (), OrderedDict(reversed(given)))]))

    def test_attributes(self):
        for x, value in (
                ("é", {"s": b"\xc3\xa9"}), (b"\0", {"s": b"\0"}), (True, {"b": True}),
                (-1, {"i": -1}), (0.5, {"f": 0.5}), (2 ** 63, {"s": b"9223372036854775808"}),
                ("\ud800", {"s": b"\\ud800"}), (None, {"s": b"None"}), ({"type": 1}, {"type": 1}),
                ([1, 2], {"list": {"i": [1, 2]}}), ((1, 0.5), {"list": {"f": [1, 0.5]}}),
                (["a", b"b"], {"list": {"s": [b"a", b"b"]}}), ([True], {"list": {"b": [True]}}),
                ([], {"list": {}}), ([1, "a"], {"s": b"[1, 'a']"}), ([None], {"s": b"[None]"})):
            self.assertEqual(attr_value(x), value)
            ATTR_VALUE.encode(value)

    def test_shapes(self):
        self.assertEqual(shape((2, None)), {"dim": [{"size": 2}, {"size": -1}]})
        self.assertEqual((shape(()), shape(None)), ({"dim": []}, {"unknown_rank": True}))
        self.assertNotIn("_output_shapes", graph_def([Node("n", "o")])["node"][0]["attr"])

    def test_too_large(self):
        with mock.patch.object(module, "MAX_SIZE", 13):
            with self.assertRaises(InputError) as caught:
                encoded([Node("a", "Op")], "path")
        self.assertEqual(caught.exception.argument, "path")
        with mock.patch.object(module, "MAX_SIZE", 14):
            encoded([Node("a", "Op")])

    def test_names(self):
        for name, cleaned in (("a/b", "a/b"), ("/a//b/", "a/b"), ("a:0", "a"), ("^a", "a"),
                              ("a:1:2", "a"), ("a/^b:3", "a/b"), ("", "unnamed"), ("/:1", "unnamed"),
                              ("a:b", "a:b"), ("conv.1", "conv.1")):
            self.assertEqual(clean(name), cleaned)
            self.assertEqual(clean(cleaned), cleaned)
            self.assertEqual(source(cleaned), cleaned)
        self.assertEqual([source(name) for name in ("a:1", "^a", "a/b:12", "a")],
                         ["a", "a", "a/b", "a"])
        names = Names()
        self.assertEqual([names.new(name) for name in ("a", "a", "a:1", "b", "a_3", "a")],
                         ["a", "a_1", "a_2", "b", "a_3", "a_4"])


class TestPlain(unittest.TestCase):

    def test_forms(self):
        self.assertEqual(plain.nodes(NODES), [
            Node("x", "Input", (), {}, [(None, 3)]),
            Node("a/y", "Add", ("x", "x:1", "^a/z"), {"alpha": 0.5}),
            Node("a/z", "Const", (), {"b": 1, "a": "t"}, [(), None], "/device:CPU:0")])
        self.assertEqual(plain.nodes(plain.nodes(NODES)), plain.nodes(NODES))
        self.assertEqual(plain.nodes(iter(NODES)), plain.nodes(NODES))
        self.assertEqual(plain.nodes([["x", "o"], ("y", "p", "x")]),
                         [Node("x", "o"), Node("y", "p", ["x"])])

    def test_circles(self):
        self.assertEqual(len(plain.nodes([("a", "o", ["b"]), ("b", "o", ["a"]), ("c", "o", "c")])), 3)

    def test_a_dict_is_text(self):
        node, = plain.nodes([("a", "o", [], {"b": {"c": 1}})])
        self.assertEqual(node.attributes, {"b": "{'c': 1}"})
        node = Node("a", "o", [], {"b": {"type": "DT_FLOAT"}})          # as the sources make them
        self.assertEqual(plain.nodes([node]), [node])

    def test_refused(self):
        for items, argument in (
                ([], "model"), ([3], "model[0]"), (["ab"], "model[0]"), ([()], "model[0].name"),
                ([("a",)], "model[0].op"), ([("a", 3)], "model[0].op"), ([("", "o")], "model[0].name"),
                ([("a//b", "o")], "model[0].name"), ([("^a", "o")], "model[0].name"),
                ([("a:1", "o")], "model[0].name"), ([("\ud800", "o")], "model[0].name"),
                ([("a", "o", 3)], "model[0].inputs"), ([("a", "o", [3])], "model[0].inputs"),
                ([("a", "o", [], [])], "model[0].attributes"),
                ([("a", "o", [], {1: 2})], "model[0].attributes"),
                ([("a", "o", [], {}, 3)], "model[0].shape"),
                ([("a", "o", [], {}, (2.5,))], "model[0].shape"),
                ([("a", "o", [], {}, (), 1)], "model[0]"),
                ([{"name": "a", "op": "o", "input": []}], "model[0]"),
                ([{"name": "a", "op": "o", "shapes": 1}], "model[0].shapes"),
                ([{"name": "a", "op": "o", "device": 1}], "model[0].device"),
                ([("a", "o"), ("b", "o"), ("a", "p")], "model[2].name"),
                ([("a", "o"), ("b", "o", ["a", "c:0"])], "model[1].inputs")):
            with self.subTest(repr(items)), self.assertRaises(InputError) as caught:
                plain.nodes(items)
            self.assertEqual(caught.exception.argument, argument)
        self.assertEqual(str(caught.exception),
                         "model[1].inputs: need names of nodes, got 'c:0' of node 'b'")


class TestStructure(unittest.TestCase):

    def test_there_and_back(self):
        Pair = namedtuple("Pair", "a b")

        class Data:
            __dataclass_fields__ = {"u": None, "v": None}

            def __init__(self, u, v):
                self.u, self.v = u, v
        x = (1, [2, Pair(3, {"k": 4})], OrderedDict(m=5), Data(6, "text"))
        self.assertEqual([path for path, _ in leaves(x)],
                         [(0,), (1, 0), (1, 1, 0), (1, 1, 1, "k"), (2, "m"), (3, "u"), (3, "v")])
        self.assertEqual([leaf for _, leaf in leaves(x)], [1, 2, 3, 4, 5, 6, "text"])
        y = rebuilt(x, lambda leaf: leaf * 2)
        self.assertEqual(y[:3], (2, [4, Pair(6, {"k": 8})], OrderedDict(m=10)))
        self.assertEqual((type(y[1][1]), type(y[2]), y[3].u, y[3].v, x[3].u),
                         (Pair, OrderedDict, 12, "texttext", 6))

    def test_classes_that_take_something_else(self):
        class Batch(dict):
            def __init__(self, x, y):
                super().__init__(x=x, y=y)

        class Slots:
            __slots__ = "u",
            __dataclass_fields__ = {"u": None}
        slots = Slots()
        slots.u = 4
        x = (defaultdict(list, a=1), Batch(2, 3), slots, MappingProxyType({"b": 5}))
        y = rebuilt(x, lambda leaf: leaf * 2)
        self.assertEqual((y[0], y[0].default_factory, y[1], y[2].u, dict(y[3])),
                         ({"a": 2}, list, {"x": 4, "y": 6}, 8, {"b": 10}))
        self.assertEqual((x[0], x[1], x[2].u), ({"a": 1}, {"x": 2, "y": 3}, 4))


class TestWriter(InDirectory):

    def graphs(self, directory=None):
        """Return (step, names of nodes or the profile) of each event after the first."""
        return [(event.get("step", 0), [node["name"] for node
                                        in GRAPH_DEF.decode(event["graph_def"])["node"]]
                 if "graph_def" in event else event["tagged_run_metadata"]["tag"])
                for event in events(directory or self.directory)[1:]]

    def test_nodes(self):
        with SummaryWriter(self.directory) as writer:
            writer.add_graph(NODES)
        _, event = events(self.directory)
        self.assertEqual(event.keys(), {"wall_time", "graph_def"})
        self.assertEqual(GRAPH_DEF.decode(event["graph_def"]),
                         GRAPH_DEF.decode(encoded(plain.nodes(NODES))))

    def test_an_equal_one_is_not_written_again(self):
        with SummaryWriter(self.directory) as writer:
            for nodes in NODES[:1], NODES[:1], NODES, NODES[:1]:
                writer.add_graph(nodes)
            writer.add_graph(NODES[:1], force=True)
        self.assertEqual(self.graphs(), [(0, ["x"]), (1, ["x", "a/y", "a/z"]), (2, ["x"]),
                                         (3, ["x"])])

    def test_steps(self):
        with SummaryWriter(self.directory, auto_step=False) as writer:
            writer.add_graph(NODES[:1])
            with writer.use_metadata(global_step=7, walltime=2.5):
                writer.add_graph(NODES)
        self.assertEqual(self.graphs(), [(0, ["x"]), (7, ["x", "a/y", "a/z"])])
        self.assertEqual(events(self.directory)[-1]["wall_time"], 2.5)

    def test_nothing_on_disk(self):
        writer = SummaryWriter(self.path("run"), write_to_disk=False)
        writer.add_graph(NODES)
        with self.assertRaises(InputError):
            writer.add_graph(NODES[1:])

    def test_refused(self):
        with SummaryWriter(self.directory) as writer:
            for bad in (None, 3, object()):
                with self.assertRaises(InputError) as caught:
                    writer.add_graph(bad)
                self.assertEqual(caught.exception.argument, "model")
            with self.assertRaises(InputError) as caught:
                writer.add_graph([("a", "o", ["b"])])
        self.assertEqual(str(caught.exception), "add_graph('list'): model[0].inputs: need names of "
                         "nodes, got 'b' of node 'a'")
        self.assertEqual(len(events(self.directory)), 1)


class TestMessages(unittest.TestCase):

    def test_run_metadata(self):
        data = RUN_METADATA.encode({"step_stats": {"dev_stats": [{"device": "/device:CPU:0"}]}})
        self.assertEqual(data, b"\x0a\x11\x0a\x0f\x0a\x0d/device:CPU:0")


if __name__ == "__main__":
    unittest.main()
