"""Graphs of ONNX files, made here by the same tables; the real ones are in conformance/."""
import io
import os
import random
import unittest
from contextlib import redirect_stdout
from unittest import mock

from tbx_pure import FormatError, InputError, SummaryWriter
from tbx_pure.graph import files, onnx
from tbx_pure.graph.files import short
from tbx_pure.graph.messages import GRAPH_DEF
from tbx_pure.graph.nodes import encoded
from tbx_pure.graph.onnx_messages import MODEL
from tbx_pure.wire import MAX_DEPTH, varint

from .helpers import InDirectory, events, tracemalloc


def tensor(name, *dims, **more):
    kind = more.get("type", "FLOAT")
    return {"name": name, "type": {"tensor_type": {"elem_type": kind, "shape": {"dim": [
        {"dim_param" if isinstance(size, str) else "dim_value": size} for size in dims]}}}}


def op(kind, inputs, outputs, *attributes, **more):
    return dict({"op_type": kind, "input": inputs.split(","), "output": outputs.split(","),
                 "attribute": list(attributes)}, **more)


def model(*operations, **more):
    graph = dict({"node": list(operations)}, **more)
    return {"graph": graph, "functions": graph.pop("functions", ())}


def nodes(*operations, **more):
    """Return {name: Node} of a model, after a way through its bytes."""
    found = onnx.read(MODEL.encode(model(*operations, **more)))
    return {node.name: node for node in found}


BRANCH = {"node": [op("Neg", "x", "z")], "output": [{"name": "z"}]}
LOOP = {"input": [tensor("i", type="INT64"), tensor("c", type="BOOL"), tensor("v", 3)],
        "node": [op("Add", "v,w", "v2", {"name": "alpha", "ref_attr_name": "beta"})],
        "output": [{"name": "c"}, {"name": "v2"}]}
WHOLE = model(
    op("Split", "x,w", "a,b", {"name": "axis", "i": 0, "type": "i"}, name="split"),
    op("If", "b", "y", {"name": "then_branch", "g": BRANCH, "type": "g"},
       {"name": "else_branch", "g": {"node": [], "output": [{"name": "a"}]}, "type": "g"}),
    op("Loop", "n,,y", "r", {"name": "body", "g": LOOP, "type": "g"}),
    op("Twice", "r", "out", domain="my"),
    op("Print", "out", "", name="print"),
    input=[tensor("x", "batch", 4), tensor("n", type="INT64")],
    output=[tensor("out", 2, type="FLOAT16")],
    value_info=[tensor("a", 1), tensor("b", "half", 2)],
    initializer=[{"name": "w", "dims": [4, 4], "data_type": "BFLOAT16"}],
    functions=[{"name": "Twice", "domain": "my", "input": ["p"], "output": ["q"],
                "node": [op("Add", "p,p", "q")]}])


