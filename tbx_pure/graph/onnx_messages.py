"""The messages of an ONNX file, as tables: what of them a graph shows.  spec/models.md

The numbers are those of onnx.proto, IR version 14, https://github.com/onnx/onnx.  The weights are
left out, so they are skipped, neither read nor copied.
"""
from ..wire import BYTES, FLOAT, INT64, STRING, Message, enum

DATA_TYPE = enum("onnx.TensorProto.DataType",
    FLOAT=1, UINT8=2, INT8=3, UINT16=4, INT16=5, INT32=6, INT64=7, STRING=8, BOOL=9, FLOAT16=10,
    DOUBLE=11, UINT32=12, UINT64=13, COMPLEX64=14, COMPLEX128=15, BFLOAT16=16, FLOAT8E4M3FN=17,
    FLOAT8E4M3FNUZ=18, FLOAT8E5M2=19, FLOAT8E5M2FNUZ=20, UINT4=21, INT4=22, FLOAT4E2M1=23,
    FLOAT8E8M0=24, UINT2=25, INT2=26, FLOAT6E2M3=27, FLOAT6E3M2=28)

# of an attribute: the field that holds its value
ATTRIBUTE_TYPE = enum("onnx.AttributeProto.AttributeType",
    f=1, i=2, s=3, t=4, g=5, floats=6, ints=7, strings=8, tensors=9, graphs=10, sparse_tensor=11,
    sparse_tensors=12, tp=13, type_protos=14)

DIMENSION = Message("onnx.TensorShapeProto.Dimension",
    ("value",
        (1, "dim_value", INT64),
        (2, "dim_param", STRING)))

SHAPE = Message("onnx.TensorShapeProto",
    (1, "dim", [DIMENSION]))

TENSOR_TYPE = Message("onnx.TypeProto.Tensor",
    (1, "elem_type", DATA_TYPE),
    (2, "shape",     SHAPE))

TYPE = Message("onnx.TypeProto")
ELEMENT = Message("onnx.TypeProto.Sequence",         # TypeProto.Optional too
    (1, "elem_type", TYPE))
MAP = Message("onnx.TypeProto.Map",
    (1, "key_type",   DATA_TYPE),
    (2, "value_type", TYPE))
TYPE.also(
    ("value",
        (1, "tensor_type",        TENSOR_TYPE),
        (4, "sequence_type",      ELEMENT),
        (5, "map_type",           MAP),
        (8, "sparse_tensor_type", TENSOR_TYPE),
        (9, "optional_type",      ELEMENT)))

VALUE_INFO = Message("onnx.ValueInfoProto",
    (1, "name", STRING),
    (2, "type", TYPE))

TENSOR = Message("onnx.TensorProto",
    (1, "dims",      [INT64]),
    (2, "data_type", DATA_TYPE),
    (8, "name",      STRING))

SPARSE_TENSOR = Message("onnx.SparseTensorProto",
    (1, "values", TENSOR),
    (3, "dims",   [INT64]))

GRAPH = Message("onnx.GraphProto")

ATTRIBUTE = Message("onnx.AttributeProto",
    (1,  "name",           STRING),
    (2,  "f",              FLOAT),
    (3,  "i",              INT64),
    (4,  "s",              BYTES),
    (5,  "t",              TENSOR),
    (6,  "g",              GRAPH),
    (7,  "floats",         [FLOAT]),
    (8,  "ints",           [INT64]),
    (9,  "strings",        [BYTES]),
    (10, "tensors",        [TENSOR]),
    (11, "graphs",         [GRAPH]),
    (14, "tp",             TYPE),
    (15, "type_protos",    [TYPE]),
    (20, "type",           ATTRIBUTE_TYPE),
    (21, "ref_attr_name",  STRING),
    (22, "sparse_tensor",  SPARSE_TENSOR),
    (23, "sparse_tensors", [SPARSE_TENSOR]))

NODE = Message("onnx.NodeProto",
    (1, "input",     [STRING]),
    (2, "output",    [STRING]),
    (3, "name",      STRING),
    (4, "op_type",   STRING),
    (5, "attribute", [ATTRIBUTE]),
    (7, "domain",    STRING),
    (8, "overload",  STRING))

GRAPH.also(
    (1,  "node",               [NODE]),
    (5,  "initializer",        [TENSOR]),
    (11, "input",              [VALUE_INFO]),
    (12, "output",             [VALUE_INFO]),
    (13, "value_info",         [VALUE_INFO]),
    (15, "sparse_initializer", [SPARSE_TENSOR]))

FUNCTION = Message("onnx.FunctionProto",
    (1,  "name",       STRING),
    (4,  "input",      [STRING]),
    (5,  "output",     [STRING]),
    (7,  "node",       [NODE]),
    (10, "domain",     STRING),
    (12, "value_info", [VALUE_INFO]),
    (13, "overload",   STRING))

MODEL = Message("onnx.ModelProto",
    (7,  "graph",     GRAPH),
    (25, "functions", [FUNCTION]))
