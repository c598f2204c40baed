"""The messages of an event file, as tables.  spec/3-events.md, 4-summaries.md, 5-tensors.md

The numbers are those of TensorFlow's event.proto, summary.proto, tensor.proto and the files they
import.  A plugin's own messages stand in its file in plugins/, a graph's in graph/.
"""
from .wire import (BOOL, BYTES, DOUBLE, FLOAT, INT32, INT64, STRING, UINT32, UINT64, Message, enum)

# ---- tensors ----

DATA_TYPE = enum("DataType",
    DT_INVALID=0, DT_FLOAT=1, DT_DOUBLE=2, DT_INT32=3, DT_UINT8=4, DT_INT16=5, DT_INT8=6,
    DT_STRING=7, DT_COMPLEX64=8, DT_INT64=9, DT_BOOL=10, DT_QINT8=11, DT_QUINT8=12, DT_QINT32=13,
    DT_BFLOAT16=14, DT_QINT16=15, DT_QUINT16=16, DT_UINT16=17, DT_COMPLEX128=18, DT_HALF=19,
    DT_RESOURCE=20, DT_VARIANT=21, DT_UINT32=22, DT_UINT64=23, DT_FLOAT8_E5M2=24,
    DT_FLOAT8_E4M3FN=25, DT_FLOAT8_E4M3FNUZ=26, DT_FLOAT8_E4M3B11FNUZ=27, DT_FLOAT8_E5M2FNUZ=28,
    DT_INT4=29, DT_UINT4=30, DT_INT2=31, DT_UINT2=32, DT_FLOAT4_E2M1FN=33)

DIM = Message("TensorShapeProto.Dim",
    (1, "size", INT64),
    (2, "name", STRING))

TENSOR_SHAPE = Message("TensorShapeProto",
    (2, "dim",          [DIM]),
    (3, "unknown_rank", BOOL))

DTYPE_AND_SHAPE = Message("ResourceHandleProto.DtypeAndShape",
    (1, "dtype", DATA_TYPE),
    (2, "shape", TENSOR_SHAPE))

RESOURCE_HANDLE = Message("ResourceHandleProto",
    (1, "device",            STRING),
    (2, "container",         STRING),
    (3, "name",              STRING),
    (4, "hash_code",         UINT64),
    (5, "maybe_type_name",   STRING),
    (6, "dtypes_and_shapes", [DTYPE_AND_SHAPE]))

TENSOR = Message("TensorProto",
    (1,  "dtype",               DATA_TYPE),
    (2,  "tensor_shape",        TENSOR_SHAPE),
    (3,  "version_number",      INT32),
    (4,  "tensor_content",      BYTES),
    (5,  "float_val",           [FLOAT]),
    (6,  "double_val",          [DOUBLE]),
    (7,  "int_val",             [INT32]),
    (8,  "string_val",          [BYTES]),
    (9,  "scomplex_val",        [FLOAT]),
    (10, "int64_val",           [INT64]),
    (11, "bool_val",            [BOOL]),
    (12, "dcomplex_val",        [DOUBLE]),
    (13, "half_val",            [INT32]),
    (14, "resource_handle_val", [RESOURCE_HANDLE]),
    (16, "uint32_val",          [UINT32]),
    (17, "uint64_val",          [UINT64]),
    (18, "float8_val",          BYTES))

VARIANT_TENSOR_DATA = Message("VariantTensorDataProto",
    (1, "type_name", STRING),
    (2, "metadata",  BYTES),
    (3, "tensors",   [TENSOR]))

TENSOR.also((15, "variant_val", [VARIANT_TENSOR_DATA]))         # each of the two holds the other

# ---- summaries ----

DATA_CLASS = enum("DataClass",
    DATA_CLASS_UNKNOWN=0, DATA_CLASS_SCALAR=1, DATA_CLASS_TENSOR=2, DATA_CLASS_BLOB_SEQUENCE=3)

PLUGIN_DATA = Message("SummaryMetadata.PluginData",
    (1, "plugin_name", STRING),
    (2, "content",     BYTES))

SUMMARY_METADATA = Message("SummaryMetadata",
    (1, "plugin_data",         PLUGIN_DATA),
    (2, "display_name",        STRING),
    (3, "summary_description", STRING),
    (4, "data_class",          DATA_CLASS))

HISTOGRAM = Message("HistogramProto",
    (1, "min",          DOUBLE),
    (2, "max",          DOUBLE),
    (3, "num",          DOUBLE),
    (4, "sum",          DOUBLE),
    (5, "sum_squares",  DOUBLE),
    (6, "bucket_limit", [DOUBLE]),
    (7, "bucket",       [DOUBLE]))

IMAGE = Message("Summary.Image",
    (1, "height",               INT32),
    (2, "width",                INT32),
    (3, "colorspace",           INT32),
    (4, "encoded_image_string", BYTES))

AUDIO = Message("Summary.Audio",
    (1, "sample_rate",          FLOAT),
    (2, "num_channels",         INT64),
    (3, "length_frames",        INT64),
    (4, "encoded_audio_string", BYTES),
    (5, "content_type",         STRING))

VALUE = Message("Summary.Value",
    (1, "tag", STRING),
    ("value",
        (2, "simple_value",                 FLOAT),
        (3, "obsolete_old_style_histogram", BYTES),
        (4, "image",                        IMAGE),
        (5, "histo",                        HISTOGRAM),
        (6, "audio",                        AUDIO),
        (8, "tensor",                       TENSOR)),
    (7, "node_name", STRING),
    (9, "metadata",  SUMMARY_METADATA))

SUMMARY = Message("Summary",
    (1, "value", [VALUE]))

# ---- events ----

LOG_LEVEL = enum("LogMessage.Level",
    UNKNOWN=0, DEBUGGING=10, INFO=20, WARN=30, ERROR=40, FATAL=50)

LOG_MESSAGE = Message("LogMessage",
    (1, "level",   LOG_LEVEL),
    (2, "message", STRING))

SESSION_STATUS = enum("SessionLog.SessionStatus",
    STATUS_UNSPECIFIED=0, START=1, STOP=2, CHECKPOINT=3)

SESSION_LOG = Message("SessionLog",
    (1, "status",          SESSION_STATUS),
    (2, "checkpoint_path", STRING),
    (3, "msg",             STRING))

TAGGED_RUN_METADATA = Message("TaggedRunMetadata",
    (1, "tag",          STRING),
    (2, "run_metadata", BYTES))

SOURCE_METADATA = Message("SourceMetadata",
    (1, "writer", STRING))

EVENT = Message("Event",
    (1, "wall_time", DOUBLE),
    (2, "step",      INT64),
    ("what",
        (3, "file_version",        STRING),
        (4, "graph_def",           BYTES),
        (5, "summary",             SUMMARY),
        (6, "log_message",         LOG_MESSAGE),
        (7, "session_log",         SESSION_LOG),
        (8, "tagged_run_metadata", TAGGED_RUN_METADATA),
        (9, "meta_graph_def",      BYTES)),
    (10, "source_metadata", SOURCE_METADATA))

FILE_VERSION = "brain.Event:2"          # what the first record of a file says  [event-1]
