"""diff: what two runs differ in, and what counts as the same."""
import csv
import io
import json
import math
import os
import unittest
import warnings

from tbx_pure import SummaryWriter
from tbx_pure.read import Run
from tbx_pure.read.differences import Comparison
from tbx_pure.tensor import Tensor

from .helpers import InDirectory, event_files
from .in_terminal import in_every_terminal
from .test_commands import run


def everything(tag, plugin):
    return True


class TestSame(unittest.TestCase):

    def test_numbers(self):
        same = Comparison({}, {}, everything).same
        exact = Comparison({}, {}, everything, 0.1).same
        relative = Comparison({}, {}, everything, 0.0, 0.1).same
        nan, inf = math.nan, math.inf
        for x, y, expected in ((1.0, 1.0, "111"), (nan, nan, "111"), (inf, inf, "111"), (inf, -inf, "000"),
                               (nan, 1.0, "000"), (inf, 1e300, "000"), (1.0, 1.05, "011"), (100.0, 105.0, "001"),
                               (0.0, 0.05, "010"), (1, True, "111"), (1.0, "1", "000")):
            self.assertEqual("".join(str(int(f(x, y))) for f in (same, exact, relative)), expected, (x, y))
            self.assertEqual(same(x, y), same(y, x))

    def test_others(self):
        same = Comparison({}, {}, everything, 0.1).same
        self.assertTrue(same({"a": [1.0, (2.0,)]}, {"a": [1.05, [2.0]]}))
        self.assertFalse(same({"a": 1}, {"b": 1}))
        self.assertFalse(same([1], [1, 1]))
        self.assertFalse(same("a", "b"))
        self.assertTrue(same(Tensor("float32", (2,), (1.0, 2.0)), Tensor("float32", (2,), [1.0, 2.05])))
        self.assertFalse(same(Tensor("float32", (2,), (1, 2)), Tensor("float64", (2,), (1, 2))))


