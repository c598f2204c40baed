"""Rules for the width of bins.  That they are NumPy's, tests/conformance/ shows."""
import math
import unittest
from unittest import mock

from tbx_pure import histogram as module
from tbx_pure.bin_widths import WIDTHS
from tbx_pure.errors import InputError
from tbx_pure.histogram import histogram

from .test_histogram import counted


class TestRules(unittest.TestCase):

    def test_rules(self):
        values = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 100.0]
        for rule, bins in (("sqrt", 3), ("sturges", 4), ("rice", 4), ("scott", 2), ("fd", 29),
                           ("doane", 7), ("auto", 6)):
            with self.subTest(rule):
                limits, counts = counted(values, bins=rule)
                width = limits[1] - limits[0]
                self.assertEqual(round(100 / width), bins)
                self.assertEqual(sum(counts), 8)

    def test_percentiles_round_as_numpy(self):
        # Between neighbors NumPy goes from the nearer one: here the last bit decides on 4 bins or 5.
        limits, _ = counted([4.0, 3.2, 0.6, 2.6, 2.8, 3.4, 3.2, 1.8], bins="fd")
        self.assertEqual(limits[1] - limits[0], (4.0 - 0.6) / 4)

    def test_stone_finds_equal_clusters(self):
        values = [0.1, 0.2, 0.3] * 20 + [9.7, 9.8, 9.9] * 20
        limits, counts = counted(values, bins="stone")
        self.assertEqual(sum(counts), 120)
        self.assertGreater(len(counts), 3)

    def test_constant_values(self):
        for rule in sorted(WIDTHS):
            with self.subTest(rule):
                self.assertEqual(counted([2.0] * 5, bins=rule), ([1.5, 2.5], [0, 5]))
                self.assertEqual(counted([2.0], bins=rule), ([1.5, 2.5], [0, 1]))

    def test_refused(self):
        for values, bins, argument in (
                ([1, 1 + 2.0 ** -52], "auto", "bins"),
                ([0, 1e-300, 2e-300, 3e-300, 1], "fd", "bins"),
                ([-1e308, 1e308], "auto", "values"),
        ):
            with self.subTest(bins):
                with self.assertRaises(InputError) as caught:
                    histogram(values, bins)
                self.assertEqual(caught.exception.argument, argument)

    def test_sorted_order_is_not_assumed(self):
        values = [math.sin(i) for i in range(100)]
        for bins in WIDTHS:
            a, b = histogram(values, bins=bins)[0], histogram(sorted(values), bins=bins)[0]
            self.assertEqual(a["bucket"], b["bucket"], bins)

    def test_a_copy_without_the_rules_says_which_bins_it_has(self):
        with mock.patch.object(module, "_rules", dict):
            with self.assertRaises(InputError) as caught:
                histogram([1.0, 2.0], bins="auto")
            self.assertEqual(str(caught.exception), "bins: need one of 'tensorflow', got 'auto'")
            self.assertEqual(counted([1.0, 2.0], bins=1), ([1.0, 2.0], [0, 2]))


if __name__ == "__main__":
    unittest.main()
