"""A torch module as nodes: from torch.jit.trace, or where that fails, from the tree of its modules.

torch is not imported: who has a module of it has it.  Names are those that
torch.utils.tensorboard gives, which tensorboardX uses too.
"""
import inspect
import random
import re
import sys
import warnings
from collections.abc import Mapping
from contextlib import contextmanager
from keyword import iskeyword

from .nodes import Names, Node
from .structure import leaves, rebuilt
from ..errors import InputError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Hashable, Iterator, List

GET_ATTR = "prim::GetAttr"
NOT_VALUES = "ClassType"                # the type of modules, which are scopes and no nodes
PLAIN = (int, float, complex, str, bytes)               # arguments that have a value for all to see
MODEL = "model"                         # what the model is called in the module that calls it


def is_module(x: "Any") -> bool:
    """Return whether `x` is a torch module, or compiled to TorchScript."""
    return not isinstance(x, type) and (hasattr(x, "inlined_graph") or (
        hasattr(x, "named_modules") and hasattr(x, "forward") and "torch" in sys.modules))


def key(model: "Any", args: "Any", strict: "Any") -> "Hashable":
    """Return what stays equal as long as a call with them makes the same graph.

    That is the names and classes of all modules, the shapes of all parameters, the containers in
    the arguments, the shapes and dtypes of the tensors there, and what else there is, such as a
    flag.
    """
    return (tuple((name, type(module)) for name, module in _each(model, "named_modules")),
            tuple((name, _sizes(x)) for name, x in _each(model, "named_parameters")),
            tuple((path, type(x), _sizes(x),
                   repr(x) if isinstance(x, PLAIN) else str(getattr(x, "dtype", "")))
                  for path, x in leaves(args)),
            bool(strict))


def nodes(model: "Any", args: "Any", verbose: bool, strict: bool,
          warn: "Callable[[str, str], object]") -> "List[Node]":
    """Return the graph of a module when it is called with `args`, a tensor or a tuple.

    A dict whose keys are names of forward's arguments is passed as these.
    verbose:  write the graph to standard output, as torch shows it
    strict:   do not take dicts and lists for constant structures
    warn:     called if the module cannot be traced: then the nodes are its tree of modules
    """
    try:
        graph, scopes = _traced(model, args, strict)
        found = _nodes(graph, scopes)
    except Exception as e:              # whatever the model raises: its tree is there anyway
        reason = str(e).partition("\n")[0]
        if not isinstance(e, InputError):
            reason = "%s: %s" % (type(e).__name__, reason)
        if not hasattr(model, "named_modules"):
            raise InputError("model", "a module that has a graph", reason) from e
        warn(reason, "the graph shows modules, not operations: %s" % reason)
        graph, found = model, module_tree(model)
    if verbose and sys.stdout is not None:      # it is under pythonw
        sys.stdout.write("%s\n" % graph)
    return found


def _each(model, method):
    return getattr(model, method, tuple)()


def _sizes(x):
    """Return the shape of a tensor; None if it has none, or none yet."""
    try:
        return tuple(map(int, x.shape))
    except Exception:                   # a lazy parameter raises RuntimeError
        return None


# ---- tracing ----

def _traced(model, args, strict):
    """Return (graph, its scopes)."""
    if hasattr(model, "inlined_graph"):                 # compiled already; this is a copy
        name = getattr(model, "original_name", None) or getattr(model, "name", "Module")
        return model.inlined_graph, Scopes(model, name)
    if args is None:
        raise InputError("input_to_model", "what the model takes, to trace it", "None")
    name, model = _unwrapped(model)
    torch = sys.modules["torch"]
    with as_before(torch, model):
        model.train(False)
        if not _takes_names(model, args):
            try:
                trace = _trace(torch, model, args, strict)
                return _inlined(torch, trace), Scopes(trace, name)
            except Exception:           # None and dicts among inputs or outputs, to begin with
                pass
        trace = _trace(torch, *_of_tensors(torch, model, args), strict)
        return _inlined(torch, trace), Scopes(trace, name, hidden=MODEL)


def _unwrapped(model):
    """Return (scope, module) of what is to be traced.

    Parallel modules would call other devices and other processes, whose calls no trace sees, and
    which wait for each other; on a CPU, DataParallel just calls its module.
    """
    model = getattr(model, "_orig_mod", model)          # torch.compile's
    name = type(model).__name__
    if hasattr(model, "module") and getattr(model, "device_ids", []) != []:
        return "%s/%s[module]" % (name, type(model.module).__name__), model.module
    return name, model


