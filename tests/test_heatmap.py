"""add_heatmap: its cells, its texts, its numbers."""
import math
import unittest
from array import array
from binascii import crc32

from tbx_pure import SummaryWriter
from tbx_pure.charts import heatmap as module
from tbx_pure.charts.axes import Sheet
from tbx_pure.charts.heatmap import heatmap, written
from tbx_pure.errors import InputError
from tbx_pure.media.colormaps import colormap
from tbx_pure.messages import SUMMARY, VALUE
from tbx_pure.plugins import describe, text
from tbx_pure.plugins import heatmap as plugin
from tbx_pure.tensor import Tensor, view

from .helpers import InDirectory, Refusals, events
from .png_reader import read_png
from .test_axes import Layout
from .test_plugins import silent
from .test_scatter import deaf, second_value

NAN, INF = math.nan, math.inf
CAT = "\u732b"


def values(matrix, row_labels=None, column_labels=None, colormap="viridis", low=None, high=None,
           warn=silent):
    """Return the Values of a heatmap, after a trip through their bytes."""
    summary = heatmap("a tag", matrix, row_labels, column_labels, colormap, low, high, warn)
    return SUMMARY.decode(SUMMARY.encode(summary))["value"]


def read(*arguments, **options):
    return plugin.read(values(*arguments, **options)[1])


class Written:
    """The last sheet, its texts, and where the cells were put on it: texts, sheet, at."""

    def __enter__(self):
        self.init, self.text, self.texts = Sheet.__init__, Sheet.text, []

        def init(sheet, *arguments):
            self.sheet = sheet
            self.init(sheet, *arguments)
            paste = sheet.canvas.paste

            def heard(x, y, cells):
                self.at, self.cells = (x, y), cells
                paste(x, y, cells)
            sheet.canvas.paste = heard

        def text(sheet, x, y, words, *rest, **options):
            self.texts.append(words)
            self.text(sheet, x, y, words, *rest, **options)
        Sheet.__init__, Sheet.text = init, text
        return self

    def __exit__(self, *exception):
        Sheet.__init__, Sheet.text = self.init, self.text


def cells(matrix, **options):
    """Return the color in the corner of each cell, row by row."""
    with Written() as drawn:
        values(matrix, **options)
    left, top = drawn.at
    down, across = drawn.cells.height // len(matrix), drawn.cells.width // len(matrix[0])
    _, width, _, pixels = drawn.sheet.canvas.picture()
    starts = [[3 * ((top + y * down) * width + left + x * across) for x in range(len(matrix[0]))]
              for y in range(len(matrix))]
    return [[tuple(pixels[start:start + 3]) for start in row] for row in starts]


class TestValues(unittest.TestCase):

    def test_picture_and_numbers(self):
        image, data = values([[1, 2], [3, 4]], ["a", "b"], [1, 2.5], "Blues", -1, 9)
        self.assertEqual((image["tag"], data["tag"]), ("a_tag", "a_tag/heatmap"))
        self.assertEqual(read_png(image["image"]["encoded_image_string"])[:3],
                         (image["image"]["height"], image["image"]["width"], 3))
        self.assertEqual(plugin.read(data), {
            "matrix": Tensor("int64", (2, 2), [1, 2, 3, 4]), "row_title": "", "column_title": "",
            "row_labels": ["a", "b"], "column_labels": ["1", "2.5"], "colormap": "blues",
            "low": -1.0, "high": 9.0, "normalize": "NONE"})
        self.assertEqual(describe(data), "heatmap  DT_INT64 of shape (2, 2)")
        self.assertEqual(data["metadata"]["data_class"], "DATA_CLASS_TENSOR")

    def test_vector(self):
        """The numbers are those that protobuf writes."""
        summary = heatmap("m", [[0.5, NAN]], ["r"], ["a", "b"], "viridis", -1, 1, deaf)
        self.assertEqual(VALUE.encode(summary["value"][1]), second_value("heatmap-matrix"))

    def test_dtype_is_kept(self):
        for matrix, dtype in (([[True]], "bool"), ([[0.5]], "float64"), ([[1], [2]], "int64"),
                              (memoryview(array("f", [1, 2])).cast("B").cast("f", (1, 2)),
                               "float32")):
            self.assertEqual(read(matrix)["matrix"].dtype, dtype)
        self.assertEqual(read(Tensor("bfloat16", (1, 1), [0.5]))["matrix"],
                         Tensor("float32", (1, 1), [0.5]))

    def test_ends_of_the_scale(self):
        for matrix, options, ends in (
                ([[1, 4]], {}, (1, 4)), ([[1, 4]], {"low": 0}, (0, 4)),
                ([[1, 4]], {"high": 2.5}, (1, 2.5)), ([[5, 5]], {}, (4, 6)), ([[0]], {}, (-1, 1)),
                ([[NAN, 2, 3, INF]], {"warn": deaf}, (2, 3)),
                ([[NAN]], {"warn": deaf}, (-1, 1))):
            found = read(matrix, **options)
            self.assertEqual((found["low"], found["high"]), ends)

    def test_warns_of_what_is_not_finite(self):
        heard = []
        values([[NAN, 2, 3, INF]], warn=lambda *w: heard.append(w))
        self.assertEqual(heard, [("NaN", "2 of 4 cells are NaN or infinite")])

    def test_names_that_the_font_lacks(self):
        found = values([[1, 2], [3, 4]], [CAT, "\xe4"], ["*\u72ac*\n\u72ac", CAT])
        self.assertEqual([value["tag"] for value in found],
                         ["a_tag", "a_tag/heatmap", "a_tag/text_summary"])
        self.assertEqual(text.read(found[2]), ["1. %s\n2. \\*\u72ac\\* \u72ac" % CAT])
        self.assertEqual(plugin.read(found[1])["column_labels"], ["*\u72ac*\n\u72ac", CAT])
        with Written() as drawn:
            values([[1, 2], [3, 4]], [CAT, "\xe4"], ["\u72ac", CAT])
        self.assertEqual(drawn.texts[4:8], ["(1)", "\xe4", "(2)", "(1)"])


