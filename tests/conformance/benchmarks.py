"""Every row of tests/bench.py runs beside the peers, and all write the same data.  No time is asserted."""
import sys
import unittest

from tests import bench


class Benchmarks(unittest.TestCase):
    def test_every_row_runs(self):
        given = bench.options(["--quick", "--peers", sys.executable])
        found = bench.run(given)
        for table in bench.tables(found, False):
            print(table)
        self.assertEqual(found["problems"], [])
        for entry in bench.TABLE:
            with self.subTest(entry.title):
                line = bench.line_of(entry, found["results"])
                self.assertGreater(line["ours"], 0)
                self.assertTrue(line["peers"])
                self.assertGreater(line["ratio"], 0)
        self.assertEqual(set(found["growth"]), set(bench.GROWTH))


if __name__ == "__main__":
    unittest.main()
