"""add_graph with torch modules, by a stand-in for torch: tests/fake_torch.py."""
import contextlib
import gc
import io
import random
import sys
import types
import unittest
import warnings
from unittest import mock

from tbx_pure import InputError, SummaryWriter
from tbx_pure.graph import torch as module
from tbx_pure.graph.messages import GRAPH_DEF, RUN_METADATA
from tbx_pure.graph.nodes import Node

from .fake_torch import Graph, Lazy, Module, Operation, Tensor, Value, fake, linear, named
from .helpers import InDirectory, events


class Net(Module):
    def __init__(self, forward=lambda x: x):
        super().__init__()
        self.fc, self.forward = Linear(), forward


class Linear(Module):
    def __init__(self):
        super().__init__()
        self.weight, self.bias = Tensor(4, 3), Tensor(4)


IO = {"attr": ""}
X = Tensor(2, 3)


class InTorch(unittest.TestCase):

    def use(self, **options):
        """Let there be a torch; self.warned is what has been warned of."""
        self.torch, self.warned = fake(**options), []
        patch = mock.patch.dict(sys.modules, torch=self.torch)
        patch.start()
        self.addCleanup(patch.stop)

    def nodes(self, model, args, strict=True, verbose=False):
        return module.nodes(model, args, verbose, strict,
                            lambda cause, text: self.warned.append(text))


class TestTrace(InTorch):

    def test_names(self):
        self.use(modules=named("Net", fc=named("Linear")))
        self.assertEqual(self.nodes(Net(), X), [
            Node("input/x", "IO Node", (), IO, [(2, 3)]),
            Node("output/output.1", "IO Node", ["Net/Linear[fc]/7"], IO, [(2, 4)]),
            Node("Net/Linear[fc]/weight/weight", "prim::GetAttr", ["Net/Linear[fc]/weight/fc"],
                 {"attr": "{ name :  weight }"}),
            Node("Net/Linear[fc]/7", "aten::linear", ["input/x", "Net/Linear[fc]/weight/weight"],
                 {"attr": "{}"}, [(2, 4)])])
        self.assertEqual(self.warned, [])

    def test_how_it_is_traced(self):
        self.use()
        net = Net()
        self.nodes(net, X, strict=False)
        self.assertEqual(self.torch.calls, [(net, X, False, False)])
        self.assertEqual(len(self.torch.inlined), 1)

    def test_an_operation_called_output_is_not_lost(self):
        x, y = Value("x", [1]), Value("output.1", [1])
        self.use(graph=Graph([x], [Operation("aten::relu", [x], [y])], [y]))
        self.assertEqual([(node.name, node.op) for node in self.nodes(Net(), X)], [
            ("input/x", "IO Node"), ("output/output.1", "IO Node"), ("Net/output.1", "aten::relu")])

    def test_shapes_that_are_not_known(self):
        x, y = Value("x"), Value("y", kind="TupleType")
        y.type().sizes = None
        unused = Value("unused", [1])
        self.use(graph=Graph([x, unused], [Operation("prim::TupleConstruct", [x, x], [y])], [y]))
        self.assertEqual([(node.name, node.shapes) for node in self.nodes(Net(), X)],
                         [("input/x", ()), ("output/output.1", ()), ("Net/y", ())])

    def test_blocks(self):
        x, i, y, z = Value("x", [1]), Value("i", kind="IntType"), Value("y", [1]), Value("z", [1])
        inside = Operation("aten::relu", [x, i], [y], scope="__module.fc")
        loop = Operation("prim::Loop", [x], [z], blocks=[Graph([i], [inside], [y])], n=3)
        self.use(graph=Graph([x], [loop], [z]), modules=named("Net", fc=named("Linear")))
        found = {node.name: (node.op, node.inputs, node.attributes)
                 for node in self.nodes(Net(), X)[2:]}
        self.assertEqual(found, {
            "Net/z": ("prim::Loop", ("input/x", "Net/Linear[fc]/y"), {"attr": "{ n : 3}"}),
            "Net/i": ("prim::Param", (), {"attr": "{}"}),
            "Net/Linear[fc]/y": ("aten::relu", ("input/x", "Net/i"), {"attr": "{}"})})

    def test_compiled(self):
        self.use()
        compiled = named("Net", fc=named("Linear"))
        compiled.inlined_graph, compiled.forward = linear(), None
        self.assertEqual(self.nodes(compiled, [])[1].inputs, ("Net/Linear[fc]/7",))
        function = types.SimpleNamespace(inlined_graph=linear(), name="double")
        self.assertEqual(self.nodes(function, None)[1].inputs, ("double/fc/7",))
        self.assertEqual(self.torch.calls, [])

    def test_parallel_modules(self):
        class DistributedDataParallel(Module):
            device_ids = None

            def forward(self, x):
                raise AssertionError("this would wait for other processes")
        for ids, scope, called in ((None, "DistributedDataParallel/Net[module]", "Net"),
                                   ([0, 1], "DistributedDataParallel/Net[module]", "Net"),
                                   ([], "DistributedDataParallel", "DistributedDataParallel")):
            self.use(modules=named("Any", fc=named("Linear")))
            model = DistributedDataParallel()
            model.module, model.device_ids = Net(), ids
            if not ids and ids is not None:
                model.forward = lambda x: x
            self.assertEqual(self.nodes(model, X)[1].inputs, (scope + "/Linear[fc]/7",))
            self.assertEqual(type(self.torch.calls[0][0]).__name__, called)
        compiled = types.SimpleNamespace(_orig_mod=Net(), forward=None, named_modules=None)
        self.assertEqual(self.nodes(compiled, X)[1].inputs, ("Net/Linear[fc]/7",))

    def test_verbose(self):
        self.use(graph=Graph([], [], [], "graph(%x)"))
        with contextlib.redirect_stdout(io.StringIO()) as out:
            self.nodes(Net(), X)
            self.nodes(Net(), X, verbose=True)
        self.assertEqual(out.getvalue(), "graph(%x)\n")
        with contextlib.redirect_stdout(None):          # as under pythonw
            self.nodes(Net(), X, verbose=True)

    def test_warnings_about_running_it_are_not_ours(self):
        self.use()

        def forward(x):
            warnings.warn("a branch", self.torch.jit.TracerWarning)
            warnings.warn("`torch.jit.trace` is deprecated", DeprecationWarning)
            warnings.warn("of the model", RuntimeWarning)
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always")
            self.nodes(Net(forward), X)
        self.assertEqual([str(warning.message) for warning in heard], ["of the model"])


