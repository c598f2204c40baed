"""The same questions to TensorBoard's readers, to tbparse and to ours, of files that others wrote.

The golden files, and what TensorFlow 1, TensorFlow 2 and Keras write here and now.  Where a reader
answers otherwise, a row of spec/deviations.md says so.
"""
import contextlib
import io
import logging
import math
import os
import random
import tempfile
import unittest
import warnings

import numpy
from tbparse import SummaryReader
from tensorboard.backend.event_processing import event_accumulator, plugin_event_accumulator
from tensorboard.util import tensor_util

from tbx_pure.messages import EVENT
from tbx_pure.read import Run, Runs, events
from tbx_pure.record import frame
from tests.conformance.brief import BriefTestCase
from tests.conformance.clients_venv import PEERS, done, start
from tests.conformance.tensorboard_server import ENGINES, TensorBoard
from tests.test_golden import FILES

HERE = os.path.dirname(os.path.abspath(__file__))
JOB = os.path.join(HERE, "writers", "tensorflow_job.py")
WRITTEN = "keras/train", "keras/validation", "tensorflow1", "tensorflow2"
ALL = {kind: 0 for kind in event_accumulator.DEFAULT_SIZE_GUIDANCE}     # 0: keep every point
TENSORS = "hparams",                    # plugins whose values have no tensor, or an empty one

#   (run, tag)                         EventAccumulator cannot make an array of it: the error, the row
UNREADABLE = {
    ("torch", "half"):                      (OverflowError, "read-torch-half"),
    ("tensorflow", "write/bfloat16"):       (TypeError,     "read-bfloat16"),
    ("tensorflow2", "numbers/bfloat16"):    (TypeError,     "read-bfloat16"),
}
#   run            tbparse raises one of these, at all that is in the run; rows
NO_TBPARSE = {
    "torch":       (OverflowError,),                # read-torch-half
    "tensorflow":  (ValueError, TypeError),         # read-text-table, read-bfloat16
    "tensorflow1": (ValueError,),                   # read-text-table
    "tensorflow2": (ValueError, TypeError),         # read-text-table, read-bfloat16
}


def setUpModule():
    global PATHS
    logging.getLogger("tensorboard").setLevel(logging.ERROR)
    folder = tempfile.TemporaryDirectory()
    unittest.addModuleCleanup(folder.cleanup)
    done(start([JOB, folder.name], [os.path.join(PEERS, "tensorboard")], folder.name))
    PATHS = {os.path.basename(path)[:-len(".tfevents")]: path for path in FILES}
    PATHS.update((name, os.path.join(folder.name, *name.split("/"))) for name in WRITTEN)


def accumulated(path, **keywords):
    return event_accumulator.EventAccumulator(path, ALL, purge_orphaned_data=False,
                                              **keywords).Reload()


def number(x):
    """Return a float, and NaN as a text, which equals itself."""
    return "nan" if math.isnan(x) else float(x)


def numbers(array):
    """Return what compares: (dtype, shape, values) of a NumPy array."""
    if array.dtype == object:
        return "string", array.shape, array.ravel().tolist()
    return array.dtype.name, array.shape, [repr(x) for x in array.ravel().tolist()]


def of_tensor(tensor):
    if tensor.dtype == "string":
        return "string", tensor.shape, list(tensor.values)
    return tensor.dtype, tensor.shape, [repr(x) for x in tensor.values]


class Each(BriefTestCase):
    """A test case that goes through all files: (name, path, our Run)."""

    def each(self):
        self.assertEqual(len(PATHS), 14)
        for name, path in PATHS.items():
            yield name, path, Run(path)


