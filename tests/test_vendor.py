"""A copy works under another name, deep in another package, from a zip, with nothing but Python."""
import os
import shutil
import unittest
import zipfile

from .helpers import PACKAGE, PACKAGE_NAME, ROOT, InDirectory, event_files, python, summaries

SCRIPT = """
import sys, tempfile
if {path!r}: sys.path.insert(0, {path!r})
import {name} as tbx
with tbx.SummaryWriter({run!r}) as w:
    w.add_scalar("x", 1, 1)
    w.add_scalars("y", {{"a": 1}}, 1)
    w.add_text("t", "hi", 1)
    w.add_histogram("h", [1, 2, 3], 1)
    w.add_image("i", [[0.5]], 1, dataformats="HW")
    try: w.add_scalar("x", None)
    except tbx.InputError: pass
others = [m for m in sys.modules if m.split(".")[0] == "tbx_pure"] if {name!r} != "tbx_pure" else []
assert not others, others
"""

# What importing the package must not bring in: slow, large, or not there everywhere.
HEAVY = ("http argparse json typing numpy torch socket ssl subprocess logging multiprocessing queue ctypes "
         "tempfile random decimal fractions dataclasses inspect email urllib asyncio unittest").split()


class TestVendor(InDirectory):

    def setUp(self):
        InDirectory.setUp(self)
        os.makedirs(self.path("host", "_vendor"))
        for folder in ("host", os.path.join("host", "_vendor")):
            with open(self.path(folder, "__init__.py"), "w"):
                pass
        shutil.copytree(PACKAGE, self.path("host", "_vendor", "logs"),
                        ignore=shutil.ignore_patterns("__pycache__"))

    def check(self, path, name, *flags):
        run = self.path("run")
        python(*(flags + ("-c", SCRIPT.format(path=path, name=name, run=run))), cwd=self.directory)
        main, = [file for file in event_files(run) if os.path.dirname(file) == run]
        self.assertEqual([value["tag"] for _, value in summaries(main)], ["x", "t/text_summary", "h", "i"])
        shutil.rmtree(run)

    def zipped(self):
        path = self.path("all.zip")
        with zipfile.ZipFile(path, "w") as z:
            for folder, _, names in os.walk(self.path("host")):
                for name in names:
                    full = os.path.join(folder, name)
                    z.write(full, os.path.relpath(full, self.directory))
        return path

    def test_bare(self):
        for flags in ((), ("-S",), ("-E",), ("-I",), ("-S", "-E", "-I", "-B", "-OO")):
            with self.subTest(flags):
                self.check(ROOT, PACKAGE_NAME, *flags)

    def test_renamed(self):
        self.check(self.directory, "host._vendor.logs")
        self.check(self.directory, "host._vendor.logs", "-S", "-E", "-I")

    def test_zipped(self):
        self.check(self.zipped(), "host._vendor.logs", "-S", "-E", "-I")

    def test_commands_of_a_renamed_copy(self):
        out = python("-m", "host._vendor.logs", "--help", cwd=self.directory)
        self.assertIn("python3 -m host._vendor.logs COMMAND", out)
        out = python("-m", "host._vendor.logs", "cat", "--help", cwd=self.directory)
        self.assertIn("python3 -m host._vendor.logs cat", out)
        self.assertNotIn("tbx_pure", out)

    def test_data_from_a_zip(self):
        code = ("import sys; sys.path.insert(0, sys.argv[1]);"
                "from host._vendor.logs.demo.digits import load; print(sum(map(len, load())))")
        self.assertGreaterEqual(int(python("-S", "-c", code, self.zipped())), 600)


class TestImport(unittest.TestCase):

    def test_light(self):
        code = ("import sys; sys.path.insert(0, %r); before = set(sys.modules); import %s;"
                "print(*(set(sys.modules) - before))" % (ROOT, PACKAGE_NAME))
        added = {name.split(".")[0] for name in python("-I", "-S", "-c", code).split()}
        self.assertEqual(added & set(HEAVY), set())
        self.assertIn(PACKAGE_NAME, added)

    def test_wings_are_not_imported(self):
        code = "import sys, %s as p; print(*sys.modules)" % PACKAGE_NAME
        loaded = python("-c", code).split()
        for wing in ("read", "commands", "demo"):
            self.assertNotIn("%s.%s" % (PACKAGE_NAME, wing), loaded)

    def test_no_thread(self):
        code = ("import %s as p, threading, tempfile; w = p.SummaryWriter(tempfile.mkdtemp());"
                "w.add_scalar('x', 1); print(threading.active_count())" % PACKAGE_NAME)
        self.assertEqual(python("-c", code).strip(), "1")


if __name__ == "__main__":
    unittest.main()