class TestPicture(Layout):

    def test_cells(self):
        table = colormap("viridis")
        colors = [tuple(table[3 * i:3 * i + 3]) for i in (0, 64, 128, 255)]
        self.assertEqual(cells([[0, 1], [2, 4]]), [colors[:2], colors[2:]])
        self.assertEqual(cells([[-9, 1], [2, 99]], low=0, high=4), [colors[:2], colors[2:]])
        self.assertEqual(cells([[NAN, -INF], [INF, 4]], low=0, high=4, warn=deaf),
                         [[module.NOT_A_NUMBER, colors[0]], [colors[3], colors[3]]])
        nearly = 1 - 2 ** -53
        self.assertEqual(cells([[nearly, 1]], low=-1, high=1), [[colors[3]] * 2])
        self.assertEqual(cells([[x + 64 * y for x in range(64)] for y in range(4)], high=256)[1][0],
                         colors[1])

    def test_numbers_in_cells(self):
        for matrix, texts in (
                ([[1, 200]], ["1", "200"]), ([[0.5, -2]], ["0.50", "-2.00"]),
                ([[0.5, 0.25]], ["0.500", "0.250"]), ([[True, False]], ["1", "0"]),
                ([[123.4, 5.0]], ["123", "5"]), ([[1e-9, 2.5e-9]], ["1.00e-9", "2.50e-9"]),
                ([[1e12, NAN]], ["1.00e12", "nan"]), ([[0.0, 0.0]], ["0.00", "0.00"]),
                ([[0.00123]], ["1.23e-3"]), ([[0.0123]], ["0.0123"]), ([[99999.0]], ["99999"]), ([[1e-12]], ["1.00e-12"]),
                ([[10 ** 18, 1]], [str(10 ** 18), "1"])):
            self.assertEqual(written(view(matrix)), texts)

    def test_numbers_are_left_out_where_they_do_not_fit(self):
        for matrix, there in (([[10 ** 7, 2]], True), ([[10 ** 17, 2]], False),
                              ([[0.5] * 14] * 14, True), ([[0.5] * 40] * 20, False)):
            with Written() as drawn:
                values(matrix)
            self.assertEqual(written(view(matrix))[-1] in drawn.texts
                             and len(drawn.texts) > len(matrix) * len(matrix[0]), there)

    def test_layouts(self):
        long = ["a label that is rather long, number %d" % i for i in range(300)]
        for rows, columns in ((1, 1), (2, 2), (1, 50), (50, 1), (10, 10), (3, 300), (100, 100),
                              (300, 7), (14, 40)):
            for labels in ((), (list("abcdefghij") * 30,) * 2, (long, long)):
                with Written() as drawn:
                    values([[x / 7 - y for x in range(columns)] for y in range(rows)],
                           *(some[:n] for some, n in zip(labels, (rows, columns))))
                with self.subTest(rows=rows, columns=columns, labels=bool(labels)):
                    self.clear(drawn.sheet, 4)
                    x0, y0, x1, y1 = (drawn.at + (drawn.at[0] + drawn.cells.width,
                                                  drawn.at[1] + drawn.cells.height))
                    for box in drawn.sheet.boxes:       # beside the cells, or well within
                        inside = x0 <= box[0] and box[2] <= x1 and y0 <= box[1] and box[3] <= y1
                        outside = box[2] <= x0 or x1 <= box[0] or y1 <= box[1]
                        self.assertTrue(inside or outside, box)

    def test_labels(self):
        with Written() as drawn:
            values([[0] * 100] * 3)
        self.assertEqual(drawn.texts[:4], ["0", "1", "2", "0"])
        self.assertIn(drawn.texts[4], ("5", "10"))
        with Written() as drawn:
            values([[0] * 3] * 3, None, ["short", "x", "a longer name than all the others, by far"])
        self.assertEqual(drawn.texts[12:15], ["short", "x", "a longer name than all the other\u2026"])

    def test_letters_are_smaller_rather_than_cut_or_left_out(self):
        for name, count, scale in (("cat", 10, 2), ("cat", 20, 1), ("a name of thirty letters", 9, 1)):
            with Written() as drawn:
                values([[0.5] * count] * count, [name] * count, [name] * count)
            self.assertEqual(drawn.texts.count(name), 2 * count)
            box = drawn.sheet.boxes[drawn.texts.index(name)]
            self.assertEqual(box[3] - box[1], 13 * scale)

    def test_rows_beyond_what_a_picture_shows(self):
        heard = []
        found = values([[1, 2]] * 3000, warn=lambda *w: heard.append(w))
        self.assertEqual(heard, [("size", "the picture shows one of 3 rows and one of 1 columns")])
        self.assertEqual(plugin.read(found[1])["matrix"].shape, (3000, 2))
        self.assertLess(found[0]["image"]["height"], 1100)

    def test_the_same_pixels_everywhere(self):
        """Of every Python; another font or layout changes the number, and nothing else may."""
        matrix = [[math.sqrt(x) - y / 3 for x in range(12)] for y in range(7)]
        image = values(matrix, ["\xe4%d" % i for i in range(7)], colormap="coolwarm")[0]["image"]
        self.assertEqual(crc32(read_png(image["encoded_image_string"])[3]), 1371501322)