class TestEventAccumulator(Each):
    """TensorBoard's reader for scripts, which takes the two forms for two things."""

    def test_tags(self):
        for name, path, run in self.each():
            with self.subTest(name):
                theirs, ours = accumulated(path).Tags(), run.tags()
                found = set(sum((theirs[kind] for kind in ("scalars", "images", "audio", "histograms",
                                                           "tensors", "run_metadata")), []))
                mine = {tag for plugin, tags in ours.items() for tag in tags
                        if plugin not in TENSORS + ("graphs", "meta_graph")
                        and (name, tag) != ("torch", "video")}      # a tag without anything
                if name == "tensorflow2":
                    mine |= set(ours["hparams"])                    # with an empty tensor
                self.assertEqual(found, mine)
                self.assertEqual((theirs["graph"], theirs["meta_graph"]),
                                 (bool(len(run.graphs())), "meta_graph" in ours))

    def test_scalars(self):
        seen = 0
        for name, path, run in self.each():
            with self.subTest(name):
                theirs = accumulated(path)
                for tag in theirs.Tags()["scalars"]:
                    self.assertEqual([(x.step, x.wall_time, number(x.value)) for x in theirs.Scalars(tag)],
                                     [(x.step, x.wall_time, number(x.value)) for x in run.scalars(tag)])
                    seen += 1
        self.assertGreaterEqual(seen, 7)

    def test_histograms(self):
        seen = 0
        for name, path, run in self.each():
            with self.subTest(name):
                theirs = accumulated(path)
                for tag in theirs.Tags()["histograms"]:
                    ours = run.histograms(tag)
                    for x, y in zip(theirs.Histograms(tag), ours):
                        histo = x.histogram_value
                        inner = histo.bucket_limit[:-1]
                        self.assertEqual((x.step, x.wall_time), y[:2])
                        self.assertEqual(list(zip([histo.min] + inner, inner + [histo.max], histo.bucket)),
                                         y.value)
                        seen += 1
                    self.assertEqual(len(ours), len(theirs.Histograms(tag)))
        self.assertGreaterEqual(seen, 9)

    def test_images_and_audio(self):
        seen = 0
        for name, path, run in self.each():
            with self.subTest(name):
                theirs = accumulated(path)
                for tag in theirs.Tags()["images"]:
                    self.assertEqual(
                        [(x.step, x.wall_time, [{"height": x.height, "width": x.width,
                                                 "encoded": x.encoded_image_string}])
                         for x in theirs.Images(tag)], [tuple(x) for x in run.images(tag)])
                    seen += len(run.images(tag))
                for tag in theirs.Tags()["audio"]:
                    self.assertEqual(
                        [(x.step, x.wall_time, x.sample_rate, x.length_frames, x.encoded_audio_string)
                         for x in theirs.Audio(tag)],
                        [(x.step, x.wall_time, x.value[0]["sample_rate"], x.value[0]["frames"],
                          x.value[0]["encoded"]) for x in run.audio(tag)])
                    seen += len(run.audio(tag))
        self.assertGreaterEqual(seen, 29)

    def test_tensors(self):
        seen = 0
        for name, path, run in self.each():
            with self.subTest(name):
                theirs, unread = accumulated(path), []
                for tag in theirs.Tags()["tensors"]:
                    if tag in run.tags().get("scalars", ()):
                        self.assertEqual([(x.step, x.wall_time, tensor_util.make_ndarray(x.tensor_proto).item())
                                          for x in theirs.Tensors(tag)], [tuple(x) for x in run.scalars(tag)])
                    elif (name, tag) in UNREADABLE:
                        with self.assertRaises(UNREADABLE[name, tag][0]):
                            tensor_util.make_ndarray(theirs.Tensors(tag)[0].tensor_proto)
                        unread.append(tag)
                    else:
                        self.assertEqual([(x.step, x.wall_time) + numbers(tensor_util.make_ndarray(x.tensor_proto))
                                          for x in theirs.Tensors(tag)],
                                         [(x.step, x.wall_time) + of_tensor(x.value) for x in run.tensors(tag)])
                    seen += len(theirs.Tensors(tag))
                self.assertEqual(unread, [tag for run_name, tag in UNREADABLE if run_name == name])
        self.assertGreaterEqual(seen, 90)

    def test_both_forms_of_a_plugin(self):
        """What the migration of TensorBoard's server makes of the other form."""
        for name, path, run in self.each():
            with self.subTest(name):
                theirs = plugin_event_accumulator.EventAccumulator(
                    path, {"tensors": 0}, purge_orphaned_data=False).Reload()
                for plugin, tag, read in (("images", tag, run.images) for tag in run.tags().get("images", ())):
                    for x, y in zip(theirs.Tensors(tag), read(tag)):
                        width, height, *files = tensor_util.make_ndarray(x.tensor_proto).tolist()
                        self.assertEqual([(int(height), int(width), file) for file in files],
                                         [(z["height"], z["width"], z["encoded"]) for z in y.value])
                for tag in run.tags().get("audio", ()):
                    for x, y in zip(theirs.Tensors(tag), run.audio(tag)):
                        files = tensor_util.make_ndarray(x.tensor_proto)
                        self.assertEqual(files.reshape(len(files), -1)[:, 0].tolist(),
                                         [z["encoded"] for z in y.value])

    def test_metadata(self):
        for name, path, run in self.each():
            with self.subTest(name):
                theirs = accumulated(path)
                for plugin, tags in run.tags().items():
                    for tag in tags:
                        about = theirs.summary_metadata.get(tag)
                        ours = run.series(plugin, tag).metadata
                        if about is None:
                            self.assertEqual(ours, {})
                            continue
                        data = ours.get("plugin_data", {})
                        self.assertEqual(
                            (about.display_name, about.summary_description, about.plugin_data.plugin_name,
                             about.plugin_data.content),
                            (ours.get("display_name", ""), ours.get("summary_description", ""),
                             data.get("plugin_name", ""), data.get("content", b"")))

    def test_graphs(self):
        seen = 0
        for name, path, run in self.each():
            with self.subTest(name):
                theirs = accumulated(path)
                for graph in run.graphs().values:
                    self.assertEqual([(node.name, node.op, list(node.input)) for node in theirs.Graph().node],
                                     [(node.get("name", ""), node.get("op", ""), node.get("input", []))
                                      for node in graph["node"]])
                    seen += 1
                for tag in run.tags().get("graph_tagged_run_metadata", ()):
                    self.assertEqual([device.device for device in theirs.RunMetadata(tag).step_stats.dev_stats],
                                     [device["device"] for device in
                                      run.run_metadata(tag).values[-1]["step_stats"]["dev_stats"]])
        self.assertEqual(seen, 3)

    def test_events(self):
        """Every event, as protobuf reads it."""
        for name, path, run in self.each():
            with self.subTest(name):
                found = list(event_accumulator._GeneratorFromPath(path).Load())
                ours = [EVENT.encode(event) for event in events(path)]
                self.assertEqual([type(event).FromString(data) for event, data in zip(found, ours)], found)
                self.assertEqual(len(ours), len(found))


