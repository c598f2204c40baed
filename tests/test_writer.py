"""SummaryWriter from the call to the bytes, and what it does with what it cannot write."""
import inspect
import os
import threading
import unittest
import warnings
from array import array
from unittest import mock

from tbx_pure import InputError, SummaryWriter
from tbx_pure import eventfile

from .helpers import InDirectory, event_files, events, records, summaries
from .png_reader import read_png

NAN, INF = float("nan"), float("inf")
TIME = 1700000000.0

#   method and arguments         the record's data in hex, as tensorboardX 2.6.5 writes it
GOLDEN = (
    ("add_scalar", ("x", 0.5, 1), {},
     "090000 0040fc54d94110012a0a0a080a0178150000003f"),
    ("add_scalar", ("y", 0.0, 0), {},
     "0900000040fc54d9412a0a0a080a01791500000000"),
    ("add_histogram", ("h", [1.0]), {},
     "0900000040fc54d9412a580a560a01682a5109000000000000f03f11000000000000f03f19000000000000f03f21"
     "000000000000f03f29000000000000f03f321008996919155aed3f2b14facdbe24f03f3a100000000000000000"
     "000000000000f03f"),
    ("add_histogram_raw", ("r", 0, 2, 2, 2, 2, [1, 2], [1, 1]), {},
     "0900000040fc54d9412a4f0a4d0a01722a481100000000000000401900000000000000402100000000000000402900"
     "000000000000403210000000000000f03f00000000000000403a10000000000000f03f000000000000f03f"),
    ("add_text", ("t", "hi", 3), {},
     "0900000040fc54d94110032a2a0a280a0e742f746578745f73756d6d617279420c0807120412020801420268694a080a"
     "060a0474657874"),
)


class InRun(InDirectory):
    """A test case with a writer and the run it writes."""

    def setUp(self):
        InDirectory.setUp(self)
        self.run_directory = self.path("run")
        self.writer = SummaryWriter(self.run_directory)

    def value(self):
        """Return the only Summary.Value written."""
        (_, value), = summaries(self.run_directory)
        return value


class TestBytes(InRun):

    def test_golden(self):
        for method, arguments, options, _ in GOLDEN:
            getattr(self.writer, method)(*arguments, walltime=TIME, **options)
        path, = event_files(self.run_directory)
        self.assertEqual([data.hex() for data in records(path)[1:]],
                         [data.replace(" ", "") for _, _, _, data in GOLDEN])

    def test_first_record(self):
        with mock.patch.object(eventfile.time, "time", lambda: TIME):
            SummaryWriter(self.path("first"))
        path, = event_files(self.path("first"))
        with open(path, "rb") as f:
            self.assertEqual(f.read().hex(), "1800000000000000a37f4b220900000040fc54d9411a0d627261696e2e"
                                             "4576656e743a32eced8f9d")

    def test_purge(self):
        with mock.patch.object(eventfile.time, "time", lambda: TIME):
            SummaryWriter(self.path("purged"), purge_step=3)
        path, = event_files(self.path("purged"))
        with open(path, "rb") as f:
            self.assertEqual(f.read().hex()[80:],
                             "1a00000000000000129bd82d0900000040fc54d94110031a0d627261696e2e4576656e743a32d695e058"
                             "0f000000000000006d532b090900000040fc54d94110033a020801c78f2cbc"
                             "0f000000000000006d532b090900000040fc54d94110033a020801c78f2cbc")


