"""What each plugin makes of its arguments, and reads back."""
import struct
import unittest
from array import array

from tbx_pure import plugins
from tbx_pure.errors import InputError
from tbx_pure.messages import SUMMARY
from tbx_pure.plugins import clean_tag, describe, plugin_of
from tbx_pure.plugins.histograms import histogram, histogram_raw
from tbx_pure.plugins.images import image, images
from tbx_pure.plugins.scalars import scalar, shortest
from tbx_pure.plugins.text import text
from tbx_pure.plugins import histograms as histograms_plugin
from tbx_pure.plugins import images as images_plugin
from tbx_pure.plugins import scalars as scalars_plugin
from tbx_pure.plugins import text as text_plugin

from .png_reader import read_png


def written(summary):
    """Return the only Value of a summary, after a trip through its bytes."""
    value, = SUMMARY.decode(SUMMARY.encode(summary))["value"]
    return value


def silent(cause, text):
    raise AssertionError("unexpected warning: %s: %s" % (cause, text))


class TestTags(unittest.TestCase):

    def test_clean(self):
        for tag, cleaned in (("loss/train_1.2-b", "loss/train_1.2-b"), ("a b!", "a_b_"),
                             ("/loss", "loss"), ("//a//b", "a//b"), ("\u635f\u5931 \xfc", "\u635f\u5931_\xfc"),
                             ("lr=0.1", "lr_0.1"), ("\U0001f600", "_"), ("\ud800", "_"), ("", ""), ("a\nb", "a_b")):
            self.assertEqual(clean_tag(tag), cleaned)

    def test_no_text(self):
        for make in (lambda tag: scalar(tag, 1), lambda tag: text(tag, "x"),
                     lambda tag: histogram(tag, [1], "tensorflow", None, silent),
                     lambda tag: histogram_raw(tag, 0, 1, 1, 1, 1, [1], [1]),
                     lambda tag: image(tag, [[0.5]], "HW", silent),
                     lambda tag: images(tag, [[[[0.5]]]], "NCHW", silent)):
            for tag in (None, 3, b"loss", ["loss"]):
                with self.assertRaises(InputError) as caught:
                    make(tag)
                self.assertEqual((caught.exception.argument, caught.exception.need), ("tag", "text"))

    def test_half_a_character(self):
        for make in (lambda: text("\udc80", "x"), lambda: text("x", "\ud800"),
                     lambda: histogram_raw("\ud800", 0, 1, 1, 1, 1, [1], [1]),
                     lambda: scalar("x", 1, "\ud800"), lambda: scalar("x", 1, "", "\ud800")):
            with self.assertRaises(InputError) as caught:
                make()
            self.assertEqual(caught.exception.need, "text that UTF-8 can hold")


class TestTable(unittest.TestCase):

    def test_plugin_of(self):
        self.assertEqual(plugin_of({"simple_value": 1.0}), "scalars")
        self.assertEqual(plugin_of({"tensor": {}, "metadata": {"plugin_data": {"plugin_name": "mesh"}}}), "mesh")
        self.assertIsNone(plugin_of({"tensor": {}}))

    def test_rows_name_modules(self):
        for name in ("scalars", "images", "histograms", "text"):
            self.assertTrue(callable(plugins._module(name).read))
            self.assertIn(name, plugins.MEMBER)

    def test_describe_what_we_cannot_read(self):
        self.assertEqual(describe({"tag": "x"}), "no plugin  ()")
        self.assertEqual(describe({"tag": "x", "tensor": {}}), "no plugin  (tensor)")
        self.assertEqual(describe({"tensor": {}, "metadata": {"plugin_data": {"plugin_name": "other"}}}),
                         "other  (tensor)")
        self.assertEqual(describe({"tensor": {}, "metadata": {"plugin_data": {"plugin_name": "scalars"}}}),
                         "scalars  (tensor)")