def _trace(torch, model, args, strict):
    with warnings.catch_warnings():     # they are advice to those who will run the trace
        warnings.simplefilter("ignore", torch.jit.TracerWarning)
        warnings.filterwarnings("ignore", "`torch.jit.trace", DeprecationWarning)
        return torch.jit.trace(model, args, strict=strict, check_trace=False)


def _inlined(torch, trace):
    """Return the graph of a trace of our own, with all calls replaced by what they do."""
    graph = trace.graph
    torch._C._jit_pass_inline(graph)
    return graph


# ---- arguments and results that torch.jit.trace does not take ----

def _parameters(model):
    return inspect.signature(model.forward).parameters


def _takes_names(model, args):
    """Return whether a dict is the arguments, not one argument."""
    if not isinstance(args, Mapping):
        return False
    parameters = _parameters(model)
    return (any(p.kind == p.VAR_KEYWORD for p in parameters.values())
            or all(name in parameters for name in args))


def _of_tensors(torch, model, args):
    """Return a module that calls `model`, takes only tensors and returns some, and its arguments.
    """
    by_name = _takes_names(model, args)
    if not by_name and not isinstance(args, (tuple, list)):
        args = args,
    found = [(path, x) for path, x in leaves(args) if isinstance(x, torch.Tensor)]
    caller, names = torch.nn.Module(), Names()
    setattr(caller, MODEL, model)
    caller.forward = _forward(torch.Tensor, model, args, by_name)
    caller.forward.__signature__ = inspect.Signature([
        inspect.Parameter(names.new(name), inspect.Parameter.POSITIONAL_OR_KEYWORD)
        for name in _names(model, [path for path, _ in found])])
    return caller, tuple(x for _, x in found)


def _forward(kind, model, args, by_name):
    """Return a function of all tensors in `args`, which calls `model` with them in their places."""
    def forward(*tensors):
        given = iter(tensors)
        called = rebuilt(args, lambda x: next(given) if isinstance(x, kind) else x)
        result = model(**called) if by_name else model(*called)
        results = tuple(x for _, x in leaves(result) if isinstance(x, kind))
        if not results:
            raise ValueError("it returns no tensor")
        return results if len(results) > 1 else results[0]
    return forward


def _names(model, paths):
    """Yield a name for each tensor: its argument's, and the keys that lead to it."""
    arguments = list(_parameters(model))
    for first, *keys in paths:
        if isinstance(first, int):
            first = arguments[first] if first < len(arguments) else "input_%d" % first
        name = re.sub(r"\W", "_", "_".join(map(str, [first] + keys)))
        yield name if name.isidentifier() and not iskeyword(name) else "input_" + name


# ---- leaving no trace ----

@contextmanager
def as_before(torch: "Any", model: "Any") -> "Iterator[None]":
    """After the with-block, modes, buffers and random numbers are what they were before."""
    modules = list(model.modules())
    modes = [module.training for module in modules]
    buffers = [dict(module._buffers) for module in modules]
    contents = [(x, x.detach().clone()) for held in buffers for x in held.values()
                if x is not None and not getattr(x, "is_inference", bool)()]    # of torch 1.9 on
    states = [(restore, get()) for get, restore in _random_numbers(torch)]
    try:
        yield
    finally:
        for restore, state in states:
            restore(state)
        model.train(modes[0])           # some change more than the mode there
        for module, mode, held in zip(modules, modes, buffers):
            module.training = mode      # frozen parts have one of their own
            for name, x in held.items():            # of a compiled module it is no dict
                module._buffers[name] = x
        for x, content in contents:     # a change of .data is none to autograd
            try:
                x.data.copy_(content)
            except RuntimeError:        # an expanded one: the model could not write to it either
                pass


def _random_numbers(torch):
    """Yield (get state, set state) of all that make random numbers."""
    yield random.getstate, random.setstate
    yield torch.get_rng_state, torch.set_rng_state
    if torch.cuda.is_initialized():
        yield torch.cuda.get_rng_state_all, torch.cuda.set_rng_state_all
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        yield numpy.random.get_state, numpy.random.set_state


# ---- from the trace to nodes ----