class TestMethods(InRun):

    def test_scalar_inputs(self):
        for i, x in enumerate((1, 1.0, True, [1], ((1.0,),), array("f", [1]), b"\x01", memoryview(b"\x01"))):
            self.writer.add_scalar("x", x, i)
        self.assertEqual([(step, value["simple_value"]) for step, value in summaries(self.run_directory)],
                         [(i, 1.0) for i in range(8)])

    def test_scalar_not_finite(self):
        for x in (NAN, INF, -INF):
            self.writer.add_scalar("x", x)
        a, b, c = (value["simple_value"] for _, value in summaries(self.run_directory))
        self.assertNotEqual(a, a)
        self.assertEqual((b, c), (INF, -INF))

    def test_scalar_names(self):
        self.writer.add_scalar("x", 1, display_name="Name", summary_description="about")
        self.assertEqual(self.value()["metadata"]["display_name"], "Name")

    def test_scalars(self):
        self.writer.add_scalars("loss/all", {"train": 0.5, "test set": 1, 3: 2}, 7)
        for run, x in (("train", 0.5), ("test set", 1.0), ("3", 2.0)):
            path = os.path.join(self.run_directory, "loss", "all", run)
            self.assertEqual(summaries(path), [(7, {"tag": "loss/all", "simple_value": x})])
        times = {events(os.path.join(self.run_directory, "loss", "all", run))[1]["wall_time"]
                 for run in ("train", "test set", "3")}
        self.assertEqual(len(times), 1)

    def test_scalars_again_in_the_same_files(self):
        for step in range(3):
            self.writer.add_scalars("a", {"b": step}, step)
        self.assertEqual(len(event_files(self.run_directory)), 2)
        self.assertEqual([step for step, _ in summaries(os.path.join(self.run_directory, "a"))], [0, 1, 2])

    def test_scalars_of_nothing(self):
        self.writer.add_scalars("a", {})
        self.assertEqual(len(event_files(self.directory)), 1)

    def test_scalars_stay_inside(self):
        self.writer.add_scalars("../../out", {"../../../up": 1, "/abs": 2, "nul\0": 3})
        self.assertEqual(os.listdir(self.directory), ["run"])
        self.assertEqual(len(event_files(self.run_directory)), 4)

    def test_histogram(self):
        self.writer.add_histogram("a b", [[1, 2], [3, 4]], 5, bins=[0, 2, 4], max_bins=1)
        self.assertEqual(self.value(), {"tag": "a_b", "histo": {
            "min": 1.0, "max": 4.0, "num": 4.0, "sum": 10.0, "sum_squares": 30.0,
            "bucket_limit": [0.0, 4.0], "bucket": [0.0, 4.0]}})

    def test_image(self):
        self.writer.add_image("i", [[[0.0, 1.0]], [[1.0, 0.0]], [[0.0, 0.0]]])
        picture = self.value()["image"]
        self.assertEqual((picture["height"], picture["width"], picture["colorspace"]), (1, 2, 3))
        self.assertEqual(read_png(picture["encoded_image_string"])[3], bytes([0, 255, 0, 255, 0, 0]))

    def test_image_formats(self):
        for dataformats, x in (("HW", [[1.0]]), ("hwc", [[[1.0]]]), ("NHWC", [[[[1.0]]]])):
            self.writer.add_image("i", x, dataformats=dataformats)
        for _, value in summaries(self.run_directory):
            self.assertEqual(read_png(value["image"]["encoded_image_string"]), (1, 1, 3, b"\xff\xff\xff"))

    def test_images(self):
        self.writer.add_images("i", [[[[0.0]]], [[[1.0]]]])
        self.assertEqual(read_png(self.value()["image"]["encoded_image_string"]),
                         (1, 2, 3, b"\0\0\0\xff\xff\xff"))

    def test_text(self):
        self.writer.add_text("t", "**hi**", 2)
        self.assertEqual(self.value()["tensor"]["string_val"], [b"**hi**"])


class TestStepAndTime(InRun):

    def test_steps(self):
        for step, written in ((0, 0), (1, 1), (-5, -5), (2 ** 63 - 1, 2 ** 63 - 1), (-2 ** 63, -2 ** 63),
                              (3.0, 3), (3.9, 3), ("12", 12), (True, 1), ([4], 4), (array("q", [5]), 5)):
            with self.subTest(step):
                self.writer.add_scalar(repr(step), 1, step)
                self.assertEqual(summaries(self.run_directory)[-1][0], written)

    def test_no_step(self):
        self.writer.add_scalar("x", 1)
        self.assertNotIn("step", events(self.run_directory)[1])

    def test_times(self):
        for walltime in (0, 1.5, -1, array("d", [2.5])):
            self.writer.add_scalar("x", 1, walltime=walltime)
        self.assertEqual([e.get("wall_time", 0.0) for e in events(self.run_directory)[1:]], [0, 1.5, -1, 2.5])

    def test_now(self):
        with mock.patch("time.time", lambda: 42.5):
            self.writer.add_scalar("x", 1)
        self.assertEqual(events(self.run_directory)[1]["wall_time"], 42.5)


