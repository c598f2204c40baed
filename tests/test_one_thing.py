"""A bare number, a tensor of rank 0 and one of a single element are one thing to every argument."""
import os
import unittest
import warnings
from array import array
from collections import deque
from decimal import Decimal
from fractions import Fraction
from unittest import mock

from tbx_pure import SummaryWriter

from .helpers import InDirectory, event_files, events


class Item:
    def __init__(self, number):
        self.number = number

    def item(self):
        return self.number


class Float(Item):
    item = None

    def __float__(self):
        return float(self.number)


class Index(Item):
    item = None

    def __index__(self):
        return self.number


class Tensor(Item):
    """A tensor of one element, as torch and NumPy have it."""

    def tolist(self):
        return [[self.number]]

    def __float__(self):
        return float(self.number)


def rank_0(number):
    return memoryview(array("d", [number])).cast("B").cast("d", ())


SCALARS = (float, Decimal, Fraction, Item, Float, Index, Tensor, rank_0,
           lambda number: array("d", [number]), lambda number: array("b", [number]),
           lambda number: memoryview(array("f", [number, 0]))[::2][:1])
LISTS = (lambda number: [number], lambda number: (float(number),), lambda number: [[Item(number)]],
         lambda number: range(number, number + 1), lambda number: deque([Fraction(number)]))

HISTOGRAM = dict(min=0, max=2, num=3, sum=3, sum_squares=5, bucket_limits=[2], bucket_counts=[3])
CURVE = dict.fromkeys(("true_positive_counts", "false_positive_counts", "true_negative_counts",
                       "false_negative_counts", "precision", "recall"), [1])

BOXES = dict(img_tensor=[[[0.5, 0.5]] * 2], box_tensor=[[0, 0, 1, 1]])

#   method              argument            the other arguments, or how to call it with the number
CALLS = (
    ("add_scalar",         "scalar_value",     {}),
    ("add_scalar",         "scalar_value",     dict(new_style=True)),
    ("add_scalar",         "scalar_value",     dict(new_style=True, double_precision=True)),
    ("add_scalar",         "global_step",      dict(scalar_value=1)),
    ("add_scalar",         "walltime",         dict(scalar_value=1)),
    ("add_histogram",      "values",           {}),
    ("add_histogram",      "values",           dict(bins=3)),
    ("add_histogram",      "global_step",      dict(values=[1])),
    ("add_histogram",      "bins",             dict(values=[1, 2, 9])),
    ("add_histogram",      "max_bins",         dict(values=[1, 2, 9], bins=11)),
    ("add_histogram",      "walltime",         dict(values=[1])),
    ("add_image",          "global_step",      dict(img_tensor=[[0.5]], dataformats="HW")),
    ("add_image",          "walltime",         dict(img_tensor=[[0.5]], dataformats="HW")),
    ("add_images",         "global_step",      dict(img_tensor=[[[[0.5]]]])),
    ("add_images",         "walltime",         dict(img_tensor=[[[[0.5]]]])),
    ("add_text",           "global_step",      dict(text_string="text")),
    ("add_text",           "walltime",         dict(text_string="text")),
    ("add_audio",          "sample_rate",      dict(snd_tensor=[0.5])),
    ("add_audio",          "global_step",      dict(snd_tensor=[0.5])),
    ("add_audio",          "walltime",         dict(snd_tensor=[0.5])),
    ("add_tensor",         "global_step",      dict(tensor=1)),
    ("add_tensor",         "walltime",         dict(tensor=1)),
    ("add_mesh",           "global_step",      dict(vertices=[[[0, 0, 0]]])),
    ("add_mesh",           "walltime",         dict(vertices=[[[0, 0, 0]]])),
    ("add_pr_curve",       "num_thresholds",   dict(labels=[1, 0], predictions=[0.2, 0.7])),
    ("add_pr_curve",       "weights",          dict(labels=[1, 0], predictions=[0.2, 0.7])),
    ("add_pr_curve",       "weights",          dict(labels=1, predictions=[0.7])),
    ("add_pr_curve",       "global_step",      dict(labels=[1], predictions=[0.7])),
    ("add_pr_curve",       "walltime",         dict(labels=[1], predictions=[0.7])),
    ("add_video",          "fps",              dict(vid_tensor=[[[[[0.5]]]]])),
    ("add_video",          "global_step",      dict(vid_tensor=[[[[[0.5]]]]])),
    ("add_video",          "walltime",         dict(vid_tensor=[[[[[0.5]]]]])),
    ("add_image_with_boxes", "rescale",        BOXES),
    ("add_image_with_boxes", "global_step",    BOXES),
    ("add_image_with_boxes", "walltime",       BOXES),
    ("add_scatter",        "x",                dict(y=[2])),
    ("add_scatter",        "y",                dict(x=[2])),
    ("add_scatter",        "sizes",            dict(x=[1], y=[2])),
    ("add_scatter",        "colors",           dict(x=[1], y=[2])),
    ("add_scatter",        "global_step",      dict(x=[1], y=[2])),
    ("add_heatmap",        "low",              dict(matrix=[[1, 9]])),
    ("add_heatmap",        "high",             dict(matrix=[[1, 9]])),
    ("add_heatmap",        "global_step",      dict(matrix=[[1, 9]])),
    ("add_confusion_matrix", "labels",         dict(predictions=[5])),
    ("add_confusion_matrix", "predictions",    dict(labels=[5])),
    ("add_confusion_matrix", "global_step",    dict(matrix=[[1, 2], [3, 4]])),
    ("add_table",          "global_step",      dict(rows=[[1]])),
    ("add_table",          "walltime",         dict(rows=[[1]])),
    ("add_pr_curve_raw",   "num_thresholds",   CURVE),
    ("add_pr_curve_raw",   "global_step",      CURVE),
    ("add_pr_curve_raw",   "walltime",         CURVE),
) + tuple(("add_histogram_raw", name, {key: x for key, x in HISTOGRAM.items() if key != name})
          for name in HISTOGRAM
) + tuple(("add_pr_curve_raw", name, {key: x for key, x in CURVE.items() if key != name})
          for name in CURVE)

