"""add_pr_curve and add_pr_curve_raw: counts at each threshold, their record, and back."""
import math
import struct
import unittest
from array import array

from tbx_pure import SummaryWriter
from tbx_pure.errors import FormatError, InputError
from tbx_pure.messages import SUMMARY
from tbx_pure.plugins import describe, pr_curves
from tbx_pure.plugins.pr_curves import (MAX_THRESHOLDS, PR_CURVE_PLUGIN_DATA, ROWS, pr_curve,
                                        pr_curve_raw)
from tbx_pure.tensor import Tensor

from .helpers import InDirectory, events, summaries
from .test_plugins import silent, written

INF, NAN = math.inf, math.nan
RAW = ([2, 1], [2, 0], [0, 2], [0, 1], [0.5, 1], [1, 0.5])


def rows(labels, predictions, num_thresholds, weights=None, warn=silent):
    """Return the six rows that are written."""
    value = written(pr_curve("p", labels, predictions, num_thresholds, weights, warn))
    return [list(row) for row in zip(*pr_curves.read(value))][1:]


def true_positives(p, dtype, n):
    """Return at how many thresholds the prediction p, of `dtype`, counts; None if at no place."""
    true, _, outside = pr_curves.tally([1.0], Tensor(dtype, (1,), [p]), None, n)
    return None if outside else true.index(1.0) + 1


class TestBytes(unittest.TestCase):
    """Records of tensorboardX 2.6.5."""

    def same(self, summary, expected):
        self.assertEqual(SUMMARY.encode(summary).hex(), expected)

    def test_two_thresholds(self):
        self.same(pr_curve("p", [1, 0], [0.9, 0.1], 2, None, silent),
                  "0a560a0170423e0801120812020806120208022a300000803f000000000000803f000000000000"
                  "00000000803f000000000000803f0000003f000000000000803f000000004a110a0f0a0970725f"
                  "63757276657312021002")

    def test_float32(self):
        self.same(pr_curve("p q", [True, False, True, False], array("f", [0.9, 0.1, 0.45, 0.55]), 3,
                           None, silent),
                  "0a700a0370207142560801120812020806120208032a48000000400000803f0000000000000040"
                  "0000803f00000000000000000000803f00000040000000000000803f000000400000003f000000"
                  "3f000000000000803f0000003f000000004a110a0f0a0970725f63757276657312021003")

    def test_weights(self):
        self.same(pr_curve("p", [1, 0, 1], [0.9, 0.1, 0.5], 4, [0.1, 0.2, 0.3], silent),
                  "0a86010a0170426e0801120812020806120208042a60cdcccc3ecdcccc3ecdcccc3d00000000cd"
                  "cc4c3e00000000000000000000000000000000cdcc4c3ecdcc4c3ecdcc4c3e0000000000000000"
                  "9a99993ecdcccc3eabaa2a3f0000803f0000803f000000000000803f0000803f0000803e000000"
                  "004a110a0f0a0970725f63757276657312021004")

    def test_raw(self):                 # the argument's 127, whatever the rows: nobody reads it
        self.same(pr_curve_raw("p", *RAW, num_thresholds=127),
                  "0a560a0170423e0801120812020806120208022a30000000400000803f00000040000000000000"
                  "000000000040000000000000803f0000003f0000803f0000803f0000003f4a110a0f0a0970725f"
                  "6375727665731202107f")

    def test_nothing_counted(self):
        self.same(pr_curve("p", [], [], 2, None, silent),
                  "0a560a0170423e0801120812020806120208022a30" + "00" * 48 +
                  "4a110a0f0a0970725f63757276657312021002")

    def test_one_threshold(self):
        self.same(pr_curve("p", [1, 0], [0.3, 0.7], 1, None, silent),
                  "0a3e0a017042260801120812020806120208012a180000803f0000803f00000000000000000000"
                  "003f0000803f4a110a0f0a0970725f63757276657312021001")

    def test_plugin_data(self):
        self.assertEqual(PR_CURVE_PLUGIN_DATA.encode({"num_thresholds": 200}).hex(), "10c801")


