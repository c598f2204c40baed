"""add_confusion_matrix: counted right, normalized right, and drawn."""
import math
import random
import unittest
from array import array
from unittest import mock

from tbx_pure import SummaryWriter
from tbx_pure.charts import confusion as module
from tbx_pure.charts.confusion import confusion_matrix
from tbx_pure.messages import SUMMARY, VALUE
from tbx_pure.plugins import heatmap as plugin
from tbx_pure.plugins import text

from .helpers import InDirectory, Refusals, events
from .test_axes import Layout
from .test_heatmap import Written
from .test_plugins import silent
from .test_scatter import second_value

NAN = math.nan


def values(labels=None, predictions=None, matrix=None, class_names=None, normalize=None,
           colormap="blues"):
    """Return the Values of a confusion matrix, after a trip through their bytes."""
    summary = confusion_matrix("a tag", labels, predictions, matrix, class_names, normalize,
                               colormap, silent)
    return SUMMARY.decode(SUMMARY.encode(summary))["value"]


def counts(*arguments, **options):
    """Return (rows of counts, names)."""
    found = plugin.read(values(*arguments, **options)[1])
    size = len(found["row_labels"])
    numbers = list(found["matrix"].values)
    return [numbers[i:i + size] for i in range(0, size * size, size)], found["row_labels"]


class Scalar:
    """A tensor of no dimensions of some library."""

    def __init__(self, number):
        self.number = number

    def __float__(self):
        return float(self.number)


class Column(list):
    """What pandas has of a column: items() as a dict, and tolist() as an array."""

    def items(self):
        return enumerate(self)

    def tolist(self):
        return list(self)


class TestCounts(unittest.TestCase):

    def test_rows_are_true_and_columns_predicted(self):
        self.assertEqual(counts([0, 0, 1, 2], [0, 1, 1, 0]),
                         ([[1, 1, 0], [0, 1, 0], [1, 0, 0]], ["0", "1", "2"]))

    def test_whatever_holds_classes(self):
        want = [[1, 1], [0, 1]]
        for labels, predictions in (
                ([0, 0, 1], [0, 1, 1]), (array("b", [0, 0, 1]), array("d", [0, 1, 1])),
                ((False, False, True), [False, True, True]), (iter([0, 0, 1]), iter([0, 1, 1])),
                (Column([0, 0, 1]), Column([0, 1, 1])), (Column("aab"), Column("abb")),
                ([Scalar(0), Scalar(0), Scalar(1)], [0.0, 1.0, 1.0]),
                (["a", "a", "b"], ["a", "b", "b"]), (b"\0\0\1", bytearray(b"\0\1\1")),
                (memoryview(b"\0\0\1"), [[0], [1], [1]])):
            self.assertEqual(counts(labels, predictions)[0], want)

    def test_names(self):
        self.assertEqual(counts(["b", "a"], ["c", "a"])[1], ["a", "b", "c"])
        self.assertEqual(counts([10, 9], [-1, 9])[1], ["-1", "9", "10"])
        self.assertEqual(counts([True], [True]), ([[0, 0], [0, 1]], ["False", "True"]))
        names = ["cat", "dog", "owl"]
        for labels in ([2, 0], ["owl", "cat"], ["owl", 0]):
            self.assertEqual(counts(labels, [1, 0], class_names=names),
                             ([[1, 0, 0], [0, 0, 0], [0, 1, 0]], names))
        self.assertEqual(counts([True, False], [True, True], class_names=["no", "yes"])[0],
                         [[0, 1], [0, 1]])
        self.assertEqual(counts([], [], class_names=["x"]), ([[0]], ["x"]))

    def test_a_matrix(self):
        self.assertEqual(counts(matrix=[[1, 2], [3, 2 ** 60 + 1]]),
                         ([[1, 2], [3, 2 ** 60 + 1]], ["0", "1"]))
        self.assertEqual(counts(matrix=[[0.5, 2], [3, 4]], class_names=["a", 7]),
                         ([[0.5, 2], [3, 4]], ["a", "7"]))

    def test_as_counted_one_by_one(self):
        rng = random.Random(8)
        labels, predictions = ([rng.randrange(7) for _ in range(500)] for _ in range(2))
        want = [[0] * 7 for _ in range(7)]
        for row, column in zip(labels, predictions):
            want[row][column] += 1
        self.assertEqual(counts(labels, predictions)[0], want)


