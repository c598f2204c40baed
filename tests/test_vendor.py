"""A copy works under another name, deep in another package, from a zip, with nothing but Python."""
import os
import shutil
import unittest
import zipfile
from unittest import mock

import tbx_pure
from tbx_pure.commands import vendor

from .helpers import PACKAGE, PACKAGE_NAME, ROOT, InDirectory, event_files, python, summaries
from .test_commands import run
from .test_layers import PATHS, SPINE, TOP, WINGS

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


def tree(directory):
    """Return {path: bytes} of all files below a directory, but for what Python compiled."""
    found = {}
    for folder, _, names in os.walk(directory):
        for name in names if not folder.endswith("__pycache__") else ():
            path = os.path.join(folder, name)
            with open(path, "rb") as f:
                found[os.path.relpath(path, directory).replace(os.sep, "/")] = f.read()
    return found


CORE = """
with {name}.SummaryWriter("run") as w:
    w.add_scalar("x", 1, 1)
    w.add_scalars("y", {{"a": 1}}, 1)
    w.add_text("t", "hi", 1)
    w.add_histogram("h", [1, 2, 3], 1)
    w.add_image("i", [[0.5]], 1, dataformats="HW")
"""
LACKING = """
import {name}
writer = {name}.SummaryWriter("run")
for need in (lambda: writer.add_mesh("m", []), lambda: writer.add_audio("a", [0]), lambda: writer.add_graph([]),
             lambda: writer.add_table("t", [[1]]), {name}.install, lambda: __import__("{name}.read"),
             lambda: __import__("{name}.metrics"), lambda: __import__("{name}.commands.cli")):
    try:
        need()
    except ImportError as e:
        assert "is not in this minimal copy of tbx_pure" in str(e), e
        assert "-m tbx_pure vendor DEST" in str(e), e
    else:
        raise AssertionError("nothing is missing")
writer.close()
"""