class TestCurve(unittest.TestCase):

    def test_a_small_one(self):
        # thresholds 0, 1/2, 1; at 1/2: true 0.9 and 0.5, false 0.6
        self.assertEqual(rows([1, 1, 0, 0], [0.9, 0.5, 0.6, 0.2], 3), [
            [2, 2, 0], [2, 1, 0], [0, 1, 2], [0, 0, 2],
            [0.5, 0.6666666865348816, 0], [1, 1, 0]])

    def test_edges(self):
        self.assertEqual(rows([1, 1, 1], [0.0, 1.0, 0.5], 3)[0], [3, 2, 1])
        self.assertEqual(rows([1, 0], [True, False], 3)[:2], [[1, 1, 1], [1, 0, 0]])
        self.assertEqual(rows([1, 0], [1, 0], 3)[:2], [[1, 1, 1], [1, 0, 0]])

    def test_the_product_is_rounded_to_the_dtype(self):
        # tensorboardX 2.6.5 with NumPy 2.4.6: 10 * float32(0.7) is 7, as a float64 it is below
        p = array("f", [0.7])
        self.assertEqual(sum(rows([1], p, 11)[0]), 8)
        self.assertEqual(sum(rows([1], p.tolist(), 11)[0]), 7)
        self.assertEqual(true_positives(0.7998046875, "float16", 11), 9)
        self.assertEqual(true_positives(0.7998046875, "float64", 11), 8)

    def test_no_dtype_overflows(self):
        for dtype, p in (("float16", 65504.0), ("float32", 3.4e38), ("float64", 1e308),
                         ("int64", 2 ** 63 - 1)):
            self.assertIsNone(true_positives(p, dtype, MAX_THRESHOLDS))
            self.assertEqual(true_positives(1, dtype, MAX_THRESHOLDS), MAX_THRESHOLDS)

    def test_left_out(self):
        heard = []
        found = rows([1] * 7, [1.05, -0.01, NAN, INF, -INF, 1.2, 0.5], 11, None,
                     lambda *w: heard.append(w))
        self.assertEqual(found[0],
                         [2] * 6 + [1] * 5)   # 1.05 lies below the next threshold, were there one
        self.assertEqual(heard,
                         [("left out", "left out 5 of 7 predictions, which are not from 0 to 1")])

    def test_many_thresholds(self):
        value = written(pr_curve("p", [1], [0.5], 200, None, silent))
        self.assertEqual(value["metadata"]["plugin_data"]["content"].hex(), "10c801")
        self.assertEqual(value["tensor"]["tensor_shape"], {"dim": [{"size": 6}, {"size": 200}]})
        self.assertEqual(len(rows([1], [0.5], MAX_THRESHOLDS)[0]), MAX_THRESHOLDS)

    def test_labels_between(self):
        self.assertEqual(rows([0.25], [1.0], 2)[:2], [[0.25, 0.25], [0.75, 0.75]])
        self.assertEqual(rows(array("B", [1, 0]), [1.0, 1.0], 2)[:2], [[1, 1], [1, 1]])

    def test_shapes(self):
        flat = rows([1, 0, 1, 1, 0, 1], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6], 5)
        self.assertEqual(rows([[1, 0, 1], [1, 0, 1]], [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]], 5), flat)
        self.assertEqual(rows(1, 0.5, 3)[0], [1, 1, 0])

    def test_weights_spread(self):
        labels, ones = [[1, 0, 1], [1, 0, 1]], [[1.0] * 3] * 2
        for weights, tp, fp in ((2, 8, 4), ([2], 8, 4), (True, 4, 2), (None, 4, 2),
                                ([1, 10, 100], 202, 20),
                                ([[1], [10]], 22, 11), ([[1, 2, 4], [8, 16, 32]], 45, 18),
                                ([[3]], 12, 6),
                                ([[1, 2, 4]], 10, 4)):
            with self.subTest(weights):
                self.assertEqual([row[0] for row in rows(labels, ones, 2, weights)[:2]], [tp, fp])

    def test_weights_spread_inside_and_outside(self):
        for shape, values, expected in (
                ((1, 2, 1), "ab", "aabbaabb"), ((2, 1, 2), "abcd", "ababcdcd"),
                ((2,), "ab", "abababab"), ((2, 2, 1), "abcd", "aabbccdd")):
            self.assertEqual("".join(pr_curves._spread(Tensor("", shape, values), (2, 2, 2))),
                             expected)

    def test_little_weight(self):
        self.assertEqual(rows([1], [1.0], 2, 1e-3)[4], [1, 1])
        self.assertAlmostEqual(rows([1], [1.0], 2, 1e-8)[4][0], 0.1)    # of a least 1e-7

    def test_weights_refused(self):
        for weights in ([1, 2], [[1, 2, 3]] * 3, [[[1.0, 2.0]]], [[1], [1], [1]], [], "a", [NAN] * 3,
                        [INF] * 3,
                        -1.0, [0, -1, 0], 1j, 10 ** 400):
            with self.subTest(repr(weights)[:20]), self.assertRaises(InputError) as caught:
                pr_curve("p", [[1, 0, 1]] * 2, [[0.5] * 3] * 2, 2, weights, silent)
            self.assertEqual(caught.exception.argument, "weights")

    def test_the_one_that_is_wrong_is_named(self):
        for labels, weights, got in (([1, NAN], None, "nan"), ([0, 2], None, "2"), ([1, 0], [1, NAN], "nan"),
                                     ([1, 0], [1, -3], "-3"), ([1, 0], [INF, 1], "inf")):
            with self.assertRaises(InputError) as caught:
                pr_curve("p", labels, [0.5] * 2, 2, weights, silent)
            self.assertEqual(caught.exception.got.rstrip(".0"), got)

    def test_refused(self):
        for arguments, argument in (
                ((None, [1], [1], 2), "tag"), (("p", [2], [1], 2), "labels"),
                (("p", [-1], [1], 2), "labels"),
                (("p", [NAN], [1], 2), "labels"), (("p", "x", [1], 2), "labels"),
                (("p", [1], [1, 0], 2), "predictions"), (("p", [1, 0], [[1, 0]], 2), "predictions"),
                (("p", [1], None, 2), "predictions"), (("p", [1], [1], 0), "num_thresholds"),
                (("p", [1], [1], MAX_THRESHOLDS + 1), "num_thresholds"),
                (("p", [1], [1], -5), "num_thresholds"),
                (("p", [1], [1], 2.5), "num_thresholds"), (("p", [1], [1], NAN), "num_thresholds"),
                (("p", [1], [1], None), "num_thresholds"),
                (("p", [1], [1], 10 ** 400), "num_thresholds")):
            with self.subTest(repr(arguments)[:50]), self.assertRaises(InputError) as caught:
                pr_curve(*(arguments + (None, silent)))
            self.assertEqual(caught.exception.argument, argument)

    def test_whole_number_of_another_type(self):
        for n in (3.0, array("i", [3])):
            self.assertEqual(len(rows([1], [0.5], n)[0]), 3)


