"""Messages as objects: what protobuf's own do, on the same bytes as the spine's."""
import copy
import pickle
import unittest

from tbx_pure.compat import proto
from tbx_pure.compat.proto import (Event, HistogramProto, SessionLog, Summary, SummaryMetadata, TensorProto,
                                   TensorShapeProto)
from tbx_pure.errors import FormatError, InputError
from tbx_pure.messages import EVENT, SUMMARY

HPARAMS, API = proto.exports("hparams"), proto.exports("hparams_api")

EXAMPLE = {"wall_time": 1.5, "step": 3, "summary": {"value": [
    {"tag": "a", "simple_value": 0.5},
    {"tag": "b", "tensor": {"dtype": "DT_HALF", "tensor_shape": {"dim": [{"size": 2}, {}]}, "half_val": [1, 2]}},
    {"tag": "c", "histo": {"min": -1.0, "bucket": [1.0, 2.0], "bucket_limit": [0.0, 1.0]}},
    {"tag": "d", "image": {"height": 1, "encoded_image_string": b"\x00\xff"}, "metadata": {
        "plugin_data": {"plugin_name": "p", "content": b"c"}, "data_class": "DATA_CLASS_TENSOR"}}]}}


class TestBytes(unittest.TestCase):

    def test_the_bytes_are_those_of_the_table(self):
        self.assertEqual(Event(**EXAMPLE).SerializeToString(), EVENT.encode(EXAMPLE))
        self.assertEqual(Event(**EXAMPLE).ByteSize(), len(EVENT.encode(EXAMPLE)))

    def test_objects_dicts_and_tuples_make_the_same(self):
        dim = TensorShapeProto.Dim
        tensor = TensorProto(dtype=19, tensor_shape=TensorShapeProto(dim=(dim(size=2), dim())), half_val=(1, 2))
        meta = SummaryMetadata(plugin_data=SummaryMetadata.PluginData(plugin_name="p", content=b"c"), data_class=2)
        event = Event(wall_time=1.5, step=3, summary=Summary(value=[
            Summary.Value(tag="a", simple_value=0.5),
            Summary.Value(tag="b", tensor=tensor),
            Summary.Value(tag="c", histo=HistogramProto(min=-1, bucket=range(1, 3), bucket_limit=[0, 1])),
            Summary.Value(tag="d", metadata=meta,
                          image=Summary.Image(height=1, encoded_image_string=b"\x00\xff"))]))
        self.assertEqual(event.SerializeToString(), EVENT.encode(EXAMPLE))

    def test_there_and_back(self):
        data = EVENT.encode(EXAMPLE)
        event = Event.FromString(data)
        self.assertEqual(event, Event(**EXAMPLE))
        self.assertEqual(event.SerializeToString(), data)
        other = Event(step=9)
        self.assertEqual(other.ParseFromString(data), len(data))
        self.assertEqual(other, event)

    def test_damaged_bytes(self):
        with self.assertRaises(FormatError):
            Event.FromString(b"\x08")
        event = Event(step=2)
        with self.assertRaises(FormatError):
            event.ParseFromString(b"\x2a\x05")
        self.assertEqual(event, Event(step=2))

    def test_text_may_come_as_bytes_and_messages_from_another_library(self):
        class Foreign:
            def SerializeToString(self):
                return SUMMARY.encode({"value": [{"tag": "t"}]})
        self.assertEqual(Event(summary=Foreign()).summary.value[0].tag, "t")
        self.assertEqual(Summary.Value(tag=b"t").tag, "t")

    def test_unknown_fields_are_lost(self):
        self.assertEqual(Event.FromString(b"\x10\x01\xf8\x07\x01").SerializeToString(), b"\x10\x01")

    def test_to_bytes(self):
        self.assertEqual(proto.to_bytes(Event(step=1)), b"\x10\x01")
        for data in (b"\x10\x01", bytearray(b"\x10\x01"), memoryview(b"\x10\x01")):
            self.assertEqual(proto.to_bytes(data), b"\x10\x01")
        class Text:
            def SerializeToString(self):
                return "text"
        for wrong, name in ((1, "int 1"), (Text(), ".*Text.*")):
            with self.assertRaisesRegex(InputError, r"event: need a message .*, got " + name):
                proto.to_bytes(wrong, "event")


