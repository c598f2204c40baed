"""add_graph with the real torch: against tensorboardX and torch, and in a real TensorBoard.

What differs on purpose stands in spec/deviations.md, under Graphs, and in DIFFERENT here.
"""
import contextlib
import copy
import functools
import io
import os
import random
import tempfile
import time
import unittest
import warnings

import numpy
import tensorboardX
import torch
import torch.utils.tensorboard
from tensorboard.compat.proto.graph_pb2 import GraphDef
from torch import nn
from torch.utils.tensorboard._pytorch_graph import graph as of_torch

import tbx_pure
from tbx_pure.graph import torch as ours
from tbx_pure.graph.nodes import Node, encoded
from tests.conformance.brief import BriefTestCase
from tests.conformance.tensorboard_server import ENGINES, TensorBoard

# ---- models ----


class Block(nn.Module):
    def __init__(self, channels_in, channels, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(channels_in, channels, 3, stride, 1, bias=False)
        self.bn1, self.bn2 = nn.BatchNorm2d(channels), nn.BatchNorm2d(channels)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.downsample = None if stride == 1 and channels_in == channels else nn.Sequential(
            nn.Conv2d(channels_in, channels, 1, stride, bias=False), nn.BatchNorm2d(channels))

    def forward(self, x):
        out = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        return self.relu(out + (x if self.downsample is None else self.downsample(x)))


class ResNet18(nn.Module):
    """As torchvision has it: 11.7 million parameters."""

    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64)
        self.relu, self.maxpool = nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1)
        self.layer1 = nn.Sequential(Block(64, 64, 1), Block(64, 64, 1))
        self.layer2 = nn.Sequential(Block(64, 128, 2), Block(128, 128, 1))
        self.layer3 = nn.Sequential(Block(128, 256, 2), Block(256, 256, 1))
        self.layer4 = nn.Sequential(Block(256, 512, 2), Block(512, 512, 1))
        self.avgpool, self.fc = nn.AdaptiveAvgPool2d(1), nn.Linear(512, 1000)

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(torch.flatten(self.avgpool(x), 1))


class Several(nn.Module):
    """A parameter of its own, an unused input, one module twice, operations of several outputs."""

    def __init__(self):
        super().__init__()
        self.scale, self.twice = nn.Parameter(torch.ones(4)), nn.Linear(4, 4)
        self.same = self.twice
        self.register_buffer("shift", torch.zeros(4))

    def forward(self, x, unused):
        a, b = (self.same(self.twice(x)) * self.scale + self.shift).chunk(2, 1)
        return a + b


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.lstm = nn.Embedding(10, 6), nn.LSTM(6, 5, batch_first=True)
        self.heads = nn.ModuleDict({"a": nn.Linear(5, 2), "b": nn.Linear(5, 3)})

    def forward(self, words):
        seen, _ = self.lstm(self.embed(words))
        return self.heads["a"](seen).mean(1), self.heads["b"](seen[:, -1])


class Output(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)

    def forward(self, x):
        output = self.fc(x)
        return output + output.sum()


class Branch(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)

    def forward(self, x):
        y = self.fc(x) if bool(x.sum() > 0) else x
        for _ in range(int(x.sum())):
            y = y * 2
        return y


class Structured(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)

    def forward(self, x, mask=None, more=None):
        y = self.fc(x if torch.is_tensor(x) else x["x"])
        y = y if mask is None else y * mask
        return {"y": y, "none": None, "list": [y + 1, (more or {}).get("z")]}


class Expanded(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("mask", torch.ones(1, 3).expand(2, 3))

    def forward(self, x):
        return x * self.mask


IMAGES = torch.rand(1, 3, 64, 64)
X = torch.rand(2, 3)

#   name             model, arguments
SAME = {
    "resnet":        (ResNet18, IMAGES),
    "several":       (Several, (torch.rand(2, 4), torch.rand(1))),
    "one argument":  (Output, (X,)),
    "a list":        (Output, [X]),
    "parallel":      (lambda: nn.DataParallel(Output()), X),
    "sequential":    (lambda: nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Dropout(),
                                            nn.Flatten()), IMAGES),
    "compiled part": (lambda: nn.Sequential(torch.jit.script(nn.Linear(3, 3)), nn.Tanh()), X),
    "expanded":      (Expanded, X),
    "tied":          (lambda: nn.Sequential(nn.Linear(3, 3), nn.Tanh(), nn.GELU()), X),
}