class TestNodes(unittest.TestCase):

    def setUp(self):
        self.nodes = {node.name: node for node in onnx.read(MODEL.encode(WHOLE))}

    def test_names_in_order(self):
        self.assertEqual([node.name for node in onnx.read(MODEL.encode(WHOLE))], [
            "x", "n", "w", "a", "y/then_branch/z", "y", "r/body/i", "r/body/c", "r/body/v",
            "r/body/v2", "r", "out/Twice/p", "out/Twice/q", "out", "print"])

    def test_inputs(self):
        self.assertEqual({name: node.inputs for name, node in self.nodes.items() if node.inputs}, {
            "a": ("x", "w"),
            "y/then_branch/z": ("x",),                  # from around it
            "y": ("a:1", "y/then_branch/z", "a"),       # what its branches give back
            "r/body/i": ("n",), "r/body/v": ("y",),     # nothing is handed to c
            "r/body/v2": ("r/body/v", "w"),
            "r": ("n", "y", "r/body/c", "r/body/v2"),
            "out/Twice/p": ("r",), "out/Twice/q": ("out/Twice/p", "out/Twice/p"),
            "out": ("r", "out/Twice/q"), "print": ("out",)})

    def test_shapes_and_types(self):
        self.assertEqual(self.nodes["x"].shapes, ((None, 4),))
        self.assertEqual(self.nodes["x"].attributes, {
            "dtype": {"type": "DT_FLOAT"},
            "shape": {"shape": {"dim": [{"size": -1, "name": "batch"}, {"size": 4}]}}})
        self.assertEqual(self.nodes["n"].attributes, {"dtype": {"type": "DT_INT64"},
                                                      "shape": {"shape": {"dim": []}}})
        self.assertEqual(self.nodes["n"].shapes, ((),))
        self.assertEqual((self.nodes["w"].op, self.nodes["w"].shapes), ("Const", ((4, 4),)))
        self.assertEqual(self.nodes["w"].attributes["dtype"], {"type": "DT_BFLOAT16"})
        self.assertEqual(self.nodes["a"].shapes, ((1,), (None, 2)))
        self.assertEqual(self.nodes["out"].attributes, {"dtype": {"type": "DT_HALF"},
                                                        "domain": "my"})
        self.assertEqual((self.nodes["y"].shapes, self.nodes["print"].shapes), ((), ()))

    def test_attributes(self):
        self.assertEqual(self.nodes["a"].attributes, {"axis": 0, "node_name": "split",
                                                      "dtype": {"type": "DT_FLOAT"}})
        self.assertEqual(self.nodes["r/body/v2"].attributes, {"alpha": "@beta"})
        value = {"dims": [2, 3], "data_type": "INT64"}
        for attribute, shown in (
                ({"f": 0.5, "type": "f"}, 0.5), ({"f": 0.5}, 0.5), ({"type": "i"}, 0),
                ({"s": b"\xff", "type": "s"}, b"\xff"), ({"ints": [1, 2]}, [1, 2]),
                ({"type": "ints"}, []), ({"strings": [b"a"], "type": "strings"}, [b"a"]),
                ({"t": value, "type": "t"}, "tensor(int64) [2, 3]"),
                ({"tensors": [value], "type": "tensors"}, ["tensor(int64) [2, 3]"]),
                ({"sparse_tensor": {"values": value, "dims": [9]}}, "sparse_tensor(int64) [9]"),
                ({"tp": tensor("", type="BOOL")["type"], "type": "tp"}, "tensor(bool)"),
                ({"type": 99}, b""), ({}, b"")):
            node, = onnx.read(MODEL.encode(model(op("A", "", "y", dict(attribute, name="k")))))
            self.assertEqual(node.attributes, {"k": shown})

    def test_types_without_a_tensor(self):
        inner = {"tensor_type": {"elem_type": "FLOAT"}}
        for given, text in (
                ({"sequence_type": {"elem_type": inner}}, "seq(tensor(float))"),
                ({"optional_type": {"elem_type": inner}}, "optional(tensor(float))"),
                ({"map_type": {"key_type": "INT64", "value_type": inner}},
                 "map(int64,tensor(float))"),
                ({"sequence_type": {}}, "seq(undefined)")):
            node = nodes(input=[{"name": "x", "type": given}])["x"]
            self.assertEqual((node.attributes, node.shapes), ({"type": text}, (None,)))
        node = nodes(input=[{"name": "x", "type": {"sparse_tensor_type": inner["tensor_type"]}}])
        self.assertEqual(node["x"].attributes, {"dtype": {"type": "DT_FLOAT"}})

    def test_types_tensorflow_lacks(self):
        for kind, attribute in (("FLOAT8E8M0", "FLOAT8E8M0"), (77, "77"),
                                ("FLOAT4E2M1", {"type": "DT_FLOAT4_E2M1FN"})):
            node = nodes(input=[tensor("x", type=kind)])["x"]
            self.assertEqual(node.attributes["dtype"], attribute)

    def test_names(self):
        """Of the first output that there is; each once; without what readers mistake."""
        found = onnx.read(MODEL.encode(model(
            op("A", "/m/x:0", ",b"), op("B", "b", "/m/y:0"), op("C", "gone", ""),
            op("C", "b", ""), op("D", "/m/y:0", "/m/y:1"), input=[{"name": "/m/x:0"}])))
        self.assertEqual([(node.name, node.inputs) for node in found], [
            ("m/x", ()), ("b", ("m/x",)), ("m/y", ("b:1",)), ("C", ("gone",)), ("C_1", ("b:1",)),
            ("m/y_1", ("m/y",))])

    def test_inputs_that_are_initializers_are_there_once(self):
        found = nodes(input=[{"name": "w"}], initializer=[{"name": "w", "dims": [2]}],
                      sparse_initializer=[{"values": {"name": "s"}, "dims": [5, 5]}])
        self.assertEqual([(x.name, x.op, x.shapes) for x in found.values()],
                         [("w", "Variable", ((2,),)), ("s", "Const", ((5, 5),))])

    def test_constants(self):
        found = nodes(op("Constant", "", "k", {"name": "value", "t": {"dims": [7], "data_type": 1}}))
        self.assertEqual(found["k"].shapes, ((7,),))

    def test_scan_of_old(self):
        body = {"input": [{"name": "p"}, {"name": "q"}]}
        found = nodes(op("Scan", ",s,t", "y", {"name": "body", "g": body}),
                      input=[{"name": "s"}, {"name": "t"}])
        self.assertEqual([found["y/body/" + name].inputs for name in "pq"], [("s",), ("t",)])

    def test_graphs(self):
        found = nodes(op("Many", "", "y", {"name": "all", "graphs": [BRANCH, BRANCH]}))
        self.assertEqual(list(found), ["y/all/0/z", "y/all/1/z", "y"])