#   what is called, with a writer and a number
OTHERS = {
    "add_scalars": lambda writer, x: writer.add_scalars("x", {"a": x}),
    "add_scalars, as tags": lambda writer, x: writer.add_scalars("x", {"a": x}, as_tags=True),
    "add_scalars, step": lambda writer, x: writer.add_scalars("x", {"a": 1}, x),
    "add_scalars, walltime": lambda writer, x: writer.add_scalars("x", {"a": 1}, walltime=x),
    "add_hparams, metric": lambda writer, x: writer.add_hparams({"lr": 1}, {"loss": x}, run_name="."),
    "add_hparams, step": lambda writer, x: writer.add_hparams({"lr": 1}, {"loss": 1}, None, x, run_name="."),
    "add_hparams, start": lambda writer, x: writer.add_hparams({"lr": 1}, run_name=".", start_time=x),
    "add_hparams, end": lambda writer, x: writer.add_hparams({"lr": 1}, run_name=".", end_time=x),
    "add_hparams, interval": lambda writer, x: writer.add_hparams(
        {"lr": 1}, run_name=".", hparam_infos={"lr": {"domain": (x, 99)}}),
    "add_embedding, step": lambda writer, x: writer.add_embedding([[1, 2]], global_step=x),
    "add_line_chart, step": lambda writer, x: writer.add_line_chart(["a", "b"], [1, 2], "t", x),
    "add_histograms": lambda writer, x: writer.add_histograms({"a": x}, 1),
    "add_histograms, step": lambda writer, x: writer.add_histograms({"a": [1]}, x),
    "use_metadata, step": lambda writer, x: with_metadata(writer, global_step=x),
    "use_metadata, walltime": lambda writer, x: with_metadata(writer, walltime=x),
}

#   the same; a list is another value there, which is shown as text
NO_LISTS = {
    "add_hparams": lambda writer, x: writer.add_hparams({"lr": x}, run_name="."),
    "add_hparams, discrete": lambda writer, x: writer.add_hparams(
        {"lr": 1}, run_name=".", hparam_domain_discrete={"lr": [x]}),
}


def with_metadata(writer, **values):
    with writer.use_metadata(**values):
        writer.add_scalar("x", 1)


class TestOneThing(InDirectory):

    def setUp(self):
        InDirectory.setUp(self)
        patched = mock.patch("os.fsync")        # a thousand runs: none needs to outlive a power cut
        patched.start()
        self.addCleanup(patched.stop)

    def written(self, call, x, timed):
        """Return all that a call writes: {path: events or bytes}; their times if they are given."""
        run = self.path("run")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with SummaryWriter(run) as writer:
                call(writer, x)
        found = {}
        for folder, _, names in os.walk(run):
            for name in names:
                path = os.path.join(folder, name)
                if "tfevents" in name:
                    made = [event for event in events(path) if "file_version" not in event]
                    if not timed:
                        for event in made:
                            del event["wall_time"]
                    found[os.path.relpath(folder, run)] = made
                else:
                    with open(path, "rb") as f:
                        found[os.path.relpath(path, run)] = f.read()
                os.remove(path)         # the directory stays: to remove one takes long
        return found

    def check(self, name, call, number, forms):
        timed = "walltime" in name
        expected = self.written(call, number, timed)
        self.assertTrue(any(expected.values()), name)
        if "bins" not in name:          # one more, and something else is written
            self.assertNotEqual(self.written(call, number - 1, timed), expected, name)
        for form in forms:
            with self.subTest(name, form=form(number)):
                self.assertEqual(self.written(call, form(number), timed), expected)

    def test_arguments(self):
        for method, argument, others in CALLS:
            def call(writer, x):
                getattr(writer, method)("tag", **dict(others, **{argument: x}))
            self.check("%s, %s" % (method, argument), call, 5, SCALARS + LISTS)

    def test_labels_and_predictions(self):
        def labels(writer, x):
            writer.add_pr_curve("tag", x, 0.7)

        def predictions(writer, x):
            writer.add_pr_curve("tag", [1], x)
        self.check("labels", labels, 1, SCALARS + LISTS)
        self.check("predictions", predictions, 1, SCALARS + LISTS)

    def test_others(self):
        for name, call in OTHERS.items():
            self.check(name, call, 5, SCALARS + LISTS)

    def test_hyperparameters(self):
        for name, call in NO_LISTS.items():
            self.check(name, call, 5, SCALARS)

    def test_purge_step(self):
        for form in SCALARS + LISTS:
            with SummaryWriter(self.path("run"), purge_step=form(5)) as writer:
                writer.flush()
            path, = event_files(self.path("run"))
            self.assertEqual(events(path)[-1]["step"], 5)
            os.remove(path)


if __name__ == "__main__":
    unittest.main()
