"""The modules that install() makes against the real ones: names, order of arguments, messages.

What the real ones have and ours lack stands here, so that a new version's names are seen.
"""
import copy
import importlib
import inspect
import types
import unittest

from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper
from google.protobuf.message import Message

from tbx_pure.compat import modules, proto
from tbx_pure.compat.message import Proto
from tests.conformance.brief import BriefTestCase

LACKING = {
    "tensorboardX.torchvis": "SummaryWriter VisdomWriter vis_formats",
    "tensorboardX.visdom_writer": "compute_curve figure_to_image make_np",
    "tensorboardX.writer": "CometLogger load_onnx_graph load_openvino_graph numpy_compatible",
    "tensorboardX.event_file_writer": "EventsWriter directory_check",
    "tensorboardX.record_writer":
        "GCSRecordWriter GCSRecordWriterFactory GCS_ENABLED REGISTERED_FACTORIES S3RecordWriter "
        "S3RecordWriterFactory S3_ENABLED directory_check make_valid_tf_name masked_crc32c open_file u32",
    "tensorboardX.summary": "draw_boxes",
    "tensorboardX.utils": "graphviz_to_image",
    "tensorboardX.x2num": "check_nan prepare_chainer prepare_mxnet prepare_pytorch prepare_theano",
    "tensorboardX.embedding": "TB_MAX_SPRITE_SIZE maybe_upload_file",
    "tensorboardX.crc32c": "CRC_INIT CRC_TABLE crc_finalize crc_update",
    "torch.utils.tensorboard.writer": "ProjectorConfig TYPE_CHECKING get_embedding_info graph load_onnx_graph write_pbtxt",
    "torch.utils.tensorboard.summary": "draw_boxes",
    "torch.utils.tensorboard._pytorch_graph":
        "CLASSTYPE_KIND DeviceStepStats GETATTR_KIND GraphDef GraphPy NodeBase NodePy NodePyIO NodePyOP RunMetadata "
        "StepStats VersionDef methods_IO methods_OP node_proto parse",
    "torch.utils.tensorboard._embedding": "EmbeddingInfo get_embedding_info make_grid make_np write_pbtxt",
    "tensorboard": "load_ipython_extension",
    "tensorboard.summary": "DirectoryOutput Output Writer audio histogram image scalar text",
    "tensorboard.summary.writer.event_file_writer": "AtomicCounter RecordWriter",
    "tensorboard.summary.writer.record_writer": "masked_crc32c",
    "tensorboard.compat.proto.event_pb2":
        "DEFAULT INTERNAL_ERROR NOT_CONFIGURED OK RECEIVED_SHUTDOWN_SIGNAL RequestedExitCode SHUTDOWN_AFTER_TIMEOUT "
        "SHUTTING_DOWN WAIT_FOR_COORDINATOR WatchdogConfig WorkerHealth WorkerHeartbeatRequest "
        "WorkerHeartbeatResponse WorkerShutdownMode",
    "tensorboard.compat.proto.summary_pb2": "SummaryDescription",
    "tensorboardX.proto.summary_pb2": "SummaryDescription",
    "tensorboard.compat.proto.types_pb2": "SerializedDType",
    "tensorboardX.proto.api_pb2":          # what the page asks its server
        "AGGREGATION_AVG AGGREGATION_MAX AGGREGATION_MEDIAN AGGREGATION_MIN AGGREGATION_UNSET AggregationType "
        "ColParams GetExperimentRequest ListMetricEvalsRequest ListSessionGroupsRequest ListSessionGroupsResponse "
        "MetricValue ORDER_ASC ORDER_DESC ORDER_UNSPECIFIED Session SessionGroup SortOrder",
    "tensorboardX.proto.attr_value_pb2": "NameAttrList",
    "tensorboard.compat.proto.attr_value_pb2": "NameAttrList",
    "tensorboard.compat.proto.config_pb2":      # how TensorFlow is to run; and, below, how it ran
        "BatchingOptions CallableOptions ConfigProto GPUOptions GraphOptions OptimizerOptions RunOptions "
        "SessionMetadata TensorConnection ThreadPoolOptionProto",
    "tensorboard.compat.proto.step_stats_pb2":
        "AllocationRecord AllocatorMemoryUsed MemoryStats NodeExecStats NodeOutput",
}
LACKING_FIELDS = {
    "AttrValue": "func", "AttrValue.ListValue": "func", "GraphDef": "library debug_info",
    "NodeDef": "experimental_debug_info experimental_type", "DeviceStepStats": "node_stats thread_names",
    "RunMetadata": "cost_graph partition_graphs function_graphs session_metadata",
}
LACKING["tensorboard.plugins.hparams.api_pb2"] = LACKING["tensorboardX.proto.api_pb2"]
OWNERS = "tensorboardX", "torch", "tensorboard", "google", ""    # of what is not imported from elsewhere