class TestScalars(unittest.TestCase):

    def test_value(self):
        for x in (0.5, [0.5], ((0.5,),), array("f", [0.5])):
            self.assertEqual(written(scalar("a b", x)), {"tag": "a_b", "simple_value": 0.5})

    def test_float32(self):
        inf = float("inf")
        for x, y in ((0.1, 0.10000000149011612), (0.0, 0.0), (True, 1.0), (2 ** 24 + 1, 2.0 ** 24),
                     (1e39, inf), (-1e39, -inf), (10 ** 400, inf), (-10 ** 400, -inf), (inf, inf),
                     (1e-50, 0.0), (3.4028235677973366e38, inf), (3.4028235677973362e38, 3.4028234663852886e38)):
            self.assertEqual(scalars_plugin.read(written(scalar("x", x))), y)

    def test_nan(self):
        value = scalars_plugin.read(written(scalar("x", float("nan"))))
        self.assertNotEqual(value, value)

    def test_names_come_with_plugin_and_data_class(self):
        value = written(scalar("x", 1, "Name", "*about*"))
        self.assertEqual(value["metadata"], {
            "plugin_data": {"plugin_name": "scalars"}, "display_name": "Name",
            "summary_description": "*about*", "data_class": "DATA_CLASS_SCALAR"})
        self.assertNotIn("metadata", written(scalar("x", 1)))

    def test_shortest(self):
        for x, text_of_it in ((0.10000000149011612, "0.1"), (1.0, "1"), (0.3333333432674408, "0.33333334"),
                              (16777216.0, "16777216"), (1e-45, "1e-45"), (float("nan"), "nan"),
                              (float("-inf"), "-inf"), (-0.0, "-0")):
            self.assertEqual(shortest(x), text_of_it)

    def test_describe(self):
        self.assertEqual(describe(written(scalar("x", 0.1))), "scalars  0.1")


class TestText(unittest.TestCase):

    def test_value(self):
        self.assertEqual(written(text("a b", "h\xe9")), {
            "tag": "a b/text_summary",
            "tensor": {"dtype": "DT_STRING", "tensor_shape": {"dim": [{"size": 1}]},
                       "string_val": [b"h\xc3\xa9"]},
            "metadata": {"plugin_data": {"plugin_name": "text"}}})

    def test_read(self):
        self.assertEqual(text_plugin.read(written(text("t", "a\nb"))), ["a\nb"])
        self.assertEqual(text_plugin.read(written(text("t", ""))), [""])
        self.assertEqual(text_plugin.read({"tensor": {"string_val": [b"\xff"]}}), ["\\xff"])

    def test_refused(self):
        for x in (b"bytes", None, 3, ["a"]):
            with self.assertRaises(InputError) as caught:
                text("t", x)
            self.assertEqual(caught.exception.argument, "text_string")


class TestHistograms(unittest.TestCase):

    def test_value(self):
        value = written(histogram("a b", [[1.0], [2.0]], [0, 1, 2, 3], None, silent))
        self.assertEqual(value, {"tag": "a_b", "histo": {
            "min": 1.0, "max": 2.0, "num": 2.0, "sum": 3.0, "sum_squares": 5.0,
            "bucket_limit": [1.0, 2.0, 3.0], "bucket": [0.0, 1.0, 1.0]}})
        self.assertEqual(histograms_plugin.read(value), [(1.0, 1.0, 0.0), (1.0, 2.0, 1.0), (2.0, 2.0, 1.0)])

    def test_says_what_it_left_out(self):
        heard = []
        histogram("h", [float("nan"), 1, float("inf"), 9], [0, 2], None, lambda *w: heard.append(w))
        self.assertEqual(heard, [("left out", "left out 1 NaN, 1 +inf, 1 outside the edges of 4 values")])

    def test_nothing_finite(self):
        value = written(histogram("h", [float("nan")], "tensorflow", None, lambda *w: None))
        self.assertEqual(value["histo"], {"bucket_limit": [0.0], "bucket": [0.0]})
        self.assertEqual(histograms_plugin.read(value), [(0.0, 0.0, 0.0)])

    def test_raw(self):
        value = written(histogram_raw("a b", 0, 2, 2, array("f", [2]), 2, [1, 2], (1, 1)))
        self.assertEqual(value, {"tag": "a b", "histo": {
            "max": 2.0, "num": 2.0, "sum": 2.0, "sum_squares": 2.0,
            "bucket_limit": [1.0, 2.0], "bucket": [1.0, 1.0]}})

    def test_raw_refused(self):
        for arguments, argument in (((0, 1, 1, 1, 1, [1, 2], [1]), "bucket_counts"),
                                    ((0, 1, 1, 1, 1, "ab", [1]), "bucket_limits"),
                                    ((0, [1, 2], 1, 1, 1, [1], [1]), "max"),
                                    ((None, 1, 1, 1, 1, [1], [1]), "min")):
            with self.assertRaises(InputError) as caught:
                histogram_raw("h", *arguments)
            self.assertEqual(caught.exception.argument, argument)

    def test_describe(self):
        self.assertEqual(describe(written(histogram("h", [1, 2], 2, None, silent))),
                         "histograms  2 values from 1 to 2 in 3 buckets")