#   name             model, arguments: what differs is in normal()
DIFFERENT = {
    "tuple":         (Recurrent, torch.zeros(2, 7, dtype=torch.long)),
    "traced":        (lambda: torch.jit.trace(Several(), (torch.rand(2, 4), torch.rand(1))), []),
    "scripted":      (lambda: torch.jit.script(Several()), (torch.rand(2, 4), torch.rand(1))),
}

#   name             model, arguments: the peers raise
OURS_ALONE = {
    "keywords":      (Structured, {"mask": X, "x": X}),
    "one dict":      (Structured, ({"x": X},)),
    "none":          (Structured, (X, None, {"z": X})),
    "nested":        (Structured, (X, X, {"z": X, "other": [1, "text"]})),
    "transformer":   (lambda: nn.TransformerEncoderLayer(8, 2, 16, batch_first=True),
                      torch.rand(2, 5, 8)),             # its trace does not stand torch's check
    "compiled":      (lambda: torch.compile(Output()), X),
    "function":      (lambda: torch.jit.script(double), X),
}


def double(x: torch.Tensor):
    return x * 2


def heard(function, *arguments):
    """Return (result, texts of warnings); what is printed is lost."""
    with warnings.catch_warnings(record=True) as found, contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("always")
        result = function(*arguments)
    return result, [str(warning.message) for warning in found]


def our_graph(model, arguments):
    warned = []
    nodes = ours.nodes(model, arguments, False, True, lambda cause, text: warned.append(text))
    return GraphDef.FromString(encoded(nodes)), warned


def peers_graph(model, arguments):
    return heard(of_torch, model, arguments)[0][0]


def normal(graph):
    """Return a graph without what differs: numbers in place of names; a tuple's shape [1]."""
    graph, names = copy.deepcopy(graph), {}
    for node in graph.node:
        if node.name.startswith("output/"):
            node.attr.pop("_output_shapes", None)
        scope, _, last = node.name.rpartition("/")
        names[node.name] = "%s/%d" % (scope, len(names)) if last.isdigit() else node.name
    for node in graph.node:
        node.name = names[node.name]
        node.input[:] = [names.get(name, name) for name in node.input]
    return str(graph)


class TestSame(BriefTestCase):

    def test_as_the_peers(self):
        for name, (make, arguments) in SAME.items():
            with self.subTest(name):
                model = make()
                graph, warned = our_graph(model, arguments)
                self.assertEqual((str(graph), warned), (str(peers_graph(model, arguments)), []))

    def test_as_the_peers_but_for_rows_of_deviations(self):
        for name, (make, arguments) in DIFFERENT.items():
            with self.subTest(name):
                model = make()
                graph, warned = our_graph(model, arguments)
                peers = peers_graph(model, arguments)
                self.assertNotEqual(str(graph), str(peers))
                self.assertEqual((normal(graph), warned), (normal(peers), []))

    def test_what_the_peers_refuse(self):
        for name, (make, arguments) in OURS_ALONE.items():
            with self.subTest(name):
                with self.assertRaises(Exception):
                    peers_graph(make(), arguments)
                graph, warned = our_graph(make(), arguments)
                self.assertEqual(warned, [])
                self.connected(graph)
                self.assertIn("aten::mul" if name == "function" else "aten::linear",
                              {node.op for node in graph.node})

    def connected(self, graph):
        """Each input is a node, or a module of whom a parameter is asked for."""
        names = [node.name for node in graph.node]
        self.assertEqual(len(names), len(set(names)))
        for node in graph.node:
            if node.op != "prim::GetAttr":
                self.assertLessEqual(set(node.input), set(names), node.name)

    def test_branches_and_loops(self):
        graph, warned = our_graph(torch.jit.script(Branch()), None)
        self.connected(graph)
        self.assertLessEqual({"prim::If", "prim::Loop", "aten::linear", "aten::mul"},
                             {node.op for node in graph.node})
        self.assertNotIn("aten::linear", str(peers_graph(torch.jit.script(Branch()), X)))

    def test_an_operation_called_output(self):
        class Named(nn.Module):
            def forward(self, x):
                output = x + 1
                output = output * 2
                return output
        graph, _ = our_graph(Named(), X)
        self.connected(graph)
        self.assertEqual([node.name for node in graph.node if node.op == "IO Node"],
                         ["input/x", "output/output.1"])

    def test_scopes_and_names_of_structured_arguments(self):
        make, arguments = OURS_ALONE["nested"]
        names = {node.name for node in our_graph(make(), arguments)[0].node}
        self.assertLessEqual({"input/x", "input/mask", "input/more_z", "output/output.1",
                              "Structured/Linear[fc]/weight/weight"}, names)