REAL = {path: importlib.import_module(path) for path in modules.TABLE}
OURS = {path: modules.contents(path) for path in modules.TABLE}


def names(module):
    """Return the names of a real module's own that it does not hide."""
    return {name for name, x in vars(module).items()
            if not name.startswith("_") and name != "DESCRIPTOR" and not isinstance(x, types.ModuleType)
            and (isinstance(x, int) or str(getattr(x, "__module__", "") or "").split(".")[0] in OWNERS)}


def pairs(kind):
    """Yield (path, name, theirs, ours) of what both have."""
    for path in modules.TABLE:
        for name, ours in OURS[path].items():
            theirs = getattr(REAL[path], name, None)
            if isinstance(theirs, kind):
                yield path, name, theirs, ours


class TestNames(BriefTestCase):

    def test_every_name_is_there_or_named_as_lacking(self):
        for path, module in REAL.items():
            with self.subTest(path):
                lacking = {name for name in names(module) - set(OURS[path]) if not name.endswith("_REF")}
                self.assertEqual(lacking, set(LACKING.get(path, "").split()))

    def test_packages_are_packages(self):
        for path in modules.PACKAGES:
            self.assertTrue(hasattr(REAL[path], "__path__"), path)

    def test_functions_take_the_same_arguments_in_the_same_order(self):
        compared = 0
        for path, name, theirs, ours in pairs(types.FunctionType):
            with self.subTest(path=path, name=name):
                wanted = list(inspect.signature(theirs).parameters.values())
                found = list(inspect.signature(ours).parameters.values())
                self.assertEqual([p.name for p in found][:len(wanted)], [p.name for p in wanted])
                if name != "compute_curve":     # its num_thresholds is None, with which it fails
                    self.assertEqual([p.default for p in found][:len(wanted)], [p.default for p in wanted])
                compared += 1
        self.assertGreater(compared, 60)

    def test_classes_of_writers_have_the_public_methods(self):
        for path, name, theirs, ours in pairs(type):
            if issubclass(theirs, Message) or name in ("TorchVis", "VisdomWriter", "GlobalSummaryWriter"):
                continue
            with self.subTest(path=path, name=name):
                wanted = {method for method in vars(theirs) if not method.startswith("_")}
                self.assertEqual(wanted - set(dir(ours)), set())


class TestMessages(BriefTestCase):

    def test_fields_oneofs_and_nested_names(self):
        compared = 0
        for path, name, theirs, ours in pairs(type):
            if issubclass(theirs, Message):
                with self.subTest(path=path, name=name):
                    compared += self.check(theirs, ours)
        self.assertGreater(compared, 50)

    def check(self, theirs, ours):
        self.assertTrue(issubclass(ours, Proto))
        table = ours.TABLE
        older = {field.name: field.number for field in theirs.DESCRIPTOR.fields}
        newer = {field.name: field.number for field in table.fields}
        lacking = LACKING_FIELDS.get(table.name, "").split()
        self.assertEqual({name: newer.get(name) for name in older if name not in lacking},
                         {name: number for name, number in older.items() if name not in lacking})
        for oneof in theirs.DESCRIPTOR.oneofs:
            self.assertLessEqual({field.name for field in oneof.fields} - set(lacking), set(table.oneofs[oneof.name]))
        for nested in theirs.DESCRIPTOR.nested_types:
            if not nested.GetOptions().map_entry and not lacking:
                self.assertTrue(hasattr(ours, nested.name), nested.name)
        for nested in theirs.DESCRIPTOR.enum_types:
            for value in nested.values:
                if value.name != "DEBUG":       # tensorboardX's name for DEBUGGING
                    self.assertEqual(getattr(ours, value.name), value.number)
        return 1

    def test_enums(self):
        compared = 0
        for path, name, theirs, ours in pairs(EnumTypeWrapper):
            with self.subTest(path=path, name=name):
                for key, number in theirs.items():
                    if not key.endswith("_REF"):
                        self.assertEqual((ours.Value(key), ours.Name(number), OURS[path][key]), (number, key, number))
                        compared += 1
        self.assertGreater(compared, 60)


