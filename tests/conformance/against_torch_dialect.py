"""dialect="torch" against torch.utils.tensorboard: the same calls, the same files, to the byte.

Of pictures the pixels are compared, not what zlib makes of them.  What differs on purpose has a test
that says so: [purge], [torch-audio-half], and for all others see spec/deviations.md.
"""
import contextlib
import functools
import io
import math
import os
import tempfile
import unittest
import warnings
from unittest import mock

import numpy
import torch
import tensorboardX.summary
import torch.utils.tensorboard
from PIL import Image
from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.compat.proto.config_pb2 import RunMetadata
from tensorboard.compat.proto.graph_pb2 import GraphDef
from tensorboard.compat.proto.step_stats_pb2 import DeviceStepStats, StepStats

import tbx_pure
from tbx_pure.compat import torch_writer
from tbx_pure.messages import EVENT
from tbx_pure.plugins.hparams import HPARAMS_PLUGIN_DATA
from tbx_pure.read.records import scan

NOW = 1700000000.25
NAN, INF = math.nan, math.inf
OURS = functools.partial(tbx_pure.SummaryWriter, dialect="torch")
PEER = torch.utils.tensorboard.SummaryWriter


def call(method, *arguments, **keywords):
    return method, arguments, keywords


def made(writer_class, calls, **options):
    """Return {path: content} of the files that calls make; of an event file, {run: its records}."""
    with tempfile.TemporaryDirectory() as logdir, mock.patch("time.time", lambda: NOW), \
            contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with contextlib.closing(writer_class(logdir, **options)) as writer:
            for method, arguments, keywords in calls:
                getattr(writer, method)(*arguments, **keywords)
        return dict(contents(logdir))


def contents(logdir):
    for folder, _, names in os.walk(logdir):
        for name in names:
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                if "tfevents" in name:
                    yield os.path.relpath(folder, logdir), [comparable(data)
                                                            for _, data in scan(file, strict=True)]
                else:
                    content = file.read()
                    yield (os.path.relpath(path, logdir),
                           pixels(content) if name.endswith("png") else content)


def comparable(data):
    """Return an event's bytes, with its picture taken out, and the pixels."""
    event, pictures = EVENT.decode(data), []
    for value in event.get("summary", {}).get("value", ()):
        if "image" in value:
            pictures.append(pixels(value["image"].pop("encoded_image_string")))
        plugin = value.get("metadata", {}).get("plugin_data", {})
        if plugin.get("plugin_name") == "hparams":      # has a map, which may come in any order
            pictures.append(HPARAMS_PLUGIN_DATA.decode(plugin.pop("content")))
    return (EVENT.encode(event) if pictures else data), pictures


def pixels(encoded):
    picture = Image.open(io.BytesIO(encoded))
    return picture.size, picture.mode, picture.tobytes()


class SameFiles(unittest.TestCase):
    maxDiff = 3000

    def assert_same(self, *calls, **options):
        theirs = made(PEER, calls, **options)
        self.assertEqual(made(OURS, calls, **options), theirs)
        self.assertEqual(made(torch_writer.SummaryWriter, calls, **options), theirs)

    def assert_each_the_same(self, calls):
        calls = list(calls)
        self.assertTrue(calls)
        for one in calls:
            with self.subTest(repr(one)[:200]):
                self.assert_same(one)


TAGS = ["a", "a b", "/abs", "//x", "", " ", "a:b?c", "grüße/米", "a\nb"]