class TestRaw(unittest.TestCase):

    def test_value(self):
        value = written(pr_curve_raw("a b", *RAW, num_thresholds=2))
        self.assertEqual(value["tag"], "a b")
        self.assertEqual(pr_curves.read(value), [(0.0, 2, 2, 0, 0, 0.5, 1),
                                                 (1.0, 1, 0, 2, 1, 1, 0.5)])

    def test_more_than_127(self):
        value = written(pr_curve_raw("p", *([[1] * 130] * 6), num_thresholds=130))
        self.assertEqual(value["metadata"]["plugin_data"]["content"].hex(), "108201")

    def test_precision_may_be_nan(self):
        value = written(pr_curve_raw("p", *(RAW[:4] + ([NAN, 1], [1, INF])), num_thresholds=2))
        self.assertNotEqual(value["tensor"]["float_val"][8], value["tensor"]["float_val"][8])

    def test_refused(self):
        for i, name in enumerate(ROWS):
            for bad in ("ab", None, [[1, 2]]) + (([NAN, 1], [1, INF]) if i < 4 else ()):
                self.refused(name, RAW[:i] + (bad,) + RAW[i + 1:])
            if i:
                self.refused(name, RAW[:i] + ([1, 2, 3],) + RAW[i + 1:])
                self.refused(name, RAW[:i] + (1,) + RAW[i + 1:])
        self.refused("true_positive_counts", ([],) * 6)
        self.refused("num_thresholds", RAW, 0)
        self.refused("num_thresholds", RAW, MAX_THRESHOLDS + 1)
        self.refused("tag", RAW, tag=b"p")

    def refused(self, argument, counts, num_thresholds=127, tag="p"):
        with self.subTest(repr(counts)[:60]), self.assertRaises(InputError) as caught:
            pr_curve_raw(*((tag,) + counts + (num_thresholds,)))
        self.assertEqual(caught.exception.argument, argument)