VALUES = [
    {},
    {"tag": "a", "simple_value": 0.1},
    {"tag": "\u00e9\"\n'\\\x01", "simple_value": 0},
    {"tag": "b", "simple_value": float("nan"), "node_name": "n"},
    {"tag": "b", "simple_value": -0.0, "metadata": {}},
    {"tag": "c", "image": {"height": -1, "width": 2 ** 31 - 1, "encoded_image_string": bytes(range(256))}},
    {"tag": "d", "histo": {"min": -1e300, "max": 0.1, "num": 1000000, "sum": 1e-7, "sum_squares": float("inf"),
                           "bucket_limit": [0.1, 1 / 3, 1e22, 123456789.0], "bucket": [0, 1, 2, -0.0]}},
    {"tag": "e", "audio": {"sample_rate": 44100, "length_frames": 2 ** 40, "content_type": "audio/wav"}},
    {"tag": "f", "tensor": {"dtype": "DT_FLOAT", "tensor_shape": {"dim": [{"size": 2}, {"size": -1, "name": "x"}, {}],
                                                                  "unknown_rank": True},
                            "float_val": [0.1, 1e10, 16777216, 3.4e38, 1e-45, 1 / 3, -0.0], "string_val": [b"", b"x"],
                            "int64_val": [-1, 0, 2 ** 63 - 1], "bool_val": [True, False], "half_val": []},
     "metadata": {"plugin_data": {"plugin_name": "p", "content": b"\0"}, "display_name": "shown"}},
    {"tag": "g", "tensor": {"dtype": 99}},
    {"tag": "h", "tensor": {}},
]


class TestObjects(BriefTestCase):
    """The same construction, the same bytes, the same text."""

    def twins(self):
        real = importlib.import_module("tensorboardX.proto.event_pb2").Event
        newer = importlib.import_module("tensorboard.compat.proto.event_pb2").Event
        for theirs in (real, newer):
            for value in VALUES:
                fields = {"wall_time": 1.5, "step": 2 ** 40, "summary": {"value": [value, value]}}
                yield theirs, theirs(**copy.deepcopy(fields)), proto.Event(**fields)
            for fields in ({}, {"file_version": ""}, {"session_log": {"status": "START", "msg": "m"}},
                           {"log_message": {"level": 20}}, {"graph_def": b""}, {"step": 0}, {"step": -1}):
                yield theirs, theirs(**copy.deepcopy(fields)), proto.Event(**fields)

    def test_bytes_and_text(self):
        for _, theirs, ours in self.twins():
            with self.subTest(str(theirs)):
                data = theirs.SerializeToString()
                self.assertEqual(ours.SerializeToString(), data)
                self.assertEqual(proto.Event.FromString(data).SerializeToString(), data)
                self.assertEqual(str(ours), str(theirs))
                self.assertEqual(ours.ByteSize(), theirs.ByteSize())

    def test_questions(self):
        for kind, theirs, ours in self.twins():
            with self.subTest(str(theirs)):
                self.assertEqual([field.name for field, _ in ours.ListFields()],
                                 [field.name for field, _ in theirs.ListFields()])
                self.assertEqual(ours.WhichOneof("what"), theirs.WhichOneof("what"))
                for a, b in zip(ours.summary.value, theirs.summary.value):
                    self.assertEqual(a.WhichOneof("value"), b.WhichOneof("value"))
                    for name in ("image", "tensor", "simple_value", "metadata", "value"):
                        self.assertEqual(a.HasField(name), b.HasField(name))
                    self.assertEqual((repr(a.simple_value), a.tag, a.tensor.dtype, a.image.height),
                                     (repr(b.simple_value), b.tag, b.tensor.dtype, b.image.height))
                    self.assertEqual(a.tensor.float_val, list(b.tensor.float_val))
                    self.assertEqual([d.size for d in a.tensor.tensor_shape.dim],
                                     [d.size for d in b.tensor.tensor_shape.dim])

    def test_changes(self):
        for kind, theirs, ours in self.twins():
            with self.subTest(str(theirs)):
                for event in (theirs, ours):
                    event.step = 7
                    event.summary.value.add(tag="new").tensor.float_val.extend([1, 0.1])
                    event.summary.value[0].metadata.plugin_data.plugin_name = "q"
                    event.summary.value[-1].simple_value = 2
                    event.MergeFrom(type(event)(wall_time=3, summary={"value": [{"tag": "more"}]}))
                    event.summary.value[0].ClearField("value")
                    del event.summary.value[1:2]
                self.assertEqual(ours.SerializeToString(), theirs.SerializeToString())

    def test_each_takes_the_others(self):
        real = importlib.import_module("tensorboardX.proto.summary_pb2").Summary
        theirs = real(value=[real.Value(tag="t", simple_value=1)])
        self.assertEqual(proto.Event(summary=theirs).summary.value[0].tag, "t")
        self.assertEqual(real.FromString(proto.Summary(value=theirs.value).SerializeToString()), theirs)

    def test_maps(self):
        theirs = importlib.import_module("tensorboardX.proto.plugin_hparams_pb2").SessionStartInfo()
        ours = proto.exports("hparams")["SessionStartInfo"]()
        for info in (theirs, ours):
            info.hparams["lr"].number_value = 0.5
            info.group_name = "g"
        self.assertEqual((ours.SerializeToString(), str(ours)), (theirs.SerializeToString(), str(theirs)))


if __name__ == "__main__":
    unittest.main()