class Scalars(SameFiles):
    def test_numbers(self):
        numbers = [0, 1, -1, True, 2 ** 24 + 1, 2 ** 70, 0.1, -0.0, 1e39, 5e-324, NAN, INF, "3.5",
                   "-1e3", " 7 ", "nan", numpy.float16(0.1), numpy.float64(1 / 3), numpy.array(2),
                   numpy.array([[2.5]]), numpy.bool_(True), torch.tensor(0.7, requires_grad=True),
                   torch.tensor([3]), torch.tensor(0.1, dtype=torch.bfloat16),
                   torch.tensor(0.1, dtype=torch.float16)]
        self.assert_same(*[call("add_scalar", "x", x, step) for step, x in enumerate(numbers)])

    def test_decimals(self):
        from decimal import Decimal
        from fractions import Fraction
        self.assert_same(*[call("add_scalar", "x", x, step) for step, x in enumerate(
            [Decimal("0.1"), Fraction(1, 3), Decimal("1e30")])])

    def test_tags(self):
        self.assert_each_the_same(call("add_scalar", tag, 0.5, 1) for tag in TAGS)

    def test_steps(self):
        self.assert_each_the_same(call("add_scalar", "x", 0.5, step) for step in (
            None, 0, 1, -1, 3.9, "12", numpy.int64(5), torch.tensor(6), 2 ** 63 - 1))

    def test_arguments_by_place(self):
        self.assert_each_the_same([
            call("add_scalar", "x", 0.5, 1, 12.5), call("add_scalar", "x", 0.1, 1, None, True),
            call("add_scalar", "x", 0.1, 1, None, True, True),
            call("add_scalar", "x", 0.1, 1, None, False, True),
            call("add_scalar", "x", 0.1, new_style=True, double_precision=True)])

    def test_several(self):
        self.assert_each_the_same(
            call("add_scalars", tag, {"a": 1, "b c": "2.5", "d/e": NAN}, 7) for tag in
            ("main", "main/sub", "a b", "m/n/o"))

    def test_several_again(self):
        self.assert_same(*[call("add_scalars", "m", {"a": step}, step) for step in range(3)])


class Life(SameFiles):
    def test_nothing_added(self):
        self.assert_same()
        self.assert_same(comment="c", max_queue=3, flush_secs=7, filename_suffix=".x")

    def test_purge(self):
        """The same records, and the session's start once more.  [purge]"""
        theirs = made(PEER, [], purge_step=3)["."]
        self.assertEqual(len(theirs), 3)
        self.assertEqual(made(OURS, [], purge_step=3)["."], theirs + theirs[-1:])

    def test_closed_and_written_again(self):
        self.assertEqual(made(OURS, [call("close")]), made(PEER, [call("close")]))


class Distributions(SameFiles):
    def test_histograms(self):
        self.assert_each_the_same(
            call("add_histogram", "a b", values, 1, bins, None, max_bins)
            for values in (numpy.array([1.0, 2.0, 4.0]), torch.arange(9.0), numpy.arange(-4, 5))
            for bins in ("tensorflow", "auto", "fd", "sqrt", 5, [0, 1, 2, 9])
            for max_bins in (None, 3))

    def test_raw(self):
        self.assert_same(call("add_histogram_raw", "a b", 0, 1, 2, 3, 4, [0.5, 1], [1, 1], 2))

    def test_curves(self):
        labels, predictions = numpy.array([1, 0, 1, 1]), numpy.array([0.9, 0.8, 0.3, 0.6])
        self.assert_each_the_same([
            call("add_pr_curve", "a b", labels, predictions, 1),
            call("add_pr_curve", "p", torch.from_numpy(labels), torch.from_numpy(predictions), 1,
                 10),
            call("add_pr_curve", "p", labels, predictions, 1, 5, numpy.array([1, 2, 3, 4.0])),
            call("add_pr_curve_raw", "a b", [2, 1], [1, 0], [0, 1], [0, 1], [0.6, 1], [1, 0.5], 1,
                 2)])


def random_pixels(shape, dtype):
    random = numpy.random.RandomState(sum(shape))
    if dtype == "uint8":
        return random.randint(0, 256, shape).astype(dtype)
    if dtype == "bool":
        return random.randint(0, 2, shape).astype(dtype)
    return random.rand(*shape).astype(dtype)


