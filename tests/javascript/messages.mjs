// Which fields each message has.  spec/3-events.md, 4-summaries.md, 5-tensors.md, plugins/; and, for
// what of a tensor no plugin shows, spec/messages.proto.
import {build} from "./wire.mjs";

const ENUMS = {
    Level: {UNKNOWN: 0, DEBUGGING: 10, INFO: 20, WARN: 30, ERROR: 40, FATAL: 50},
    SessionStatus: {STATUS_UNSPECIFIED: 0, START: 1, STOP: 2, CHECKPOINT: 3},
    DataClass: {
        DATA_CLASS_UNKNOWN: 0, DATA_CLASS_SCALAR: 1, DATA_CLASS_TENSOR: 2,
        DATA_CLASS_BLOB_SEQUENCE: 3,
    },
    DataType: {
        DT_INVALID: 0, DT_FLOAT: 1, DT_DOUBLE: 2, DT_INT32: 3, DT_UINT8: 4, DT_INT16: 5, DT_INT8: 6,
        DT_STRING: 7, DT_COMPLEX64: 8, DT_INT64: 9, DT_BOOL: 10, DT_QINT8: 11, DT_QUINT8: 12,
        DT_QINT32: 13, DT_BFLOAT16: 14, DT_QINT16: 15, DT_QUINT16: 16, DT_UINT16: 17,
        DT_COMPLEX128: 18, DT_HALF: 19, DT_RESOURCE: 20, DT_VARIANT: 21, DT_UINT32: 22,
        DT_UINT64: 23, DT_FLOAT8_E5M2: 24, DT_FLOAT8_E4M3FN: 25, DT_FLOAT8_E4M3FNUZ: 26,
        DT_FLOAT8_E4M3B11FNUZ: 27, DT_FLOAT8_E5M2FNUZ: 28, DT_INT4: 29, DT_UINT4: 30, DT_INT2: 31,
        DT_UINT2: 32, DT_FLOAT4_E2M1FN: 33,
    },
    Encoding: {UNKNOWN: 0, WAV: 11},
    ContentType: {UNDEFINED: 0, VERTEX: 1, FACE: 2, COLOR: 3},
    HParamType: {
        DATA_TYPE_UNSET: 0, DATA_TYPE_STRING: 1, DATA_TYPE_BOOL: 2, DATA_TYPE_FLOAT64: 3,
    },
    DatasetType: {DATASET_UNKNOWN: 0, DATASET_TRAINING: 1, DATASET_VALIDATION: 2},
    Status: {STATUS_UNKNOWN: 0, STATUS_SUCCESS: 1, STATUS_FAILURE: 2, STATUS_RUNNING: 3},
    NullValue: {NULL_VALUE: 0},
};

const EVENTS = {
    Event: [
        [1, "wall_time", "double"],
        [2, "step", "int64"],
        ["what",
            [3, "file_version", "string"],
            [4, "graph_def", "bytes"],
            [5, "summary", "Summary"],
            [6, "log_message", "LogMessage"],
            [7, "session_log", "SessionLog"],
            [8, "tagged_run_metadata", "TaggedRunMetadata"],
            [9, "meta_graph_def", "bytes"]],
        [10, "source_metadata", "SourceMetadata"],
    ],
    LogMessage: [[1, "level", "Level"], [2, "message", "string"]],
    SessionLog: [
        [1, "status", "SessionStatus"], [2, "checkpoint_path", "string"], [3, "msg", "string"],
    ],
    TaggedRunMetadata: [[1, "tag", "string"], [2, "run_metadata", "bytes"]],
    SourceMetadata: [[1, "writer", "string"]],
    Summary: [[1, "value", "repeated Value"]],
    Value: [
        [1, "tag", "string"],
        ["value",
            [2, "simple_value", "float"],
            [3, "obsolete_old_style_histogram", "bytes"],
            [4, "image", "Image"],
            [5, "histo", "HistogramProto"],
            [6, "audio", "Audio"],
            [8, "tensor", "TensorProto"]],
        [7, "node_name", "string"],
        [9, "metadata", "SummaryMetadata"],
    ],
    SummaryMetadata: [
        [1, "plugin_data", "PluginData"],
        [2, "display_name", "string"],
        [3, "summary_description", "string"],
        [4, "data_class", "DataClass"],
    ],
    PluginData: [[1, "plugin_name", "string"], [2, "content", "bytes"]],
    Image: [
        [1, "height", "int32"], [2, "width", "int32"], [3, "colorspace", "int32"],
        [4, "encoded_image_string", "bytes"],
    ],
    Audio: [
        [1, "sample_rate", "float"], [2, "num_channels", "int64"], [3, "length_frames", "int64"],
        [4, "encoded_audio_string", "bytes"], [5, "content_type", "string"],
    ],
    HistogramProto: [
        [1, "min", "double"], [2, "max", "double"], [3, "num", "double"], [4, "sum", "double"],
        [5, "sum_squares", "double"],
        [6, "bucket_limit", "repeated double"], [7, "bucket", "repeated double"],
    ],
    TensorProto: [
        [1, "dtype", "DataType"],
        [2, "tensor_shape", "TensorShapeProto"],
        [3, "version_number", "int32"],
        [4, "tensor_content", "bytes"],
        [5, "float_val", "repeated float"],
        [6, "double_val", "repeated double"],
        [7, "int_val", "repeated int32"],
        [8, "string_val", "repeated bytes"],
        [9, "scomplex_val", "repeated float"],
        [10, "int64_val", "repeated int64"],
        [11, "bool_val", "repeated bool"],
        [12, "dcomplex_val", "repeated double"],
        [13, "half_val", "repeated int32"],
        [14, "resource_handle_val", "repeated ResourceHandleProto"],
        [15, "variant_val", "repeated VariantTensorDataProto"],
        [16, "uint32_val", "repeated uint32"],
        [17, "uint64_val", "repeated uint64"],
        [18, "float8_val", "bytes"],
    ],
    TensorShapeProto: [[2, "dim", "repeated Dim"], [3, "unknown_rank", "bool"]],
    Dim: [[1, "size", "int64"], [2, "name", "string"]],
    ResourceHandleProto: [
        [1, "device", "string"], [2, "container", "string"], [3, "name", "string"],
        [4, "hash_code", "uint64"], [5, "maybe_type_name", "string"],
        [6, "dtypes_and_shapes", "repeated DtypeAndShape"],
    ],
    DtypeAndShape: [[1, "dtype", "DataType"], [2, "shape", "TensorShapeProto"]],
    VariantTensorDataProto: [
        [1, "type_name", "string"], [2, "metadata", "bytes"], [3, "tensors", "repeated TensorProto"],
    ],
};