class TestPurge(BriefTestCase):

    def log(self, draw):
        """Return events of a run that starts again, steps back, and tells of it or not."""
        session, step = {"step": 99, "session_log": {"status": "START"}}, 0
        tells = draw.random() < 0.7
        version = {"file_version": "brain.Event:%d" % (draw.choice([1, 2]) if tells else 1)}
        log = [{"file_version": "brain.Event:2"}] * tells
        for _ in range(draw.randint(5, 30)):
            step += draw.choice([1, 1, 1, 0, -2, 3])
            log.append(draw.choice([session, {}, version] + [{}] * 15))
            if not log[-1]:
                log[-1] = {"summary": {"value": [{"tag": draw.choice("abc"), "simple_value": draw.random()}
                                                 for _ in range(draw.randint(0, 2))]}}
            log[-1] = dict(log[-1], step=step)
        return log

    def test_purge(self):
        draw, purged = random.Random(7), 0
        for n in range(200):
            with self.subTest(n), tempfile.TemporaryDirectory() as folder:
                path = os.path.join(folder, "tfevents")
                with open(path, "wb") as file:
                    file.write(b"".join(frame(EVENT.encode(event)) for event in self.log(draw)))
                theirs = plugin_event_accumulator.EventAccumulator(path, {"tensors": 0}).Reload()
                ours = Run(path)        # theirs: of the Python engine; the other goes by a rule of its own
                for tag in ours.tags().get("scalars", ()):
                    points = ours.scalars(tag, purge=True)
                    self.assertEqual([(x.step, tensor_util.make_ndarray(x.tensor_proto).item())
                                      for x in theirs.Tensors(tag)], list(zip(points.steps, points.values)))
                    purged += len(points) < len(ours.scalars(tag))
        self.assertGreater(purged, 99)


class TestTbparse(Each):
    """tbparse 0.0.9, on top of EventAccumulator."""

    def tables(self, name, path):
        """Return {kind: its rows} of tbparse; None if it raises what it is known to."""
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            if name in NO_TBPARSE:
                self.assertRaises(NO_TBPARSE[name], SummaryReader, path)
                return None
            reader = SummaryReader(path, extra_columns={"wall_time"})
            return {kind: list(getattr(reader, kind).itertuples())
                    for kind in ("scalars", "tensors", "hparams", "text", "histograms")}

    def test_all(self):
        seen = {}
        for name, path, run in self.each():
            tables = self.tables(name, path)
            for kind, rows in (tables or {}).items():
                seen[kind] = seen.get(kind, 0) + len(rows)
            if tables is not None:
                with self.subTest(name):
                    self.compare(tables, run)
        self.assertGreaterEqual(min(seen[kind] for kind in seen), 1)
        self.assertGreaterEqual(seen["tensors"], 12)

    def compare(self, theirs, run):
        ours = run.to_dataframe()
        tags = run.tags()
        rows = theirs["scalars"] + [row for row in theirs["tensors"] if row.tag in tags["scalars"]]
        self.assertEqual(
            sorted((row.tag, row.wall_time, row.step, number(row.value)) for row in rows),
            sorted((row.tag, row.wall_time, row.step, number(row.value)) for row in ours.itertuples()))
        self.assertEqual({row.tag: row.value for row in theirs["hparams"]}, run.hparams())
        self.assertEqual([(row.step, [row.value]) for row in theirs["text"]],
                         [(x.step, x.value) for tag in tags.get("text", ()) for x in run.text(tag)])
        self.assertEqual({row.tag for row in theirs["histograms"]},
                         set(tags.get("histograms", ()) if theirs["histograms"] else ()))
        for row in theirs["histograms"]:
            found = next(x.value for x in run.histograms(row.tag) if x.step == row.step)
            self.assertEqual(list(row.counts), [count for _, _, count in found])
            self.assertEqual(list(row.limits)[:-1], [right for _, right, _ in found[:-1]])


