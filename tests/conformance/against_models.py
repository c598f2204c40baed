"""Graphs of files, against those who wrote them: onnx's own parser on its real models and on the
models of its tests, tensorboardX's two graphs, TensorBoard's drawing of Keras models."""
import glob
import io
import json
import os
import tempfile
import unittest
import warnings
from collections import Counter
from contextlib import redirect_stdout

import onnx
from google.protobuf.descriptor import FieldDescriptor
from onnx import TensorProto, checker, parser
from onnx.backend.test.case.node import collect_testcases
from tensorboard.compat.proto.graph_pb2 import GraphDef
from tensorboard.compat.proto.types_pb2 import DataType
from tensorboard.plugins.graph.keras_util import keras_model_to_graph_def
from tensorboardX.onnx_graph import load_onnx_graph
from tensorboardX.openvino_graph import load_openvino_graph

from tbx_pure import SummaryWriter
from tbx_pure.graph import keras, onnx as ours, onnx_messages, openvino
from tbx_pure.graph.nodes import encoded, source

from ..test_graph_openvino import WHOLE as IR
from . import clients_venv
from .tensorboard_server import ENGINES, TensorBoard

DATA = os.path.join(os.path.dirname(onnx.__file__), "backend", "test", "data")
REAL = sorted(glob.glob(os.path.join(DATA, "**", "*.onnx"), recursive=True))

TYPE = {number: name[len("TYPE_"):].lower()
        for name, number in vars(FieldDescriptor).items() if name.startswith("TYPE_")}

KERAS = """
import sys
import keras
from keras import Input, Model, Sequential, layers as L
x, y, z = Input((4,), name="x"), Input((4,), name="y"), Input((4,), name="z")
shared = L.Dense(4, name="shared")
inner = Model(z, [L.Dense(4, name="d")(z), L.ReLU(name="r")(z)], name="inner")
a, b = inner(shared(x))
cat = L.Concatenate(name="cat")([a, b, shared(y)])
grid = L.Reshape((3, 4), name="grid")(cat)
att = L.MultiHeadAttention(2, 2, name="att")(grid, L.Reshape((3, 4), name="other")(cat))
models = [
    Sequential([Input((4,)), L.Dense(3, activation="relu"), L.Dropout(0.5), L.Dense(2)], name="seq"),
    Sequential([L.Dense(3), Sequential([L.Dense(2)], name="in")], name="unbuilt"),
    Model([x, y], [L.Flatten(name="out")(att), cat], name="fn")]
for model in models:
    print("JSON" + model.to_json())
"""


def dtype_of(node):
    return node.attr["dtype"].type


class OnnxTables(unittest.TestCase):

    def test_fields(self):
        """Each row has the number, name and type of onnx's own."""
        seen, todo = set(), [(onnx_messages.MODEL, onnx.ModelProto.DESCRIPTOR)]
        for table, descriptor in todo:
            for field in table.fields:
                theirs = descriptor.fields_by_name[field.name]
                self.assertEqual((field.number, field.repeated), (theirs.number, theirs.is_repeated))
                if field.message:
                    pair = field.message, theirs.message_type
                    if field.message not in seen:
                        todo.append(pair)
                    seen.add(field.message)
                elif field.kind is onnx_messages.ATTRIBUTE_TYPE:
                    for name, number in field.kind.numbers.items():
                        attribute = onnx_messages.ATTRIBUTE.by_name[name]
                        self.assertEqual(theirs.enum_type.values_by_number[number].name, {
                            "f": "FLOAT", "i": "INT", "s": "STRING", "t": "TENSOR", "g": "GRAPH",
                            "tp": "TYPE_PROTO"}.get(attribute.name, attribute.name.upper()))
                elif field.kind is not onnx_messages.DATA_TYPE:
                    self.assertEqual(field.kind.name, TYPE[theirs.type])
        self.assertGreater(len(seen), 12)

    def test_dtypes(self):
        self.assertEqual(dict(onnx_messages.DATA_TYPE.numbers, UNDEFINED=0),
                         dict(TensorProto.DataType.items()))