class Scopes:
    """Where each operation of a graph stands: "Net/Linear[fc]".

    root:    the scope of the whole
    hidden:  the name of a submodule that has no scope of its own
    """

    def __init__(self, trace: "Any", root: str, hidden: str = "") -> None:
        self.root = root
        self._modules = {name: "%s[%s]" % (getattr(module, "original_name", "Module"),
                                           name.split(".")[-1])
                         for name, module in _named_modules(trace)}
        self._modules["__module." + hidden] = ""
        self._attributes = {}           # type: Dict[str, str]

    def of(self, node: "Any") -> str:
        """Return the scope of an operation; those before it must have been asked for."""
        path = self._attribute(node) if node.kind() == GET_ATTR else node.scopeName()
        parts = [self._modules.get(part, part.split(".")[-1]) for part in path.split("/")]
        return "/".join([self.root] + [part for part in parts if part])

    def _attribute(self, node):
        """Return the path of a parameter or a module: each part is a dotted name from the top."""
        above, path = node.input().node(), "__module"
        name = node.s("name")
        if above.kind() == GET_ATTR:
            above = self._attributes[above.output().debugName()]
            path = "%s/%s" % (above, above.split("/")[-1])
        path = self._attributes[node.output().debugName()] = "%s.%s" % (path, name)
        return path


def _named_modules(trace):
    return trace.named_modules(prefix="__module") if hasattr(trace, "named_modules") else ()


def _nodes(graph, scopes):
    """Return inputs, outputs and operations as nodes, in this order."""
    operations = []
    for node in _with_blocks(graph.nodes()):
        scope = scopes.of(node)
        if not (node.kind() == GET_ATTR and _kind(node.output()) == NOT_VALUES):
            operations.append((scope, node))
    inputs = [value for value in graph.inputs() if value.uses() and _kind(value) != NOT_VALUES]
    names = _value_names(inputs, operations)
    return ([_io(names[x.debugName()], x, ()) for x in inputs]
            + [_io("output/output.%d" % i, x, [names[x.debugName()]])
               for i, x in enumerate(graph.outputs(), 1)]
            + [made for scope, node in operations for made in _operation(node, names)])


def _with_blocks(nodes):
    """Yield operations, and those inside a branch or a loop after it."""
    for node in nodes:
        yield node
        for block in node.blocks():
            yield block.paramNode()
            yield from _with_blocks(block.nodes())


def _value_names(inputs, operations):
    """Return {name in the graph: name of the node that makes it}.

    A module has no node: it gets the scope of who asks it for a parameter, as in torch.
    """
    names = {x: "%s/%s" % (scope, x) for scope, node in operations for x in _inputs(node)}
    names.update((x.debugName(), "input/" + x.debugName()) for x in inputs)
    names.update((x.debugName(), "%s/%s" % (scope, x.debugName()))
                 for scope, node in operations for x in node.outputs())
    return names


def _inputs(node):
    """Return the names of what an operation takes, and of what its blocks hand to it."""
    given = list(node.inputs()) + [x for block in node.blocks() for x in block.outputs()]
    return [x.debugName() for x in given]


def _operation(node, names):
    """Yield a node for each output of an operation."""
    inputs = [names[x] for x in _inputs(node)]
    values = {name: getattr(node, node.kindOf(name))(name) for name in node.attributeNames()}
    attributes = {"attr": str(values).replace("'", " ")}
    for output in node.outputs():
        shapes = [output.type().sizes()] if output.isCompleteTensor() else []
        yield Node(names[output.debugName()], node.kind(), inputs, attributes, shapes)


def _io(name, value, inputs):
    sizes = value.type().sizes() if _kind(value) == "TensorType" else None
    return Node(name, "IO Node", inputs, {"attr": ""}, [] if sizes is None else [sizes])


def _kind(value):
    return value.type().kind()


# ---- what there is without a trace ----

def module_tree(model: "Any") -> "List[Node]":
    """Return the modules of a model as nodes, with the number of parameters in each.

    What flows from one to the other is not known; parameters are inputs of their module.
    """
    found, names = [], {}               # type: List[Node], Dict[str, str]
    for path, module in model.named_modules():
        above, _, last = path.rpartition(".")
        kind = type(module).__name__
        name = names[path] = "%s/%s[%s]" % (names[above], kind, last) if path else kind
        own = [Node("%s/%s" % (name, key), "Parameter", (), {"dtype": str(x.dtype)}, [_sizes(x)])
               for key, x in module.named_parameters(recurse=False)]
        found.append(Node(name, kind, [node.name for node in own], {
            "class": "%s.%s" % (type(module).__module__, type(module).__qualname__),
            "parameters": sum(x.numel() for x in module.parameters() if _sizes(x) is not None),
            "settings": _settings(module)}))
        found += own
    return found


def _settings(module):
    try:
        return module.extra_repr()
    except Exception as e:              # the user's own, of a module that is not ready, maybe
        return "%s: %s" % (type(e).__name__, e)
