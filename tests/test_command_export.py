"""export: rows of values, long and wide, in every format."""
import csv
import io
import json
import math
import os
import subprocess
import sys
import unittest
import warnings
from unittest import mock

from tbx_pure import SummaryWriter
from tbx_pure.read import export
from tbx_pure.plugins import histograms

from .helpers import PACKAGE_NAME, PYPY, ROOT, InDirectory, event_files
from .in_terminal import in_every_terminal, missing
from .test_commands import run

try:
    import sqlite3
except ImportError:
    sqlite3 = None

NAMES = ["run", "tag", "step", "wall_time", "value"]


class TestExport(InDirectory):

    def setUp(self):
        InDirectory.setUp(self)
        self.log = self.path("log")
        with SummaryWriter(os.path.join(self.log, "a")) as w, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for value, step in ((0.1, 0), (float("nan"), 1), (3, 1), (4, 2), (5, 1)):
                w.add_scalar("loss", value, step, walltime=100.25 + step)
            w.add_scalar("x", 1 / 3, 7, new_style=True, double_precision=True, walltime=9)
            w.add_text("note", "a\tb\n|\u635f\\", 3, walltime=5)
            w.add_histogram("h", [1, 2, 3, 6], 4, bins=3, walltime=6)
            w.add_image("i", [[0.5]], 0, dataformats="HW")
        with SummaryWriter(os.path.join(self.log, "b")) as w:
            w.add_hparams({"lr": 0.5, "opt": "sgd", "nag": True}, {"score": 2}, name=".")

    def rows(self, *arguments):
        code, out, err = run("export", self.log, *arguments)
        self.assertEqual((code, err), (0, ""))
        names, *rows = csv.reader(io.StringIO(out))
        self.assertEqual(names, NAMES)
        return rows

    def test_long(self):
        self.assertEqual(self.rows(), [
            ["a", "loss", "0", "100.25", "0.1"], ["a", "loss", "1", "101.25", "NaN"],
            ["a", "loss", "1", "101.25", "3.0"], ["a", "loss", "2", "102.25", "4.0"],
            ["a", "loss", "1", "101.25", "5.0"], ["a", "x", "7", "9.0", repr(1 / 3)],
            ["b", "score", "0", self.rows("--run", "b")[0][3], "2.0"]])

    def test_steps(self):
        values = {steps: [row[2:] for row in self.rows("--tag", "loss", "--steps", steps)]
                  for steps in ("all", "last", "mean")}
        self.assertEqual(len(values["all"]), 5)
        self.assertEqual(values["last"], [["0", "100.25", "0.1"], ["1", "101.25", "5.0"]])
        self.assertEqual(values["mean"], [["0", "100.25", "0.1"], ["1", "101.25", "NaN"],
                                          ["2", "102.25", "4.0"]])

    def test_ends_of_lines_in_a_text(self):
        texts = ["a\rb", "a\nb", "a\r\nb", "\r"]
        with SummaryWriter(self.path("c")) as w:
            for step, text in enumerate(texts):
                w.add_text("t", text, step)
        out = run("export", self.path("c"), "--plugin", "text")[1]
        self.assertEqual([row[4] for row in csv.reader(io.StringIO(out, newline=""))][1:], texts)

    def test_other_plugins(self):
        for steps in "all", "last":
            found = {row[1]: row[4] for row in self.rows(
                "--plugin", "text", "--plugin", "hparams", "--plugin", "histograms", "--steps", steps)}
            std = float(found.pop("h:std"))
            self.assertEqual(found, {
                "note/text_summary": "a\tb\n|\u635f\\", "h:count": "4.0", "h:min": "1.0", "h:max": "6.0",
                "h:mean": "3.0", "hparams:lr": "0.5", "hparams:opt": "sgd", "hparams:nag": "true"})
            self.assertAlmostEqual(std ** 2, 3.5)
        code, _, err = run("export", self.log, "--plugin", "images")
        self.assertEqual(code, 2)
        self.assertIn("extract", err)

    def test_filters(self):
        self.assertEqual({row[1] for row in self.rows("--tag", "l*", "--tag", "score")}, {"loss", "score"})
        self.assertEqual({row[0] for row in self.rows("--run", "[a]")}, {"a"})
        self.assertEqual(run("export", self.log, "--tag", "none")[0], 1)
        self.assertEqual(run("export", self.log, "--tag", "none", "--steps", "last")[0], 1)

    def test_wide(self):
        code, out, err = run("export", self.log, "--wide", "--tag", "loss", "--tag", "x")
        self.assertEqual(code, 0)
        self.assertIn("--steps last", err)
        self.assertEqual(list(csv.reader(io.StringIO(out))), [
            ["run", "step", "wall_time", "loss", "x"], ["a", "0", "100.25", "0.1", ""],
            ["a", "1", "101.25", "5.0", ""], ["a", "7", "9.0", "", repr(1 / 3)]])
        out = run("export", self.log, "--wide", "--tag", "loss", "--steps", "all", "-q")[1]
        self.assertEqual([row[1:] for row in csv.reader(io.StringIO(out))][1:], [
            ["0", "100.25", "0.1"], ["1", "101.25", "NaN"], ["1", "101.25", "3.0"],
            ["1", "101.25", "5.0"], ["2", "102.25", "4.0"]])

    def test_wide_has_tags_named_as_the_columns_that_are_always_there(self):
        with SummaryWriter(self.path("c"), raw_tags=True) as w:
            for tag in "step", "run", "wall_time", "step (2)":
                w.add_scalar(tag, len(tag), 7, walltime=9)
        out = run("export", self.path("c"), "--wide", "--format", "jsonl")[1]
        self.assertEqual(json.loads(out), {"run": ".", "step": 7, "wall_time": 9, "step (2)": 4, "run (2)": 3,
                                           "wall_time (2)": 9, "step (2) (2)": 8})

    @unittest.skipUnless(os.name == "posix" and sys.platform != "darwin", "names of files are text here")
    def test_a_run_whose_name_is_no_utf_8(self):
        name = os.fsdecode(b"\xff")
        os.rename(os.path.join(self.log, "b"), os.path.join(self.log, name))
        if name not in os.listdir(self.log):            # a browser's Python makes text of it
            self.skipTest("names of files are text here")
        for form in "csv", "tsv", "json", "jsonl", "markdown":
            self.assertEqual(run("export", self.log, "-o", self.path(form), "--format", form)[0], 0)
            with open(self.path(form), encoding="utf-8") as f:
                self.assertIn("\\udcff", f.read())
        if sqlite3:
            self.assertEqual(run("export", self.log, "-o", self.path("x.db"))[0], 0)
            database = sqlite3.connect(self.path("x.db"))
            self.assertEqual(database.execute("SELECT run FROM scalars WHERE tag = 'score'").fetchall(), [("\\udcff",)])
            database.close()

    def test_json(self):
        rows = json.loads(run("export", self.log, "--format", "json")[1])
        self.assertEqual(rows[1], {"run": "a", "tag": "loss", "step": 1, "wall_time": 101.25, "value": "NaN"})
        lines = run("export", self.log, "--format", "jsonl", "--nan", "null")[1].splitlines()
        self.assertEqual([json.loads(line)["value"] for line in lines], [0.1, None, 3, 4, 5, 1 / 3, 2])

    def test_tsv_and_markdown(self):
        out = run("export", self.log, "--format", "tsv", "--plugin", "text")[1]
        self.assertEqual(out.split("\n")[:2], ["\t".join(NAMES), "a\tnote/text_summary\t3\t5.0\ta\\tb\\n|\u635f\\\\"])
        out = run("export", self.log, "--format", "markdown", "--plugin", "text")[1]
        self.assertEqual(len(out.splitlines()), 3)
        self.assertTrue(out.splitlines()[2].endswith("<br>\\|\u635f\\\\ |"), out)

    @unittest.skipUnless(sqlite3, "no sqlite3")
    def test_sqlite(self):
        target = self.path("x.db")
        self.assertEqual(run("export", self.log, "-o", target, "--plugin", "scalars", "--plugin", "hparams")[0], 0)
        database = sqlite3.connect(target)
        self.assertEqual(database.execute("SELECT sum(step), count(*), min(value) FROM scalars WHERE tag = 'loss'"
                                          ).fetchall(), [(5, 5, 0.1)])
        self.assertEqual(database.execute("SELECT value FROM hparams ORDER BY tag").fetchall(),
                         [(0.5,), (1,), ("sgd",)])
        database.close()
        self.assertEqual(os.listdir(self.directory).count("x.db"), 1)
        self.assertEqual(len([name for name in os.listdir(self.directory) if "x" in name]), 1)
        self.assertEqual(run("export", self.log, "--format", "sqlite")[0], 2)

    @unittest.skipUnless(sqlite3 and os.path.exists("/dev/full"), "no sqlite3, or no disk that is always full")
    def test_sqlite_on_a_full_disk(self):
        code, _, err = run("export", self.log, "-o", "/dev/full", "--format", "sqlite")
        self.assertEqual((code, err[:11]), (3, "/dev/full: "))

    def test_without_sqlite(self):
        with mock.patch.dict(sys.modules, sqlite3=None):
            code, _, err = run("export", self.log, "-o", self.path("y.db"))
        self.assertEqual(code, 2)
        self.assertIn("sqlite3", err)
        self.assertFalse(os.path.exists(self.path("y.db")))

    @unittest.skipUnless(sqlite3, "no sqlite3")
    def test_sqlite_takes_any_tag(self):
        with SummaryWriter(self.path("c"), raw_tags=True) as w:
            for tag in 'say "a"', "Loss", "loss", "run", "LOSS (2)", "; DROP TABLE wide":
                w.add_scalar(tag, 1, 0)
        self.assertEqual(run("export", self.path("c"), "--wide", "-o", self.path("c.db"))[0], 0)
        database = sqlite3.connect(self.path("c.db"))
        names = [row[1] for row in database.execute("PRAGMA table_info(wide)")]
        self.assertEqual(names, ["run", "step", "wall_time", 'say "a"', "Loss", "loss (2)", "run (2)",
                                 "LOSS (2) (2)", "; DROP TABLE wide"])
        database.close()

    def test_files(self):
        target = self.path("x.tsv")
        code, out, err = run("export", self.log, "-o", target, "--dry-run")
        self.assertEqual((code, out, err), (0, "", target + ": would be 7 rows\n"))
        self.assertFalse(os.path.exists(target))
        self.assertEqual(run("export", self.log, "-o", target)[0], 0)
        with open(target, encoding="utf-8") as f:
            self.assertEqual(f.readline(), "\t".join(NAMES) + "\n")
        self.assertEqual(run("export", self.log, "-o", target)[0], 2)
        self.assertEqual(run("export", self.log, "-o", target, "--force")[0], 0)
        source, = event_files(os.path.join(self.log, "a"))
        before = os.path.getsize(source)
        self.assertEqual(run("export", self.log, "-o", source, "--force")[0], 2)
        self.assertEqual(os.path.getsize(source), before)

    def test_damage(self):
        source, = event_files(os.path.join(self.log, "a"))
        with open(source, "r+b") as f:
            f.seek(60)
            f.write(b"\xff")
        code, out, err = run("export", self.log)
        self.assertEqual(code, 1)
        self.assertIn("damaged", err)
        self.assertGreater(out.count("\n"), 5)
        self.assertEqual(run("export", self.log, "--steps", "last")[0], 1)

    def test_a_value_that_makes_no_sense(self):
        from tbx_pure.messages import EVENT
        from tbx_pure.record import frame
        with open(self.path("tfevents"), "wb") as f:
            f.write(frame(EVENT.encode({"summary": {"value": [
                {"tag": "t", "tensor": {"dtype": "DT_STRING"},
                 "metadata": {"plugin_data": {"plugin_name": "histograms"}}}, {"tag": "u", "simple_value": 1.0}]}})))
        for steps in "all", "last":
            code, out, err = run("export", self.path("tfevents"), "--plugin", "histograms", "--plugin", "scalars",
                                 "--steps", steps)
            self.assertEqual((code, out.count("\n")), (1, 2))
            self.assertIn("t, step 0 is left out", err)

    def test_what_is_not_there(self):
        missing(self, "export", "-o", self.path("never.json"))

    def test_standard_input(self):
        with open(event_files(os.path.join(self.log, "a"))[0], "rb") as f:
            out = subprocess.check_output([sys.executable, "-W", "error", "-m", PACKAGE_NAME, "export", "-"],
                                          stdin=f, cwd=ROOT)
        self.assertEqual(len(out.splitlines()), 7)

    def test_in_every_terminal(self):
        for form in "csv", "tsv", "json", "jsonl", "markdown":
            for out, encoding, _ in in_every_terminal("export", self.log, "--plugin", "text", "--format", form):
                if encoding == "utf-8":
                    self.assertIn("\u635f", out)
                if form == "jsonl":
                    self.assertEqual(json.loads(out)["value"], "a\tb\n|\u635f\\")

    def test_means_of_buckets(self):
        value = histograms.histogram("h", [1, 2, 3, 4], "auto", None, None)["value"][0]
        exact = export.histogram_numbers(value)
        about = export.histogram_numbers(histograms.as_tensor(value))
        self.assertEqual((exact["mean"], exact["count"]), (2.5, 4))
        self.assertEqual([about[name] for name in ("count", "min", "max")], [4, 1, 4])
        self.assertLess(abs(about["mean"] - 2.5), 0.5)
        none = export.histogram_numbers({"histo": {}})
        self.assertTrue(math.isnan(none["mean"]) and math.isnan(none["std"]))

    def test_metadata_of_the_first_value_holds_for_all(self):
        tensor = {"dtype": "DT_FLOAT", "float_val": [2.5]}
        about = {"plugin_data": {"plugin_name": "scalars"}}
        events = [{"summary": {"value": [{"tag": "x", "tensor": tensor, "metadata": about}]}},
                  {"step": 1, "summary": {"value": [{"tag": "x", "tensor": tensor}]}}]
        self.assertEqual([(plugin, row.step, row.value) for plugin, row in
                          export.stream(".", events, lambda tag, plugin: True)],
                         [("scalars", 0, 2.5), ("scalars", 1, 2.5)])

    def test_the_newest_wall_time_of_a_wide_row(self):
        found = [export.Points("scalars", tag, [1], [moment], [0.0]) for tag, moment in (("a", 5.0), ("b", 3.0))]
        self.assertEqual(list(export.wide(".", found)), [(1, 5.0, {"a": 0.0, "b": 0.0})])

    @unittest.skipIf(PYPY, "it does not tell how much memory it takes")
    def test_memory_does_not_grow(self):
        import tracemalloc
        sizes = []
        for count in 500, 4000:
            events = ({"step": i, "summary": {"value": [{"tag": "x", "simple_value": float(i)}]}}
                      for i in range(count))
            tracemalloc.start()
            for _ in export.stream(".", events, lambda tag, plugin: True):
                pass
            sizes.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        self.assertLess(sizes[1] - sizes[0], 8 * 3500)          # not a number each; to 3.10 frames are kept


if __name__ == "__main__":
    unittest.main()