X = [[0.5]]

#   method, arguments, the argument that is wrong
BAD = (
    ("add_scalar", ("x", []), {}, "scalar_value"),
    ("add_scalar", ("x", [1, 2]), {}, "scalar_value"),
    ("add_scalar", ("x", None), {}, "scalar_value"),
    ("add_scalar", ("x", "3.5"), {}, "scalar_value"),
    ("add_scalar", ("x", 1j), {}, "scalar_value"),
    ("add_scalar", ("x", {}), {}, "scalar_value"),
    ("add_scalar", (None, 1), {}, "tag"),
    ("add_scalar", (3, 1), {}, "tag"),
    ("add_scalar", (b"x", 1), {}, "tag"),
    ("add_scalar", ("x", 1, 2 ** 63), {}, "global_step"),
    ("add_scalar", ("x", 1, -2 ** 63 - 1), {}, "global_step"),
    ("add_scalar", ("x", 1, "one"), {}, "global_step"),
    ("add_scalar", ("x", 1, NAN), {}, "global_step"),
    ("add_scalar", ("x", 1, INF), {}, "global_step"),
    ("add_scalar", ("x", 1, [1, 2]), {}, "global_step"),
    ("add_scalar", ("x", 1, {}), {}, "global_step"),
    ("add_scalar", ("x", 1, 1, NAN), {}, "walltime"),
    ("add_scalar", ("x", 1, 1, -INF), {}, "walltime"),
    ("add_scalar", ("x", 1, 1, 10 ** 400), {}, "walltime"),
    ("add_scalar", ("x", 1, 1, "now"), {}, "walltime"),
    ("add_scalar", ("x", 1), {"display_name": 3}, "display_name"),
    ("add_scalar", ("x", 1), {"display_name": "a", "summary_description": b"b"}, "summary_description"),
    ("add_scalars", ("x", [1]), {}, "tag_scalar_dict"),
    ("add_scalars", ("x", None), {}, "tag_scalar_dict"),
    ("add_scalars", ("x", {"a": 1, "b": [1, 2]}), {}, "tag_scalar_dict['b']"),
    ("add_scalars", (3, {"a": 1}), {}, "main_tag"),
    ("add_scalars", ("\ud800", {"a": 1}), {}, "main_tag"),
    ("add_scalars", ("x", {"a": 1, "\ud800": 2}), {}, "tag_scalar_dict"),
    ("add_scalars", ("\ud800", {"a": 1}), {"as_tags": True}, "main_tag"),
    ("add_scalars", (None, {}), {}, "main_tag"),
    ("add_histogram", ("x", []), {}, "values"),
    ("add_histogram", ("x", [[]]), {}, "values"),
    ("add_histogram", ("x", [[1], [1, 2]]), {}, "values"),
    ("add_histogram", ("x", "abc"), {}, "values"),
    ("add_histogram", ("x", [1j]), {}, "values"),
    ("add_histogram", ("x", [1]), {"bins": "best"}, "bins"),
    ("add_histogram", ("x", [1]), {"bins": 0}, "bins"),
    ("add_histogram", ("x", [0, 1e308, 1e308]), {"bins": "doane"}, "bins"),
    ("add_histogram", ("x", [1]), {"bins": [2, 3]}, "bins"),
    ("add_histogram", ("x", [1]), {"max_bins": 0}, "max_bins"),
    ("add_histogram", ("x", [1]), {"max_bins": "3"}, "max_bins"),
    ("add_histogram", (3, [1]), {}, "tag"),
    ("add_histogram_raw", ("x", 0, 1, 1, 1, 1, [1, 2], [1]), {}, "bucket_counts"),
    ("add_histogram_raw", ("x", 0, 1, 1, 1, 1, None, [1]), {}, "bucket_limits"),
    ("add_histogram_raw", ("x", 0, 1, "n", 1, 1, [1], [1]), {}, "num"),
    ("add_histogram_raw", ("x", 0, 10 ** 400, 1, 1, 1, [1], [1]), {}, "max"),
    ("add_histogram_raw", ("x", 0, 1, 1, 1, 1, [[1, 2]], [1]), {}, "bucket_limits"),
    ("add_image", ("x", X), {}, "img_tensor"),
    ("add_image", ("x", []), {}, "img_tensor"),
    ("add_image", ("x", [[[]]]), {}, "img_tensor"),
    ("add_image", ("x", [X] * 5), {}, "img_tensor"),
    ("add_image", ("x", None), {}, "img_tensor"),
    ("add_image", ("x", X), {"dataformats": "WC"}, "dataformats"),
    ("add_image", ("x", X), {"dataformats": 3}, "dataformats"),
    ("add_image", (None, [X]), {}, "tag"),
    ("add_image", (["x"], [[[5]]]), {}, "tag"),
    ("add_images", ("x", [X]), {}, "img_tensor"),
    ("add_images", ("x", [[X], [[[0.5, 0.5]]]]), {}, "img_tensor"),
    ("add_images", ("x", [[X]]), {"dataformats": "NCHWT"}, "dataformats"),
    ("add_text", ("x", None), {}, "text_string"),
    ("add_text", ("x", b"bytes"), {}, "text_string"),
    ("add_text", ("x", "\ud800"), {}, "text_string"),
    ("add_text", (7, "text"), {}, "tag"),
    ("add_text", ("\ud800", "text"), {}, "tag"),
)


