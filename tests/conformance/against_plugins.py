"""What a real TensorBoard shows of the methods that are not in against_tensorboard.py.

One run calls them all, with their keywords; what both engines must answer over HTTP is stated
here, by NumPy, matplotlib and hand.  What no dashboard shows, EventAccumulator must read.
"""
import contextlib
import os
import re
import tempfile
import unittest
import warnings

import matplotlib
import numpy
import torch
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto.types_pb2 import DT_BFLOAT16
from tensorboard.util.tensor_util import make_ndarray

from tbx_pure import SummaryWriter
from tests.conformance import against_pictures, against_tensorboard
from tests.conformance.brief import BriefTestCase
from tests.conformance.dashboards import ask
from tests.conformance.tensorboard_server import ENGINES, TensorBoard

matplotlib.use("agg")
RANDOM = numpy.random.RandomState(7)
RUN, T = "run", 1700000000.25

# ---- what is written ----

TONE = numpy.sin(numpy.arange(300) / 5.0)
STEREO = numpy.array([TONE * 0.5, -TONE]).T
INTEGERS = (TONE * 30000).astype("int16")

#   tag             argument, samples a second, the 16-bit samples to hear, of each step
SOUNDS = {
    "mono":         [(TONE, 8000, TONE * 32768), (torch.tensor(TONE)[None], 44100, TONE * 32768)],
    "stereo sound": [(STEREO, 22050, STEREO * 32768), (STEREO.tolist(), 22050, STEREO * 32768)],
    "integers":     [(INTEGERS, 16000, INTEGERS)],
    "beyond":       [([2.0, float("nan"), -2.0, 0.5], 44100, [32767, 0, -32768, 16384])],
}

LABELS, PREDICTIONS, WEIGHTS = RANDOM.randint(0, 2, 80), RANDOM.rand(80), RANDOM.randint(1, 5, 80)

#   tag         labels, predictions, thresholds, weights, of each step
CURVES = {
    "pr":       [(LABELS, PREDICTIONS, 11, None), (LABELS > 0, PREDICTIONS, 127, None)],
    "many":     [(LABELS, torch.tensor(PREDICTIONS), 1000, None)],
    "weighted": [(LABELS, PREDICTIONS, 20, WEIGHTS)],
}
COUNTED = [[5, 3, 1], [2, 1, 0], [0, 1, 2], [0, 2, 4], [0.75, 0.5, 1.0], [1.0, 0.625, 0.25]]

VERTICES = RANDOM.randn(2, 4, 3).astype("float32")
SHADES, FACES = RANDOM.randint(0, 256, (2, 4, 3)), numpy.array([[[0, 1, 2], [3, 2, 1]]] * 2)
SCENE = {"camera": {"cls": "PerspectiveCamera", "fov": 75}}

MATRIX = RANDOM.randn(9, 3)
SPRITES = RANDOM.randint(0, 256, (9, 3, 4, 4), "uint8")

#   run        group    rate  accuracy  status
SESSIONS = {
    "first":    ("slow",  0.1,  0.5,      "SUCCESS"),
    "again":    ("slow",  0.1,  0.75,     "FAILURE"),
    "second/b": ("quick", 0.25, 0.875,    "RUNNING"),
}
GROUPS = {"slow": (0.1, True, 0.625), "quick": (0.25, False, 0.875)}    # the mean of the sessions

TENSORS = {dtype: numpy.array([[0, 1, 2], [3, 4, 5]]).astype(dtype) for dtype in (
    "bool", "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float16",
    "float32", "float64")}


def figure(number):
    made = Figure(figsize=(2, 1.5))
    made.add_subplot(1, 1, 1).plot([0, number, 2], [1, 3, 2], "r--")
    return made


