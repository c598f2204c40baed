"""Runs: every series of the files that anyone writes, whole, purged, or a value a step."""
import base64
import json
import math
import os
import random
import sys
import types
import unittest
from array import array
from unittest import mock

from tbx_pure import FormatError, InputError, SummaryWriter
from tbx_pure.crc32c import crc32c, masked
from tbx_pure.messages import EVENT
from tbx_pure.media.wav import wav
from tbx_pure.plugins import custom_scalars, hparams
from tbx_pure.plugins.mesh import MESH_PLUGIN_DATA
from tbx_pure.read import Run, Runs, restart, sources
from tbx_pure.read.embeddings import embeddings
from tbx_pure.read.graphs import META_GRAPH_DEF
from tbx_pure.read.index import Index
from tbx_pure.read.records import scan
from tbx_pure.read.run import LAYOUT
from tbx_pure.read.series import Point
from tbx_pure.record import CRC, LENGTH, frame
from tbx_pure.tensor import Tensor

from .helpers import InDirectory, event_files, records
from .test_golden import FILES
from .vectors import load

NAME = "events.out.tfevents.1700000000.host"
VERSION = {"wall_time": 1.0, "file_version": "brain.Event:2"}
START = {"status": "START"}
WAV = wav(b"\0\0", 1, 8000)


def point(step, tag="a", x=None, **value):
    """Return an event with one value, by default the number of its step."""
    value.setdefault("simple_value", float(step) if x is None else x)
    value = {name: v for name, v in value.items() if v is not None}
    return {"wall_time": 100.0 + step, "step": step, "summary": {"value": [dict(value, tag=tag)]}}


def start(step):
    return {"step": step, "session_log": START}


def tensor_value(plugin=None, metadata=None, **tensor):
    """Return the members of a value that is a tensor."""
    about = {"plugin_data": {"plugin_name": plugin}} if plugin else metadata
    return {"simple_value": None, "tensor": tensor, "metadata": about}


def data(events):
    return b"".join(frame(EVENT.encode(event)) for event in events)


def read(*events):
    """Return the Run of a file with these events."""
    return Run(data((VERSION,) + events))


def steps(series):
    return list(series.steps)


class Case(InDirectory):
    def write(self, events, *names):
        path = self.path(*names or (NAME,))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data(events))
        return path


class TestTags(Case):

    def test_tags_that_the_writer_was_given(self):
        with SummaryWriter(self.path("run")) as writer:
            writer.add_text("notes", "good", 3)
            writer.add_scatter("s", [1.5], [2], global_step=3)
            writer.add_heatmap("m", [[1, 2]], global_step=3)
            writer.add_line_chart(["x", "y"], [3, 0.5], "c")
        run = Run(self.path("run"))
        self.assertEqual(run.text("notes").values[0], ["good"])
        for read, tag in ((run.text, "notes"), (run.scatters, "s"), (run.heatmaps, "m"),
                          (run.line_charts, "c")):
            self.assertEqual(steps(read(tag)), [3])
            self.assertEqual(read(tag).tag, read(read(tag).tag).tag)        # as it is in the file
        with self.assertRaisesRegex(InputError, "'note'"):
            run.text("note")


class TestGolden(unittest.TestCase):
    """Files of tensorboardX, torch, TensorFlow 2 and Keras: spec/vectors/files/."""

    def runs(self):
        self.assertEqual(len(FILES), 10)
        return {os.path.basename(path)[:-len(".tfevents")]: Run(path) for path in FILES}

    def test_every_value_makes_sense(self):
        for name, run in self.runs().items():
            self.assertEqual((run.damage, run.torn), ([], []), name)
            points = 0
            for plugin, tags in run.tags().items():
                for tag in tags:
                    series = run.series(plugin, tag)
                    self.assertEqual(len(list(series)) < len(series), (name, tag) == ("torch", "video"))
                    points += len(series)
            with open(run.path[:-len("tfevents")] + "json", encoding="utf-8") as file:
                events = json.load(file)["events"]
            self.assertEqual(points, sum(len(event.get("summary", {}).get("value", ()))
                                         + ("graph_def" in event) + ("tagged_run_metadata" in event)
                                         for event in events))

    def test_numbers(self):
        runs = self.runs()
        for name, tag, found in (("tensorboardX", "scalar", (0, 0.5)), ("torch", "scalar", (0, 0.5)),
                                 ("torch", "new", (15, 0.5)), ("torch", "double", (16, 0.1)),
                                 ("tensorflow", "scope/scalar", (1, 0.25))):
            series = runs[name].scalars(tag)
            self.assertEqual((steps(series), series.values), ([found[0]], array("d", [found[1]])))
        series = runs["keras-train"].scalars("batch_loss")
        self.assertEqual((series.steps, series.values), (array("q", [1, 2, 3, 4]),
                                                         array("d", [0, 2, 0, 2])))
        self.assertEqual(series[1], Point(2, 1700000000.5, 2.0))

    def test_the_two_forms_of_a_histogram(self):
        runs = self.runs()
        self.assertEqual(runs["torch"].histograms("raw").values[0], [(0.0, 1.0, 1.0), (1.0, 2.0, 1.0)])
        rows = runs["tensorflow"].histograms("histogram").values[0]
        self.assertEqual([count for _, _, count in rows], [3, 0, 1])
        self.assertEqual((rows[0][0], rows[-1][1]), (1, 5))

    def test_pictures_and_sounds(self):
        runs = self.runs()
        for name, run in runs.items():
            for tag in run.tags().get("images", ()):
                for _, _, pictures in run.images(tag):
                    for picture in pictures:
                        if picture["encoded"].startswith(b"\x89PNG"):
                            width, height = (int.from_bytes(picture["encoded"][i:i + 4], "big")
                                             for i in (16, 20))
                            self.assertEqual((picture["width"], picture["height"]), (width, height))
        sound = runs["tensorflow"].audio("audio").values[0][0]
        self.assertEqual((sound["sample_rate"], sound["channels"], sound["frames"]), (8000.0, 1, 2))
        sound, = runs["torch"].audio("audio").values[0]
        self.assertEqual((sound["sample_rate"], sound["channels"], sound["frames"]), (44100.0, 1, 2))

    def test_the_rest(self):
        runs = self.runs()
        self.assertEqual(runs["tensorflow"].text("table").values[0], ["a", "b", "c", "d"])
        self.assertEqual(runs["torch"].text("text/text_summary").values[0], ["# hi"])
        self.assertEqual(runs["torch"].tensors("half").values[0], Tensor("float16", (2,), [1.0, 2.0]))
        self.assertEqual(runs["tensorflow"].tensors("write/bfloat16").values[0],
                         Tensor("bfloat16", (1, 2), (1.0, 0.0)))
        self.assertEqual(runs["tensorflow"].tensors("write/string").values[0],
                         Tensor("string", (2,), [b"", b"x"]))
        self.assertEqual(runs["tensorboardX"].meshes("mesh_2").values[0]["content_type"], "FACE")
        self.assertEqual(len(runs["torch"].pr_curves("pr").values[0]), 3)
        layout, = runs["torch"].layouts().values
        self.assertEqual([category["title"] for category in layout["category"]], ["C"])
        graph, = runs["torch"].graphs().values
        self.assertEqual(graph["node"][0]["op"], "IO Node")
        about, = runs["torch"].run_metadata("step1").values
        self.assertEqual(about, {"step_stats": {"dev_stats": [{"device": "/device:CPU:0"}]}})
        for name in ("torch-hparams", "tensorboardX-hparams"):
            self.assertEqual(runs[name].hparams(), {"lr": 0.1})
        self.assertEqual(runs["torch"].hparams(), {})
        self.assertEqual(len(runs["torch-scalars"].graphs()), 0)
        self.assertEqual(len(runs["torch-scalars"].layouts()), 0)