class TestFields(unittest.TestCase):

    def test_defaults(self):
        value = Summary.Value()
        self.assertEqual((value.tag, value.simple_value, value.image.height, value.tensor.dtype,
                          value.tensor.tensor_content, list(value.histo.bucket)), ("", 0.0, 0, 0, b"", []))
        self.assertEqual(value.SerializeToString(), b"")            # reading sets nothing
        self.assertIsNone(value.WhichOneof("value"))

    def test_assigning_below_sets_what_is_above(self):
        event = Event()
        event.summary.value.add(tag="t").metadata.plugin_data.plugin_name = "p"
        self.assertEqual(EVENT.decode(event.SerializeToString()), {"summary": {"value": [
            {"tag": "t", "metadata": {"plugin_data": {"plugin_name": "p"}}}]}})

    def test_a_message_that_is_held_on_to_is_the_same_one(self):
        value = Summary.Value()
        tensor = value.tensor
        tensor.float_val.append(0.5)
        value.tensor.float_val.append(1.5)
        self.assertEqual(list(tensor.float_val), [0.5, 1.5])

    def test_floats_are_what_will_be_written(self):
        value = Summary.Value(simple_value=0.1)
        self.assertEqual(value.simple_value, 0.10000000149011612)
        value.simple_value = 0.2
        self.assertEqual(value.simple_value, 0.20000000298023224)
        self.assertEqual(TensorProto(float_val=[0.1]).float_val[0], 0.10000000149011612)

    def test_oneof_the_last_stays(self):
        value = Summary.Value(simple_value=1)
        value.tensor.dtype = 1
        self.assertEqual((value.WhichOneof("value"), value.simple_value), ("tensor", 0.0))
        value.simple_value = 0
        self.assertEqual((value.WhichOneof("value"), value.HasField("value")), ("simple_value", True))
        self.assertEqual(value.SerializeToString(), b"\x15\0\0\0\0")
        value.image.SetInParent()
        self.assertEqual(value.SerializeToString(), b"\x22\x00")
        value.ClearField("value")
        self.assertFalse(value.HasField("value"))

    def test_has_field(self):
        event = Event(step=1, summary={})
        self.assertEqual((event.HasField("summary"), event.HasField("graph_def"), event.HasField("source_metadata")),
                         (True, False, False))
        for name in ("step", "no such"):
            with self.assertRaises(ValueError):
                event.HasField(name)
        with self.assertRaises(ValueError):
            event.summary.HasField("value")
        with self.assertRaises(ValueError):
            event.WhichOneof("step")
        with self.assertRaises(ValueError):
            event.ClearField("no such")

    def test_enums(self):
        log = SessionLog(status=SessionLog.START)
        self.assertEqual((log.status, SessionLog.STOP, SessionLog.SessionStatus.Name(log.status)), (1, 2, "START"))
        log.status = "CHECKPOINT"
        self.assertEqual(log.status, 3)
        log.status = 77                                             # proto3's enums are open
        self.assertEqual(SessionLog.FromString(log.SerializeToString()).status, 77)
        summary, types = proto.exports("summary"), proto.exports("types")
        self.assertEqual((summary["DATA_CLASS_SCALAR"], types["DT_FLOAT"], types["DataType"].Value("DT_HALF")),
                         (1, 1, 19))
        self.assertIn(("DT_DOUBLE", 2), types["DataType"].items())
        self.assertEqual(API["Status"].values(), [0, 1, 2, 3])
        self.assertEqual(API["Status"].STATUS_FAILURE, 2)
        for wrong in (lambda: SessionLog.SessionStatus.Name(9), lambda: SessionLog.SessionStatus.Value("x")):
            self.assertRaises(ValueError, wrong)

    def test_field_numbers(self):
        self.assertEqual((Event.SUMMARY_FIELD_NUMBER, Summary.Value.METADATA_FIELD_NUMBER), (5, 9))
        self.assertEqual([(field.name, field.number, value) for field, value in Event(step=3, file_version="").ListFields()],
                         [("step", 2, 3), ("file_version", 3, "")])
        explicit_zero = Event.FromString(b"\x10\x00")
        self.assertEqual((explicit_zero.ListFields(), explicit_zero), ([], Event()))

    def test_wrong_ones(self):
        for wrong, message in (
                (lambda: Event(stp=1), "Event: need only fields of its table, got stp"),
                (lambda: Event(step="a"), "Event.step: need a value of type int64, got str 'a'"),
                (lambda: Event(step=2 ** 63), "Event.step: need a value of type int64"),
                (lambda: Summary(value=3), "Summary.value: need a list, got int 3"),
                (lambda: Summary(value=[3]), "Summary.value: need a value of type Summary.Value, got int 3"),
                (lambda: Summary(value=[{"tag": "t", "x": 1}]), "Summary.Value: need only fields of its table, got x"),
                (lambda: Summary.Value(tag=b"\xff"), "Summary.Value.tag: need a value of type string"),
                (lambda: Summary.Value(simple_value=1, image={}), "need at most one member"),
                (lambda: Summary().value.append(Event(step=1)), "got step"),
                (lambda: SessionLog(status="x"), "SessionLog.status")):
            with self.subTest(message):
                with self.assertRaises(ValueError) as caught:
                    wrong()
                self.assertIn(message, str(caught.exception))
        with self.assertRaises(TypeError):
            Event(3)
        event = Event(step=1)
        for name, value in (("stp", 1), ("summary", Summary())):
            with self.assertRaises(AttributeError):
                setattr(event, name, value)
        with self.assertRaises(AttributeError):
            event.stp
        for value in ("x", None):
            with self.assertRaises(InputError):
                event.step = value
        self.assertEqual(event, Event(step=1))