class Onnx(unittest.TestCase):

    def check(self, model, name):
        """Compare with what onnx's own parser finds, where nothing is nested."""
        found = ours.read(model.SerializeToString())
        nodes = {node.name: node for node in found}
        self.assertEqual(len(nodes), len(found), name)
        graph = GraphDef.FromString(encoded(found))
        self.assertEqual([node.name for node in graph.node], [node.name for node in found])
        if model.functions or any(a.HasField("g") or a.graphs for n in model.graph.node
                                  for a in n.attribute):
            return "nested"
        inputs = {x.name for x in model.graph.input}
        constants = ({x.name for x in model.graph.initializer}
                     | {x.values.name for x in model.graph.sparse_initializer}) - inputs
        expected = Counter(["Variable"] * len(inputs) + ["Const"] * len(constants))
        expected.update(node.op_type for node in model.graph.node)
        self.assertEqual(Counter(node.op for node in found), expected, name)
        self.check_edges(model, found[-len(model.graph.node):], nodes)
        self.check_types(model, graph)
        return "plain"

    def check_edges(self, model, operations, nodes):
        """Each input is the output of that number of the node that makes it."""
        made = {}
        for node, operation in zip(operations, model.graph.node):
            made.update({name: (node.name, i) for i, name in enumerate(operation.output) if name})
        for node, operation in zip(operations, model.graph.node):
            wanted = [made.get(name) for name in operation.input if name]
            self.assertEqual(len(node.inputs), len(wanted))
            for name, maker in zip(node.inputs, wanted):
                if maker:
                    self.assertEqual((source(name), int((name.split(":") + [0])[1])), maker)
                else:
                    self.assertIn(nodes[name].op, ("Variable", "Const"))

    def check_types(self, model, graph):
        """TensorFlow's dtype has the name of ONNX's, but for the numbers in between."""
        variables = [node for node in graph.node if node.op == "Variable"]
        for node, value in zip(variables, model.graph.input):
            tensor = value.type.tensor_type
            if value.type.WhichOneof("value") != "tensor_type":
                self.assertTrue(node.attr["type"].s)
                continue
            theirs = TensorProto.DataType.Name(tensor.elem_type).replace("FLOAT16", "HALF")
            theirs = theirs.replace("BHALF", "BFLOAT16").replace("FLOAT8E", "FLOAT8_E")
            theirs = theirs.replace("FLOAT4E2M1", "FLOAT4_E2M1FN")
            if "DT_" + theirs in DataType.keys():
                self.assertEqual(DataType.Name(dtype_of(node)), "DT_" + theirs)
            sizes = [dim.dim_value if dim.HasField("dim_value") else -1 for dim in tensor.shape.dim]
            self.assertEqual([dim.size for dim in node.attr["shape"].shape.dim], sizes)

    def test_real_models(self):
        self.assertGreater(len(REAL), 140)
        for path in REAL:
            self.assertEqual(self.check(onnx.load(path), path), "plain")

    def test_models_of_its_tests(self):
        """One of each operation and of each form it has: sequences, branches, loops ..."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            cases = collect_testcases(None)
        kinds = Counter(self.check(case.model, case.name) for case in cases if case.model)
        self.assertGreater(kinds["plain"], 1500)
        self.assertGreater(kinds["nested"], 5)

    def test_functions(self):
        model = parser.parse_model('''<ir_version: 8, opset_import: ["" : 17, "my" : 1]>
            agraph (float[N] x) => (float[N] y) { t = my.twice(x)  y = my.twice(t) }
            <domain: "my", opset_import: ["" : 17]> twice (a) => (b) { b = Add(a, a) }''')
        checker.check_model(model)
        self.assertEqual([(node.name, node.op, node.inputs)
                          for node in ours.read(model.SerializeToString())], [
            ("x", "Variable", ()), ("t/twice/a", "Variable", ("x",)),
            ("t/twice/b", "Add", ("t/twice/a", "t/twice/a")), ("t", "twice", ("x", "t/twice/b")),
            ("y/twice/a", "Variable", ("t",)), ("y/twice/b", "Add", ("y/twice/a", "y/twice/a")),
            ("y", "twice", ("t", "y/twice/b"))])

    def test_tensorboardx(self):
        """All of its nodes are there, by name, op and inputs; the outputs just once."""
        for path in REAL:
            if "light" in path:
                model = onnx.load(path)
                with redirect_stdout(io.StringIO()):    # it prints every name
                    theirs = load_onnx_graph(path)
                mine = {node.name: node for node in ours.nodes(path)}
                outputs = {x.name for x in model.graph.output}
                for node in theirs.node:
                    if node.op == "Variable" and node.name in outputs:
                        continue
                    self.assertEqual(mine[node.name].op, node.op)
                    self.assertEqual(list(mine[node.name].inputs), list(node.input))
                self.assertEqual(len(mine) + len(outputs), len(theirs.node) + len(
                    {x.name for x in model.graph.initializer} - {x.name for x in model.graph.input}))


class OpenVino(unittest.TestCase):

    def test_tensorboardx(self):
        """Its edges are ours; it has a node for each edge, ours one for each layer."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "model.xml")
            with open(path, "w", encoding="utf-8") as file:
                file.write(IR.replace('id="8" name="x"', 'id="8" name="y"'))
            theirs, mine = load_openvino_graph(path), openvino.nodes(path)
        self.assertEqual([node.name for node in theirs.node], ["split", "split", "loop", "loop", "y"])
        edges = {(source(name), node.name) for node in mine for name in node.inputs}
        self.assertEqual({(name, node.name) for node in theirs.node for name in node.input} - edges,
                         set())
        self.assertEqual(len({node.name for node in mine}), len(mine))


