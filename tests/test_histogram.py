"""Bins and counts.  That they are NumPy's and tensorboardX's, tests/conformance/ shows."""
import hashlib
import math
import random
import struct
import unittest
from array import array

from tbx_pure.errors import InputError
from tbx_pure.histogram import MAX_BINS, default_edges, histogram

NAN, INF = float("nan"), float("inf")


def counted(values, **options):
    """Return (bucket_limit, bucket) of values that nothing is left out of."""
    fields, left_out = histogram(values, **options)
    assert left_out == {}, left_out
    return fields["bucket_limit"], fields["bucket"]


class TestDefaultEdges(unittest.TestCase):

    def test_edges(self):
        edges = list(default_edges())
        self.assertEqual(len(edges), 1549)
        self.assertEqual(hashlib.sha256(struct.pack("<1549d", *edges)).hexdigest(),
                         "95380bc9c7f4b809fffb2975ddd122e561c332bfbf1d12dd6da757f032073906")

    def test_examples(self):
        for values, limits, counts in (
                ([0.0], [0.0, 1e-12], [0, 1]),
                ([-0.0], [0.0, 1e-12], [0, 1]),
                ([1.0] * 10, [0.917246389039776, 1.0089710279437536], [0, 10]),
                ([1e-13], [0.0, 1e-12], [0, 1]),
                ([-1e-13], [-1e-12, 0.0], [0, 1]),
                ([1e-12], [1e-12, 1.1000000000000002e-12], [0, 1]),
                ([-1e-12], [-1e-12, 0.0], [0, 1]),
        ):
            with self.subTest(values):
                self.assertEqual(counted(values), (limits, counts))

    def test_each_edge_opens_its_bin(self):         # histograms-3
        edges = list(default_edges())
        for i in range(len(edges) - 1):
            self.assertEqual(counted([edges[i]]), (edges[i:i + 2], [0, 1]))
        self.assertEqual(counted([edges[-1]]), (edges[-2:], [0, 1]))

    def test_beyond_the_edges(self):
        edges = list(default_edges())
        for x, limits in ((1e20, edges[-2:]), (1e300, edges[-2:]), (-1e20, edges[:2])):
            fields, left_out = histogram([x])
            self.assertEqual((fields["bucket_limit"], fields["bucket"], left_out), (limits, [0, 1], {}))
            self.assertEqual((fields["min"], fields["max"], fields["num"]), (x, x, 1))

    def test_nothing_is_lost(self):
        rng = random.Random(1)
        for scale in (1e-15, 1e-3, 1.0, 1e6, 1e25):
            values = [rng.gauss(0, scale) for _ in range(500)]
            limits, counts = counted(values)
            self.assertEqual(sum(counts), 500)
            self.assertEqual(counts[0], 0)
            self.assertTrue(counts[1] and counts[-1])
            for left, right, count in zip(limits, limits[1:], counts[1:]):
                self.assertEqual(count, sum(left <= v < right or right == 0.0 > v >= left
                                            for v in values) if abs(left) < 9e19 else count)


class TestStatistics(unittest.TestCase):

    def test_fields(self):
        fields, _ = histogram([1, 2.5, -3])
        self.assertEqual((fields["min"], fields["max"], fields["num"]), (-3, 2.5, 3))
        self.assertEqual((fields["sum"], fields["sum_squares"]), (0.5, 16.25))

    def test_sums_are_rounded_once(self):
        fields, _ = histogram([0.1] * 10)
        self.assertEqual(fields["sum"], 1.0)            # 0.9999999999999999 by adding up
        fields, _ = histogram([1e16, 1.0, -1e16])
        self.assertEqual(fields["sum"], 1.0)

    def test_sums_beyond_float64(self):
        for sign in (1, -1):
            fields, _ = histogram([sign * 1.5e308, sign * 1.5e308])
            self.assertEqual((fields["sum"], fields["sum_squares"]), (sign * INF, INF))

    def test_kinds_of_values(self):
        expected = histogram([1.0, 2.0, 3.0])
        for values in ((1, 2, 3), array("b", [1, 2, 3]), array("f", [1, 2, 3]), b"\1\2\3",
                       memoryview(b"\1\2\3")):
            self.assertEqual(histogram(values), expected)

    def test_not_finite(self):                      # histograms-6
        fields, left_out = histogram([NAN, 1.0, INF, 3.0, NAN, -INF])
        self.assertEqual(left_out, {"NaN": 2, "+inf": 1, "-inf": 1})
        self.assertEqual(fields, histogram([1.0, 3.0])[0])

    def test_nothing_finite(self):
        for values in ([NAN], [INF, -INF], [NAN] * 5):
            fields, left_out = histogram(values, bins=7)
            self.assertEqual(fields, {"bucket_limit": [0.0], "bucket": [0.0]})
            self.assertEqual(sum(left_out.values()), len(values))


