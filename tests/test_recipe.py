"""The README's plugin in one file works as it stands there."""
import os
import re
import shutil
import unittest

from .helpers import PACKAGE, PACKAGE_NAME, InDirectory, python
from .test_docs import BLOCK, readme
from .test_layers import MAX_SPINE, PATHS, SPINE, code_lines

USE = """
from {0} import InputError, SummaryWriter
from {0}.commands import cat
from {0}.read import Run, events
with SummaryWriter("run") as writer:
    for step in range(3):
        writer.add_interval("acc", 0.5, 0.75, 1, step)
    try:
        writer.add_interval("acc", 1, 0, 2)
    except InputError as e:
        print(e)
series = Run("run").series("interval", "acc")
print(list(series.steps), list(series.values))
print(Run("run").tags()["interval"])
print(cat.lines(list(events("run"))[-1])[0])
"""


class TestRecipe(InDirectory):

    def test_it_works(self):
        copy = self.path(PACKAGE_NAME)
        shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
        file, row, method = [body for language, body in BLOCK.findall(readme()) if language == "py"]
        with open(os.path.join(copy, "plugins", "interval.py"), "w", encoding="utf-8") as f:
            f.write(file)
        self.insert(os.path.join(copy, "plugins", "__init__.py"), r"PLUGINS = \(\n(?:    .*\n)*()\)", row)
        self.insert(os.path.join(copy, "wings.py"), r"\n\n()    def add_", method + "\n")
        lines = python("-c", USE.format(PACKAGE_NAME), cwd=self.directory).splitlines()
        self.assertEqual(lines[:3], [
            "add_interval('acc'): middle: need a number from low to high, got 0",
            "[0, 1, 2] [(0.5, 0.75, 1.0), (0.5, 0.75, 1.0), (0.5, 0.75, 1.0)]",
            "['acc']"])
        self.assertTrue(lines[3].endswith("step 2       acc  interval  0.75, 0.5 to 1"), lines[3])

    def insert(self, path, place, text):
        """Insert text at the empty group of a pattern."""
        with open(path, encoding="utf-8") as f:
            whole = f.read()
        at = re.search(place, whole).start(1)
        with open(path, "w", encoding="utf-8") as f:
            f.write(whole[:at] + text + whole[at:])

    def test_it_is_short(self):
        file, row, method = [body for language, body in BLOCK.findall(readme()) if language == "py"]
        self.assertLess(len(file.splitlines()), 30)
        self.assertEqual((len(row.splitlines()), len(method.splitlines())), (1, 4))
        self.assertLess(sum(code_lines(PATHS[module]) for module in SPINE), MAX_SPINE)      # there is room for the row


if __name__ == "__main__":
    unittest.main()