class TestBadInput(InRun):

    def test_error_names_method_and_argument(self):  # event-2
        for method, arguments, options, argument in BAD:
            with self.subTest("%s%r" % (method, arguments)):
                with self.assertRaises(InputError) as caught:
                    getattr(self.writer, method)(*arguments, **options)
                error = caught.exception
                self.assertIsInstance(error, ValueError)
                self.assertEqual((error.method.split("(")[0], error.argument), (method, argument))
                self.assertTrue(error.need and error.got)
                self.assertEqual(str(error), "%s: %s: need %s, got %s" % (
                    error.method, argument, error.need, error.got))

    def test_nothing_is_written_and_the_writer_goes_on(self):
        for method, arguments, options, _ in BAD:
            with self.assertRaises(InputError):
                getattr(self.writer, method)(*arguments, **options)
        self.assertEqual(len(event_files(self.directory)), 1)
        self.assertEqual(summaries(self.run_directory), [])
        self.writer.add_scalar("x", 1, 5)
        self.assertEqual(summaries(self.run_directory), [(5, {"tag": "x", "simple_value": 1.0})])

    def test_message(self):
        with self.assertRaises(InputError) as caught:
            self.writer.add_scalar("loss", [1, 2])
        self.assertEqual(str(caught.exception),
                         "add_scalar('loss'): scalar_value: need one number, got list, int64 of shape (2,)")

    def test_a_repr_that_fails(self):
        class Foreign:
            def __repr__(self):
                raise RuntimeError("no")
        with self.assertRaises(InputError) as caught:
            self.writer.add_scalar("loss", Foreign())
        self.assertEqual(caught.exception.got.partition(";")[0],
                         "Foreign (its repr raises RuntimeError)")

    def test_constructor(self):
        for options in ({"purge_step": "x"}, {"purge_step": 2 ** 63}):
            with self.assertRaises(InputError):
                SummaryWriter(self.path("other"), **options)
        self.assertFalse(os.path.exists(self.path("other")))


class TestWarnings(InRun):

    def heard(self, *calls):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            for call in calls:
                call()
        return caught

    def test_once_for_each_tag_and_cause(self):
        add = self.writer.add_histogram
        caught = self.heard(lambda: add("a", [NAN, 1]), lambda: add("a", [NAN, 1, 2]), lambda: add("b", [NAN, 1]),
                            lambda: self.writer.add_image("a", [[2.0]], dataformats="HW"))
        self.assertEqual([str(w.message) for w in caught], [
            "add_histogram('a'): left out 1 NaN of 2 values", "add_histogram('b'): left out 1 NaN of 2 values",
            "add_image('a'): floats beyond 0 to 1 were clipped; pass uint8 for 0 to 255"])

    def test_names_the_callers_line(self):
        line = inspect.currentframe().f_lineno + 1
        caught, = self.heard(lambda: self.writer.add_histogram("a", [NAN]))
        self.assertEqual((os.path.basename(caught.filename), caught.lineno), (os.path.basename(__file__), line))

    def test_as_an_error_nothing_is_lost(self):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with self.assertRaises(UserWarning):
                self.writer.add_histogram("a", [NAN, 1])
        self.writer.add_histogram("a", [1])
        self.assertEqual(len(summaries(self.run_directory)), 1)


