"""The wheel and the sdist: what is in them, and that the wheel works on old and new Pythons."""
import glob
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest
import zipfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PACKAGE = "tbx_pure"
TARGETS = "3.6", "3.13"


def tracked():
    """Return the files of the tree, as git knows them: committed, or new and not ignored."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    return sorted(name for name in os.fsdecode(listed).split("\0")
                  if name and os.path.exists(os.path.join(ROOT, name)))


def build(folder):
    """Build in a copy of the tree, with the flit_core at hand; return the paths (wheel, sdist)."""
    copy = os.path.join(folder, "tree")
    for name in tracked():
        os.makedirs(os.path.dirname(os.path.join(copy, name)), exist_ok=True)
        shutil.copy(os.path.join(ROOT, name), os.path.join(copy, name))
    code = "from flit_core import buildapi; buildapi.build_wheel('..'); buildapi.build_sdist('..')"
    subprocess.run([sys.executable, "-c", code], cwd=copy, check=True)
    return tuple(glob.glob(os.path.join(folder, "*" + end))[0] for end in (".whl", ".tar.gz"))


def interpreter(version):
    """Return the path of a Python; to lack it is an error."""
    found = glob.glob(os.path.expanduser("~/.pyenv/versions/%s.*/bin/python" % version))
    path = found[0] if found else shutil.which("python" + version)
    if not path:
        raise RuntimeError("this needs a Python " + version)
    return path


def setUpModule():
    global FOLDER, WHEEL, SDIST
    folder = tempfile.TemporaryDirectory()
    unittest.addModuleCleanup(folder.cleanup)
    FOLDER = folder.name
    WHEEL, SDIST = build(FOLDER)


class Contents(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.package = [name for name in tracked() if name.startswith(PACKAGE + "/")]

    def test_the_package_has_its_data_files(self):
        for name in ("LICENSE", "CHANGES.md", "py.typed", "demo/digits.txt",
                     "media/font.txt"):
            self.assertIn("%s/%s" % (PACKAGE, name), self.package)

    def test_wheel(self):
        with zipfile.ZipFile(WHEEL) as wheel:
            names = wheel.namelist()
            metadata, = [name for name in names if name.endswith(".dist-info/METADATA")]
            self.metadata = wheel.read(metadata).decode("utf-8")
            for name in self.package:
                with open(os.path.join(ROOT, name), "rb") as file:
                    self.assertEqual(wheel.read(name), file.read())
        self.assertEqual(sorted(name for name in names if ".dist-info/" not in name), self.package)
        self.assertTrue(WHEEL.endswith("-py3-none-any.whl"))
        self.assertNotIn("Requires-Dist", self.metadata)
        self.assertIn("Requires-Python: >=3.6\n", self.metadata)
        self.assertRegex(self.metadata, "Summary: .+")
        readme = os.path.join(ROOT, "README.md")
        if os.path.exists(readme):
            with open(readme, encoding="utf-8") as file:
                self.assertIn(file.read().strip(), self.metadata)

    def test_sdist(self):
        with tarfile.open(SDIST) as sdist:
            names = sorted(member.name.partition("/")[2] for member in sdist if member.isfile())
        tree = [name for name in tracked() if not name.startswith(".")]
        self.assertEqual(names, sorted(tree + ["PKG-INFO"]))


class Installed(unittest.TestCase):
    def test_wheel_works(self):
        for version in TARGETS:
            with self.subTest(version):
                folder = os.path.join(FOLDER, version)
                python = os.path.join(folder, "bin", "python")
                for command in (
                        [interpreter(version), "-m", "venv", folder],
                        [python, "-m", "pip", "install", "--quiet", "--no-index", "--no-cache-dir",
                         "--disable-pip-version-check", WHEEL]):
                    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
                self.assertRegex(self.run_in(folder, python, "-m", PACKAGE, "--version"),
                                 r"\A%s %s\n\Z" % (PACKAGE, re.escape(WHEEL.split("-")[1])))
                self.assertIn(version, self.run_in(folder, python, "--version"))
                self.run_in(folder, python, "-c", "import %s; %s.SummaryWriter('run').close()"
                            % (PACKAGE, PACKAGE))
                listed = self.run_in(folder, python, "-m", PACKAGE, "cat", "run")
                self.assertIn("brain.Event:2", listed)

    def run_in(self, folder, *command):
        """Run outside the tree, and return what it printed."""
        return subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE,
                              env={"PATH": os.environ["PATH"]}).stdout.decode()