class Pictures(SameFiles):
    DTYPES = "uint8", "bool", "float16", "float32", "float64"

    def test_one(self):
        self.assert_each_the_same(
            call("add_image", "a b", random_pixels(shape, dtype), 1, dataformats=layout)
            for dtype in self.DTYPES for shape, layout in (
                ((3, 4, 5), "CHW"), ((1, 4, 5), "CHW"), ((4, 4, 5), "CHW"), ((4, 5, 3), "HWC"),
                ((4, 5), "HW"), ((5, 4), "WH"), ((9, 3, 4, 5), "NCHW")))

    def test_torch_tensors(self):
        self.assert_each_the_same(
            call("add_image", "i", torch.from_numpy(random_pixels((3, 4, 5), dtype)), 1)
            for dtype in self.DTYPES)

    def test_several(self):
        self.assert_each_the_same(
            call("add_images", "a b", random_pixels(shape, dtype), 1, dataformats=layout)
            for dtype in self.DTYPES for shape, layout in (
                ((2, 3, 4, 5), "NCHW"), ((9, 1, 4, 5), "NCHW"), ((2, 4, 5, 3), "NHWC")))

    def test_every_level(self):
        """Multiples of 1/255, 1/256 and 1/510, and the numbers next to them, in each float type."""
        for dtype in ("float16", "float32", "float64"):
            for levels in (255, 256, 510):
                exact = (numpy.arange(levels + 1) / levels).astype(dtype)
                below = numpy.nextafter(exact[1:], exact.dtype.type(0))
                above = numpy.nextafter(exact[:-1], exact.dtype.type(1))
                self.assert_each_the_same(
                    call("add_image", "i", x.reshape(1, -1), 1, dataformats="HW")
                    for x in (exact, below, above))

    def test_clipped(self):
        self.assert_same(call("add_image", "i", numpy.array([[1.2, -0.5, NAN, INF, -INF, 0.5]]), 1,
                              dataformats="HW"))

    def test_figure(self):
        import matplotlib
        matplotlib.use("agg")
        from matplotlib import pyplot

        def figure():
            drawn = pyplot.figure(figsize=(1, 1))
            drawn.gca().plot([1, 2])
            return drawn
        for close in (True, False):
            self.assertEqual(made(OURS, [call("add_figure", "a b", figure(), 1, close)]),
                             made(PEER, [call("add_figure", "a b", figure(), 1, close)]))
        pyplot.close("all")

    def test_boxes(self):
        boxes = numpy.array([[2, 3, 20, 15], [0, 0, 31, 23.0]])
        for dtype in self.DTYPES:
            self.assert_each_the_same([
                call("add_image_with_boxes", "a b", random_pixels((3, 24, 32), dtype), boxes, 1),
                call("add_image_with_boxes", "i", random_pixels((24, 32, 3), dtype), boxes, 1, None,
                     1, "HWC"),
                call("add_image_with_boxes", "i", random_pixels((3, 24, 32), dtype),
                     torch.from_numpy(boxes), 1, NOW, rescale=1)])


class Sound(SameFiles):
    def test_floats(self):
        wave = numpy.sin(numpy.linspace(0, 60, 4000))
        for dtype in ("float32", "float64"):
            x = wave.astype(dtype)
            self.assert_each_the_same([
                call("add_audio", "a b", x, 1), call("add_audio", "s", x.reshape(1, -1), 1, 8000),
                call("add_audio", "s", x.reshape(-1, 1), 1), call("add_audio", "s", 3 * x, 1),
                call("add_audio", "s", torch.from_numpy(x), 1),
                call("add_audio", "s", x[:2].reshape(1, 2), 1)])

    def test_every_sample(self):
        exact = numpy.arange(-32767, 32768) / 32767
        for dtype in ("float32", "float64"):
            x = exact.astype(dtype)
            self.assert_each_the_same(call("add_audio", "s", near, 1) for near in (
                x, numpy.nextafter(x, x.dtype.type(0)), numpy.nextafter(x, x.dtype.type(2))))

    def test_half(self):
        """Torch multiplies in float16, in which 1 becomes -32768; we do not.  [torch-audio-half]"""
        x = numpy.array([0.25, -0.5, 1, -1], "float16")
        ours = made(OURS, [call("add_audio", "s", x, 1)])
        self.assertEqual(ours, made(PEER, [call("add_audio", "s", x.astype("float32"), 1)]))
        self.assertNotEqual(ours, made(PEER, [call("add_audio", "s", x, 1)]))