def write(logdir):
    """Write the run; return the names of the methods called."""
    called = set()

    class Noted(SummaryWriter):
        def __getattribute__(self, name):
            called.add(name)
            return SummaryWriter.__getattribute__(self, name)

    with Noted(logdir) as writer, writer.use_metadata(walltime=T), warnings.catch_warnings():
        warnings.simplefilter("ignore")         # of samples clipped: it is so meant
        for tag, calls in SOUNDS.items():
            for step, (sound, rate, _) in enumerate(calls):
                writer.add_audio(tag, sound, step, rate)
        for tag, calls in CURVES.items():
            for step, (labels, predictions, n, weights) in enumerate(calls):
                writer.add_pr_curve(tag, labels, predictions, step, n, weights)
        for step in range(2):
            writer.add_pr_curve_raw("counted", *COUNTED, step, num_thresholds=3)
            writer.add_figure("figure", figure(step), step)
            writer.add_figure("figures", [figure(step), figure(7)], step)
            writer.add_mesh("points only", VERTICES + step, global_step=step)
            writer.add_mesh("all parts", torch.tensor(VERTICES), SHADES, FACES, SCENE, step)
            writer.add_scalar("loss/train", 0.5, step)
        for dtype, tensor in TENSORS.items():
            writer.add_tensor(dtype, tensor, 3)
        writer.add_tensor("bfloat16", torch.tensor([0.5, -2.0], dtype=torch.bfloat16), 3)
        writer.add_custom_scalars({"one": {"lines": ["Multiline", ["loss/.*"]],
                                           "band": ["Margin", ["a", "b", "c"]]}, "two": {}})
        writer.add_custom_scalars_multilinechart(["x", "y"], "one", "short lines")
        writer.add_custom_scalars_marginchart(["v", "l", "u"], "three", "short band")
        writer.add_embedding(MATRIX, list("abcdefghi"), SPRITES, 1, 'a "name"')
        writer.add_embedding(MATRIX, [[i, "é %d" % i] for i in range(9)], tag="columns",
                             metadata_header=["n", "text"], binary=True)
        writer.add_embedding(torch.tensor(MATRIX) > 0, tag="bool", global_step=2)
        for name, (group, rate, accuracy, status) in SESSIONS.items():
            writer.add_hparams(
                {"lr": rate, "opt": "adam", "flag": rate < 0.2, "layers": [3, 4],
                 "half": numpy.float16(0.5)}, {"acc: 1": accuracy}, name, 5,
                hparam_domain_discrete={"opt": ["adam", "sgd"]},
                hparam_infos={"lr": {"display_name": "Rate", "description": "*of* learning",
                                     "domain": (0.0, 1.0)}},
                metric_infos={"acc: 1": {"display_name": "Accuracy", "dataset_type": "validation"},
                              "elsewhere": {"group": "sub"}},
                group_name=group, status=status, start_time=100, end_time=200.5)
    return called


def setUpModule():
    global LOGDIR, CALLED, ANSWERS, COMPLAINTS
    folder = tempfile.TemporaryDirectory()
    unittest.addModuleCleanup(folder.cleanup)
    LOGDIR, ANSWERS, COMPLAINTS = folder.name, {}, {}
    CALLED = write(os.path.join(LOGDIR, RUN))
    with contextlib.ExitStack() as stack:
        starting = [TensorBoard(LOGDIR, engine) for engine in ENGINES]
        for server in [stack.enter_context(server) for server in starting]:
            ANSWERS[server.engine] = ask(server)
            COMPLAINTS[server.engine] = server.complaints()


# ---- what must be shown ----

def curve(labels, predictions, n, weights):
    """Return what the PR curves dashboard answers of a curve, by counting at each threshold."""
    labels, predictions = numpy.asarray(labels, float), numpy.asarray(predictions, float)
    weights = numpy.ones(len(labels)) if weights is None else weights
    positive = predictions >= numpy.linspace(0, 1, n)[:, None]
    tp, fp = (positive * weights * labels).sum(1), (positive * weights * (1 - labels)).sum(1)
    tn, fn = fp[0] - fp, tp[0] - tp
    return rows(tp, fp, tn, fn, *(tp / numpy.maximum(1e-7, tp + wrong) for wrong in (fp, fn)))


def rows(tp, fp, tn, fn, precision, recall):
    """The thresholds at the end that nothing reaches, TensorBoard leaves out."""
    end = max(numpy.flatnonzero(numpy.add(tp, fp))) + 1
    thresholds = numpy.linspace(0, 1, len(tp))
    return {name: numpy.asarray(row)[:end].tolist() for name, row in (
        ("true_positives", tp), ("false_positives", fp), ("true_negatives", tn),
        ("false_negatives", fn), ("precision", numpy.float32(precision)),
        ("recall", numpy.float32(recall)), ("thresholds", thresholds))}


def drawn(figures):
    """Return the pixels of figures, beside each other, as matplotlib draws them."""
    pictures = []
    for one in figures:
        canvas = FigureCanvasAgg(one)
        canvas.draw()
        pictures.append(numpy.array(canvas.buffer_rgba())[:, :, :3])
    return numpy.concatenate(pictures, axis=1)