class TestRead(unittest.TestCase):

    def test_describe(self):
        value = written(pr_curve("p", [1, 1, 0], [0.9, 0.1, 0.5], 5, None, silent))
        self.assertEqual(describe(value), "pr_curves  5 thresholds, 2 true, 1 false")
        self.assertEqual(pr_curves.describe({"tensor": {
            "dtype": "DT_FLOAT", "tensor_shape": {"dim": [{"size": 6}, {}]}}}),
            "0 thresholds, 0 true, 0 false")

    def test_tensor_content(self):      # as TensorFlow writes it
        self.assertEqual(pr_curves.read({"tensor": {
            "dtype": "DT_FLOAT", "tensor_content": struct.pack("<12f", *range(12)),
            "tensor_shape": {"dim": [{"size": 6}, {"size": 2}]}}}),
            [(0.0, 0, 2, 4, 6, 8, 10), (1.0, 1, 3, 5, 7, 9, 11)])

    def test_no_curve(self):
        for sizes in ((), (6,), (5, 1), (6, 1, 1)):
            with self.assertRaises(FormatError) as caught:
                pr_curves.read({"tensor": {"dtype": "DT_FLOAT", "float_val": [1.0],
                                           "tensor_shape": {"dim": [{"size": n} for n in sizes]}}})
            self.assertEqual(caught.exception.rule, "pr-curves-1")


class TestWriter(InDirectory):

    def test_add(self):
        with SummaryWriter(self.directory) as writer:
            writer.add_pr_curve("a b", [1, 0], [0.9, 0.1], 3)
            writer.add_pr_curve_raw("raw", *RAW, global_step=4, num_thresholds=2,
                                    weights="not used")
            for bad in (lambda: writer.add_pr_curve("p", [1, 0], [0.5]),
                        lambda: writer.add_pr_curve_raw("p", *(RAW[:5] + ([1],)))):
                with self.assertRaises(InputError) as caught:
                    bad()
            with self.assertWarns(UserWarning) as heard:
                writer.add_pr_curve("nan", [1], [NAN])
        self.assertEqual(str(caught.exception), "add_pr_curve_raw('p'): recall: need as many as "
                         "true_positive_counts: 2, got 1")
        self.assertIn("add_pr_curve('nan'): left out 1 of 1", str(heard.warning))
        self.assertEqual([(step, value["tag"], len(pr_curves.read(value)))
                          for step, value in summaries(self.directory)],
                         [(3, "a b", 127), (4, "raw", 2), (0, "nan", 127)])
        self.assertEqual(len(events(self.directory)), 4)


if __name__ == "__main__":
    unittest.main()