class TestForms(Case):
    """What our writer writes is read back, in both forms."""

    def test_both_forms(self):
        found = []
        for style in (False, True):
            path = self.path(str(style))
            with SummaryWriter(path, tensor_style=style) as writer:
                writer.add_scalar("x", 0.1, 1)
                writer.add_scalar("x", float("-inf"), 2)
                writer.add_image("i", [[[0.0, 1.0]]], 1)
                writer.add_audio("s", [0.5, -0.5], 1, 8000)
                writer.add_histogram_raw("h", 0, 2, 2, 2, 2, [1, 2], [1, 1], 3)
                writer.add_text("t", "\u00fc", 4)
            run = Run(path)
            found.append((run.tags(), list(run.scalars("x").values), run.images("i").values[0],
                          run.audio("s").values[0], run.histograms("h").values[0],
                          run.text("t/text_summary").values[0]))
        plain, as_tensors = found
        self.assertEqual(plain[1], [0.10000000149011612, -math.inf])
        self.assertEqual(plain[2][0]["encoded"][:4], b"\x89PNG")
        self.assertEqual(plain[5], ["\u00fc"])
        self.assertEqual(plain[4], [(0.0, 1.0, 1.0), (1.0, 2.0, 1.0)])
        self.assertEqual(as_tensors[4], [(0.0, 2.0, 1.0)])       # without the bin in front
        self.assertEqual(plain[:4] + plain[5:], as_tensors[:4] + as_tensors[5:])

    def test_our_own_charts(self):
        with SummaryWriter(self.path("run")) as writer:
            writer.add_line_chart(["x", "y"], [[1, 3], [2, 4]], "c")
            writer.add_heatmap("m", [[1, 2]])
            writer.add_scatter("p", [1], [2])
        run = Run(self.path("run"))
        tags = {plugin: tags[0] for plugin, tags in run.tags().items()}
        self.assertEqual(run.line_charts(tags["line_chart"]).values[0]["points"].shape[0], 2)
        self.assertEqual(run.heatmaps(tags["heatmap"]).values[0]["matrix"].shape, (1, 2))
        self.assertEqual(run.scatters(tags["scatter"]).values[0]["columns"]["x"], [1.0])

    def test_several_pictures_and_sounds_in_a_tensor(self):
        run = read(point(0, "i", **tensor_value("images", dtype="DT_STRING",
                         tensor_shape={"dim": [{"size": 4}]}, string_val=[b"2", b"3", b"one", b"two"])),
                   point(0, "s", **tensor_value("audio", dtype="DT_STRING", string_val=[WAV, b"l", b"?", b""],
                         tensor_shape={"dim": [{"size": 2}, {"size": 2}]})))
        self.assertEqual(run.images("i").values[0],
                         [{"width": 2, "height": 3, "encoded": b"one"},
                          {"width": 2, "height": 3, "encoded": b"two"}])
        self.assertEqual(run.audio("s").values[0], [
            {"sample_rate": 8000.0, "channels": 1, "frames": 1, "encoded": WAV},
            {"sample_rate": 0.0, "channels": 0, "frames": 0, "encoded": b"?"}])

    def test_scalars_of_any_dtype_and_shape(self):
        """[scalars-3]"""
        for tensor, x in (
                ({"dtype": "DT_DOUBLE", "double_val": [0.1]}, 0.1),
                ({"dtype": "DT_INT64", "int64_val": [2 ** 53]}, 2.0 ** 53),
                ({"dtype": "DT_BOOL", "bool_val": [True]}, 1.0),
                ({"dtype": "DT_HALF", "half_val": [0x3800]}, 0.5),
                ({"dtype": "DT_FLOAT", "float_val": [0.5],
                  "tensor_shape": {"dim": [{"size": 1}, {"size": 1}]}}, 0.5)):
            run = read(point(0, **tensor_value("scalars", **tensor)))
            self.assertEqual((list(run.scalars("a").values), run.damage), ([x], []))

    def test_what_is_no_such_tensor(self):
        bad = {"dtype": "DT_FLOAT", "float_val": [1.0, 2.0], "tensor_shape": {"dim": [{"size": 2}]}}
        for plugin, rule in (("images", "images-4"), ("audio", "audio-5"), ("histograms", "histograms-5"),
                             ("pr_curves", "pr-curves-1")):
            run = read(point(0, **tensor_value(plugin, **bad)), point(1, **tensor_value(plugin, **bad)))
            series = run.series(plugin, "a")
            with self.assertRaises(FormatError) as caught:
                series.values[1]
            self.assertEqual((caught.exception.rule, len(series), list(series)), (rule, 2, []))
            self.assertGreater(caught.exception.pos, 100)       # in the file
        run = read(point(0, **tensor_value("images", dtype="DT_STRING", string_val=[b"x", b"3", b""],
                                           tensor_shape={"dim": [{"size": 3}]})))
        self.assertRaises(FormatError, run.images("a").__getitem__, 0)

    def test_shapes_that_do_not_fit(self):
        def shaped(dtype, field, values, *sizes):
            return {"dtype": dtype, field: values, "tensor_shape": {"dim": [{"size": n} for n in sizes]}}
        for plugin, rule, tensor in (
                ("images", "images-4", shaped("DT_STRING", "string_val", [b"2", b"3", b""], 1, 3)),
                ("audio", "audio-5", shaped("DT_STRING", "string_val", [b"2", b"3", b""], 1, 3)),
                ("audio", "audio-5", {"dtype": "DT_STRING", "string_val": [WAV]}),
                ("histograms", "histograms-5", shaped("DT_DOUBLE", "double_val", [1.0] * 6, 3, 2)),
                ("histograms", "histograms-5", shaped("DT_INT32", "int_val", [1] * 3, 1, 3))):
            with self.assertRaises(FormatError) as caught:
                read(point(0, **tensor_value(plugin, **tensor))).series(plugin, "a")[0]
            self.assertEqual(caught.exception.rule, rule)
        for tensor in (shaped("DT_FLOAT", "float_val", [1.0, 2.0], 2), shaped("DT_FLOAT", "float_val", [], 0),
                       shaped("DT_COMPLEX64", "scomplex_val", [1.0, 0.0])):
            run = read(point(0, **tensor_value("scalars", **tensor)))
            self.assertEqual(([d.rule for d in run.damage], run.tags()), (["scalars-3"], {}))

    def test_iteration_goes_on_after_what_makes_no_sense(self):
        run = read(*[point(i, **tensor_value("images", dtype="DT_STRING", string_val=[size, b"1", b"x"],
                                             tensor_shape={"dim": [{"size": 3}]}))
                     for i, size in enumerate([b"1", b"?", b"2"])])
        self.assertEqual([(x.step, x.value[0]["width"]) for x in run.images("a")], [(0, 1), (2, 2)])

    def test_a_value_without_data(self):
        run = read(point(0, "a", simple_value=None, metadata={"plugin_data": {"plugin_name": "text"}}))
        with self.assertRaises(FormatError) as caught:
            run.text("a")[0]
        self.assertEqual(caught.exception.rule, "summary-1")