// What stands in PluginData.content; of custom_scalars, in a tensor.
const PLUGINS = {
    ScalarPluginData: [[1, "version", "int32"]],
    TextPluginData: [[1, "version", "int32"]],
    HistogramPluginData: [[1, "version", "int32"]],
    ImagePluginData: [[1, "version", "int32"], [2, "converted_to_tensor", "bool"]],
    AudioPluginData: [
        [1, "version", "int32"], [2, "encoding", "Encoding"], [3, "converted_to_tensor", "bool"],
    ],
    PrCurvePluginData: [[1, "version", "int32"], [2, "num_thresholds", "uint32"]],
    MeshPluginData: [
        [1, "version", "int32"], [2, "name", "string"], [3, "content_type", "ContentType"],
        [5, "json_config", "string"], [6, "shape", "repeated int32"], [7, "components", "uint32"],
    ],
    Layout: [[1, "version", "int32"], [2, "category", "repeated Category"]],
    Category: [[1, "title", "string"], [2, "chart", "repeated Chart"], [3, "closed", "bool"]],
    Chart: [
        [1, "title", "string"],
        ["content", [2, "multiline", "MultilineChartContent"], [3, "margin", "MarginChartContent"]],
    ],
    MultilineChartContent: [[1, "tag", "repeated string"]],
    MarginChartContent: [[1, "series", "repeated Series"]],
    Series: [[1, "value", "string"], [2, "lower", "string"], [3, "upper", "string"]],
    HParamsPluginData: [
        [1, "version", "int32"],
        ["data",
            [2, "experiment", "Experiment"],
            [3, "session_start_info", "SessionStartInfo"],
            [4, "session_end_info", "SessionEndInfo"]],
    ],
    Experiment: [
        [1, "description", "string"], [2, "user", "string"], [3, "time_created_secs", "double"],
        [4, "hparam_infos", "repeated HParamInfo"], [5, "metric_infos", "repeated MetricInfo"],
        [6, "name", "string"],
    ],
    HParamInfo: [
        [1, "name", "string"], [2, "display_name", "string"], [3, "description", "string"],
        [4, "type", "HParamType"],
        ["domain", [5, "domain_discrete", "ListValue"], [6, "domain_interval", "Interval"]],
        [7, "differs", "bool"],
    ],
    Interval: [[1, "min_value", "double"], [2, "max_value", "double"]],
    MetricInfo: [
        [1, "name", "MetricName"], [3, "display_name", "string"], [4, "description", "string"],
        [5, "dataset_type", "DatasetType"],
    ],
    MetricName: [[1, "group", "string"], [2, "tag", "string"]],
    SessionStartInfo: [
        [1, "hparams", "map<string, JsonValue>"], [2, "model_uri", "string"],
        [3, "monitor_url", "string"], [4, "group_name", "string"], [5, "start_time_secs", "double"],
    ],
    SessionEndInfo: [[1, "status", "Status"], [2, "end_time_secs", "double"]],
    JsonValue: [
        ["kind",
            [1, "null_value", "NullValue"], [2, "number_value", "double"],
            [3, "string_value", "string"], [4, "bool_value", "bool"],
            [5, "struct_value", "Struct"], [6, "list_value", "ListValue"]],
    ],
    ListValue: [[1, "values", "repeated JsonValue"]],
    Struct: [[1, "fields", "map<string, JsonValue>"]],
};

export const MESSAGES = build(ENUMS, {...EVENTS, ...PLUGINS});
