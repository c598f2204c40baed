"""Graphs of event files: what stands in an event itself, not in a value.  spec/3-events.md"""
from ..graph.messages import GRAPH_DEF, RUN_METADATA
from ..messages import TAGGED_RUN_METADATA
from ..wire import Message

META_GRAPH_DEF = Message("MetaGraphDef",        # TensorFlow's meta_graph.proto: the graph of it
    (2, "graph_def", GRAPH_DEF))

#   plugin                       what its bytes mean
READ = {
    "graphs":                    GRAPH_DEF.decode,
    "meta_graph":                lambda data: META_GRAPH_DEF.decode(data).get("graph_def", {}),
    "graph_tagged_run_metadata": lambda data: RUN_METADATA.decode(
        TAGGED_RUN_METADATA.decode(data).get("run_metadata", b"")),
}