class TextsAndTensors(SameFiles):
    def test_text(self):
        self.assert_each_the_same(call("add_text", tag, text, 1) for tag in TAGS
                                  for text in ("", "hi", "# *米*\n\0"))

    def test_tensors(self):
        self.assert_each_the_same(
            call("add_tensor", "a b", torch.tensor([[0, 1, 2]]).to(dtype), 1) for dtype in (
                torch.float32, torch.float64, torch.int8, torch.int16, torch.int32, torch.int64,
                torch.bool))

    def test_meshes(self):
        points = torch.tensor([[[0, 0, 0], [1, 0, 0], [0, 1, 0.5]]])
        colors, faces = torch.tensor([[[255, 0, 1]] * 3]), torch.tensor([[[0, 1, 2]]])
        self.assert_each_the_same([
            call("add_mesh", "a b", points, global_step=1),
            call("add_mesh", "m", points, colors, None, None, 1),
            call("add_mesh", "m", points, None, faces, {"camera": {"cls": "P"}}, 1),
            call("add_mesh", "m", points, colors, faces, {}, 1),
            call("add_mesh", "m", points.numpy(), colors.numpy(), faces.numpy(), None, 1, 5.5)])

    def test_layouts(self):
        self.assert_each_the_same([
            call("add_custom_scalars", {"c": {"t": ["Multiline", ["a b", "c"]],
                                              "u": ["Margin", ["a", "b", "c"]]}}),
            call("add_custom_scalars_multilinechart", ["a b"], "c", "t"),
            call("add_custom_scalars_marginchart", ["a", "b", "c"])])


class Hyperparameters(SameFiles):
    def test_values(self):
        self.assert_each_the_same([
            call("add_hparams", {"lr": 0.1, "n": 3, "on": True, "off": False, "name": "x"},
                 {"a b": 1.5}),
            call("add_hparams", {"none": None}, {}),
            call("add_hparams", {"t": torch.tensor([2.5])}, {"m": torch.tensor(2)}),
            call("add_hparams", {"x": numpy.float64(2.5)}, {"m": numpy.float32(0.1)})])

    def test_arguments_by_place(self):
        self.assert_each_the_same([
            call("add_hparams", {"lr": 0.1}, {"m": 1}, {"lr": [0.1, 0.2]}, "run", 7),
            call("add_hparams", {"on": True}, {"m": 1}, {"on": [True, False]}),
            call("add_hparams", {"lr": 0.1}, {"m": 1}, None, "a/run", 7),
            call("add_hparams", {"lr": 0.1}, {"m": 1}, run_name="r", global_step=0)])

    def test_refused_by_both(self):
        for x in ([1], {}, len, object()):
            for writer_class in (OURS, PEER):
                with self.assertRaises(ValueError):
                    made(writer_class, [call("add_hparams", {"x": x}, {})])


class Embeddings(SameFiles):
    MAT = numpy.arange(6.0).reshape(3, 2) / 7

    def test_files(self):
        images = torch.arange(3 * 3 * 4 * 4).reshape(3, 3, 4, 4) / 143
        self.assert_each_the_same([
            call("add_embedding", self.MAT), call("add_embedding", torch.from_numpy(self.MAT)),
            call("add_embedding", self.MAT.astype("float32"), tag="a/b c", global_step=12),
            call("add_embedding", self.MAT, ["a", "b", "c"], global_step=3),
            call("add_embedding", self.MAT, [["a", 1], ["b", 2], ["c", 3]], None, 3, "t",
                 ["name", "number"]),
            call("add_embedding", self.MAT, ["a", "b", "c"], images, 3),
            call("add_embedding", self.MAT, label_img=images[:, :1]),
            call("add_embedding", self.MAT, label_img=images[:, :, :2])])

    def test_several(self):
        self.assert_same(*[call("add_embedding", self.MAT, list("abc"), global_step=step, tag=tag)
                           for step in (1, 2) for tag in ("t", 'a "q"')])