class Keras(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "models.py")
            with open(path, "w", encoding="utf-8") as file:
                file.write('import os\nos.environ["KERAS_BACKEND"] = "torch"\n' + KERAS)
            out, _ = clients_venv.start([path], [], folder).communicate(
                timeout=clients_venv.SECONDS)
        cls.models = [line[4:] for line in out.decode("utf-8").splitlines()
                      if line.startswith("JSON")]

    def test_as_tensorboard_draws_them(self):
        """Names, classes, dtypes and inputs."""
        self.assertEqual(len(self.models), 3)
        for text in self.models:
            theirs = {node.name: node for node in keras_model_to_graph_def(json.loads(text)).node}
            mine = {node.name: node for node in GraphDef.FromString(encoded(keras.nodes(text))).node}
            self.assertEqual(list(mine), list(theirs))
            for name, node in theirs.items():
                self.assertEqual(mine[name].attr["keras_class"].s, node.attr["keras_class"].s)
                self.assertEqual(mine[name].op.encode("ascii"), node.attr["keras_class"].s)
                self.assertEqual(dtype_of(mine[name]), dtype_of(node))
                self.assertEqual(list(mine[name].input), list(node.input), name)

    def test_both_engines_show_all(self):
        with tempfile.TemporaryDirectory() as folder:
            runs = {"onnx": REAL[0], "keras": self.models[2]}
            with SummaryWriter(os.path.join(folder, "onnx")) as writer:
                writer.add_onnx_graph(runs["onnx"])
            with SummaryWriter(os.path.join(folder, "keras")) as writer:
                writer.add_graph(runs["keras"])
            with SummaryWriter(os.path.join(folder, "openvino")) as writer:
                path = os.path.join(folder, "model.xml")
                with open(path, "w", encoding="utf-8") as file:
                    file.write(IR)
                writer.add_openvino_graph(path)
            for engine in ENGINES:
                with TensorBoard(folder, engine) as server:
                    self.check_shown(server, runs, path)

    def check_shown(self, server, runs, path):
        info = server.json("data/plugin/graphs/info")
        self.assertEqual({run: about["run_graph"] for run, about in info.items()},
                         {"onnx": True, "keras": True, "openvino": True})
        self.assertTrue(info["keras"]["tags"]["keras"]["conceptual_graph"])
        for run, nodes in (("onnx", ours.nodes(runs["onnx"])), ("openvino", openvino.nodes(path)),
                           ("keras", keras.nodes(runs["keras"]))):
            text = server.get("data/plugin/graphs/graph", run=run)[1].decode("utf-8")
            self.assertEqual(text.count("\nnode {") + text.startswith("node {"), len(nodes))
            self.assertNotIn("_too_large_attrs", text)
        text = server.get("data/plugin/graphs/graph", run="keras", tag="keras",
                          conceptual="true")[1].decode("utf-8")
        self.assertIn('name: "fn/inner/d"', text)


if __name__ == "__main__":
    unittest.main()
