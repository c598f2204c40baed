"""torch.utils.tensorboard._pytorch_graph, of which some programs call graph() themselves."""
from .message import class_of
from .summary import warner
from ..errors import naming
from ..graph import HOW_IT_RAN, torch
from ..graph.messages import GRAPH_DEF, RUN_METADATA
from ..graph.nodes import encoded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Tuple


def graph(model: "Any", args: "Any", verbose: bool = False,
          use_strict_trace: bool = True) -> "Tuple[Any, Any]":
    """Return what FileWriter.add_graph takes: a GraphDef of a torch module, and a RunMetadata."""
    name = type(model).__name__
    with naming("graph", name):
        nodes = torch.nodes(model, args, verbose, use_strict_trace, warner("graph", name))
        data = encoded(nodes)
    return class_of(GRAPH_DEF).FromString(data), class_of(RUN_METADATA)(**HOW_IT_RAN)