class TestBins(unittest.TestCase):

    def test_number_of_bins(self):
        self.assertEqual(counted([0, 1, 2, 3, 4], bins=4), ([0, 1, 2, 3, 4], [0, 1, 1, 1, 2]))
        self.assertEqual(counted([5, 5], bins=1), ([4.5, 5.5], [0, 2]))
        self.assertEqual(counted([0, 10], bins=array("b", [2])[0]), ([0, 5, 10], [0, 1, 1]))

    def test_edges(self):
        self.assertEqual(counted([1, 2, 3], bins=[1, 2, 3]), ([1, 2, 3], [0, 1, 2]))
        self.assertEqual(counted([1.5], bins=(0, 1, 2, 3)), ([1, 2], [0, 1]))
        self.assertEqual(counted([1, 1], bins=[0, 1, 1, 2]), ([1, 2], [0, 2]))

    def test_outside_the_edges(self):
        fields, left_out = histogram([0, 1, 2, 9, NAN], bins=[1, 2, 3])
        self.assertEqual(left_out, {"NaN": 1, "outside the edges": 2})
        self.assertEqual((fields["bucket"], fields["num"], fields["max"]), ([0, 1, 1], 4, 9))

    def test_inner_empty_bins_stay(self):
        self.assertEqual(counted([0.5, 3.5], bins=[0, 1, 2, 3, 4, 5]),
                         ([0, 1, 2, 3, 4], [0, 1, 0, 0, 1]))

    def test_max_bins(self):
        values = [i + 0.5 for i in range(10)]
        edges = list(range(11))
        self.assertEqual(counted(values, bins=edges, max_bins=10)[1], [0] + [1] * 10)
        self.assertEqual(counted(values, bins=edges, max_bins=5), ([0, 2, 4, 6, 8, 10], [0] + [2] * 5))
        self.assertEqual(counted(values, bins=edges, max_bins=3), ([0, 3, 6, 9, 10], [0, 3, 3, 3, 1]))
        self.assertEqual(counted(values, bins=edges, max_bins=1), ([0, 10], [0, 10]))

    def test_refused(self):
        for options, argument in (
                (dict(values=[]), "values"),
                (dict(values=[10 ** 400]), "values"),
                (dict(values=[1], bins="nope"), "bins"),
                (dict(values=[1], bins=0), "bins"),
                (dict(values=[1], bins=-3), "bins"),
                (dict(values=[1], bins=MAX_BINS + 1), "bins"),
                (dict(values=[1], bins=2.5), "bins"),
                (dict(values=[1], bins=None), "bins"),
                (dict(values=[1], bins=[]), "bins"),
                (dict(values=[1], bins=[1.5]), "bins"),
                (dict(values=[1], bins=[2, 1]), "bins"),
                (dict(values=[1], bins=[0, NAN, 2]), "bins"),
                (dict(values=[1], bins=[[0, 1], [1, 2]]), "bins"),
                (dict(values=[1], bins=[5, 6]), "bins"),
                (dict(values=[-1e308, 1e308], bins=10), "values"),
                (dict(values=[1, 2], max_bins=0), "max_bins"),
                (dict(values=[1, 2], max_bins=-1), "max_bins"),
        ):
            with self.subTest(options):
                with self.assertRaises(InputError) as caught:
                    histogram(**options)
                self.assertEqual(caught.exception.argument, argument)

    def test_arguments_are_left_alone(self):
        values, edges = [3.0, 1.0, 2.0], [0, 2, 4]
        histogram(values, bins=edges, max_bins=1)
        histogram([1e30])                       # the default edges are shared between calls
        self.assertEqual((values, edges), ([3.0, 1.0, 2.0], [0, 2, 4]))
        self.assertEqual(len(default_edges()), 1549)

    def test_sorted_order_is_not_assumed(self):
        values = [math.sin(i) for i in range(100)]
        for bins in "tensorflow", 7:
            a, b = histogram(values, bins=bins)[0], histogram(sorted(values), bins=bins)[0]
            self.assertEqual(a["bucket"], b["bucket"], bins)


if __name__ == "__main__":
    unittest.main()
