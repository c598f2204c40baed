"""python3 -m tbx_pure spec: the rules as the pages have them, in a copy of any name too."""
import io
import os
import re
import shutil
import unittest
import zipfile
from contextlib import redirect_stderr, redirect_stdout

from tbx_pure.commands import cli

from . import rules_text
from .helpers import PACKAGE, InDirectory, python
from .test_spec import RULES, VECTORS


def spec(*arguments):
    """Return (exit code, standard output, standard error)."""
    out, complaint = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(complaint):
        code = cli.main(["spec"] + list(arguments))
    return code, out.getvalue(), complaint.getvalue()


class TestData(unittest.TestCase):
    def test_it_is_made_from_the_pages(self):
        with open(os.path.join(PACKAGE, "commands", "rules.txt"), encoding="utf-8", newline="") as f:
            self.assertEqual(f.read(), rules_text.text(), "make it anew: tests/rules_text.py tells how")

    def test_every_rule_says_what_tries_it(self):
        blocks = rules_text.text().rstrip("\n").split("\n\n")[1:]
        self.assertEqual({block.split()[0] for block in blocks}, set(RULES))
        for block in blocks:
            self.assertRegex(block, r"\n    (vectors of \w+\.json: |no vectors: )")
            self.assertNotIn("](", block)


class TestCommand(InDirectory):
    def test_a_rule(self):
        code, out, complaint = spec("record-3")
        self.assertEqual((code, complaint), (0, ""))
        lines = out.splitlines()
        self.assertEqual(lines[0], "record-3   spec/1-records.md")
        words = " ".join(out.split())
        self.assertIn("A reader MUST check data_crc before it uses data", words)
        named = re.search(r"vectors of records\.json: (.*)", words).group(1).split()
        self.assertIn("record-bad-data", named)
        for name in named:
            self.assertIn("record-3", VECTORS[name]["rules"])

    def test_all_of_a_page(self):
        for name, family, count in (("record", "record", 8), ("1-records.md", "record", 8),
                                    ("pr_curves", "pr-curves", 6), ("PR-curves", "pr-curves", 6)):
            code, out, _ = spec(name)
            self.assertEqual(code, 0)
            self.assertEqual([block.split()[0] for block in out.split("\n\n")],
                             ["%s-%d" % (family, n + 1) for n in range(count)])

    def test_which_there_are(self):
        code, out, _ = spec()
        self.assertEqual(code, 0)
        found = re.findall(r"^(\S+) +1 to (\d+) ", out, re.M)
        self.assertEqual({"%s-%d" % (family, n + 1) for family, count in found
                          for n in range(int(count))}, set(RULES))
        self.assertEqual(len(found), len(out.splitlines()))

    def test_no_rule(self):
        code, out, complaint = spec("recrod-3")
        self.assertEqual((code, out), (2, ""))
        self.assertTrue(complaint.startswith("no rule 'recrod-3': did you mean record-3 or "), complaint)
        code, out, complaint = spec("xyzzy")
        self.assertEqual((code, out, complaint), (
            2, "", "no rule 'xyzzy': call it without RULE to see which there are\n"))
        self.assertEqual(spec("3-record")[0], 2)
        self.assertEqual(spec("")[0], 2)

    def test_in_a_zipped_copy_of_another_name(self):
        shutil.copytree(PACKAGE, self.path("logs"), ignore=shutil.ignore_patterns("__pycache__"))
        with zipfile.ZipFile(self.path("all.zip"), "w") as z:
            for folder, _, names in os.walk(self.path("logs")):
                for name in names:
                    path = os.path.join(folder, name)
                    z.write(path, os.path.relpath(path, self.directory))
        shutil.rmtree(self.path("logs"))
        code = "import sys; sys.path.insert(0, 'all.zip'); from logs.commands.cli import main; main(['spec', 'wire-5'])"
        for flags in (("-I", "-S"), ("-OO",)):
            out = python(*flags + ("-c", code), cwd=self.directory)
            self.assertEqual(out, spec("wire-5")[1])


if __name__ == "__main__":
    unittest.main()