class TestNormalize(Layout):

    def shown(self, normalize, matrix):
        """Return the texts in the cells, and checks the rest."""
        with Written() as drawn:
            found = plugin.read(values(matrix=matrix, normalize=normalize)[1])
        self.assertEqual(list(found["matrix"].values), [v for row in matrix for v in row])
        self.clear(drawn.sheet, 8)
        return drawn.texts[:len(matrix) ** 2], found["normalize"], (found["low"], found["high"])

    def test_shares(self):
        matrix = [[1, 3], [0, 0]]
        for normalize, texts, wire, high in (
                (None, ["1", "3", "0", "0"], "NONE", 3),
                ("true", ["0.25", "0.75", "0", "0"], "TRUE", 0.75),
                ("predicted", ["1.00", "1.00", "0", "0"], "PREDICTED", 1),
                ("pred", ["1.00", "1.00", "0", "0"], "PREDICTED", 1),
                ("all", ["0.25", "0.75", "0", "0"], "ALL", 0.75)):
            self.assertEqual(self.shown(normalize, matrix), (texts, wire, (0, high)))

    def test_of_nothing(self):
        for normalize in module.NORMALIZE:
            texts, _, ends = self.shown(normalize, [[0, 0], [0, 0]])
            self.assertEqual((set(map(float, texts)), ends), ({0}, (0, 1)))

    def test_tiny_counts(self):
        texts, _, ends = self.shown("true", [[5e-324, 0], [0, 5e-324]])
        self.assertEqual((texts, ends), (["1.00", "0", "0", "1.00"], (0, 1)))
        self.assertEqual(self.shown(None, [[5e-324, 0], [0, 0]])[2], (0, 1))

    def test_shares_add_up(self):
        rng = random.Random(9)
        rows = [[rng.uniform(0, 10) for _ in range(6)] for _ in range(6)]
        for by, sums in (("TRUE", lambda m: map(sum, m)),
                         ("PREDICTED", lambda m: map(sum, zip(*m))),
                         ("ALL", lambda m: [sum(map(sum, m))])):
            for total in sums(module._normalized(rows, by)):
                self.assertAlmostEqual(total, 1)


class TestPicture(Layout):

    def test_layouts(self):
        rng = random.Random(1)
        for size in (1, 2, 10, 25, 100):
            for name in ("class %d", "a class with a long name and a number, %d", "%d"):
                labels, predictions = ([rng.randrange(size) for _ in range(400)] for _ in range(2))
                with Written() as drawn:
                    values(labels, predictions, class_names=[name % i for i in range(size)])
                with self.subTest(size=size, name=name):
                    self.clear(drawn.sheet, 4)
                    self.assertIn("true", drawn.texts)
                    self.assertIn("predicted", drawn.texts)

    def test_chinese_names(self):
        found = values(["\u732b", "\u72ac"], ["\u732b", "\u732b"])
        self.assertEqual([value["tag"] for value in found],
                         ["a_tag", "a_tag/heatmap", "a_tag/text_summary"])
        self.assertEqual(text.read(found[2]), ["1. \u72ac\n2. \u732b"])

    def test_vector(self):
        """The numbers are those that protobuf writes."""
        summary = confusion_matrix("m", None, None, [[3, 1], [0, 0]], ["a", "b"], "true", "blues",
                                   silent)
        self.assertEqual(VALUE.encode(summary["value"][1]), second_value("heatmap-confusion"))

    def test_titles_are_written(self):
        found = plugin.read(values([0, 1], [1, 1])[1])
        self.assertEqual((found["row_title"], found["column_title"]), ("true", "predicted"))


class TestRefused(Refusals):
    values = staticmethod(values)

    def test_labels(self):
        self.refused("labels")
        self.refused("labels", None, [1])
        self.refused("predictions", [1])
        self.refused("labels", [], [])
        self.refused("predictions", [1, 2], [1])
        self.refused("labels", [1, "a"], [1, 2])
        self.refused("labels", "ab", "ab")
        self.refused("predictions", [0, 1], [[0.9, 0.1], [0.2, 0.8]])
        self.refused("labels", [0.5], [1])
        self.assertIn("of scores, which is the largest",
                      self.refused("predictions", [0, 1], [0.25, 0.75]))
        self.refused("predictions", [0, 1], [0, NAN])

    def test_classes(self):
        names = ["cat", "dog"]
        for bad in (2, -1, "owl", 10 ** 30):
            self.assertEqual(self.refused("predictions", [0], [bad], class_names=names)[:61],
                             "predictions: need a class of class_names, or its number from 0"[:61])
        self.refused("class_names", [0], [0], class_names=["a", "a"])
        self.refused("class_names", [0], [0], class_names="ab")
        self.refused("class_names", [0], [0], class_names=[None])
        with mock.patch.object(module, "MAX_CLASSES", 3):
            self.refused("labels", [0, 1], [2, 3])
            counts([0, 1], [2, 1])

    def test_matrix(self):
        for bad in ([[2 ** 63]], [[1e300]], [[10 ** 400]], [[1, 2]], [1], [[1, -1], [0, 0]], [[NAN]], [[math.inf]], "x", [[]]):
            self.refused("matrix", matrix=bad)
        self.refused("matrix", [0], None, [[1]])
        self.refused("matrix", [0], [0], [[1]])
        self.refused("class_names", matrix=[[1]], class_names=["a", "b"])

    def test_options(self):
        for bad in ("rows", True, "NONE", ["true"], 1):
            self.refused("normalize", [0], [0], normalize=bad)
        self.refused("colormap", [0], [0], colormap="jet")


class TestWriter(InDirectory):

    def test_one_event(self):
        with SummaryWriter(self.directory) as writer:
            writer.add_confusion_matrix("m", [0, 1], [1, 1], ["a", "b"], "all", 3)
            writer.add_confusion_matrix("m", matrix=[[1, 2], [3, 4]], colormap="viridis")
        first, second = events(self.directory)[1:]
        self.assertEqual((first["step"], [value["tag"] for value in first["summary"]["value"]]),
                         (3, ["m", "m/heatmap"]))
        self.assertEqual(second["step"], 4)
        self.assertEqual(plugin.read(second["summary"]["value"][1])["colormap"], "viridis")


if __name__ == "__main__":
    unittest.main()