class OverHTTP:
    """The tests of one engine, which the classes below name."""

    @property
    def answers(self):
        return ANSWERS[self.engine]

    def under(self, *start):
        """Return {rest of the key: answer} of all keys that start so."""
        n = len(start)
        return {key[n:]: answer for key, answer in self.answers.items() if key[:n] == start}

    def test_audio(self):
        self.assertEqual({tag for tag, in self.under("audio", "tags", RUN)}, set(SOUNDS))
        kind = {"fast": "application/octet-stream", "python": "audio/wav"}[self.engine]
        for tag, calls in SOUNDS.items():
            series = self.answers["audio", "audio", RUN, tag, 0]
            self.assertEqual(len(series), len(calls))
            for step, (point, (_, rate, heard)) in enumerate(zip(series, calls)):
                heard = numpy.clip(numpy.floor(heard), -32768, 32767).astype(int)
                heard = heard.reshape(len(heard), -1)
                self.assertEqual((point["step"], point["wall_time"], point["contentType"]),
                                 (step, T, kind))
                self.assertEqual(point["blob"],
                                 (kind, (rate, heard.shape, heard.ravel().tolist())))

    def test_pr_curves(self):
        expected = {tag: [curve(*call) for call in calls] for tag, calls in CURVES.items()}
        expected["counted"] = [rows(*COUNTED)] * 2
        self.assertEqual({tag for tag, in self.under("pr_curves", "tags", RUN)}, set(expected))
        for tag, curves in expected.items():
            series = self.answers["pr_curves", "pr_curves", RUN, tag]
            self.assertEqual(len(series), len(curves))
            for step, (point, wanted) in enumerate(zip(series, curves)):
                with self.subTest(tag, step=step):
                    self.assertEqual(point, dict(wanted, step=step, wall_time=T))

    def test_figures(self):
        for tag, more in (("figure", []), ("figures", [7])):
            for step, point in enumerate(self.answers["images", "images", RUN, tag, 0]):
                pixels = drawn([figure(number) for number in [step] + more])
                self.assertEqual(point["blob"], ("image/png", (
                    pixels.shape, pixels.ravel().tolist())))
            self.assertEqual(step, 1)

    def test_meshes(self):
        parts = {"points only": {"VERTEX": None},
                 "all parts": {"VERTEX": VERTICES, "FACE": FACES, "COLOR": SHADES}}
        expected = {(tag, step, part, sample): (
            VERTICES + numpy.float32(step) if data is None else data)[sample].ravel().tolist()
            for tag, parts in parts.items() for part, data in parts.items()
            for step in range(2) for sample in range(2)}
        self.assertEqual(self.under("mesh", "data", RUN), expected)
        for tag, config, components in (("points only", "null", [1, 1]),
                                        ("all parts", '{"camera": {"cls": "PerspectiveCamera", '
                                         '"fov": 75}}', [1, 2, 3] * 2)):
            self.assertEqual(self.answers["mesh", "tags", RUN, tag], {"samples": 2})
            listed = self.answers["mesh", "meshes", RUN, tag]
            self.assertEqual([part["content_type"] for part in listed], components)
            self.assertEqual({part["config"] for part in listed}, {config})
            self.assertEqual({tuple(part["data_shape"]) for part in listed
                              if part["content_type"] != 2}, {(2, 4, 3)})

    def test_layout(self):
        def lines(title, *tags):
            return {"title": title, "multiline": {"tag": list(tags)}}

        def band(title, *tags):
            return {"title": title, "margin": {"series": [dict(zip(("value", "lower", "upper"),
                                                                   tags))]}}
        charts = {("one", "lines"): lines("lines", "loss/.*"),
                  ("one", "band"): band("band", "a", "b", "c"),
                  ("one", "short lines"): lines("short lines", "x", "y"),
                  ("three", "short band"): band("short band", "v", "l", "u")}
        found = self.under("custom_scalars", "layout")
        self.assertEqual({key: found.pop(key) for key in charts}, charts)
        self.assertEqual(found, {(title,): {"title": title, "closed": False}
                                 for title in ("one", "two", "three")})
        self.assertEqual(
            self.answers["custom_scalars", "scalars", "one", "lines", RUN, "loss/.*"],
            {"regex_valid": True, "tag_to_events": {"loss/train": [[T, 0, 0.5], [T, 1, 0.5]]}})

    def test_embeddings(self):
        matrix = numpy.float32(MATRIX).ravel().tolist()
        self.assertEqual(self.under("projector", "tensor", RUN), {
            ('a "name":00001',): matrix, ("columns:00000",): matrix,
            ("bool:00002",): numpy.float32(MATRIX > 0).ravel().tolist()})
        self.assertEqual(self.under("projector", "metadata", RUN), {
            ('a "name":00001',): "\n".join("abcdefghi").encode() + b"\n",
            ("columns:00000",): "".join(
                ["n\ttext\n"] + ["%d\té %d\n" % (i, i) for i in range(9)]).encode("utf-8")})
        sprite = SPRITES.reshape(3, 3, 3, 4, 4).transpose(0, 3, 1, 4, 2).reshape(12, 12, 3)
        self.assertEqual(self.under("projector", "sprite_image", RUN), {
            ('a "name":00001',): (sprite.shape, sprite.ravel().tolist())})
        self.assertEqual({name: info["tensorShape"] for (*_, name), info
                          in self.under("projector", "info").items() if name != RUN},
                         dict.fromkeys(('a "name":00001', "columns:00000", "bool:00002"), [9, 3]))

    def test_hyperparameters(self):
        hparams = {name: info for (name,), info
                   in self.under("hparams", "experiment", "hparam").items()}
        lr = hparams["lr"]
        self.assertEqual((lr["displayName"], lr["domainInterval"]),
                         ("Rate", {"minValue": 0.0, "maxValue": 1.0}))
        self.assertIn("of", lr["description"])
        self.assertEqual(hparams["opt"]["domainDiscrete"], ["adam", "sgd"])
        self.assertEqual({name: info["type"][len("DATA_TYPE_"):] for name, info in hparams.items()},
                         {"lr": "FLOAT64", "opt": "STRING", "flag": "BOOL", "layers": "STRING",
                          "half": "FLOAT64"})
        metrics = self.under("hparams", "experiment", "metric")
        self.assertEqual(set(metrics), {("acc__1", ""), ("elsewhere", "sub")})
        self.assertEqual([metrics["acc__1", ""][name] for name in ("displayName", "datasetType")],
                         ["Accuracy", "DATASET_VALIDATION"])

    def test_sessions(self):
        for name, (group, rate, accuracy, status) in SESSIONS.items():
            run = "run/" + name
            session = self.answers["hparams", "session_groups", group, run]
            self.assertEqual([session[name] for name in ("status", "startTimeSecs", "endTimeSecs")],
                             ["STATUS_" + status, 100.0, 200.5])
            metric = self.answers["hparams", "session_groups", group, run, "metric", "acc__1"]
            self.assertEqual([metric[name] for name in ("value", "trainingStep", "wallTimeSecs")],
                             [accuracy, 5, T])
            self.assertEqual(self.answers["hparams", "metric_evals", run, "acc__1"],
                             [[T, 5, accuracy]])
        for group, (rate, flag, accuracy) in GROUPS.items():
            self.assertEqual(
                {name: value for (name,), value
                 in self.under("hparams", "session_groups", group, "hparam").items()},
                {"lr": rate, "opt": "adam", "flag": flag, "layers": "[3, 4]", "half": 0.5})
            metric = self.answers["hparams", "session_groups", group, "metric", "acc__1"]
            self.assertEqual(metric["value"], accuracy)
        self.assertEqual(self.answers["hparams", "session_groups"], {"totalSize": len(GROUPS)})

    def test_nothing_to_complain_of(self):
        self.assertEqual(COMPLAINTS[self.engine], [])


