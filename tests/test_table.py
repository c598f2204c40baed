"""add_table: what a cell shows, which rows make a table, and what is written."""
import unittest
from collections import OrderedDict, namedtuple
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction

from tbx_pure import InputError, SummaryWriter
from tbx_pure.charts.table import table
from tbx_pure.plugins import describe, text

from .helpers import InDirectory, summaries

NAN, INF = float("nan"), float("inf")
Row = namedtuple("Row", "a b")


class Color(IntEnum):
    RED = 1


class Tensor:
    """What torch and TensorFlow have: no number by its text."""

    def __init__(self, *values):
        self.values = values

    def numpy(self):
        return self

    def tolist(self):
        return list(self.values) if len(self.values) > 1 else self.values[0]

    def __str__(self):
        return "tensor(...)"


class Float32(Fraction):
    """What NumPy has: no float of Python's."""
    dtype = "float32"


class Frame:
    """What pandas and polars have of a table."""

    def __init__(self, method):
        self.columns = iter(["x", 7])
        setattr(self, method, self.rows)

    def rows(self, index=True):
        return iter([(0.5, "a"), (None, "b")])


def markdown(*arguments):
    """Return the lines of a table."""
    value, = table("t", *arguments)["value"]
    written, = text.read(value)
    return written.split("\n")


class TestCells(unittest.TestCase):

    def test_floats(self):
        for x, shown in ((0.5, "0.5"), (0.1 + 0.2, "0.3"), (1 / 3, "0.33333333"), (-0.0, "0"),
                         (3.0, "3"), (1e9, "1000000000"), (2.0 ** 53 - 1, "9007199254740991"),
                         (2.0 ** 53, "9.0071993e+15"), (-1e20, "-1e+20"), (1234567.891, "1234567.9"),
                         (1.25e-7, "1.25e-07"), (NAN, "nan"), (INF, "inf"), (-INF, "-inf")):
            self.assertEqual(markdown([[x]])[2], "| %s |" % shown)

    def test_others(self):
        for x, shown in ((None, ""), (7, "7"), (10 ** 30, str(10 ** 30)), (True, "True"), ("", ""),
                         ("two words", "two words"), (Decimal("0.10"), "0.10"),
                         (Fraction(1, 3), "1/3"), (Color.RED, "Color.RED"), ("\u7c73", "\u7c73"),
                         (Tensor(0.25), "0.25"), (Tensor(3), "3"), (Float32(0.5), "0.5")):
            self.assertEqual(markdown([[x]])[2], "| %s |" % shown, x)

    def test_nothing_in_them_is_markup(self):
        self.assertEqual(markdown([["a|b", "x\ny"], ["<b>", "*i*"]], ["_h_", "\\"])[0::2], [
            "| \\_h\\_ | \\\\ |", "| a\\|b | x<br>y |"])
        self.assertEqual(markdown([["<b>", "*i*"]])[2], "| &lt;b> | \\*i\\* |")

    def test_a_tensor_of_several(self):
        with self.assertRaises(InputError) as caught:
            markdown([[1], [Tensor(1, 2)]])
        self.assertEqual(caught.exception.argument, "rows[1]")


class TestRows(unittest.TestCase):

    def test_lists(self):
        for rows in ([[1, 2], [3, 4]], ((1, 2), (3, 4)), iter([range(1, 3), iter((3, 4))]),
                     [Row(1, 2), Row(3, 4)]):
            self.assertEqual(markdown(rows, ["a", "b"]),
                             ["| a | b |", "| --- | --- |", "| 1 | 2 |", "| 3 | 4 |"])

    def test_no_header(self):
        for header in (None, []):
            self.assertEqual(markdown([[1, 2]], header), ["|  |  |", "| --- | --- |", "| 1 | 2 |"])

    def test_no_rows(self):
        self.assertEqual(markdown([], ("a", 1)), ["| a | 1 |", "| --- | --- |"])

    def test_dicts(self):
        rows = [OrderedDict([("a", 1), ("b", 2)]), {"c": 3}, {}]
        self.assertEqual(markdown(rows), ["| a | b | c |", "| --- | --- | --- |", "| 1 | 2 |  |",
                                          "|  |  | 3 |", "|  |  |  |"])
        self.assertEqual(markdown(rows, ["c", "a"])[2:], ["|  | 1 |", "| 3 |  |", "|  |  |"])

    def test_frames(self):
        for method in ("itertuples", "iter_rows"):
            self.assertEqual(markdown(Frame(method)), [
                "| x | 7 |", "| --- | --- |", "| 0.5 | a |", "|  | b |"])
            self.assertEqual(markdown(Frame(method), ["a", "b"])[0], "| a | b |")

    def test_refused(self):
        for argument, arguments in (
                ("rows", (None,)), ("rows", (3,)), ("rows", ("abc",)), ("rows", ({"a": [1]},)),
                ("rows", ([],)), ("rows", ([[]],)), ("rows", ([{}],)), ("rows[0]", ([1, 2],)),
                ("rows[0]", (["abc"],)), ("rows[1]", ([[1], [1, 2]],)), ("rows[1]", ([[1], []],)),
                ("rows[0]", ([[1]], ["a", "b"])), ("rows[0]", ([{"a": 1}, [1]],)),
                ("rows", (memoryview(bytes(4)).cast("B", (2, 2)),)),
                ("header", ([[1]], "a")), ("header", ([[1]], 1)), ("header", ([{"a": 1}], ["b"])),
                ("tag", ())):
            with self.subTest(arguments), self.assertRaises(InputError) as caught:
                table(3, [[1]]) if argument == "tag" else table("t", *arguments)
            self.assertEqual(caught.exception.argument, argument)

    def test_says_what_is_wrong(self):
        with self.assertRaises(InputError) as caught:
            table("t", [[1, 2], [3]])
        self.assertEqual(str(caught.exception),
                         "rows[1]: need as many cells as rows[0], 2, got 1")


class TestWriter(InDirectory):

    def test_add_table(self):
        with SummaryWriter(self.directory) as writer:
            writer.add_table("a b/c", [[1, 0.5]], ["n", "x"], 3)
            writer.add_table("a b/c", [{"n": 2}])
            with self.assertRaises(InputError) as caught:
                writer.add_table("bad", [[1], []])
        self.assertIn("add_table('bad'): rows[1]: need", str(caught.exception))
        (step, value), (next_step, _) = summaries(self.directory)
        self.assertEqual((step, next_step, value["tag"]), (3, 4, "a_b/c/text_summary"))
        self.assertEqual(value["tensor"], {
            "dtype": "DT_STRING", "tensor_shape": {},
            "string_val": [b"| n | x |\n| --- | --- |\n| 1 | 0.5 |"]})
        self.assertEqual(describe(value), "text  '| n | x |\\n| --- | --- |\\n| 1 | 0.5 |'")


if __name__ == "__main__":
    unittest.main()
