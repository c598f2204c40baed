"""As much of torch as add_graph touches, so that it can be tried where there is no torch.

The real one is in tests/conformance/against_graphs.py.
"""
import random
import types


class Tensor:
    def __init__(self, *shape, values=0, inference=False):
        self.shape, self.dtype, self.values = shape, "torch.float32", values
        self.data, self._inference = self, inference

    def detach(self):
        return self

    def clone(self):
        return Tensor(*self.shape, values=self.values)

    def is_inference(self):
        return self._inference

    def copy_(self, other):
        self.values = other.values

    def numel(self):
        n = 1
        for size in self.shape:
            n *= size
        return n


class Lazy(Tensor):
    @property
    def shape(self):
        raise RuntimeError("not initialized")

    @shape.setter
    def shape(self, shape):
        pass


class Module:
    """Its parameters are Tensors, its modules Modules, its buffers those in _buffers."""

    def __init__(self):
        self.training, self._buffers = True, {}

    def __call__(self, *arguments, **keywords):
        return self.forward(*arguments, **keywords)

    def named_modules(self, prefix=""):
        yield prefix, self
        for name, x in vars(self).items():
            if isinstance(x, Module):
                yield from x.named_modules(prefix + "." * bool(prefix) + name)

    def modules(self):
        return (module for _, module in self.named_modules())

    def named_parameters(self, recurse=True):
        for path, module in self.named_modules():
            if recurse or module is self:
                for name, x in vars(module).items():
                    if isinstance(x, Tensor):
                        yield path + "." * bool(path) + name, x

    def parameters(self):
        return (x for _, x in self.named_parameters())

    def train(self, mode):
        for module in self.modules():
            module.training = mode

    def extra_repr(self):
        return "settings of %s" % type(self).__name__


# ---- a graph of torch.jit ----

class Type(types.SimpleNamespace):
    def kind(self):
        return self.name

    def sizes(self):
        return self.shape


class Value:
    def __init__(self, name, shape=None, kind="TensorType"):
        self._name, self._type, self._node, self._uses = name, Type(name=kind, shape=shape), None, []

    def debugName(self):
        return self._name

    def type(self):
        return self._type

    def node(self):
        return self._node

    def uses(self):
        return self._uses

    def isCompleteTensor(self):
        return self._type.shape is not None


class Operation:
    def __init__(self, kind, inputs=(), outputs=(), scope="", blocks=(), **attributes):
        self._kind, self._inputs, self._outputs = kind, inputs, outputs
        self._scope, self._blocks, self._attributes = scope, blocks, attributes
        for x in inputs:
            x._uses.append(self)
        for x in outputs:
            x._node = self

    def kind(self):
        return self._kind

    def inputs(self):
        return iter(self._inputs)

    def input(self):
        return self._inputs[0]

    def outputs(self):
        return iter(self._outputs)

    def output(self):
        return self._outputs[0]

    def scopeName(self):
        return self._scope

    def blocks(self):
        return iter(self._blocks)

    def attributeNames(self):
        return list(self._attributes)

    def kindOf(self, name):
        return {str: "s", int: "i"}[type(self._attributes[name])]

    def s(self, name):
        return self._attributes[name]

    i = s


class Graph:
    """Of a model, or a block inside: its parameters are the outputs of paramNode."""

    def __init__(self, inputs, nodes, outputs, text="graph()"):
        self._parameters, self._nodes = Operation("prim::Param", (), inputs), nodes
        self._result, self._text = Operation("prim::Return", outputs), text

    def inputs(self):
        return self._parameters.outputs()

    def paramNode(self):
        return self._parameters

    def nodes(self):
        return iter(self._nodes)

    def outputs(self):
        return self._result.inputs()

    def __str__(self):
        return self._text


def named(name, **below):
    """Return a module as a trace has it."""
    module = Module()
    module.original_name = name
    vars(module).update(below)
    return module


def fake(graph=None, modules=None, error=None):
    """Return a module torch whose traces have this graph; .calls are those of jit.trace."""
    torch = types.ModuleType("torch")
    torch.Tensor = Tensor
    torch.nn = types.SimpleNamespace(Module=Module)
    torch.calls, torch.state, torch.inlined = [], [7], []

    def trace(model, args, strict, check_trace):
        torch.calls.append((model, args, strict, check_trace))
        torch.state[0] += 1
        random.random()
        model(*args) if isinstance(args, tuple) else model(args)
        if error is not None:
            raise error
        trace = modules or named(type(model).__name__)
        trace.graph = graph or linear()
        return trace

    torch.jit = types.SimpleNamespace(trace=trace, TracerWarning=FutureWarning)
    torch._C = types.SimpleNamespace(_jit_pass_inline=torch.inlined.append)
    torch.cuda = types.SimpleNamespace(is_initialized=lambda: False)
    torch.get_rng_state = lambda: torch.state[0]
    torch.set_rng_state = lambda state: torch.state.__setitem__(0, state)
    return torch


def linear():
    """Return the graph of a module Net with a Linear called fc."""
    self, fc = Value("self.1", kind="ClassType"), Value("fc", kind="ClassType")
    x, weight, y = Value("x", [2, 3]), Value("weight"), Value("7", [2, 4])
    return Graph([self, x], [
        Operation("prim::GetAttr", [self], [fc], name="fc"),
        Operation("prim::GetAttr", [fc], [weight], name="weight"),
        Operation("aten::linear", [x, weight], [y], "__module.fc")], [y])
