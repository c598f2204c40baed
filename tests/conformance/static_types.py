"""Types: mypy finds nothing to say of the package, and a user's code is checked against it."""
import os
import subprocess
import sys
import sysconfig
import tempfile
import textwrap
import unittest
import zipfile

from tests.conformance.packaging import PACKAGE, ROOT, build

USER = '''
import array
from pathlib import Path

from tbx_pure import Error, FormatError, InputError, SummaryWriter


def train(logdir: Path) -> str:
    with SummaryWriter(logdir, filename_suffix=".x") as writer:
        writer.add_scalar("loss", 0.5, 1, display_name="Loss")
        writer.add_scalars("main", {"a": 1, "b": 2.0}, 1)
        writer.add_text("note", "*hi*", walltime=1.0)
        writer.add_histogram("weights", array.array("d", [1, 2]), 1, bins="auto", max_bins=9)
        writer.add_histogram_raw("raw", 0, 2, 2, 2, 2, [1, 2], [1, 1])
        writer.add_image("picture", [[0.0, 1.0]], dataformats="HW")
        writer.add_images("pictures", [[[[0.0, 1.0]]]])
        writer.flush(sync=True)
        reveal_type(writer)
    try:
        writer.add_scalar("loss", [])
    except InputError as e:
        return e.argument
    except (FormatError, Error):
        pass
    return str(writer.logdir)
'''
MISUSE = {
    'writer.add_scalar(1, 0.5)':                  'incompatible type "int"; expected "str"',
    'writer.add_scalar("loss", 0.5, wall=1)':     'Unexpected keyword argument "wall"',
    'x: int = writer.add_text("a", "b")':         'does not return a value',
    'writer.add_pie_chart("a", 1)':               'has no attribute "add_pie_chart"',
}


def mypy(*arguments, cwd=ROOT):
    """Return (exit code, what mypy printed)."""
    with tempfile.TemporaryDirectory() as cache:
        command = [sys.executable, "-m", "mypy", "--cache-dir", cache] + list(arguments)
        done = subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout.decode()


class Package(unittest.TestCase):
    def test_package(self):
        code, said = mypy()
        self.assertEqual(code, 0, said)
        self.assertRegex(said, r"no issues found in \d\d+ source files")


class User(unittest.TestCase):
    """A strictly checked file of somebody who has installed the wheel."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        venv = os.path.join(self.folder, "venv")
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
        self.python = os.path.join(venv, "bin", "python")
        self.site = sysconfig.get_path("purelib", "venv", {"base": venv})
        with zipfile.ZipFile(build(self.folder)[0]) as wheel:
            wheel.extractall(self.site)

    def check(self, code):
        path = os.path.join(self.folder, "user.py")
        with open(path, "w") as file:
            file.write(code)
        return mypy("--strict", "--python-executable", self.python, "user.py", cwd=self.folder)

    def test_use(self):
        code, said = self.check(USER)
        self.assertEqual(code, 0, said)
        self.assertIn('Revealed type is "%s.compat.writer.SummaryWriter"' % PACKAGE, said)

    def test_misuse(self):
        for line, error in MISUSE.items():
            with self.subTest(line):
                code, said = self.check(USER + textwrap.dedent("""
                    def misuse(writer: SummaryWriter) -> None:
                        %s
                    """) % line)
                self.assertEqual((code, error in said), (1, True), said)

    def test_it_is_py_typed_that_does_it(self):
        os.remove(os.path.join(self.site, PACKAGE, "py.typed"))
        code, said = self.check(USER)
        self.assertEqual((code, "py.typed" in said), (1, True), said)
