"""The README says what is so: its examples run, its commands, methods and links exist."""
import inspect
import os
import re
import subprocess
import sys
import unittest

from tbx_pure import SummaryWriter, read
from tbx_pure.commands import COMMANDS

from .commands import run
from .helpers import PACKAGE_NAME, ROOT, InDirectory, events

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.M | re.S)


def readme():
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as f:
        return f.read()


class TestReadme(InDirectory):

    def blocks(self, language):
        found = [body for name, body in BLOCK.findall(readme()) if name == language]
        self.assertTrue(found)
        return found

    def test_python_runs(self):
        for body in self.blocks("python"):
            subprocess.check_call([sys.executable, "-W", "error", "-c", body], cwd=self.directory,
                                  env=dict(os.environ, PYTHONPATH=ROOT))
        steps = [event.get("step", 0) for event in events(self.path("runs", "first"))[1:]]
        self.assertEqual(steps, list(range(100)) + [99, 0])

    def test_six_lines(self):
        body = self.blocks("python")[0]
        self.assertEqual(len([line for line in body.splitlines() if line]), 6)

    def test_reading(self):
        section = readme().partition("## Reading it back")[2].partition("\n## ")[0]
        rows = re.findall(r"`run\.(\w+)\((.*?)\)`", section)
        self.assertEqual(sorted(name for name, _ in rows), sorted(
            name for name, x in vars(read.Run).items() if not name.startswith("_") and callable(x)
            and name != "scalar_columns"))
        for name, arguments in rows:
            for argument in filter(None, arguments.split(", ")):
                self.assertIn(argument.partition("=")[0],
                              inspect.signature(getattr(read.Run, name)).parameters)
        self.assertEqual(re.findall(r"^\| `(\w+)\(\w+\)` \|", section, re.M),
                         ["events", "follow", "Runs", "Run"])
        for name in "events", "follow", "Runs", "Run":
            self.assertTrue(callable(getattr(read, name)))

    def test_commands_exist(self):
        named = re.findall(r"python3 -m %s (\w+)" % PACKAGE_NAME, readme())
        self.assertLessEqual(set(named), set(COMMANDS))
        self.assertIn("python3 -m unittest  ", readme())

    def test_commands(self):
        """The README's table, the usage and each command's help name the same, in one order."""
        section = readme().partition("## From the command line")[2].partition("\n## ")[0]
        self.assertIn("| `python3 -m %s` | does |" % PACKAGE_NAME, section)
        self.assertEqual(re.findall(r"^\| `(\w+)` \|", section, re.M), list(COMMANDS))
        usage = run("--help")[1]
        self.assertEqual(re.findall(r"^  (\w+) +\S", usage, re.M), list(COMMANDS))
        for row in re.findall(r"^\| `(\w+)` \|(.*)", section, re.M):
            told = run(row[0], "--help")[1]
            for option in re.findall(r"`(-[\w-]+)", row[1]):
                self.assertIn(option, told)

    def test_methods(self):
        rows = re.findall(r"`(add_\w+)\((.*?)\)`", readme())
        self.assertEqual({name for name, _ in rows},
                         {name for name in dir(SummaryWriter) if name.startswith("add_")})
        for name, arguments in rows:
            for argument in arguments.split(", "):
                argument, _, default = argument.partition("=")
                parameter = inspect.signature(getattr(SummaryWriter, name)).parameters[argument]
                if default:
                    self.assertEqual(repr(parameter.default).replace("'", '"'), default)

    def test_links(self):
        for link in re.findall(r"\]\(([^)]+)\)", readme()):
            path, _, anchor = link.partition("#")
            if "://" not in link:
                self.assertTrue(os.path.exists(os.path.join(ROOT, path)), link)
            if anchor and not path:
                self.assertIn(anchor, [head.lower().replace(" ", "-")
                                       for head in re.findall(r"^## (.*)", readme(), re.M)])

    def test_pythons(self):
        with open(os.path.join(ROOT, "pyproject.toml"), encoding="utf-8") as f:
            self.assertIn('requires-python = ">=3.6"', f.read())
        self.assertIn("3.6 or later", readme())


if __name__ == "__main__":
    unittest.main()
