"""The tree: its top level is what was agreed, and CI runs all of these tests."""
import glob
import os
import re
import subprocess
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


class Tree(unittest.TestCase):
    def test_top_level(self):
        names = subprocess.run(["git", "ls-tree", "--name-only", "HEAD"], cwd=ROOT, check=True,
                               stdout=subprocess.PIPE).stdout.decode().split()
        self.assertEqual([name for name in names if not name.startswith(".")],
                         ["README.md", "pyproject.toml", "spec", "tbx_pure", "tests"])

    def test_ci_runs_every_module_of_this_folder(self):
        with open(os.path.join(ROOT, ".ci", "run")) as file:
            lines = file.read().replace("\\\n", " ").splitlines()
        run = {name for line in lines if re.match("(conform|pair|stage) ", line)
               for name in re.findall(r"\w+", line)}
        for path in sorted(glob.glob(os.path.join(HERE, "*.py"))):
            with open(path) as file:
                if "    def test_" in file.read():
                    self.assertIn(os.path.basename(path)[:-3], run)
