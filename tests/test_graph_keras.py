"""Graphs of Keras models, from JSON of the forms that Keras 2 and 3 write; Keras itself makes it in
conformance/."""
import json
import random
import sys
import unittest
from unittest import mock

from tbx_pure import FormatError, InputError, SummaryWriter
from tbx_pure.graph import files, keras
from tbx_pure.graph.nodes import encoded
from tbx_pure.messages import SUMMARY

from .helpers import PYPY, InDirectory, events

POLICY = {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"}}


def layer(kind, name, *inbound, **config):
    """A layer of a functional model; each of `inbound` is a call of it."""
    return {"class_name": kind, "name": name, "inbound_nodes": list(inbound),
            "config": dict({"name": name, "dtype": POLICY}, **config)}


def tensor(name, number, *shape):
    return {"class_name": "__keras_tensor__", "config": {
        "shape": list(shape), "dtype": "float32", "keras_history": [name, 0, number]}}


def call(*arguments, **keywords):
    return {"args": list(arguments), "kwargs": keywords}


def model(kind, name, layers, *inbound, **config):
    return layer(kind, name, *inbound, **dict(config, layers=layers))


INNER = model("Functional", "inner", [
    layer("InputLayer", "i", batch_shape=[None, 4]),
    layer("Dense", "d", call(tensor("i", 0, None, 4))),
    layer("ReLU", "r", call(tensor("i", 0, None, 4)))],
    call(tensor("shared", 0, None, 4), mask=None),
    input_layers=["i", 0, 0], output_layers=[["d", 0, 0], ["r", 0, 0]])
THREE = model("Functional", "fn", [
    layer("InputLayer", "x", batch_shape=[None, 4]),
    layer("InputLayer", "y", batch_shape=[None, 4]),
    layer("Dense", "shared", call(tensor("x", 0, None, 4)), call(tensor("y", 0, None, 4)), units=4,
          kernel_initializer={"class_name": "Zeros", "config": {}}, bias_constraint=None),
    INNER,
    layer("Add", "cat", call([tensor("inner", 0, None, 4), tensor("inner", 1, None, 5)])),
    layer("LSTM", "att", call(tensor("cat", 0, None, 9), value=tensor("shared", 0, None, 4))),
    layer("Out", "out", call(tensor("att", 1, None, 2)))],
    input_layers=[["x", 0, 0], ["y", 0, 0]], output_layers=["out", 0, 0])
TWO = model("Model", "fn", [
    layer("InputLayer", "x", batch_input_shape=[None, 3], dtype="float16"),
    layer("Dense", "a", [["x", 0, 0, {}]], dtype="mixed_float16"),
    layer("Add", "b", [["a", 0, 0, {}], ["x", 0, 0, {"mask": ["a", 0, 0]}]],
          [["_CONSTANT_VALUE", -1, 3.0, {}]])],
    input_layers=[["x", 0, 0]], output_layers=[["b", 0, 0]])
CHAIN = model("Sequential", "seq", [
    layer("InputLayer", "i", batch_shape=[None, 4]),
    dict(layer("Dense", "a"), build_config={"input_shape": [None, 4]}),
    dict(INNER, inbound_nodes=None),
    dict(layer("Dense", "b"), build_config={"input_shape": [None, 7]})])


def nodes(found):
    return {node.name: node for node in keras.nodes(json.dumps(found))}


def inputs(found):
    return [(node.name, node.inputs) for node in keras.nodes(json.dumps(found))]


class TestNodes(unittest.TestCase):

    def test_functional(self):
        self.assertEqual(inputs(THREE), [
            ("fn/x", ()), ("fn/y", ()), ("fn/shared", ("fn/x", "fn/y")),
            ("fn/inner/i", ("fn/shared",)), ("fn/inner/d", ("fn/inner/i",)),
            ("fn/inner/r", ("fn/inner/i",)), ("fn/cat", ("fn/inner/d", "fn/inner/r")),
            ("fn/att", ("fn/cat", "fn/shared")), ("fn/out", ("fn/att:1",))])

    def test_shapes(self):
        found = nodes(THREE)
        self.assertEqual(found["fn/x"].shapes, ((None, 4),))
        self.assertEqual(found["fn/inner/r"].shapes, ((None, 5),))
        self.assertEqual(found["fn/att"].shapes, (None, (None, 2)))
        self.assertEqual(found["fn/out"].shapes, ())

    def test_attributes(self):
        found = nodes(THREE)["fn/shared"]
        self.assertEqual((found.op, found.attributes), ("Dense", {
            "units": 4, "kernel_initializer": "Zeros", "keras_class": "Dense",
            "dtype": {"type": "DT_FLOAT"}}))
        found = nodes(model("Sequential", "s", [layer("A", "a", of={"b": [1]}, list=[1, {}])]))
        self.assertEqual(found["s/a"].attributes["of"], '{"b": [1]}')
        encoded(found.values())

    def test_keras_2(self):
        self.assertEqual(inputs(TWO), [("fn/x", ()), ("fn/a", ("fn/x",)),
                                       ("fn/b", ("fn/a", "fn/x", "fn/a"))])
        found = nodes(TWO)
        self.assertEqual(found["fn/x"].attributes["dtype"], {"type": "DT_HALF"})
        self.assertEqual(found["fn/a"].attributes["dtype"], "mixed_float16")
        self.assertEqual(found["fn/x"].shapes, ((None, 3),))

    def test_sequential(self):
        self.assertEqual(inputs(CHAIN), [
            ("seq/i", ()), ("seq/a", ("seq/i",)), ("seq/inner/i", ("seq/a",)),
            ("seq/inner/d", ("seq/inner/i",)), ("seq/inner/r", ("seq/inner/i",)),
            ("seq/b", ("seq/inner/d",))])
        found = nodes(CHAIN)
        self.assertEqual((found["seq/a"].shapes, found["seq/inner/d"].shapes, found["seq/b"].shapes),
                         ((), ((None, 7),), ()))

    def test_sequential_of_old(self):
        """The configuration is the list of layers, and the model has no name."""
        self.assertEqual(inputs({"class_name": "Sequential", "config": [layer("A", "a"), layer("B", "b")]}),
                         [("sequential/a", ()), ("sequential/b", ("sequential/a",))])

    def test_sequential_in_a_functional_model(self):
        inner = model("Sequential", "s", [layer("A", "a"), layer("B", "b")],
                      call(tensor("x", 0, 1)))
        self.assertEqual(inputs(model("Functional", "f", [
            layer("InputLayer", "x"), inner, layer("C", "c", call(tensor("s", 0, 1)))],
            output_layers=[["c", 0, 0]], input_layers=[["x", 0, 0]])), [
                ("f/x", ()), ("f/s/a", ("f/x",)), ("f/s/b", ("f/s/a",)), ("f/c", ("f/s/b",))])

    def test_a_model_that_is_called_twice(self):
        inner = dict(INNER, inbound_nodes=[call(tensor("x", 0, 4)), call(tensor("inner", 0, 4))])
        found = nodes(model("Functional", "f", [layer("InputLayer", "x"), inner],
                            output_layers=[["inner", 1, 0]]))
        self.assertEqual(found["f/inner/i"].inputs, ("f/x", "f/inner/d"))

    def test_what_has_json(self):
        class Model:
            def __init__(self, json):
                self.json = json

            def to_json(self):
                return self.json() if callable(self.json) else self.json

        text = json.dumps(TWO)
        self.assertEqual(keras.nodes(Model(text)), keras.nodes(text))
        self.assertEqual(keras.nodes(text.encode("utf-8")), keras.nodes(text))
        for wrong in (Model(3), Model(lambda: 1 / 0), Model('{"a": {}}'), 3, None, "model.onnx", "",
                      "[]", b"\xff", json.dumps(layer("Mine", "m"))):
            with self.assertRaises(InputError) as caught:
                keras.nodes(wrong)
            self.assertEqual(caught.exception.argument, "model")


class TestConceptual(InDirectory):

    def test_as_keras_writes_it(self):
        """The bytes are those of Keras 3.15.1's callback."""
        self.assertEqual(SUMMARY.encode(keras.conceptual("{}")).hex(),
                         "0a2b0a056b6572617342080807120042027b7d4a180a160a1167726170685f6b657261735f6d"
                         "6f64656c120131")

    def test_both_graphs_of_a_run(self):
        with SummaryWriter(self.directory) as w:
            w.add_graph(json.dumps(TWO))
        found = events(self.directory)[1:]
        self.assertEqual(found[0]["graph_def"], encoded(keras.nodes(json.dumps(TWO))))
        self.assertEqual(found[1]["summary"]["value"][0]["tensor"]["string_val"],
                         [json.dumps(TWO).encode("utf-8")])


class TestHostile(unittest.TestCase):

    def refused(self, text, rule, pos=None):
        with self.assertRaises(FormatError) as caught:
            keras.read(text)
        self.assertEqual(caught.exception.rule, rule)
        if pos is not None:
            self.assertEqual(caught.exception.pos, pos)

    def test_cut_anywhere(self):
        text = json.dumps(THREE).encode("utf-8")
        for n in range(len(text)):
            self.refused(text[:n], "models-7")

    def test_changed_anywhere(self):
        """A part of the JSON becomes something else: nodes that can be written, or FormatError."""
        dice, good = random.Random(7), 0
        for _ in range(1500):
            changed = json.loads(json.dumps(dice.choice((THREE, TWO, CHAIN))))
            x = changed
            while True:
                key = dice.choice(list(x) if isinstance(x, dict) else range(len(x)))
                if not isinstance(x[key], (dict, list)) or not x[key] or dice.random() < 0.2:
                    break
                x = x[key]
            x[key] = dice.choice((None, 5, -1, 1e9, 10 ** 30, "\ud800", "x", [], {}, [["x", 0, 0]],
                                  {"class_name": "__keras_tensor__"}, [None, "a"], True))
            try:
                encoded(keras.read(json.dumps(changed).encode("ascii")))
                good += 1
            except FormatError:
                pass
        self.assertGreater(good, 300)

    def test_where(self):
        self.refused(b'{"a": \xff}', "models-7", 6)
        self.refused('{"é": ?}'.encode("utf-8"), "models-7", 8 if PYPY else 7)      # it counts bytes
        self.refused(b"", "models-7", 0)

    @unittest.skipIf(sys.platform == "emscripten", "json's own recursion ends the process there")
    def test_deep(self):
        self.refused(b"[" * 100000, "models-7")
        deep = layer("A", "a")
        for i in range(150):
            deep = model("Sequential", "s", [deep])
        text = json.dumps(deep).encode("utf-8")
        for at in (text, text.replace(b'"Sequential"', b'"S"')):
            try:
                keras.read(at)
            except FormatError as e:
                self.assertEqual(e.rule, "models-7")

    def test_structure(self):
        a = layer("A", "a")
        for found in ([], 5, {}, {"class_name": "A"}, {"class_name": "A", "config": 3}, a,
                      model("Sequential", "s", [a, a]), model("Sequential", "s", []),
                      model("Sequential", "s", {}), model("Sequential", 5, [a]),
                      model("Sequential", "s", [3])):
            self.refused(json.dumps(found).encode("utf-8"), "models-8", 0)

    def test_too_much(self):
        with mock.patch.object(files, "MAX_TEXT", 10):
            self.refused(b" " * 11, "models-1", 10)
        with mock.patch.object(files, "MAX_GRAPH", 1000):
            self.refused(json.dumps(THREE).encode("utf-8"), "models-2")


if __name__ == "__main__":
    unittest.main()