class TestDiff(InDirectory):

    def setUp(self):
        InDirectory.setUp(self)
        self.a, self.b = self.path("a"), self.path("b")
        for name, path in (("a", self.a), ("b", self.b)):
            with SummaryWriter(path) as w, warnings.catch_warnings():
                warnings.simplefilter("ignore")
                for step in 0, 1, 2, 2:
                    w.add_scalar("loss", step + (0.5 if name == "b" and step else 0), step)
                w.add_scalar("same", 1, 1)
                w.add_scalar("only_" + name, 1, 1)
                w.add_text("note", "\u635f " + name, 3)
                w.add_image("pic", [[0.5 if name == "a" else 0.2]], 1, dataformats="HW")
                w.add_histogram("h", [1, 2, 3 + (name == "b")], 1)
                w.add_hparams({"lr": 0.1 if name == "a" else 0.2, "x" + name: 1, "n": 3}, {}, name=".")
            SummaryWriter(os.path.join(path, "run_" + name)).add_scalar("x", 1, 1)

    def rows(self, *arguments):
        out = run("diff", self.a, self.b, "--format", "csv", *arguments)[1]
        return list(csv.reader(io.StringIO(out)))[1:]

    def test_rows(self):
        rows = [row for row in self.rows() if row[1] != "histograms"]
        self.assertEqual(rows, [
            [".", "hparams", "lr", "", "differs", "0.1", "0.2"],
            [".", "hparams", "xa", "", "only in A", "1.0", ""],
            [".", "hparams", "xb", "", "only in B", "", "1.0"]] + [rows[3]] + [
            [".", "scalars", "loss", "1", "differs", "1.0", "1.5"],
            [".", "scalars", "loss", "2", "differs", "2.0", "2.5"],
            [".", "scalars", "loss", "2", "differs", "2.0", "2.5"],
            [".", "scalars", "only_a", "", "only in A", "1", ""],
            [".", "scalars", "only_b", "", "only in B", "", "1"],
            [".", "text", "note/text_summary", "3", "differs", '["\\u635f a"]', '["\\u635f b"]'],
            ["run_a", "", "", "", "only in A", "", ""], ["run_b", "", "", "", "only in B", "", ""]])
        self.assertEqual(rows[3][:5], [".", "images", "pic", "1", "differs"])

    def test_account(self):
        code, out, err = run("diff", self.a, self.b)
        self.assertEqual((code, err), (1, ""))
        self.assertIn("differs    loss               scalars, 3 points, first at step 1: 1.0 -> 1.5, "
                      "by 0.5 at most, at step 2\n", out)
        self.assertIn("only in A  run_a              a run\n", out)
        self.assertIn("a histogram of 3 values in", out)
        self.assertIn("10 points of 5 tags in 1 run on both sides; 13 differences\n", out)
        self.assertNotIn("\n  step 2:", out)
        self.assertEqual(run("diff", self.a, self.b, "--full")[1].count("\n  step 2: 2.0 -> 2.5"), 2)
        self.assertIn("\x1b[31mdiffers  \x1b[0m", run("diff", self.a, self.b, "--color", "always")[1])

    def test_the_same(self):
        for arguments in ((self.a, self.a), (self.b, self.b, "--full")):
            code, out, err = run("diff", *arguments)
            self.assertEqual((code, err), (0, ""))
            self.assertIn("no difference", out)
        self.assertEqual(run("diff", self.a, self.b, "--tag", "same")[0], 0)
        self.assertEqual(run("diff", self.a, self.a, "--format", "jsonl")[:2], (0, ""))

    def test_tolerance(self):
        for tolerance in (("--tolerance", "0.5"), ("--relative", "0.34"), ("--tolerance", "0.2", "--relative", "0.2")):
            self.assertEqual(self.rows("--tag", "loss", *tolerance), [])
        self.assertEqual(len(self.rows("--tag", "loss", "--tolerance", "0.4")), 3)
        self.assertEqual(len(self.rows("--tag", "loss", "--relative", "0.2")), 1)
        self.assertEqual(run("diff", self.a, self.b, "--tolerance", "-1")[0], 2)

    def test_filters(self):
        self.assertEqual({row[1] for row in self.rows("--plugin", "text", "--run", ".")}, {"text"})
        self.assertEqual({row[2] for row in self.rows("--tag", "only*", "--run", ".")}, {"only_a", "only_b"})

    def test_a_point_more(self):
        with SummaryWriter(self.a) as w:
            w.add_scalar("loss", 9, 9)
        found = [each for each in Comparison({".": Run(self.a)}, {".": Run(self.b)}, everything)
                 if each.tag == "loss"]
        self.assertEqual(found[-1], (".", "scalars", "loss", 9, "only in A", 9.0, None))
        self.assertIn("9.0, not in B", run("diff", self.a, self.b, "--full")[1])

    def test_what_is_not_there(self):
        code, out, err = run("diff", self.a, self.path("nowhere"))
        self.assertEqual((code, out), (3, ""))
        self.assertIn("nowhere: No such file or directory", err)
        os.makedirs(self.path("empty"))
        self.assertEqual(run("diff", self.path("empty"), self.a)[0], 1)
        self.assertEqual(run("diff", self.a)[0], 2)

    def test_damage(self):
        file = event_files(self.a)[0]
        with open(file, "r+b") as f:
            f.seek(60)
            f.write(b"\xff")
        code, _, err = run("diff", self.a, self.a)
        self.assertEqual(code, 1)
        self.assertIn("damaged", err)

    def test_in_every_terminal(self):
        for out, encoding, _ in in_every_terminal("diff", self.a, self.b):
            self.assertIn("\u635f a" if encoding == "utf-8" else "\\u635f a", out)
        for out, encoding, _ in in_every_terminal("diff", self.a, self.b, "--format", "jsonl", "--plugin", "text"):
            self.assertEqual(json.loads(out.splitlines()[0])["a"], ["\u635f a"])


if __name__ == "__main__":
    unittest.main()