class TestBytes(BriefTestCase):

    def test_bytes(self):
        data = encoded([Node("n", "o", ["i"], {"b": True, "a": b"\xff", "f": [0.5]},
                             [(2, None), None], "d")])
        self.assertEqual(GraphDef.FromString(data).SerializeToString(deterministic=True), data)


class TestAsBefore(BriefTestCase):

    def state(self, model):
        return ({name: x.tolist() for name, x in model.state_dict().items()},
                {name: module.training for name, module in model.named_modules()},
                {name: (x.requires_grad, x.grad) for name, x in model.named_parameters()},
                {name: len(module._forward_hooks) for name, module in model.named_modules()},
                torch.get_rng_state().tolist(), random.getstate(),
                numpy.random.get_state()[1].tolist(), torch.is_grad_enabled())

    def test_all_is_as_before(self):
        class Careless(nn.Module):
            def __init__(self, fail):
                super().__init__()
                self.frozen, self.bn = nn.BatchNorm1d(3), nn.BatchNorm1d(3)
                self.register_buffer("calls", torch.zeros(()))
                self.fail = fail

            def forward(self, x):
                self.calls += 1
                self.bn.train()
                random.random(), numpy.random.rand()
                x = self.bn(self.frozen(x)) + torch.rand(3)
                self.calls = self.calls + 1
                return x if not self.fail else x @ x
        for fail in False, True:
            model = Careless(fail)
            model.frozen.eval()
            model.frozen.weight.requires_grad_(False)
            model.bn.register_forward_hook(lambda *_: None)
            x = torch.rand(2, 3, requires_grad=True)
            before = self.state(model)
            _, warned = heard(our_graph, model, x)
            self.assertEqual(self.state(model), before)
            self.assertEqual((x.requires_grad, x.grad), (True, None))
            self.assertEqual(type(model.calls), torch.Tensor)
            model(torch.rand(2, 3)) if not fail else None       # it trains on

    def test_a_compiled_module_keeps_its_calls(self):
        model = torch.jit.script(nn.Sequential(nn.Linear(3, 3), nn.ReLU()))
        before = str(model.graph)
        our_graph(model, X)
        self.assertEqual(str(model.graph), before)

    def test_no_warnings(self):
        class Decides(nn.Module):
            def forward(self, x):
                return x if x.sum() > 0 else -x
        self.assertEqual(heard(our_graph, Decides(), X)[1], [])


class TestTree(BriefTestCase):

    def test_where_tracing_fails(self):
        for arguments, reason in ((None, "input_to_model: need what the model takes"),
                                  (torch.rand(4, 4), "RuntimeError: mat1 and mat2")):
            graph, warned = our_graph(nn.Sequential(Output(), nn.ReLU()), arguments)
            self.assertEqual(len(warned), 1)
            self.assertIn(reason, warned[0])
            found = {node.name: node for node in graph.node}
            self.assertEqual(found["Sequential"].attr["parameters"].i, 12)
            linear = found["Sequential/Output[0]/Linear[fc]"]
            self.assertEqual((list(linear.input), linear.attr["settings"].s),
                             ([linear.name + "/weight", linear.name + "/bias"],
                              b"in_features=3, out_features=3, bias=True"))

    def test_lazy(self):
        graph, warned = our_graph(nn.LazyLinear(3), X)
        self.assertEqual((len(graph.node), len(warned)), (3, 1))