class TestShort(unittest.TestCase):

    def test_what_tensorboard_shows_stays(self):
        for x in ("a" * 1000, b"b" * 1000, list(range(100)), 5, ["a" * 500] * 2, {}):
            self.assertEqual(short(x), x)

    def test_what_is_too_long_is_cut(self):
        for x, end in (("a" * 1001, " ..., 1001 bytes in all"), ("é" * 501, " ..., 1002 bytes in all"),
                       (list(range(101)), " ...], 101 in all"), ([b"a" * 501] * 2, " ...], 2 in all")):
            self.assertEqual(short(x)[-len(end):], end)
            self.assertLess(len(short(x).encode("utf-8")), 1024)


class TestFiles(InDirectory):

    def write(self, data):
        with open(self.path("model.onnx"), "wb") as f:
            f.write(data)
        return self.path("model.onnx")

    def test_method(self):
        path = self.write(MODEL.encode(WHOLE))
        with SummaryWriter(self.path("run")) as w, redirect_stdout(io.StringIO()) as out:
            w.add_onnx_graph(path)
        self.assertEqual(out.getvalue(), "")
        graph, = [event["graph_def"] for event in events(self.path("run")) if "graph_def" in event]
        self.assertEqual(graph, encoded(onnx.nodes(path)))
        self.assertEqual(len(GRAPH_DEF.decode(graph)["node"]), 15)

    def test_no_file(self):
        for path in (3, None, ["x"], "a\0b"):
            with self.assertRaises(InputError) as caught:
                onnx.nodes(path)
            self.assertEqual(caught.exception.argument, "onnx_model_file")
        with self.assertRaises(OSError):
            onnx.nodes(self.path("nowhere"))
        with self.assertRaises(OSError):
            onnx.nodes(self.directory)
        with self.assertRaises(FormatError) as caught:
            onnx.nodes(self.write(b""))
        self.assertEqual((caught.exception.pos, caught.exception.rule), (0, "models-3"))

    def test_an_error_names_the_call_and_the_file(self):
        path = self.write(b"")
        for method in "add_onnx_graph", "add_openvino_graph":
            with SummaryWriter(self.path("run")) as writer, self.assertRaises(FormatError) as caught:
                getattr(writer, method)(path)
            self.assertEqual(caught.exception.method, "%s(%r)" % (method, path))
            self.assertTrue(str(caught.exception).startswith("%s(%r): " % (method, path)))

    def test_weights_are_not_loaded(self):
        size = 2 ** 30                  # a hole in the file: it takes no space there either
        raw = b"\x4a" + varint(size)
        inner = b"\x42\x01w" + raw      # TensorProto: name, raw_data
        inner = b"\x2a" + varint(len(inner) + size) + inner
        path = self.write(b"\x3a" + varint(len(inner) + size) + inner)
        os.truncate(path, os.path.getsize(path) + size)
        tracemalloc.start()
        try:
            self.assertEqual([node.name for node in onnx.nodes(path)], ["w"])
            self.assertLess(tracemalloc.get_traced_memory()[1], 2 ** 20)
        finally:
            tracemalloc.stop()