class TestCommand(InDirectory):
    """python3 -m tbx_pure vendor"""

    def vendor(self, *arguments):
        code, out, err = run("vendor", *arguments)
        self.assertEqual((code, err), (0, ""))
        return out

    def refused(self, text, *arguments):
        before = tree(self.directory)
        code, out, err = run("vendor", *arguments)
        self.assertEqual((code, out), (2, ""))
        self.assertIn(text, err)
        self.assertEqual(tree(self.directory), before)

    def writes(self, name, path):
        """Check that a copy writes what can be read, with nothing but Python."""
        for flags in ("-S", "-E", "-I"), ("-B", "-OO"):
            code = "import sys; sys.path.insert(0, %r); import %s\n" % (path, name)
            python(*(flags + ("-c", code + CORE.format(name=name))), cwd=self.directory)
            main, = [file for file in event_files(self.path("run"))
                     if os.path.dirname(file) == self.path("run")]
            self.assertEqual([value["tag"] for _, value in summaries(main)],
                             ["x", "t/text_summary", "h", "i"])
            shutil.rmtree(self.path("run"))

    def test_folder(self):
        out = self.vendor(self.path("deep", "lib"), "--name", "event_log")
        copy = tree(self.path("deep", "lib", "event_log"))
        stamp = copy.pop("VENDORED").decode()
        ours = tree(PACKAGE)
        ours.pop("VENDORED", None)
        self.assertEqual(copy, ours)
        self.assertIn("%d files" % (len(ours) + 1), out)
        for text in ("tbx_pure %s\n" % tbx_pure.__version__, " from %s\n" % PACKAGE,
                     "vendor --name event_log"):
            self.assertIn(text, stamp)
        self.assertRegex(stamp, r"\ncopied 20\d\d-\d\d-\d\d from ")
        self.assertEqual(os.listdir(self.path("deep", "lib")), ["event_log"])
        self.writes("event_log", self.path("deep", "lib"))
        out = python("-m", "event_log", "--help", cwd=self.path("deep", "lib"))
        self.assertIn("python3 -m event_log COMMAND", out)

    def test_zip(self):
        path = self.path("new", "x.zip")
        self.vendor(path, "--zip", "--name", "zipped")
        self.assertEqual(os.listdir(self.path("new")), ["x.zip"])
        self.writes("zipped", path)
        python("-S", "-E", "-c", "import sys; sys.path.insert(0, %r); import zipped\n" % path
               + CORE.format(name="zipped"), cwd=self.directory)
        self.assertIn("scalars  1", python(path, "cat", "run", cwd=self.directory))
        with zipfile.ZipFile(path) as archive:
            self.assertEqual({info.compress_type for info in archive.infolist()}, {zipfile.ZIP_STORED})
            self.assertEqual({info.external_attr >> 16 for info in archive.infolist()}, {0o644})

    def test_from_a_zip(self):
        self.vendor(self.path("x.zip"), "--zip", "--name", "zipped")
        self.vendor(self.directory, "--name", "direct")
        python(self.path("x.zip"), "vendor", self.directory, "--name", "indirect", cwd=self.directory)
        direct, indirect = tree(self.path("direct")), tree(self.path("indirect"))
        stamps = [files.pop("VENDORED").decode() for files in (direct, indirect)]
        self.assertEqual(indirect, direct)
        self.assertEqual(stamps[1].count("tbx_pure %s\ncopied " % tbx_pure.__version__),
                         stamps[0].count("tbx_pure %s\ncopied " % tbx_pure.__version__) + 1)
        self.assertIn(" from %s\n" % self.path("x.zip", "zipped"), stamps[1])

    def test_minimal(self):
        self.vendor(self.directory, "--name", "small", "--minimal")
        self.writes("small", self.directory)
        python("-c", LACKING.format(name="small"), cwd=self.directory)
        files = tree(self.path("small"))
        whole = {path for path in files if path in set(os.path.relpath(p, PACKAGE).replace(os.sep, "/")
                                                       for p in PATHS.values())
                 and b"minimal copy" not in files[path]}
        self.assertEqual(whole, {os.path.relpath(PATHS[module], PACKAGE).replace(os.sep, "/")
                                 for module in SPINE + TOP})
        for name in "LICENSE", "CHANGES.md", "py.typed", "VENDORED":
            self.assertIn(name, files)
        stubs = {path.replace("/__init__.py", "").replace(".py", "").replace("/", ".")
                 for path in files if b"is not in this minimal copy" in files[path]}
        self.assertEqual(stubs, {wing for wing in WINGS if not wing.startswith("media.")
                                 and wing not in ("kernels", "foreign")
                                 and wing not in WINGS["charts"]} | {"markdown"})

    def test_minimal_zip(self):
        self.vendor(self.path("s.zip"), "--zip", "--name", "small", "--minimal")
        self.writes("small", self.path("s.zip"))

    def test_dry_run(self):
        out = self.vendor(self.path("lib"), "--dry-run", "--minimal")
        self.assertRegex(out, r"(?m)^ +\d+  plugins/scalars.py$")
        self.assertIn("not written", out)
        self.vendor(self.path("x.zip"), "--dry-run", "--zip")
        self.assertEqual(os.listdir(self.directory), [])

    def test_replacing(self):
        for extra in (), ("--zip",):
            place = self.path("x.zip") if extra else self.path("log")
            arguments = (place if extra else self.directory, "--name", "log") + extra
            self.vendor(*(arguments + ("--minimal",)))
            self.refused("a copy is there: --force replaces it", *arguments)
            self.vendor(*(arguments + ("--force",)))
            self.writes("log", place if extra else self.directory)
            self.assertEqual(run("vendor", *(arguments + ("--force", "--dry-run")))[0], 0)
            self.assertEqual([name for name in os.listdir(self.directory) if "." in name[-4:]],
                             ["x.zip"] * len(extra))
        self.assertNotIn(b"is not in this", tree(self.path("log"))["plugins/mesh.py"])

    def test_what_is_not_ours_stays(self):
        os.mkdir(self.path("log"))
        for name in "log/mine", "x.zip":
            with open(self.path(*name.split("/")), "w") as f:
                f.write("mine")
        with zipfile.ZipFile(self.path("y.zip"), "w") as archive:
            archive.writestr("mine", "")
        for name in "x.zip", "y.zip":
            self.refused("something else is there", self.path(name), "--zip", "--force")
        self.refused("something else is there", self.directory, "--name", "log", "--force")
        self.refused("that is the copy that is running", ROOT, "--name", PACKAGE_NAME, "--force")
        for name in "a-b", "class", "", "a.b", "../a":
            self.refused("need a name that Python can import", self.directory, "--name", name)

    def test_all_or_nothing(self):
        """Whatever fails: what was there is there, and nothing else."""
        self.vendor(self.directory, "--name", "log", "--minimal")
        self.vendor(self.path("x.zip"), "--zip", "--minimal")
        before = tree(self.directory)
        folder, zipped = (self.directory, "--name", "log"), (self.path("x.zip"), "--zip")
        for arguments, place, call, fine in (
                (folder, os, "rename", 0), (folder, os, "rename", 1), (folder, vendor, "open", 40),
                (zipped, os, "replace", 0), (zipped, zipfile.ZipFile, "writestr", 40)):
            real = getattr(place, call, open)
            calls = []

            def failing(*args, **options):
                calls.append(args)
                if len(calls) == fine + 1:
                    raise OSError(28, "No space left on device")
                return real(*args, **options)
            with mock.patch.object(place, call, failing, create=True):
                code, out, err = run("vendor", "--force", *arguments)
            self.assertEqual((code, out), (3, ""))
            self.assertIn(": No space left on device\n", err)
            self.assertGreater(len(calls), fine)
            self.assertEqual(tree(self.directory), before)

    def test_no_place(self):
        with open(self.path("file"), "w"):
            pass
        for arguments in ((self.path("file"),), (self.path("file", "x.zip"), "--zip")):
            code, _, err = run("vendor", *arguments)
            self.assertEqual((code, err.count("\n")), (3, 1))
            self.assertIn(self.path("file"), err)


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
        code = ("import %s as p, tests, threading, tempfile; w = p.SummaryWriter(tempfile.mkdtemp());"
                "w.add_scalar('x', 1); print(threading.active_count())" % PACKAGE_NAME)
        self.assertEqual(python("-c", code).strip(), "1")


if __name__ == "__main__":
    unittest.main()