class TestLife(InDirectory):

    def test_with(self):
        with SummaryWriter(self.directory) as writer:
            writer.add_scalar("x", 1)
            self.assertEqual(len(summaries(self.directory)), 1)
        with self.assertRaises(KeyError):
            with SummaryWriter(self.path("other")):
                raise KeyError

    def test_after_close(self):
        writer = SummaryWriter(self.directory)
        writer.add_scalar("x", 1)
        writer.close()
        writer.close()
        writer.flush()
        self.assertEqual(len(event_files(self.directory)), 1)
        writer.add_scalar("x", 2)
        writer.add_scalar("x", 3)
        first, second = event_files(self.directory)
        self.assertEqual((len(summaries(first)), len(summaries(second))), (1, 2))

    def test_purge_reaches_sub_runs_once(self):
        writer = SummaryWriter(self.directory, purge_step=2)
        writer.add_scalars("a", {"b": 1}, 2)
        writer.close()
        writer.add_scalars("a", {"b": 1}, 3)
        purges = [[e for e in events(path) if "session_log" in e]
                  for path in event_files(self.path("a", "b"))]
        self.assertEqual([len(found) for found in purges], [2, 0])

    def test_directory(self):
        for options in (dict(logdir=self.path("a")), dict(log_dir=self.path("a"))):
            writer = SummaryWriter(**options)
            self.assertEqual((writer.logdir, writer.log_dir), (self.path("a"), self.path("a")))
        self.assertEqual(len(event_files(self.path("a"))), 2)

    def test_path_object(self):
        from pathlib import Path
        self.assertEqual(SummaryWriter(Path(self.directory)).logdir, self.directory)

    def test_default_directory(self):
        before = os.getcwd()
        os.chdir(self.directory)
        try:
            writer = SummaryWriter(comment="_try")
        finally:
            os.chdir(before)
        self.assertRegex(writer.logdir.replace(os.sep, "/"), r"^runs/\w+_\d\d-\d\d-\d\d_.+_try$")
        self.assertTrue(os.listdir(self.path(writer.logdir)))

    def test_suffix(self):
        SummaryWriter(self.directory, filename_suffix=".v2").add_scalars("a", {"b": 1})
        self.assertTrue(all(path.endswith(".v2") for path in event_files(self.directory)))

    def test_positional_as_tensorboardx(self):
        writer = SummaryWriter(self.directory, "c", None, 10, 120, ".x", True, None)
        self.assertEqual(writer.filename_suffix, ".x")

    def test_nothing_on_disk(self):
        with SummaryWriter(self.path("none"), write_to_disk=False) as writer:
            writer.add_scalar("x", 1)
            writer.add_scalars("x", {"a": 1})
            writer.flush()
            with self.assertRaises(InputError):
                writer.add_scalar("x", None)
        self.assertEqual(os.listdir(self.directory), [])

    def test_threads_that_begin_the_same_series(self):
        writer = SummaryWriter(self.directory)
        start = threading.Barrier(8)

        def log(k):
            start.wait()
            for i in range(25):
                writer.add_scalars("a", {"b": 1, "c": 2})
        threads = [threading.Thread(target=log, args=(k,)) for k in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        writer.flush()
        for run in "bc":
            self.assertEqual(sorted(step for step, _ in summaries(self.path("a", run))), list(range(200)))

    def test_the_systems_own_errors(self):
        with open(self.path("file"), "w"):
            pass
        with self.assertRaises(OSError):
            SummaryWriter(self.path("file"))


if __name__ == "__main__":
    unittest.main()