class TestArguments(InTorch):
    """What torch.jit.trace does not take is hidden from it."""

    def traced(self, forward, args, kind=RuntimeError):
        """Return (names, tensors, what forward was called with, what the trace sees returned)."""
        self.use()
        real, seen = self.torch.jit.trace, []

        def trace(model, args, **options):
            if isinstance(model, Net):
                raise kind("only tensors")
            seen.append((list(module._parameters(model)), args, model.forward(*args)))
            return real(model, args, **options)
        self.torch.jit.trace = trace
        called = []

        def noted(*arguments, **keywords):
            called.append(arguments or keywords)
            return forward(*arguments, **keywords)
        noted.__wrapped__ = forward
        nodes = self.nodes(Net(noted), args)
        self.assertEqual(self.warned, [])
        (names, tensors, returned), = seen
        return names, tensors, called[0], returned, nodes

    def test_keywords(self):
        a, b = Tensor(1), Tensor(2)
        names, tensors, called, returned, _ = self.traced(
            lambda x, mask=None, flag=None: x, {"mask": a, "x": b, "flag": True})
        self.assertEqual((names, tensors, called, returned),
                         (["mask", "x"], (a, b), {"mask": a, "x": b, "flag": True}, b))
        names, _, called, _, _ = self.traced(lambda **all: all["x"], {"x": a})
        self.assertEqual((names, called), (["x"], {"x": a}))

    def test_a_dict_as_one_argument(self):
        a, b = Tensor(1), Tensor(2)
        names, tensors, called, returned, _ = self.traced(
            lambda batch: {"out": batch["x"], "no": None}, {"x": a, "a-b": b})
        self.assertEqual((names, tensors, called, returned),
                         (["batch_x", "batch_a_b"], (a, b), ({"x": a, "a-b": b},), a))

    def test_none_and_nested(self):
        a, b = Tensor(1), Tensor(2)
        names, tensors, called, returned, _ = self.traced(
            lambda x, y=None, *more: (x[0], [None, {"k": x[1]["in"]}]), ([a, {"in": b}], None, a))
        self.assertEqual((names, tensors, called, returned),
                         (["x_0", "x_1_in", "more"], (a, b, a), ([a, {"in": b}], None, a), (a, b)))
        names, _, _, _, _ = self.traced(lambda *all: a, (a, a))
        self.assertEqual(names, ["all", "input_1"])
        names, _, _, _, _ = self.traced(lambda **all: a, {"in": a, "lambda": a})
        self.assertEqual(names, ["input_in", "input_lambda"])

    def test_scopes_are_those_of_the_model(self):
        self.use(error=None)
        self_, model, fc = (Value(name, kind="ClassType") for name in ("self", "model", "fc"))
        x, weight, y = Value("x", [1]), Value("weight"), Value("7", [1])
        graph = Graph([self_, x], [
            Operation("prim::GetAttr", [self_], [model], name="model"),
            Operation("prim::GetAttr", [model], [fc], name="fc"),
            Operation("prim::GetAttr", [fc], [weight], name="weight"),
            Operation("aten::linear", [x, weight], [y], "__module.model/__module.model.fc")], [y])
        self.use(graph=graph, modules=named("Module", model=named("Net", fc=named("Linear"))))
        self.assertEqual([node.name for node in self.nodes(Net(), {"x": X})][2:],
                         ["Net/Linear[fc]/weight/weight", "Net/Linear[fc]/7"])

    def test_no_tensor_comes_out(self):
        self.use()
        self.torch.jit.trace = lambda model, args, **options: model(*args)
        self.nodes(Net(lambda x: "text"), (X,))
        self.assertEqual(self.warned, ["the graph shows modules, not operations: "
                                       "ValueError: it returns no tensor"])