class Fast(OverHTTP, BriefTestCase):
    engine = "fast"


class Python(OverHTTP, BriefTestCase):
    engine = "python"


class Accumulated(unittest.TestCase):
    def test_tensors(self):
        run = EventAccumulator(os.path.join(LOGDIR, RUN), {"tensors": 0}).Reload()
        for dtype, tensor in TENSORS.items():
            event, = run.Tensors(dtype)
            self.assertEqual((event.step, event.wall_time), (3, T))
            found = make_ndarray(event.tensor_proto)
            numpy.testing.assert_array_equal(found, tensor, strict=True)
        event, = run.Tensors("bfloat16")
        self.assertEqual((event.tensor_proto.dtype, event.tensor_proto.half_val),
                         (DT_BFLOAT16, [0x3F00, 0xC000]))


class TheTestItself(unittest.TestCase):
    def test_every_method_is_called(self):
        with tempfile.TemporaryDirectory() as logdir:
            called = CALLED | against_tensorboard.write_methods(logdir)
            called |= against_pictures.write(logdir)[1]
        for module in ("against_charts", "against_line_chart", "against_graphs", "against_models"):
            path = os.path.join(os.path.dirname(__file__), module + ".py")
            with open(path, encoding="utf-8") as file:
                called |= set(re.findall(r"(?:writer\.|\")(add_\w+)[\"(]", file.read()))
        self.assertEqual({name for name in dir(SummaryWriter) if name.startswith("add_")},
                         {name for name in called if name.startswith("add_")})
