"""spec/deviations.md: each row names a test that exists, and an id of its own."""
import importlib
import json
import os
import re
import unittest

from .helpers import ROOT

ROW = re.compile(r"^\| ([a-z0-9-]+) \|.*\| (test_\w+)\.(\w+)\.(\w+) \|$", re.M)


def page():
    with open(os.path.join(ROOT, "spec", "deviations.md"), encoding="utf-8") as f:
        return f.read()


class TestDeviations(unittest.TestCase):

    def test_every_row_has_a_test(self):
        rows = ROW.findall(page())
        self.assertGreater(len(rows), 40)
        for name, module, case, test in rows:
            with self.subTest(name):
                found = getattr(importlib.import_module("." + module, __package__), case)
                self.assertTrue(callable(getattr(found, test)))

    def test_rows_of_tables_are_all_seen(self):
        body = page().split("## By keyword")[0]
        rows = [line for line in body.splitlines() if line.startswith("| ")
                and not line.startswith(("| id ", "| --- "))]
        self.assertEqual(len(rows), len(ROW.findall(page())))

    def test_ids_are_unique(self):
        names = [row[0] for row in ROW.findall(page())]
        self.assertEqual(len(names), len(set(names)))

    def test_every_row_has_vectors_or_says_why_not(self):
        with open(os.path.join(ROOT, "spec", "vectors", "api.json"), encoding="utf-8") as f:
            cases = json.load(f)["cases"]
        cited = {case["deviation"] for case in cases if "deviation" in case}
        names = {row[0] for row in ROW.findall(page())}
        self.assertEqual(cited - names, set())
        section = page().split("## Rows without a vector")[1].split("## What")[0]
        elsewhere, without = [dict(re.findall(r"^\| ([^|]*?) \| ([^|]*?) \|$", table, re.M)[2:])
                              for table in re.findall(r"(?:^\|.*\n)+", section, re.M)]
        for ids in elsewhere.values():
            self.assertEqual(set(ids.split(", ")) - {case["id"] for case in cases}, set())
        excused = {name for row in without for name in row.split(", ")}
        shown = cited | set(elsewhere)
        self.assertEqual((names - shown - excused, excused & shown, excused - names),
                         (set(), set(), set()))


if __name__ == "__main__":
    unittest.main()