class TestTree(InTorch):

    def test_where_tracing_fails(self):
        self.use(error=RuntimeError("no such device\nand more"))
        with contextlib.redirect_stdout(io.StringIO()) as out:
            found = self.nodes(Net(), X, verbose=True)
        self.assertEqual(self.warned, ["the graph shows modules, not operations: "
                                       "RuntimeError: no such device"])
        self.assertEqual(found, [
            Node("Net", "Net", (), {"class": __name__ + ".Net", "parameters": 16,
                                    "settings": "settings of Net"}),
            Node("Net/Linear[fc]", "Linear", ["Net/Linear[fc]/weight", "Net/Linear[fc]/bias"], {
                "class": __name__ + ".Linear", "parameters": 16,
                "settings": "settings of Linear"}),
            Node("Net/Linear[fc]/weight", "Parameter", (), {"dtype": "torch.float32"}, [(4, 3)]),
            Node("Net/Linear[fc]/bias", "Parameter", (), {"dtype": "torch.float32"}, [(4,)])])
        self.assertIn("Net object", out.getvalue())

    def test_without_input(self):
        self.use()
        self.assertEqual(self.nodes(Net(), None)[0].name, "Net")
        self.assertEqual(self.warned, ["the graph shows modules, not operations: "
                                       "input_to_model: need what the model takes, to trace it, got None"])

    def test_parameters_that_have_no_shape_yet(self):
        net = Net()
        net.fc.weight = Lazy()
        found = {node.name: node for node in module.module_tree(net)}
        self.assertEqual(found["Net/Linear[fc]/weight"].shapes, (None,))
        self.assertEqual(found["Net"].attributes["parameters"], 4)


    def test_settings_that_cannot_be_told(self):
        net = Net()
        net.fc.extra_repr = lambda: {}["size"]
        found = {node.name: node for node in module.module_tree(net)}
        self.assertEqual(found["Net/Linear[fc]"].attributes["settings"], "KeyError: 'size'")
        self.assertEqual(found["Net"].attributes["settings"], "settings of Net")