class TestDashboard(BriefTestCase):
    """Both engines show of ours what they show of the peers'."""

    WRITERS = {
        "tensorboardX": (tensorboardX.SummaryWriter, tbx_pure.SummaryWriter),
        "torch": (torch.utils.tensorboard.SummaryWriter,
                  functools.partial(tbx_pure.SummaryWriter, dialect="torch")),
    }
    PLAIN = [("a", "Const", ["b"]), ("b", "Neg", ["a:0", "^a"], {"n": [1, 2]}, (2, None))]

    def write(self, logdir):
        for name, (make, arguments) in SAME.items():
            for dialect, writers in self.WRITERS.items():
                model = make()
                for kind, writer_class in zip(("peer", "ours"), writers):
                    run = os.path.join(logdir, dialect, name.replace(" ", "_"), kind)
                    with contextlib.closing(writer_class(run)) as writer:
                        heard(writer.add_graph, model, arguments)
        with tbx_pure.SummaryWriter(os.path.join(logdir, "changed")) as writer:
            for model in nn.Linear(3, 2), nn.Linear(3, 4), nn.Sequential(nn.Linear(3, 5)):
                for _ in range(3):
                    writer.add_graph(model, X)
        with tbx_pure.SummaryWriter(os.path.join(logdir, "plain")) as writer:
            writer.add_graph(self.PLAIN)

    def test_both_engines(self):
        with tempfile.TemporaryDirectory() as logdir:
            self.write(logdir)
            for engine in ENGINES:
                with self.subTest(engine), TensorBoard(logdir, engine) as server:
                    self.look(server)
                    self.assertEqual(server.complaints(), [])

    def look(self, server):
        info = server.json("data/plugin/graphs/info")
        for dialect in self.WRITERS:
            for name in SAME:
                peer, own = ("%s/%s/%s" % (dialect, name.replace(" ", "_"), kind)
                             for kind in ("peer", "ours"))
                self.assertEqual(info[own], dict(info[peer], run=own))
                graph = self.graph(server, own)
                self.assertEqual(graph, self.graph(server, peer))
                self.assertIn("IO Node", graph)
                tag, = info[own]["tags"]
                self.assertEqual(tag, {"tensorboardX": "profiler", "torch": "step1"}[dialect])
                self.assertEqual(*(server.get("data/plugin/graphs/run_metadata", run=run, tag=tag)
                                   for run in (own, peer)))
        changed = self.graph(server, "changed")
        self.assertIn('name: "Sequential/Linear[0]/', changed)
        plain = GraphDef.FromString(encoded([Node("a", "Const", ["b"]), Node(
            "b", "Neg", ["a:0", "^a"], {"n": [1, 2]}, [(2, None)])]))
        self.assertEqual(self.graph(server, "plain"), str(plain))

    def graph(self, server, run):
        return server.get("data/plugin/graphs/graph", run=run)[1].decode("utf-8")


class TestTime(BriefTestCase):

    def seconds(self, method, *arguments):
        start = time.perf_counter()
        heard(method, *arguments)
        return time.perf_counter() - start

    def test_no_longer_than_tensorboardX(self):
        model, x = ResNet18(), torch.rand(1, 3, 224, 224)
        self.assertEqual(sum(p.numel() for p in model.parameters()), 11689512)
        with tempfile.TemporaryDirectory() as logdir:
            with contextlib.closing(tensorboardX.SummaryWriter(os.path.join(logdir, "x"))) as peer, \
                    tbx_pure.SummaryWriter(os.path.join(logdir, "o")) as own:
                our_graph(Output(), X)          # load what is loaded once
                theirs = min(self.seconds(peer.add_graph, model, x) for _ in range(2))
                first = self.seconds(own.add_graph, model, x)
                again = min(self.seconds(own.add_graph, model, x) for _ in range(5))
        print("add_graph of ResNet-18: tensorboardX %.2f s, tbx_pure %.2f s (%.2f of it), an equal "
              "call again %.2f ms" % (theirs, first, first / theirs, again * 1000))
        self.assertLess(first, theirs)
        self.assertLess(again, 0.02)


if __name__ == "__main__":
    unittest.main()