class TestImages(unittest.TestCase):

    def test_value(self):
        value = written(image("a b", [[0.0, 0.5, 1.0]], "HW", silent))
        self.assertEqual(value["tag"], "a_b")
        fields = value["image"]
        self.assertEqual((fields["height"], fields["width"], fields["colorspace"]), (1, 3, 3))
        self.assertEqual(read_png(fields["encoded_image_string"]),
                         (1, 3, 3, bytes([0, 0, 0, 127, 127, 127, 255, 255, 255])))
        self.assertEqual(images_plugin.read(value)[0]["encoded"], fields["encoded_image_string"])
        self.assertEqual(describe(value), "images  3 x 1 pixels, %d bytes" % len(fields["encoded_image_string"]))

    def test_grid_from_a_list(self):
        red, blue = [[[1.0]], [[0.0]], [[0.0]]], [[[0.0]], [[0.0]], [[1.0]]]
        for dataformats in ("CHW", "NCHW"):
            fields = written(images("g", [red, blue], dataformats, silent))["image"]
            self.assertEqual(read_png(fields["encoded_image_string"]), (1, 2, 3, bytes([255, 0, 0, 0, 0, 255])))

    def test_grid_of_gray_pictures(self):
        """They may have no dimension for their one channel."""
        for dataformats, given in (("NHW", [[[0.0, 1.0]], [[1.0, 0.0]]]), ("HW", [[[0.0, 1.0]], [[1.0, 0.0]]]),
                                   ("HWN", [[[0.0, 1.0], [1.0, 0.0]]])):
            fields = written(images("g", given, dataformats, silent))["image"]
            self.assertEqual(read_png(fields["encoded_image_string"]), (1, 4, 3, bytes([0] * 3 + [255] * 6 + [0] * 3)))
        with self.assertRaises(InputError) as caught:
            images("g", [[[0.0, 1.0]], [[1.0, 0.0]]], "NCHW", silent)
        self.assertIn("dataformats='NHW'", str(caught.exception))

    def test_wrong_rank(self):
        for make in (lambda: image("x", [[[[0.5]]]], "CHW", silent), lambda: images("x", [[0.5]], "CHW", silent)):
            with self.assertRaises(InputError) as caught:
                make()
            self.assertEqual(caught.exception.argument, "img_tensor")


class TestTensorStyle(unittest.TestCase):
    """The form TensorFlow 2 writes: a tensor, and metadata that says what it is."""

    def tensor(self, summary, plugin, data_class):
        value = written(plugins.tensor_style(summary))
        self.assertEqual(set(value), {"tag", "metadata", "tensor"})
        self.assertEqual(value["metadata"]["plugin_data"]["plugin_name"], plugin)
        self.assertEqual(value["metadata"]["data_class"], data_class)
        return value["tensor"]

    def test_scalar(self):
        self.assertEqual(self.tensor(scalar("x", 0.5), "scalars", "DATA_CLASS_SCALAR"), {
            "dtype": "DT_FLOAT", "tensor_shape": {}, "tensor_content": b"\x00\x00\x00\x3f"})

    def test_names_are_kept(self):
        value = written(plugins.tensor_style(scalar("x", 0.5, "Name", "about")))
        self.assertEqual((value["metadata"]["display_name"], value["metadata"]["summary_description"]),
                         ("Name", "about"))

    def test_image(self):
        tensor = self.tensor(image("i", [[0.0, 1.0, 0.0]], "HW", silent), "images", "DATA_CLASS_BLOB_SEQUENCE")
        self.assertEqual((tensor["tensor_shape"], tensor["string_val"][:2]),
                         ({"dim": [{"size": 3}]}, [b"3", b"1"]))
        self.assertEqual(read_png(tensor["string_val"][2])[:2], (1, 3))

    def test_histogram(self):
        tensor = self.tensor(histogram("h", [1, 1.5, 2.5], [0, 1, 2, 3], None, silent), "histograms",
                             "DATA_CLASS_TENSOR")
        self.assertEqual((tensor["dtype"], tensor["tensor_shape"]),
                         ("DT_DOUBLE", {"dim": [{"size": 2}, {"size": 3}]}))
        self.assertEqual(struct.unpack("<6d", tensor["tensor_content"]), (1.0, 2.0, 2.0, 2.0, 2.5, 1.0))

    def test_histogram_of_nothing(self):
        tensor = self.tensor(histogram("h", [float("nan")], "tensorflow", None, lambda *w: None), "histograms",
                             "DATA_CLASS_TENSOR")
        self.assertEqual(struct.unpack("<3d", tensor["tensor_content"]), (0.0, 0.0, 0.0))

    def test_what_is_a_tensor_already(self):
        summary = text("t", "x")
        self.assertEqual(plugins.tensor_style(summary), summary)


if __name__ == "__main__":
    unittest.main()