class TestAsBefore(InTorch):

    def check(self, **options):
        self.use(**options)
        net = Net(lambda x: (self.assertFalse(net.training), self.assertFalse(net.fc.training),
                             mean.copy_(Tensor(1, values=5)),
                             net.fc._buffers.update(mean=Tensor(1), more=Tensor(1))))
        mean, frozen = Tensor(1, values=3), Tensor(1, values=4, inference=True)
        net.fc._buffers.update(mean=mean, none=None, frozen=frozen)
        net.fc.training = False
        random.seed(3)
        before = random.getstate()
        self.nodes(net, X)
        self.assertEqual((net.training, net.fc.training), (True, False))
        self.assertEqual((net.fc._buffers["mean"], mean.values), (mean, 3))
        self.assertEqual((frozen.values, net.fc._buffers["none"]), (4, None))
        self.assertEqual((random.getstate(), self.torch.state), (before, [7]))
        return mean

    def test_after_a_trace(self):
        self.check()
        self.assertEqual(self.warned, [])

    def test_after_an_error(self):
        self.check(error=RuntimeError("no"))
        self.assertEqual(len(self.warned), 1)

    def test_buffers_of_a_compiled_part(self):
        class Buffers:                  # as torch.jit has them: no dict
            keys, __getitem__ = (lambda self: ["mean"]), (lambda self, name: mean)

            def __setitem__(self, name, x):
                found.append((name, x))

        self.use()
        net, mean, found = Net(lambda x: mean.copy_(Tensor(1, values=5))), Tensor(1, values=3), []
        net.fc._buffers = Buffers()
        self.nodes(net, X)
        self.assertEqual((self.warned, found, mean.values), ([], [("mean", mean)], 3))

    def test_a_buffer_that_cannot_be_written_to(self):
        self.use()
        net, mean = Net(lambda x: mean.copy_(Tensor(1, values=5))), Tensor(1, values=3)
        expanded = Tensor(4)
        expanded.copy_ = mock.Mock(side_effect=RuntimeError("unsupported operation"))
        net.fc._buffers.update(expanded=expanded, mean=mean)
        self.nodes(net, X)
        self.assertEqual((self.warned, mean.values), ([], 3))

    def test_other_random_numbers(self):
        states = {"cuda": [1, 2], "numpy": 5}
        numpy = types.SimpleNamespace(random=types.SimpleNamespace(
            get_state=lambda: states["numpy"], set_state=lambda s: states.update(numpy=s)))
        self.use()
        self.torch.cuda = types.SimpleNamespace(
            is_initialized=lambda: True, get_rng_state_all=lambda: states["cuda"],
            set_rng_state_all=lambda s: states.update(cuda=s))
        with mock.patch.dict(sys.modules, numpy=numpy):
            self.nodes(Net(lambda x: states.update(cuda=[], numpy=0)), X)
        self.assertEqual(states, {"cuda": [1, 2], "numpy": 5})