class TestRefused(Refusals):
    values = staticmethod(values)

    def test_matrix(self):
        for bad in ([], [[]], [1, 2], 3, [[[1]]], "text", None, [["a"]], [[1, 2], [3]],
                    [[10 ** 400]], [[2 ** 70]]):
            self.refused("matrix", bad)
        self.assertEqual(self.refused("matrix", [1, 2]),
                         "matrix: need shape (rows, columns), one or more of each, got shape (2,)")

    def test_labels(self):
        self.refused("row_labels", [[1, 2]], ["a", "b"])
        self.refused("column_labels", [[1, 2]], None, ["a"])
        self.refused("column_labels", [[1, 2]], None, "ab")
        self.refused("row_labels", [[1, 2]], ["\ud800"])

    def test_scale(self):
        self.refused("colormap", [[1]], colormap="jet")
        for low, high in ((2, 1), (1, 1), (NAN, 1), (0, NAN), (-INF, 1), (0, 5e-324), (5, None)):
            self.refused("low", [[1, 2]], low=low, high=high)
        self.refused("high", [[1, 2]], high="a")

    def test_tag(self):
        with self.assertRaises(InputError):
            heatmap(None, [[1]], None, None, "viridis", None, None, silent)


class TestWriter(InDirectory):

    def test_one_event(self):
        with SummaryWriter(self.directory) as writer:
            writer.add_heatmap("m", [[1, 2]], ["r"], ["a", "b"], "greys", 3, low=0, high=5)
        event = events(self.directory)[1]
        self.assertEqual((event["step"], [value["tag"] for value in event["summary"]["value"]]),
                         (3, ["m", "m/heatmap"]))
        found = plugin.read(event["summary"]["value"][1])
        self.assertEqual((found["colormap"], found["low"], found["high"]), ("greys", 0, 5))


if __name__ == "__main__":
    unittest.main()
