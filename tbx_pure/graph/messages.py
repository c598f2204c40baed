"""The messages of graphs, as tables.  spec/plugins/graphs.md

The numbers are those of TensorFlow's graph.proto, node_def.proto, attr_value.proto, versions.proto,
step_stats.proto and config.proto.
"""
from ..messages import DATA_TYPE, TENSOR, TENSOR_SHAPE
from ..wire import BOOL, BYTES, FLOAT, INT32, INT64, STRING, Message

# ---- a graph ----

ATTR_LIST = Message("AttrValue.ListValue",
    (2, "s",      [BYTES]),
    (3, "i",      [INT64]),
    (4, "f",      [FLOAT]),
    (5, "b",      [BOOL]),
    (6, "type",   [DATA_TYPE]),
    (7, "shape",  [TENSOR_SHAPE]),
    (8, "tensor", [TENSOR]))

ATTR_VALUE = Message("AttrValue",
    ("value",
        (1, "list",        ATTR_LIST),
        (2, "s",           BYTES),
        (3, "i",           INT64),
        (4, "f",           FLOAT),
        (5, "b",           BOOL),
        (6, "type",        DATA_TYPE),
        (7, "shape",       TENSOR_SHAPE),
        (8, "tensor",      TENSOR),
        (9, "placeholder", STRING)))

NODE_DEF = Message("NodeDef",
    (1, "name",   STRING),
    (2, "op",     STRING),
    (3, "input",  [STRING]),
    (4, "device", STRING),
    (5, "attr",   {STRING: ATTR_VALUE}))

VERSION_DEF = Message("VersionDef",
    (1, "producer",      INT32),
    (2, "min_consumer",  INT32),
    (3, "bad_consumers", [INT32]))

GRAPH_DEF = Message("GraphDef",
    (1, "node",     [NODE_DEF]),
    (3, "version",  INT32),
    (4, "versions", VERSION_DEF))

# ---- how it ran ----

DEVICE_STEP_STATS = Message("DeviceStepStats",
    (1, "device", STRING))

STEP_STATS = Message("StepStats",
    (1, "dev_stats", [DEVICE_STEP_STATS]))

RUN_METADATA = Message("RunMetadata",
    (1, "step_stats", STEP_STATS))