class TestWriter(InTorch, InDirectory):

    def setUp(self):
        InDirectory.setUp(self)
        self.use()

    def count(self):
        return len([event for event in events(self.directory) if "graph_def" in event])

    def test_events(self):
        for options, tag in (({}, "profiler"), ({"dialect": "torch"}, "step1")):
            from tbx_pure.compat.writer import SummaryWriter as Compat
            writer_class = Compat if options else SummaryWriter
            with writer_class(self.path(tag), **options) as writer:
                writer.add_graph(Net(), X)
            _, graph, profile = events(self.path(tag))
            self.assertEqual((graph.keys(), profile.keys()), (
                {"wall_time", "graph_def"}, {"wall_time", "tagged_run_metadata"}))
            self.assertEqual([node["name"] for node in GRAPH_DEF.decode(graph["graph_def"])["node"]],
                             ["input/x", "output/output.1", "Net/fc/weight/weight", "Net/fc/7"])
            said = profile["tagged_run_metadata"]
            self.assertEqual((said["tag"], RUN_METADATA.decode(said["run_metadata"])), (
                tag, {"step_stats": {"dev_stats": [{"device": "/device:CPU:0"}]}}))

    def test_what_torch_has_besides(self):
        from tbx_pure.compat.pytorch_graph import graph
        from tbx_pure.compat.torch_writer import FileWriter
        made = graph(Net(), X)
        self.assertEqual([node.op for node in made[0].node],
                         ["IO Node", "IO Node", "prim::GetAttr", "aten::linear"])
        self.assertEqual(made[0].node[0].attr["attr"].s, b"")
        FileWriter(self.path("a")).add_graph(made)
        with SummaryWriter(self.path("b")) as writer:
            writer.add_graph(Net(), X)
        found, expected = events(self.path("a")), events(self.path("b"))
        self.assertEqual(found[1]["graph_def"], expected[1]["graph_def"])
        self.assertEqual(found[2]["tagged_run_metadata"]["run_metadata"],
                         expected[2]["tagged_run_metadata"]["run_metadata"])

    def test_an_equal_call_does_nothing(self):
        net = Net()
        with SummaryWriter(self.directory) as writer:
            for _ in range(3):
                writer.add_graph(net, X)
            writer.add_graph(net, Tensor(2, 3, values=9))
            self.assertEqual((len(self.torch.calls), self.count()), (1, 1))
            writer.add_graph(Net(), X)          # another one, whose graph is equal
            self.assertEqual((len(self.torch.calls), self.count()), (2, 1))
            writer.add_graph(net, X, force=True)
            self.assertEqual((len(self.torch.calls), self.count()), (3, 2))

    def test_what_makes_a_call_another(self):
        net = Net()
        keys = [module.key(net, args, strict) for args, strict in (
            (X, True), (X, False), ((X,), True), (Tensor(2, 4), True), ({"x": X}, True),
            ((X, X), True), ((X, None), True), ((X, 1), True), ((X, 2), True), ((X, True), True),
            ((X, False), True), ((X, "a"), True), ((X, "b"), True), (None, True))]
        other = Tensor(2, 3)
        other.dtype = "torch.float16"
        keys.append(module.key(net, other, True))
        net.more = Linear()
        keys.append(module.key(net, X, True))
        net.more.bias = Tensor(5)
        keys.append(module.key(net, X, True))
        net.more = Net()
        keys.append(module.key(net, X, True))
        self.assertEqual(len(set(keys)), len(keys))
        self.assertEqual(keys[0], module.key(Net(), Tensor(2, 3), 1))

    def test_models_that_are_gone_are_forgotten(self):
        from tbx_pure.graph import WRITTEN
        with SummaryWriter(self.directory) as writer:
            net = Net()
            writer.add_graph(net, X)
            self.assertEqual(len(WRITTEN[writer].models), 1)
            self.torch.calls.clear()
            del net
            gc.collect()
            self.assertEqual(WRITTEN[writer].models, {})

    def test_a_tree_is_written_once_too(self):
        self.use(error=RuntimeError("no"))
        net = Net()
        with SummaryWriter(self.directory) as writer:
            with self.assertWarnsRegex(UserWarning, r"^add_graph\('Net'\): the graph shows modules, "
                                       "not operations: RuntimeError: no$"):
                writer.add_graph(net, X)
            writer.add_graph(net, X)
            self.assertEqual(self.count(), 1)
            with self.assertWarnsRegex(UserWarning, "input_to_model: need what the model takes, to trace it, got None$"):
                writer.add_graph(net)           # one that fails for another reason
            self.assertEqual(self.count(), 1)

    def test_a_module_that_has_json_of_its_own(self):
        net = Net()
        net.to_json = lambda: "{}"
        with SummaryWriter(self.directory) as writer:
            writer.add_graph(net, X)
        self.assertEqual((len(self.torch.calls), self.count()), (1, 1))

    def test_a_model_of_keras_without_layers_in_its_json(self):
        for text in ('{"config": {}}', "no JSON", None):
            net = Net()
            net.to_json, net.get_config = lambda text=text: text, dict
            with self.subTest(text), SummaryWriter(self.directory) as writer:
                self.torch.calls.clear()
                writer.add_graph(net, X)
                self.assertEqual(len(self.torch.calls), 1)

    def test_a_class_is_no_model(self):
        with SummaryWriter(self.directory) as writer:
            with self.assertRaises(InputError) as caught:
                writer.add_graph(Net, X)
        self.assertEqual(caught.exception.argument, "model")
        self.assertEqual(self.count(), 0)

    def test_not_even_a_tree(self):
        class Function:
            inlined_graph = None
        function = Function()
        with SummaryWriter(self.directory) as writer:
            with self.assertRaises(InputError) as caught:
                writer.add_graph(function)
            self.assertEqual(caught.exception.argument, "model")
        self.assertEqual(self.count(), 0)


if __name__ == "__main__":
    unittest.main()