class Messages(SameFiles):
    """protobuf's own objects, through the FileWriter that people touch."""

    def both(self, use):
        """Return the records that use(FileWriter) makes with ours and with torch's."""
        found = []
        for module in (torch_writer, torch.utils.tensorboard.writer):
            with tempfile.TemporaryDirectory() as logdir, mock.patch("time.time", lambda: NOW):
                with contextlib.closing(module.FileWriter(logdir)) as writer:
                    use(writer)
                found.append(dict(contents(logdir)))
        return found

    def test_summaries_and_events(self):
        event, summary = event_pb2.Event, summary_pb2.Summary
        for make in (
                lambda: summary(value=[summary.Value(tag="a", simple_value=0.5)]),
                lambda: summary(value=[summary.Value(tag="a", audio=summary.Audio(sample_rate=1))]),
                lambda: summary(value=[summary.Value(tag="i", node_name="n")] * 2),
                summary):
            for arguments in ((), (3,), ("7", 2.5), (numpy.int64(0), 0)):
                ours, theirs = self.both(lambda writer: writer.add_summary(make(), *arguments))
                self.assertEqual(ours, theirs)
        for make in (
                lambda: event(step=4, log_message=event_pb2.LogMessage(level="WARN", message="m")),
                lambda: event(wall_time=1, session_log=event_pb2.SessionLog(status=2, msg="x")),
                lambda: event(meta_graph_def=b"graph"), event,
                lambda: event(source_metadata=event_pb2.SourceMetadata(writer="w"))):
            for arguments in ((), (3,), (3, 2.5)):
                ours, theirs = self.both(lambda writer: writer.add_event(make(), *arguments))
                self.assertEqual(ours, theirs)

    def test_graphs(self):
        graph = GraphDef(node=[{"name": "n", "op": "o"}])
        profile = RunMetadata(step_stats=StepStats(dev_stats=[DeviceStepStats(device="cpu")]))
        ours, theirs = self.both(lambda writer: writer.add_graph((graph, profile), 2.5))
        self.assertEqual(ours, theirs)
        ours, theirs = self.both(lambda writer: writer.add_onnx_graph(graph))
        self.assertEqual(ours, theirs)

    def test_those_of_tensorboardx(self):
        with tempfile.TemporaryDirectory() as logdir:
            with contextlib.closing(tbx_pure.SummaryWriter(logdir)) as writer:
                writer.file_writer.add_summary(tensorboardX.summary.scalar("x", 0.5), 3)
                writer.add_scalar("x", 0.5, 3)
                for summary in tensorboardX.summary.hparams({"lr": 0.1}, {"acc": 0}):
                    writer.file_writer.add_summary(summary)
            first, second, *rest = [EVENT.decode(data) for data, _ in dict(contents(logdir))["."]][1:]
            self.assertEqual(dict(first, wall_time=0), dict(second, wall_time=0))
            self.assertEqual([e["summary"]["value"][0]["tag"] for e in rest],
                             ["_hparams_/experiment", "_hparams_/session_start_info",
                              "_hparams_/session_end_info"])


class Missing(SameFiles):
    def test_every_method_of_torch_is_here(self):
        """But graphs, which have a module of their own, and video, whose GIF is another encoder's."""
        with open(__file__, encoding="utf-8") as file:
            tried = file.read()
        for method in dir(PEER):
            if method.startswith("add_") and method not in (
                    "add_graph", "add_onnx_graph", "add_video"):
                self.assertIn('"%s"' % method, tried)