# ---- restarts, and several points at one step ----

T = 1700000000.0
VERSION = {"wall_time": T, "file_version": "brain.Event:2"}


def scalar(step, tag, x):
    return {"wall_time": T + x, "step": step, "summary": {"value": [{"tag": tag, "simple_value": x}]}}


def text(step, tag, x):
    tensor = {"dtype": "DT_STRING", "tensor_shape": {}, "string_val": [b"%d" % x]}
    return {"wall_time": T + x, "step": step, "summary": {"value": [
        {"tag": tag, "tensor": tensor, "metadata": {"plugin_data": {"plugin_name": "text"}}}]}}


def session(step):
    return {"wall_time": T, "step": step, "session_log": {"status": "START"}}


BEFORE = [make(step, tag, step) for step in range(6) for make, tag in
          ((scalar, "a"), (scalar, "b"), (text, "t"))]
AFTER = [scalar(3, "a", 13), text(3, "t", 13), scalar(4, "a", 14)]
LOGS = {
    "plain":       [VERSION] + BEFORE,
    "no session":  [VERSION] + BEFORE + AFTER,
    "one":         [VERSION] + BEFORE + [session(3)] + AFTER,
    "two":         [VERSION, session(0)] + BEFORE + [session(3)] + AFTER,
    "three":       [VERSION, session(0)] + BEFORE + [session(4)] + AFTER + [session(1)] + AFTER[2:],
    "old":         [{"wall_time": T, "file_version": "brain.Event:1"}] + BEFORE + AFTER,
    "none":        BEFORE + AFTER,
    "same step":   [VERSION] + [scalar(0, "a", i) for i in range(5)] + [text(2, "t", 1), text(2, "t", 2)],
    "zigzag":      [VERSION] + [scalar(step, "a", i) for i, step in
                                enumerate([0, 3, 1, 2, 2, -4, 7, 5, 9])],
}


class TestEngines(BriefTestCase):

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.logdir = folder.name
        for name, log in LOGS.items():
            os.mkdir(os.path.join(cls.logdir, name))
            with open(os.path.join(cls.logdir, name, "events.out.tfevents.1700000000.host"), "wb") as file:
                file.write(b"".join(frame(EVENT.encode(event)) for event in log))

    def shown(self, engine):
        """Return {run: {tag: [(step, value)]}} of an engine."""
        found = {}
        with TensorBoard(self.logdir, engine) as server:
            for plugin in ("scalars", "text"):
                for run, tags in server.json("data/plugin/%s/tags" % plugin).items():
                    for tag in tags:
                        rows = server.json("data/plugin/%s/%s" % (plugin, plugin), run=run, tag=tag)
                        found.setdefault(run, {})[tag] = [
                            row[1:] if plugin == "scalars" else [row["step"], row["text"]] for row in rows]
        return found

    def ours(self, **keywords):
        return {name: {tag: [[x.step, x.value if plugin == "scalars" else "<p>%s</p>" % x.value[0]]
                             for x in run.series(plugin, tag, **keywords)]
                       for plugin, tags in run.tags().items() for tag in tags}
                for name, run in Runs(self.logdir).items()}

    def test_purge_is_that_of_the_python_engine(self):
        found = self.shown("python")
        self.assertEqual(found, self.ours(purge=True))
        self.assertNotEqual(found, self.ours())

    def test_last_is_what_the_default_engine_shows(self):
        found = self.shown("fast")
        self.assertEqual(found, self.ours(steps="last"))
        self.assertNotEqual(found, self.ours())

    def test_engines(self):
        self.assertEqual(sorted(ENGINES), ["fast", "python"])


if __name__ == "__main__":
    unittest.main()