class TestSeries(Case):

    def test_metadata_is_that_of_the_first_value(self):
        """[summary-6, readers-4]"""
        about = {"plugin_data": {"plugin_name": "text"}, "display_name": "A", "summary_description": "B"}
        hi = {"dtype": "DT_STRING", "string_val": [b"hi"]}
        path = [self.write([VERSION, point(0, **tensor_value(metadata=about, **hi))], NAME + ".0"),
                self.write([VERSION, point(1, **tensor_value(**hi)),
                            point(2, **tensor_value("mesh", **hi)),
                            point(3, "b", **tensor_value(**hi))], NAME + ".1")][0]
        run = Run(os.path.dirname(path))
        self.assertEqual(run.tags(), {"text": ["a"], "mesh": ["a"], "": ["b"]})
        series = run.text("a")
        self.assertEqual([point[0] for point in series], [0, 1])
        self.assertEqual(series.metadata, about)

    def test_a_later_value_has_the_contents_of_the_first(self):
        content = MESH_PLUGIN_DATA.encode({"name": "cat", "content_type": "FACE"})
        about = {"plugin_data": {"plugin_name": "mesh", "content": content}}
        empty = {"dtype": "DT_FLOAT", "tensor_shape": {"dim": [{"size": 0}]}}
        run = read(point(0, **tensor_value(metadata=about, **empty)), point(1, **tensor_value(**empty)))
        self.assertEqual([(x.value["name"], x.value["content_type"]) for x in run.meshes("a")],
                         [("cat", "FACE")] * 2)

    def test_two_plugins_of_one_tag(self):
        run = read(point(0), point(1, simple_value=None, histo={"min": 1.0, "max": 2.0, "bucket": [1.0],
                                                               "bucket_limit": [2.0]}), point(2))
        self.assertEqual(run.tags(), {"scalars": ["a"], "histograms": ["a"]})
        self.assertEqual((steps(run.scalars("a")), steps(run.histograms("a"))), ([0, 2], [1]))

    def test_several_values_in_an_event(self):
        """[summary-10]"""
        event = point(3)
        event["summary"]["value"] += [{"tag": "b", "simple_value": 0.5}, {"tag": "a", "simple_value": 9.0}]
        run = read(event)
        self.assertEqual((list(run.scalars("a").values), list(run.scalars("b").values)), ([3.0, 9.0], [0.5]))
        self.assertEqual(list(run.scalars("a").wall_times), [103.0, 103.0])

    def test_every_point_in_file_order(self):
        """[readers-5]"""
        given = [5, 3, 3, -2, 2 ** 63 - 1, -2 ** 63, 0]
        run = read(*[point(step, x=float(i)) for i, step in enumerate(given)])
        series = run.scalars("a")
        self.assertEqual((steps(series), list(series.values)), (given, list(map(float, range(7)))))
        self.assertEqual((series.steps.typecode, series.values.typecode), ("q", "d"))
        many = read(*[point(i) for i in range(3000)])
        self.assertEqual(steps(many.scalars("a")), list(range(3000)))

    def test_many_at_once_are_as_one_by_one(self):
        r = random.Random(1)
        about = {"display_name": "A", "plugin_data": {"plugin_name": "scalars"}}
        kinds = (
            lambda i: point(i // 7, "a"), lambda i: point(i // 7, "b", math.nan),
            lambda i: point(r.randrange(-5, 2 ** 40), "a"),
            lambda i: point(i, "named", metadata=about), lambda i: point(i, "named"),
            lambda i: point(i, "t", **tensor_value("scalars", dtype="DT_FLOAT", float_val=[0.5 * i])),
            lambda i: point(i, "t", **tensor_value(dtype="DT_FLOAT", float_val=[0.25 * i])),
            lambda i: point(i, "t", **tensor_value("scalars", dtype="DT_DOUBLE", double_val=[0.1 * i])),
            lambda i: point(i, "text", **tensor_value("text", dtype="DT_STRING", string_val=[b"%d" % i])),
            lambda i: point(i, "bad", **tensor_value("scalars", dtype="DT_STRING", string_val=[b"x"])),
            lambda i: start(r.randrange(50)), lambda i: {"step": i, "graph_def": b""})
        for first in ([VERSION], []):
            events = first + [r.choice(kinds if r.random() < 0.1 else kinds[:2])(i) for i in range(3000)]
            whole = data(events)
            run, index = Run(whole), Index()
            with scan(whole) as records:
                for offset, found in records:
                    index.add(0, records, offset, found)
            self.assertEqual(run.damage, records.damage)
            self.assertEqual(list(run.tags()["scalars"]),
                             [tag for plugin, tag in index.columns if plugin == "scalars"])
            self.assertEqual(set(index.columns), {(plugin, tag) for plugin, tags in run.tags().items()
                                                  for tag in tags})
            for (plugin, tag), column in index.columns.items():
                series = run.series(plugin, tag)
                self.assertEqual(series.steps, column.steps)
                self.assertEqual(series.wall_times, column.wall_times)
                self.assertEqual(series.metadata, index.metadata.get(tag, {}))
                if plugin == "scalars":
                    self.assertEqual(series.values.tobytes(), column.values.tobytes())
                self.assertEqual(steps(run.series(plugin, tag, purge=True)), [
                    series.steps[i] for i in restart.purged(column.steps, column.restarts(index.restarts))])

    def test_payloads_stay_in_the_file(self):
        path = self.write([VERSION] + [point(i, **tensor_value(
            "tensor", dtype="DT_STRING", string_val=[b"%d" % i])) for i in range(3)])
        run = Run(path)
        values = run.tensors("a").values
        self.assertEqual([tensor.values for tensor in values[1:]], [[b"1"], [b"2"]])
        self.assertEqual(values[-1].values, [b"2"])
        with open(path, "r+b") as file:
            file.truncate(os.path.getsize(path) - 20)
        with self.assertRaises(FormatError) as caught:
            values[2]
        self.assertEqual(caught.exception.rule, "files-8")
        os.remove(path)
        self.assertRaises(OSError, values.__getitem__, 0)

    def test_tensors_of_any_plugin(self):
        run = read(point(0, "c", **tensor_value("text", dtype="DT_STRING", string_val=[b"hi"])), point(0))
        self.assertEqual(run.tensors("c").values[0], Tensor("string", (), [b"hi"]))
        for wrong in ("a", "x", None, ["c"]):                 # a number is none
            self.assertRaises(InputError, run.tensors, wrong)

    def test_a_graph_that_stands_in_a_meta_graph_only(self):
        inner = META_GRAPH_DEF.encode({"graph_def": {"node": [{"name": "n"}]}})
        alone = read({"step": 1, "meta_graph_def": inner})
        self.assertEqual(alone.graphs().values[0], {"node": [{"name": "n"}]})
        both = read({"step": 1, "meta_graph_def": inner}, {"step": 2, "graph_def": b""})
        self.assertEqual(steps(both.graphs()), [2])
        self.assertEqual(both.tags(), {"meta_graph": ["__meta_graph__"], "graphs": ["__run_graph__"]})

    def test_hyperparameters_in_pythons_types(self):
        given = {"x": {"number_value": 0.5}, "s": {"string_value": "a"}, "b": {"bool_value": True},
                 "n": {"null_value": "NULL_VALUE"}, "no": {},
                 "l": {"list_value": {"values": [{"number_value": 1.0}, {"list_value": {}}]}},
                 "d": {"struct_value": {"fields": {"k": {"string_value": "v"}}}}}
        content = hparams.HPARAMS_PLUGIN_DATA.encode({"session_start_info": {"hparams": given}})
        later = hparams.HPARAMS_PLUGIN_DATA.encode({"session_start_info": {"hparams": {}}})
        run = read(*[point(0, "_hparams_/session_start_info", simple_value=None, metadata={
            "plugin_data": {"plugin_name": "hparams", "content": c}}) for c in (content, later)])
        self.assertEqual(run.hparams(), {"x": 0.5, "s": "a", "b": True, "n": None, "no": None,
                                         "l": [1.0, []], "d": {"k": "v"}})
        broken = [point(i, "_hparams_/session_start_info", simple_value=None, metadata={
            "plugin_data": {"plugin_name": "hparams", "content": c}}) for i, c in enumerate([b"\x1a\x05", content])]
        self.assertEqual(read(*broken).hparams()["s"], "a")

    def test_layouts_tag(self):
        self.assertEqual(LAYOUT, custom_scalars.TAG)

    def test_a_tag_that_is_not_there(self):
        run = read(*[point(0, "tag%d" % i) for i in range(7)])
        with self.assertRaises(InputError) as caught:
            run.scalars("x")
        self.assertEqual((caught.exception.argument, caught.exception.need),
                         ("tag", "one of the 7 tags of scalars: 'tag0', 'tag1', 'tag2', 'tag3', 'tag4', ..."))
        with self.assertRaises(InputError) as caught:
            run.images("tag0")
        self.assertEqual(caught.exception.need, "a tag of images, of which there is none")
        for wrong in (None, ["tag0"], b"tag0"):
            self.assertRaises(InputError, run.scalars, wrong)
            self.assertRaises(InputError, run.series, wrong, "tag0")


class TestSteps(unittest.TestCase):
    """steps=: [readers-7]"""

    def test_last(self):
        for given, kept in (([], []), ([1, 2, 3], [0, 1, 2]), ([1, 1, 1], [2]), ([1, 2, 3, 2], [0, 3]),
                            ([5, 6, 0], [2]), ([0, 3, 1, 2], [0, 2, 3]), ([0, -1, -1, 4], [2, 3])):
            self.assertEqual(restart.last(given), kept)
        run = read(point(1, x=1.0), point(2, x=2.0), point(2, "b"), point(1, x=3.0))
        series = run.scalars("a", steps="last")
        self.assertEqual(list(series), [Point(1, 101.0, 3.0)])
        self.assertEqual(steps(run.scalars("b", steps="last")), [2])

    def test_last_of_what_stays_in_the_file(self):
        texts = [point(step, **tensor_value("text", dtype="DT_STRING", string_val=[x]))
                 for step, x in ((1, b"a"), (2, b"b"), (2, b"c"))]
        series = read(*texts).text("a", steps="last")
        self.assertEqual([(point[0], point[2]) for point in series], [(1, ["a"]), (2, ["c"])])
        self.assertEqual(len(read(*texts).text("a")), 3)

    def test_mean(self):
        run = read(point(2, x=1.0), point(1, x=4.0), point(2, x=2.0), point(2, x=6.0))
        series = run.scalars("a", steps="mean")
        self.assertEqual(list(series), [Point(1, 101.0, 4.0), Point(2, 102.0, 3.0)])
        self.assertEqual((series.steps.typecode, series.values.typecode), ("q", "d"))

    def test_wall_time_of_a_mean(self):
        self.assertEqual(restart.mean(array("q", [7, 7]), array("d", [1.0, 2.0]), array("d", [3.0, 4.0])),
                         (array("q", [7]), array("d", [2.0]), array("d", [3.5])))

    def test_mean_of_what_is_not_finite(self):
        inf = math.inf
        for values, found in (([inf, -inf], "nan"), ([inf, 1.0], "inf"), ([math.nan, 1.0], "nan"),
                              ([1.7e308, 1.7e308], "inf")):
            _, _, means = restart.mean([0, 0], [0.0, 0.0], values)
            self.assertEqual(repr(means[0]), found)

    def test_refused(self):
        run = read(point(0), point(0, "t", **tensor_value("text", dtype="DT_STRING", string_val=[b""])))
        for wrong in ("first", None, 3, ["all"]):
            with self.assertRaises(InputError) as caught:
                run.scalars("a", steps=wrong)
            self.assertEqual(caught.exception.argument, "steps")
        with self.assertRaises(InputError) as caught:
            run.text("t", steps="mean")
        self.assertIn("only scalars", caught.exception.need)


class TestPurge(unittest.TestCase):
    """purge=: what TensorBoard 2.21.0's Python engine purges.  [readers-6]"""

    BEFORE = [point(step, tag) for step in range(6) for tag in ("a", "b")]
    AFTER = [point(3, x=33.0), point(4, x=44.0)]

    def purged(self, *events):
        run = Run(data(events))
        self.assertEqual(len(run.scalars("a")), 8)
        return [steps(run.scalars(tag, purge=True)) for tag in ("a", "b")]

    def test_no_session(self):
        self.assertEqual(self.purged(VERSION, *self.BEFORE + self.AFTER),
                         [[0, 1, 2, 3, 4, 5, 3, 4], [0, 1, 2, 3, 4, 5]])

    def test_the_first_session_is_no_restart(self):
        self.assertEqual(self.purged(VERSION, *self.BEFORE + [start(3)] + self.AFTER),
                         [[0, 1, 2, 3, 4, 5, 3, 4], [0, 1, 2, 3, 4, 5]])

    def test_restart(self):
        self.assertEqual(self.purged(VERSION, start(0), *self.BEFORE + [start(3)] + self.AFTER),
                         [[0, 1, 2, 3, 4], [0, 1, 2]])

    def test_several_restarts(self):
        self.assertEqual(self.purged(VERSION, start(0), *self.BEFORE + [start(4), start(2)] + self.AFTER
                                     + [start(4)]), [[0, 1, 3], [0, 1]])

    def test_restarts_with_points_between(self):
        self.assertEqual(self.purged(VERSION, start(0), *self.BEFORE + [start(3), point(3), start(3), point(3)]),
                         [[0, 1, 2, 3], [0, 1, 2]])

    def test_a_restart_at_the_end(self):
        self.assertEqual(self.purged(VERSION, start(0), *self.BEFORE + self.AFTER + [start(1)]), [[0], [0]])

    def test_files_that_do_not_tell(self):
        for first in ([], [{"file_version": "brain.Event:1"}], [{"file_version": "?"}],
                      [{"file_version": "brain.Event:x"}]):
            self.assertEqual(self.purged(*first + self.BEFORE + [start(1), start(1)] + self.AFTER),
                             [[0, 1, 2, 3, 4], [0, 1, 2, 3, 4, 5]])

    def test_a_step_back_counts_once_for_an_event(self):
        back = point(1)
        back["summary"]["value"] *= 2
        run = Run(data([point(1), point(2), back]))
        self.assertEqual(steps(run.scalars("a", purge=True)), [1, 1])

    def test_an_earlier_restart_further_on(self):
        self.assertEqual(restart.purged([0, 1, 2, 3, 4, 4, 9], [(5, 4), (6, 2)]), [0, 1, 6])
        self.assertEqual(restart.purged([0, 1, 2, 3, 4, 4, 9], [(5, 2), (6, 4)]), [0, 1, 6])

    def test_the_same_step_is_none_back(self):
        run = Run(data([point(1), point(1), point(1, "b")]))
        self.assertEqual(steps(run.scalars("a", purge=True)), [1, 1])

    def test_a_file_that_tells_and_one_that_does_not(self):
        run = Run(data([VERSION, start(0)] + [point(i) for i in range(4)] + [start(2), point(2)]
                       + [{"file_version": "brain.Event:1"}, point(5), point(1)]))
        self.assertEqual(steps(run.scalars("a", purge=True)), [0, 1])

    def test_then_steps(self):
        run = Run(data([VERSION, start(0)] + self.BEFORE + [start(3)] + self.AFTER))
        self.assertEqual(list(run.scalars("a", purge=True, steps="mean").values), [0, 1, 2, 33, 44])
        self.assertEqual(list(run.scalars("a", steps="mean").values), [0, 1, 2, 18, 24, 5])

    def test_what_our_writer_writes(self):
        run = Run(b"".join(map(frame, self.resumed())))
        self.assertEqual(steps(run.scalars("a", purge=True)), [0, 1, 2, 3])
        self.assertEqual(steps(run.scalars("a")), [0, 1, 2, 3, 4, 3])

    def resumed(self):
        case = InDirectory()
        case.setUp()
        self.addCleanup(case.doCleanups)
        with SummaryWriter(case.directory) as writer:
            for step in range(5):
                writer.add_scalar("a", step, step)
        with SummaryWriter(case.directory, purge_step=3) as writer:
            writer.add_scalar("a", 3, 3)
        return [record for path in event_files(case.directory) for record in records(path)]


class TestDamage(Case):

    def test_a_bad_record_costs_no_good_one(self):
        """[readers-1]"""
        parts = [frame(EVENT.encode(event)) for event in [VERSION] + [point(i) for i in range(5)]]
        bad = bytearray(parts[3])
        bad[20] ^= 1
        whole = b"".join(parts[:3]) + bytes(bad) + b"".join(parts[4:])
        run = Run(whole)
        self.assertEqual(steps(run.scalars("a")), [0, 1, 3, 4])
        begin = sum(map(len, parts[:3]))
        self.assertEqual([(d.start, d.end, d.rule) for d in run.damage],
                         [(begin, begin + len(bad), "record-3")])
        with self.assertRaises(FormatError) as caught:
            Run(whole, strict=True)
        self.assertEqual(caught.exception.rule, "record-3")
        self.assertEqual(steps(Run(whole, mode="stop").scalars("a")), [0, 1])

    def test_a_bad_value_costs_no_other(self):
        """[readers-3]"""
        event = point(1)
        event["summary"]["value"] += [dict(tensor_value("scalars", dtype="DT_STRING", string_val=[b"x"]), tag="b"),
                                      {"tag": "c", "simple_value": 2.0}]
        for value in event["summary"]["value"]:
            value.pop("simple_value") if value.get("simple_value", 0) is None else None
        path = self.write([VERSION, event, point(2)])
        run = Run(path)
        self.assertEqual((steps(run.scalars("a")), steps(run.scalars("c"))), ([1, 2], [1]))
        found, = run.damage
        self.assertEqual((found.rule, found.path, "b" in run.tags()), ("scalars-3", path, False))
        with open(path, "rb") as file:
            span = file.read()[found.start:found.end]
        self.assertLess(found.start, found.pos)
        self.assertIn(b"\x0a\x01b", span)
        self.assertNotIn(b"\x0a\x01c", span)
        self.assertRaises(FormatError, Run, path, strict=True)

    def test_a_length_that_is_only_claimed(self):
        """[readers-2]"""
        good = frame(EVENT.encode(point(1)))
        for length in (2 ** 31, 2 ** 40, 2 ** 64 - 1):
            header = LENGTH.pack(length)
            claim = header + CRC.pack(masked(crc32c(header)))
            run = Run(good + claim + good)
            self.assertEqual((steps(run.scalars("a")), [(d.start, d.end) for d in run.damage]),
                             ([1, 1], [(len(good), len(good) + len(claim))]))

    def test_bytes_that_are_no_event(self):
        event = EVENT.encode(point(1))
        broken = b"".join([frame(event), frame(event[:-2]), frame(b"\x0b"), frame(event)])
        run = Run(broken)
        self.assertEqual(steps(run.scalars("a")), [1, 1])
        self.assertEqual([d.rule for d in run.damage], ["wire-4", "wire-4"])
        self.assertEqual(run.damage[1].end - run.damage[1].start, 17)

    def test_values_before_the_break(self):
        one = b"\x0a\x08\x0a\x01a\x15\0\0\0\x3f"
        summary = one + b"\x0a\x40" + one
        run = Run(frame(b"\x2a" + bytes([len(summary)]) + summary))
        self.assertEqual(list(run.scalars("a").values), [0.5])
        self.assertEqual([d.rule for d in run.damage], ["wire-4"])

    def test_every_bit_of_an_event_flipped_under_a_right_checksum(self):
        values = [{"tag": "a", "simple_value": 0.5}, {"tag": "i", "image": {"width": 1}},
                  {"tag": "t", "tensor": {"dtype": "DT_STRING", "string_val": [b"t"]},
                   "metadata": {"plugin_data": {"plugin_name": "text"}}}]
        good = frame(EVENT.encode(point(7)))
        event = EVENT.encode({"wall_time": 1.0, "step": 3, "summary": {"value": values}})
        for i in range(8 * len(event)):
            flipped = bytearray(event)
            flipped[i // 8] ^= 1 << i % 8
            run = Run(good + frame(bytes(flipped)) + good)
            self.assertEqual(steps(run.scalars("a"))[::len(run.scalars("a")) - 1], [7, 7])
            for plugin, tags in run.tags().items():
                for tag in tags:
                    list(run.series(plugin, tag))               # and nothing raises

    def test_torn(self):
        whole = data([VERSION, point(0), point(1)])
        run = Run(whole[:-3])
        self.assertEqual((steps(run.scalars("a")), run.damage, len(run.torn)), ([0], [], 1))
        self.assertEqual(len(Run(whole[:-3], mode="salvage").damage), 1)


class TestSources(Case):

    def test_a_directory_and_its_files_in_order(self):
        self.write([VERSION, point(2)], "run", NAME + ".b")
        self.write([VERSION, point(1)], "run", NAME + ".a")
        self.write([VERSION, point(9)], "run", "below", NAME)
        self.write([VERSION, point(9)], "run", "notes.txt")
        run = Run(self.path("run"))
        self.assertEqual(steps(run.scalars("a")), [1, 2])
        self.assertEqual(list(map(os.path.basename, run.files)), [NAME + ".a", NAME + ".b"])

    def test_bytes_files_and_pipes(self):
        events = [VERSION, point(1), point(2, "t", **tensor_value(
            "text", dtype="DT_STRING", string_val=[b"hello"]))]
        path = self.write(events)
        out, end = os.pipe()
        os.write(end, data(events))
        os.close(end)
        with open(path, "rb") as file, open(out, "rb") as pipe:
            for source in (path, data(events), bytearray(data(events)), file, pipe):
                run = Run(source)
                self.assertEqual(steps(run.scalars("a")), [1])
                self.assertEqual(run.text("t").values[0], ["hello"])
                self.assertEqual(run.files, [path] if source is path else [])
                self.assertEqual(run.embeddings(), [])

    def test_a_large_pipe_goes_to_the_disk(self):
        with mock.patch.object(sources, "IN_MEMORY", 100):
            run = Run(data([VERSION] + [point(i, **tensor_value("text", dtype="DT_STRING", string_val=[b"%d" % i]))
                                        for i in range(200)]))
        self.assertEqual(run.text("a").values[199], ["199"])
        self.assertEqual(run.text("a").values[3], ["3"])

    def test_what_is_none(self):
        os.mkdir(self.path("empty"))
        with self.assertRaises(InputError) as caught:
            Run(self.path("empty"))
        self.assertIn("event files", caught.exception.need)
        self.write([VERSION], "logs", "run", NAME)
        with self.assertRaises(InputError) as caught:
            Run(self.path("logs"))
        self.assertIn("see Runs", caught.exception.got)
        self.assertRaises(OSError, Run, self.path("not there"))
        for wrong in (None, 3, ["a"]):
            self.assertRaises(InputError, Run, wrong)
        self.assertRaises(InputError, Run, b"", mode="loose")

    def test_nothing(self):
        self.assertEqual((Run(b"").tags(), Run(b"").hparams(), Run(b"").damage), ({}, {}, []))


class TestRuns(Case):

    def setUp(self):
        InDirectory.setUp(self)
        self.write([VERSION, point(1)], NAME)
        self.write([VERSION, point(2)], "b", "c", NAME)
        self.write([VERSION, point(3), point(3, "z")], "a", NAME)
        os.makedirs(self.path("no run"))

    def test_names(self):
        runs = Runs(self.directory)
        self.assertEqual(list(runs), [".", "a", "b/c"])
        self.assertEqual((len(runs), "a" in runs, "b" in runs), (3, True, False))
        self.assertEqual({name: steps(run.scalars("a")) for name, run in runs.items()},
                         {".": [1], "a": [3], "b/c": [2]})
        self.assertIs(runs["a"], runs["a"])
        self.assertEqual(repr(runs), "<Runs %r: 3 runs>" % self.directory)
        self.assertTrue(repr(runs["a"]).startswith("<Run "))
        self.assertTrue(repr(runs["a"]).endswith(": 2 tags, 1 file>"))
        self.assertRaises(KeyError, runs.__getitem__, "b")
        self.assertEqual(list(Runs(self.path("b"))), ["c"])
        self.assertEqual(list(Runs(self.path("no run"))), [])
        self.assertRaises(OSError, Runs, self.path("not there"))

    def test_one_file(self):
        runs = Runs(self.path("a", NAME))
        self.assertEqual((list(runs), steps(runs["."].scalars("z"))), (["."], [3]))

    def test_mode(self):
        with open(self.path("a", NAME), "ab") as file:
            file.write(b"garbage, garbage")
        self.assertEqual(len(Runs(self.directory)["a"].damage), 1)
        self.assertRaises(FormatError, Runs(self.directory, strict=True).__getitem__, "a")

    def test_dataframes(self):
        pandas = types.ModuleType("pandas")
        pandas.DataFrame = dict
        with mock.patch.dict(sys.modules, {"pandas": pandas}):
            self.assertEqual(Runs(self.directory).to_dataframe(), {
                "run": [".", "a", "a", "b/c"], "tag": ["a", "a", "z", "a"], "step": [1, 3, 3, 2],
                "wall_time": [101.0, 103.0, 103.0, 102.0], "value": [1.0, 3.0, 3.0, 2.0]})
            run = Runs(self.directory)["a"]
            self.assertEqual(run.to_dataframe(steps="mean"), {
                "tag": ["a", "z"], "step": [3, 3], "wall_time": [103.0, 103.0], "value": [3.0, 3.0]})
            self.assertEqual(run.scalars("z").to_dataframe(),
                             {"step": [3], "wall_time": [103.0], "value": [3.0]})

    def test_without_pandas(self):
        with mock.patch.dict(sys.modules, {"pandas": None}):
            for x in (Runs(self.directory), Runs(self.directory)["a"], Run(self.path("a")).scalars("a")):
                with self.assertRaises(InputError) as caught:
                    x.to_dataframe()
                self.assertIn("pip install pandas", caught.exception.need)


class TestEmbeddings(Case):

    def test_what_our_writer_writes(self):
        with SummaryWriter(self.path("run")) as writer:
            writer.add_embedding([[0.5, 1.0], [0.25, 0.0]], ["cat", "d\u00f6g"], global_step=1, tag="w")
            writer.add_embedding([[0.5, -1.0]], [["cat", "1"]], global_step=1, tag="v",
                                 metadata_header=["word", "n"], binary=True,
                                 label_img=[[[[1.0]]]])
            writer.add_scalar("x", 1)
        first, second = Run(self.path("run")).embeddings()
        self.assertEqual(first.name, "w:00001")
        self.assertEqual(first.tensor(), Tensor("float32", (2, 2), [0.5, 1.0, 0.25, 0.0]))
        self.assertEqual((first.metadata(), first.sprite()), ([[], ["cat"], ["d\u00f6g"]], b""))
        tensor = second.tensor()
        self.assertEqual((tensor.shape, list(tensor.values)), ((1, 2), [0.5, -1.0]))
        self.assertEqual(second.metadata(), [["word", "n"], ["cat", "1"]])
        self.assertEqual((second.sprite()[:4], second.single_image_dim), (b"\x89PNG", (1, 1)))

    def test_vectors(self):
        """What breaks a rule of the projector is refused by that rule, or read all the same."""
        cases = {case["id"]: case for case in load("plugins")["runs"] + load("plugins")["bad"]}
        good = Tensor("float32", (2, 2), [0.5, 1.0, 0.25, 0.0])
        for name, found in (
                ("run-projector-1", good), ("run-projector-5", good), ("breaks-projector-1", []),
                ("breaks-projector-2", "projector-2"), ("breaks-projector-2-2", "projector-2"),
                ("breaks-projector-3-2", "projector-3"), ("breaks-projector-3", "projector-3"),
                ("breaks-projector-5", "projector-6"), ("breaks-projector-5-2", "projector-5"),
                ("breaks-projector-6", "projector-6"), ("breaks-projector-6-2", "projector-6"),
                ("breaks-projector-6-3", "projector-6"), ("breaks-projector-9", good)):
            with self.subTest(name):
                self.assertEqual(self.first(cases[name]["files"], self.path(name)), found)

    def first(self, files, directory):
        for name, text in files.items():
            os.makedirs(os.path.dirname(os.path.join(directory, name)), exist_ok=True)
            with open(os.path.join(directory, name), "wb") as file:
                file.write(base64.b64decode(text))
        try:
            found = embeddings(os.path.join(directory, "run"))
            self.assertLess(len(found), 2)
            tensor = found[0].tensor() if found else None
            return tensor._replace(values=list(tensor.values)) if tensor else []
        except FormatError as e:
            return e.rule

    def test_the_first_of_a_name(self):
        os.makedirs(self.path("run"))
        for name, content in (("projector_config.pbtxt", b'embeddings { tensor_name: "a" tensor_path: "1" }'
                                                         b'embeddings { tensor_name: "a" tensor_path: "2" }'),
                              ("1", b"5\n\xff\xff")):
            with open(self.path("run", name), "wb") as file:
                file.write(content)
        embedding, = embeddings(self.path("run"))
        self.assertEqual(embedding.tensor_path, "1")
        with self.assertRaises(FormatError) as caught:
            embedding.tensor()
        self.assertEqual(caught.exception.rule, "projector-6")          # its first line is text

    def test_labels_that_are_not_utf8(self):
        os.makedirs(self.path("run"))
        for name, content in (("projector_config.pbtxt", b'embeddings { tensor_path: "t/x.tsv" '
                                                         b'metadata_path: "m" }'), ("m", b"a\n\xff\n")):
            with open(self.path("run", name), "wb") as file:
                file.write(content)
        embedding, = embeddings(self.path("run"))
        self.assertEqual(embedding.name, "x.tsv")
        with self.assertRaises(FormatError) as caught:
            embedding.metadata()
        self.assertEqual((caught.exception.rule, caught.exception.pos), ("projector-7", 2))
        self.assertRaises(OSError, embedding.tensor)

    @unittest.skipUnless(hasattr(os, "symlink"), "no links here")
    def test_a_link_does_not_lead_out(self):
        os.makedirs(self.path("run"))
        with open(self.path("run", "projector_config.pbtxt"), "w") as file:
            file.write('embeddings { tensor_path: "link" }')
        with open(self.path("outside"), "w") as file:
            file.write("1\t2\n")
        os.symlink(self.path("outside"), self.path("run", "link"))
        with self.assertRaises(FormatError) as caught:
            embeddings(self.path("run"))[0].tensor()
        self.assertEqual(caught.exception.rule, "projector-2")


if __name__ == "__main__":
    unittest.main()
