"""The bench itself: its tables, what it compares, and that the README shows each of its rows."""
import json
import os
import unittest

from . import bench, bench_rows
from .helpers import ROOT, InDirectory, python


def results(**figures):
    """What a run gives for the row "burst": {implementation: its CPU in each round}."""
    return {"burst": {name: [{"median": x, "p99": x, "cpu": x} for x in rounds]
                      for name, rounds in figures.items()}}


ENTRY = bench.TABLE[2]                  # of CPU


class TestTables(unittest.TestCase):

    def test_a_ratio_is_that_of_the_best_peer_in_the_same_round(self):
        found = results(tbx_pure=[1e-6, 2e-6, 1e-6], tensorboardX=[8e-6, 16e-6, 3e-6],
                        torch=[9e-6, 10e-6, 4e-6])
        line = bench.line_of(ENTRY, found)
        self.assertAlmostEqual(line["ratio"], 5)            # 8, 5 and 3
        self.assertEqual(line["peers"], {"tensorboardX": 8e-6, "torch": 9e-6})
        self.assertEqual(line["ours"], 1e-6)

    def test_without_peers(self):
        line = bench.line_of(ENTRY, results(tbx_pure=[1e-6], csv=[2e-6]))
        self.assertEqual(line, {"ours": 1e-6, "ratio": None, "peers": {}})
        self.assertIsNone(bench.line_of(ENTRY, {}))

    def test_main_table(self):
        rows = list(bench.main_table(results(tbx_pure=[1e-6], tensorboardX=[30e-6], csv=[4e-6])))
        self.assertEqual(rows[3], [ENTRY.title, "1 µs", "tensorboardX 30 µs", "30x", "20x, 50x"])
        self.assertEqual(rows[-1][1:4], ["1 µs", "csv 4 µs", "4x"])
        self.assertEqual(len(rows), 5)

    def test_modes_table(self):
        rows = list(bench.modes_table(results(tbx_pure=[1e-6], csv=[4e-6])))
        self.assertEqual(rows[1], [bench.TABLE[0].title, "1 µs", "–", "–", "–", "–", "4 µs", "–"])

    def test_markdown(self):
        self.assertEqual(bench.as_text([["a", "b"], ["c", 1]], True), "| a | b |\n| --- | --- |\n| c | 1 |")
        self.assertEqual(bench.as_text([["a", "b"], ["cd", 1]], False), "a   b\ncd  1")

    def test_figures(self):
        for x, text in ((2, "2 s"), (0.0123, "12.3 ms"), (1e-6, "1 µs"), (45.6e-9, "45.6 ns"), (None, "–")):
            self.assertEqual(bench.shown("cpu", x), text)
        self.assertEqual(bench.shown("bytes", 3.21e6), "3.2 MB")
        self.assertEqual(bench.shown("bytes", 54.2), "54 bytes")

    def test_growth(self):
        found = {"sizes": [10, 100, 1000], "seconds": [1, 2, 200]}
        self.assertAlmostEqual(bench.exponent(found), 2)
        self.assertEqual(list(bench.growth_table({"tags": found}))[1],
                         ["tags", "10, 100, 1,000", "1 s, 2 s, 200 s", "2.00"])

    def test_other_data_is_told(self):
        told = bench.differences("text", {"tbx_pure": "a", "torch": "b", "csv": None, "tensorboardX": "a"})
        self.assertEqual(told, ["text: torch has other data than tbx_pure"])
        self.assertEqual(bench.differences("audio", {"tbx_pure": "a", "torch": "b"}), [])


class TestRows(InDirectory):

    def test_every_row_is_measured_somehow(self):
        self.assertEqual(set(bench.KEYS), set(bench_rows.ROWS))
        self.assertEqual(set(bench.GROWTH), set(bench_rows.GROWTH))
        for key, name in bench.UNLIKE:
            self.assertIn(key, bench.KEYS)
            self.assertIn(name, bench_rows.PEERS)
        for entry in bench.TABLE:
            self.assertIn(entry.against, bench.KEYS)

    def test_sizes_are_a_decade_apart(self):
        for sizes, _ in bench_rows.GROWTH.values():
            self.assertEqual([10 * size for size in sizes[:2]], list(sizes[1:]))

    def test_digest_sees_a_difference(self):
        digests = set()
        for i, x in enumerate((0.5, 0.5, 0.25)):
            with bench_rows.WRITERS["tbx_pure"](self.path(str(i))) as writer:
                writer.add_scalar("loss", x, 1)
                writer.add_histogram("weights", [1, 2, 3], 1)
            digests.add(bench_rows.digest(self.path(str(i))))
        self.assertEqual(len(digests), 2)

    def test_a_run(self):
        path = self.path("out.json")
        out = python("-m", "tests.bench", "--quick", "--rows", "crc-128,mesh", "--no-growth",
                     "--no-modes", "--json", path, cwd=ROOT)
        self.assertIn("128 bytes", out)
        with open(path) as file:
            found = json.load(file)
        self.assertEqual(found["problems"], [])
        self.assertEqual(set(found["results"]), {"crc-128", "mesh"})
        self.assertGreater(found["results"]["mesh"]["tbx_pure"][0]["bytes"], 400000)
        self.assertEqual(found["contents"]["crc-128"], {"tbx_pure": "372eaa45"})


class TestReadme(unittest.TestCase):

    def test_the_table_has_every_row(self):
        with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
            lines = file.read().splitlines()
        shown = [line.split(" | ")[0][2:] for line in lines if line.startswith("| ")]
        for entry in bench.TABLE:
            self.assertIn(entry.title, shown)
        for what in bench.GROWTH:
            self.assertIn(what, shown)


if __name__ == "__main__":
    unittest.main()