class TestLists(unittest.TestCase):

    def test_numbers(self):
        tensor = TensorProto(int_val=[1, 2])
        tensor.int_val.append(3)
        tensor.int_val.extend((4, 5))
        tensor.int_val[0] = 9
        del tensor.int_val[1]
        tensor.int_val.insert(0, 7)
        self.assertEqual(tensor.int_val, [7, 9, 3, 4, 5])
        self.assertEqual((tensor.int_val[1:3], len(tensor.int_val), tensor.int_val.pop()), ([9, 3], 5, 5))
        self.assertEqual(repr(tensor.int_val), "[7, 9, 3, 4]")
        tensor.int_val[:] = [1]
        self.assertEqual(TensorProto.FromString(tensor.SerializeToString()).int_val, [1])
        for value in (1.5, "x", 2 ** 40):
            with self.assertRaises(InputError):
                tensor.int_val.append(value)
        self.assertEqual(tensor.int_val, [1])
        del tensor.int_val[:]
        self.assertEqual(tensor.ListFields(), [])

    def test_messages(self):
        summary, value = Summary(), Summary.Value(tag="a")
        summary.value.append(value)
        value.tag = "changed"                                       # append takes a copy
        self.assertEqual([v.tag for v in summary.value], ["a"])
        summary.value[0].tag = "b"
        summary.value.add(tag="c", simple_value=1).node_name = "n"
        self.assertEqual(SUMMARY.decode(summary.SerializeToString()), {"value": [
            {"tag": "b"}, {"tag": "c", "simple_value": 1.0, "node_name": "n"}]})

    def test_maps(self):
        start = HPARAMS["SessionStartInfo"]()
        start.hparams["lr"].number_value = 0.5
        start.hparams["name"].string_value = "x"
        self.assertEqual((sorted(start.hparams), "lr" in start.hparams, "z" in start.hparams, len(start.hparams)),
                         (["lr", "name"], True, False, 2))
        again = HPARAMS["SessionStartInfo"].FromString(start.SerializeToString())
        self.assertEqual((again.hparams["lr"].number_value, again.hparams["name"].WhichOneof("kind")),
                         (0.5, "string_value"))
        self.assertEqual(again, start)
        with self.assertRaises(ValueError):
            start.hparams["lr"] = 3
        again.hparams["asked for"]
        self.assertEqual(len(again.hparams), 3)
        del again.hparams["asked for"]
        self.assertEqual(again, start)


class TestWhole(unittest.TestCase):

    def test_merge_and_copy(self):
        one, two = Event(step=1, summary={"value": [{"tag": "a"}]}), Event(wall_time=2, summary={"value": [{"tag": "b"}]})
        copied = Event(step=7)
        copied.CopyFrom(one)
        one.MergeFrom(two)
        self.assertEqual((one.step, one.wall_time, [v.tag for v in one.summary.value]), (1, 2.0, ["a", "b"]))
        self.assertEqual((copied.step, len(copied.summary.value)), (1, 1))
        one.summary.CopyFrom(Summary())
        self.assertTrue(one.HasField("summary"))
        one.Clear()
        self.assertEqual((one, one.IsInitialized()), (Event(), True))
        for wrong in (Summary(), 3):
            with self.assertRaises(InputError):
                one.MergeFrom(wrong)

    def test_equal(self):
        self.assertEqual(Event(step=1), Event(step=1, wall_time=0))
        self.assertNotEqual(Event(step=1), Event(step=2))
        self.assertNotEqual(Event(), Event(summary={}))
        self.assertNotEqual(Event(), Summary())
        self.assertRaises(TypeError, hash, Event())

    def test_copies(self):
        event = Event(**EXAMPLE)
        for other in (copy.copy(event), copy.deepcopy(event), pickle.loads(pickle.dumps(event)),
                      pickle.loads(pickle.dumps(event, 2))):
            self.assertEqual(other, event)
            other.summary.value[0].tag = "changed"
            self.assertNotEqual(other, event)
        value = event.summary.value[1]
        self.assertEqual(pickle.loads(pickle.dumps(value)), value)

    def test_text(self):
        self.assertEqual(str(Event(step=3, summary={"value": [
            {"tag": 'a"\u00e9\n', "simple_value": 0.1}, {"tensor": {"dtype": 1, "half_val": [1, 2]}}]})), (
                'step: 3\nsummary {\n  value {\n    tag: "a\\"\u00e9\\n"\n    simple_value: 0.1\n  }\n'
                '  value {\n    tensor {\n      dtype: DT_FLOAT\n      half_val: 1\n      half_val: 2\n    }\n  }\n}\n'))
        self.assertEqual(str(proto.exports("audio")["AudioPluginData"](converted_to_tensor=True)),
                         "converted_to_tensor: true\n")
        self.assertEqual(str(HistogramProto(min=float("nan"), max=0.1, sum=1e300, num=1000000)),
                         "min: nan\nmax: 0.1\nnum: 1000000\nsum: 1e+300\n")

    def test_names(self):
        self.assertEqual([c.__qualname__ for c in (Summary.Value, Summary.Image, SummaryMetadata.PluginData)],
                         ["Summary.Value", "Summary.Image", "SummaryMetadata.PluginData"])
        for file in proto.FILES:
            with self.subTest(file):
                self.assertTrue(proto.exports(file))


if __name__ == "__main__":
    unittest.main()