class TestHostile(InDirectory):

    def refused(self, data, rule=None):
        with self.assertRaises(FormatError) as caught:
            onnx.read(data)
        self.assertTrue(0 <= caught.exception.pos <= len(data))
        if rule:
            self.assertEqual(caught.exception.rule, rule)
        return caught.exception

    def test_cut_anywhere(self):
        data = MODEL.encode(dict(WHOLE, functions=()))
        for n in range(len(data)):
            self.refused(data[:n])
        onnx.read(data)

    def test_changed_anywhere(self):
        """Whatever a byte becomes: nodes that can be written, or a FormatError."""
        data, dice = MODEL.encode(WHOLE), random.Random(5)
        good = 0
        for _ in range(2000):
            changed = bytearray(data)
            for _ in range(dice.choice((1, 1, 3))):
                changed[dice.randrange(len(data))] = dice.randrange(256)
            try:
                encoded(onnx.read(bytes(changed)))
                good += 1
            except FormatError:
                pass
        self.assertGreater(good, 100)

    def test_two_gigabytes(self):
        e = self.refused(b"\x3a" + varint(2 ** 31) + b"\x0a\x00", "wire-4")
        self.assertEqual(e.pos, 0)
        self.refused(b"\x3a\x0c\x0a" + varint(2 ** 63) + b"\x00", "wire-4")

    def test_invalid_utf8(self):
        e = self.refused(b"\x3a\x05\x0a\x03\x12\x01\xff", "wire-7")
        self.assertEqual(e.pos, 6)

    def test_deep(self):
        data = b""
        for _ in range(MAX_DEPTH):      # graph, node, attribute, graph ...
            for key in (b"\x32", b"\x2a", b"\x0a"):
                data = key + varint(len(data)) + data
        self.refused(b"\x3a" + varint(len(data)) + data, "wire-13")

    def test_functions_that_call_themselves(self):
        function = {"name": "F", "node": [op("F", "a", "b"), op("F", "a", "c")]}
        self.refused(MODEL.encode(model(op("F", "a", "b"), functions=[function])), "models-4")

    def test_functions_that_double(self):
        functions = [{"name": "F%d" % i, "node": [op("F%d" % (i + 1), "a", name) for name in "bc"]}
                     for i in range(60)]
        data = MODEL.encode(model(op("F0", "a", "b"), functions=functions))
        with mock.patch.object(files, "MAX_GRAPH", 2 ** 20):
            self.refused(data, "models-2")

    def test_functions_with_much_in_them(self):
        """What each call has to look at counts, be it in a node or not."""
        calls = [op("F", "", "y")] * 1000
        for much in ({"value_info": [tensor("v%d" % i) for i in range(500)]},
                     {"node": [op("A", "", ",".join(map(str, range(500))))]},
                     {"node": [op("A", "", "b", {"name": "k", "ints": range(500)})]},
                     {"node": [op("A", "a," * 500, "b")], "input": ["a"]}):
            data = MODEL.encode(model(*calls, functions=[dict({"name": "F"}, **much)]))
            with mock.patch.object(files, "MAX_GRAPH", 2 ** 23):
                self.refused(data, "models-2")
            onnx.read(data)

    def test_long_names_above_many(self):
        body = {"node": [op("A", "x" * 9, "y")] * 1000}
        data = MODEL.encode(model(op("If", "", "n" * 10000, {"name": "g", "g": body})))
        with mock.patch.object(files, "MAX_GRAPH", 2 ** 20):
            self.refused(data, "models-2")
        onnx.read(data)

    def test_many_fields(self):
        """Each of these is two bytes of the file, and much more in memory."""
        with mock.patch.object(onnx, "MAX_FIELDS", 1000):
            for key in (b"\x0a", b"\x0a\x02\x2a", b"\x5a", b"\x0a\x06\x2a\x04\x3a\x02"):
                data = (key + b"\x00" * (1 if len(key) < 4 else 2)) * 1001
                self.refused(b"\x3a" + varint(len(data)) + data, "models-2")
            packed = b"\x2a\xd0\x0f\x0a\xcd\x0f" + bytes(1997)          # dims of an initializer
            self.refused(b"\x3a" + varint(len(packed)) + packed, "models-2")

    def test_memory(self):
        """What is not too much yet takes no more than a kilobyte a field; 3.6 has large dicts."""
        many = 20000
        for piece, fields in ((b"\x0a\x00", 1), (b"\x0a\x02\x2a\x00", 2), (b"\x5a\x00", 1),
                              (b"\x0a\x04\x0a\x02ab", 2), (b"\x2a\x02\x08\x05", 2)):
            data = piece * (many // fields)
            data = b"\x3a" + varint(len(data)) + data
            tracemalloc.start()
            try:
                with mock.patch.object(files, "MAX_GRAPH", files.MAX_GRAPH * many // onnx.MAX_FIELDS):
                    onnx.read(data)
            except FormatError as e:
                self.assertEqual(e.rule, "models-2")
            finally:
                peak = tracemalloc.get_traced_memory()[1]
                tracemalloc.stop()
            self.assertLess(peak / many, 1024)


if __name__ == "__main__":
    unittest.main()
