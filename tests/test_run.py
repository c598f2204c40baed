"""The commands run and shim: a program runs as Python runs it, and so do the processes it starts."""
import os
import shutil
import subprocess
import sys
import unittest
import zipfile

from .helpers import PACKAGE, PACKAGE_NAME, ROOT, InDirectory, event_files, events

ASKED = """
'''A program.'''
import sys
print(__name__, __file__, __doc__, __package__, __spec__ and __spec__.name, type(__loader__).__name__)
print(sys.argv, sys.path[0], sys.modules["__main__"].__file__, sys.stdout.errors)
print(sorted(globals()))
"""

WRITES = """
import sys, tensorboardX
from tensorboardX import SummaryWriter
with SummaryWriter(sys.argv[1]) as w:
    w.add_scalar("a b", 1, 1)
"""

TORCH_WRITES = WRITES.replace("tensorboardX import", "torch.utils.tensorboard import").replace(", tensorboardX", "")


class InProcesses(InDirectory):

    def file(self, name, text=""):
        path = self.path(*name.split("/"))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as f:
            f.write(text)
        return path

    def torch(self):
        self.file("torch/__init__.py")
        self.file("torch/utils/__init__.py")
        self.file("torch/utils/tensorboard/__init__.py", "raise ImportError('no tensorboard')")

    def start(self, *arguments, **environment):
        """Run Python; return (exit code, standard output, standard error)."""
        base = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "TBX_"))}
        process = subprocess.Popen([sys.executable, "-W", "error"] + list(arguments), cwd=self.directory,
                                   env=dict(base, **environment), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        out, err = process.communicate()
        return process.returncode, out.decode(), err.decode()

    def run_command(self, *arguments, **environment):
        return self.start("-m", PACKAGE_NAME, "run", *arguments, PYTHONPATH=ROOT, **environment)

    def check(self, result, out=None):
        self.assertEqual((result[0], result[2]), (0, ""))
        if out is not None:
            self.assertEqual(result[1], out)

    def tags(self, run):
        return [value["tag"] for event in events(run) for value in event.get("summary", {}).get("value", [])]


class TestAsPythonRunsIt(InProcesses):

    def same(self, *arguments):
        """Check that a program does under `run` what it does without; return that."""
        plain = self.start(*arguments, PYTHONPATH=ROOT)
        self.assertEqual(self.run_command(*arguments), plain)
        return plain

    def test_file(self):
        self.file("programs/a.py", ASKED)
        self.assertIn("['programs/a.py', '--help', '-m', 'x', '--', '-h']",
                      self.same("programs/a.py", "--help", "-m", "x", "--", "-h")[1])
        self.same(self.path("programs", "a.py"), "--dialect", "torch")
        os.symlink(self.path("programs", "a.py"), self.path("link"))
        self.same("link", "-")
        self.same("--", "link", "--", "x")

    def test_module(self):
        self.file("package/__init__.py")
        self.file("package/a.py", ASKED)
        self.file("package/__main__.py", ASKED)
        self.assertIn("package.a", self.same("-m", "package.a", "-x", "--help", "-m")[1])
        self.assertIn("package.__main__", self.same("-m", "package")[1])
        self.assertIn("'x', '-y']", self.same("-mpackage", "x", "-y")[1])

    def test_directory_and_zip_file(self):
        self.file("folder/__main__.py", ASKED)
        self.same("folder", "-x")
        with zipfile.ZipFile(self.path("program.zip"), "w") as z:
            z.write(self.path("folder", "__main__.py"), "__main__.py")
        self.same("program.zip")

    def test_exit_codes(self):
        for code, text in ((0, ""), (3, "import sys; sys.exit(3)"), (1, "import sys; sys.exit('told')"),
                           (0, "import sys; sys.exit()"), (0, "import atexit; atexit.register(print, __name__)")):
            with self.subTest(text):
                self.file("a.py", text)
                self.assertEqual(self.same("a.py")[0], code)

    def test_errors_are_shown_without_our_part(self):
        for i, text in enumerate((
                "def f():\n    return 1 / 0\nf()", "x = 1 1", "import no_such_module", "raise BrokenPipeError",
                "import sys\nsys.excepthook = lambda *e: print('mine', e[0])\n1 / 0")):
            with self.subTest(text):
                self.file("a%d.py" % i, text + "\n")               # each its own: Python's cache is coarse
                self.assertEqual(self.same("a%d.py" % i)[0], 1)
                self.assertEqual(self.same("-m", "a%d" % i)[0], 1)

    def test_interrupt(self):
        self.file("a.py", "raise KeyboardInterrupt")
        code, _, err = self.run_command("a.py")
        self.assertEqual((code, err), (130, self.start("a.py")[2]))

    def test_what_is_not_there(self):
        code, _, err = self.run_command("no_such.py")
        self.assertEqual((code, err.splitlines()[-1:]), (2, ["cannot open no_such.py: there is no such file"]))
        code, _, err = self.run_command("-m", "no_such")
        self.assertEqual((code, err), (1, "%s: No module named no_such\n" % sys.executable))
        for arguments in ((), ("--dialect", "klingon", "a.py"), ("--no-such", "a.py")):
            self.assertEqual(self.run_command(*arguments)[0], 2)
        self.assertEqual(self.run_command("--help")[0], 0)

    def test_main_stays_while_threads_go_on(self):
        self.file("a.py", "import sys, threading, time\nclass C: pass\n"
                          "def go_on():\n    time.sleep(.2)\n    print(sys.modules['__main__'].C is C)\n"
                          "threading.Thread(target=go_on).start()\n")
        self.check(self.run_command("a.py"), "True\n")


class TestWhatItFinds(InProcesses):

    def test_tensorboardX_and_torch(self):
        self.torch()
        self.file("x.py", WRITES)
        self.file("t.py", TORCH_WRITES)
        self.check(self.run_command("x.py", "runs/x"))
        self.check(self.run_command("t.py", "runs/t"))
        self.check(self.run_command("--dialect", "torch", "x.py", "runs/as torch"))
        self.assertEqual([self.tags(self.path("runs", run)) for run in ("x", "t", "as torch")],
                         [["a_b"], ["a b"], ["a b"]])

    def test_tensorboard_if_asked_for(self):
        self.file("a.py", "from tensorboard.compat.proto.event_pb2 import Event\nimport tensorboard\n"
                          "print(tensorboard.__version__)")
        self.check(self.run_command("--tensorboard", "a.py"), "2.21.0\n")
        self.assertEqual(self.run_command("a.py")[0], 1)

    def test_processes_that_it_starts(self):
        self.torch()
        self.file("work.py", TORCH_WRITES.replace("sys.argv[1]", "'runs/work'"))
        self.file("a.py", """
import multiprocessing, subprocess, sys
def child(run):
    from tensorboardX import SummaryWriter
    with SummaryWriter(run) as w:
        w.add_scalar("a b", 1, 1)
if __name__ == "__main__":
    child("runs/self")
    process = multiprocessing.get_context("spawn").Process(target=child, args=("runs/spawned",))
    process.start()
    process.join()
    subprocess.check_call([sys.executable, "work.py"])
    subprocess.check_call([sys.executable, "-S", "-c", "import tensorboardX.writer as w; print(w.SummaryWriter)"])
    if sys.version_info >= (3, 8):
        subprocess.check_call([sys.executable, "-c", "import importlib.metadata as m; print(m.version('tensorboardx'))"])
        subprocess.check_call([sys.executable, "-c", "import importlib.metadata as m; list(m.distributions())"])
""")
        result = self.run_command("--dialect", "torch", "a.py")
        self.check(result)
        self.assertIn("compat.writer.SummaryWriter", result[1])
        if sys.version_info >= (3, 8):
            self.assertIn("2.6.5", result[1])
        for run in ("self", "spawned", "work"):
            self.assertEqual(self.tags(self.path("runs", run)), ["a b"], run)

    def test_without_a_program(self):
        code, out, err = self.run_command()
        self.assertEqual((code, out), (2, ""))
        self.assertRegex(err, r"^usage: .* run .*\n(.|\n)*give a SCRIPT, or -m MODULE\n$")

    def test_the_users_own_sitecustomize_runs_too(self):
        self.file("mine/sitecustomize.py", "import builtins; builtins.customized = 7")
        self.file("a.py", "import subprocess, sys\n"
                          "subprocess.check_call([sys.executable, '-c', 'import tensorboardX; print(customized)'])\n")
        result = self.start("-m", PACKAGE_NAME, "run", "a.py",
                            PYTHONPATH=os.pathsep.join([ROOT, self.path("mine")]))
        self.check(result, "7\n")

    def test_renamed_and_zipped(self):
        shutil.copytree(PACKAGE, self.path("host", "logs"), ignore=shutil.ignore_patterns("__pycache__"))
        self.file("host/__init__.py")
        child = "import subprocess, sys\nsubprocess.check_call([sys.executable, '-c', %r])\n"
        self.file("elsewhere/a.py", "import tensorboardX.summary\n" + child % (
            "import tensorboardX, sys; print(tensorboardX.SummaryWriter, 'tbx_pure' in sys.modules)"))
        result = self.start("-m", "host.logs", "run", "elsewhere/a.py")
        self.check(result, "<class 'host.logs.compat.writer.SummaryWriter'> False\n")
        with zipfile.ZipFile(self.path("all.zip"), "w") as z:
            for folder, _, names in os.walk(self.path("host")):
                for name in names:
                    full = os.path.join(folder, name)
                    z.write(full, os.path.relpath(full, self.directory))
        shutil.rmtree(self.path("host"))
        result = self.start("-m", "host.logs", "run", "elsewhere/a.py", PYTHONPATH=self.path("all.zip"))
        self.check(result, "<class 'host.logs.compat.writer.SummaryWriter'> False\n")


class TestShim(InProcesses):

    def shim(self, *arguments):
        return self.start("-m", PACKAGE_NAME, "shim", *arguments, PYTHONPATH=ROOT)

    def test_files_and_use(self):
        self.torch()
        code, out, err = self.shim("my shim")
        self.assertEqual((code, out, err), (0, "PYTHONPATH='%s' python3 ...\n" % self.path("my shim"), ""))
        self.assertEqual(sorted(os.listdir(self.path("my shim"))), [
            "settings.txt", "sitecustomize.py", "tbx_pure_shim.py", "tensorboardX", "tensorboardX-2.6.5.dist-info"])
        self.file("x.py", WRITES)
        self.file("t.py", TORCH_WRITES)
        for name in ("x.py", "t.py"):
            self.check(self.start(name, "runs/" + name, PYTHONPATH=self.path("my shim")))
        self.check(self.start("-S", "x.py", "runs/S", PYTHONPATH=self.path("my shim")))
        self.assertEqual([self.tags(self.path("runs", run)) for run in ("x.py", "t.py", "S")],
                         [["a_b"], ["a b"], ["a_b"]])
        self.assertEqual(len(event_files(self.directory)), 3)

    def test_the_package_is_not_on_the_path(self):
        self.check(self.shim("shim"))
        out = self.start("-c", "import tensorboardX, sys; print(%r in sys.path)" % ROOT, PYTHONPATH=self.path("shim"))
        self.check(out, "False\n")

    @unittest.skipIf(sys.version_info < (3, 8), "no importlib.metadata")
    def test_versions(self):
        self.check(self.shim("shim", "--tensorboard"))
        code = "import importlib.metadata as m; print(m.version('tensorboardX'), m.version('tensorboard'))"
        for flags in ((), ("-S",)):
            result = self.start(*(flags + ("-c", code)), PYTHONPATH=self.path("shim"))
            self.check(result, "2.6.5 2.21.0\n")
        with open(self.path("shim", "tensorboardX-2.6.5.dist-info", "RECORD")) as f:
            files = [line.split(",")[0] for line in f]
        self.assertTrue(all(os.path.exists(self.path("shim", *file.split("/"))) for file in files))

    def test_again_with_other_options(self):
        self.check(self.shim("shim", "--tensorboard"))
        code = "import tensorboard.compat.proto.event_pb2 as e; print(e.Event(step=1).step)"
        self.check(self.start("-c", code, PYTHONPATH=self.path("shim")), "1\n")
        self.check(self.shim("shim", "--dialect", "torch"))
        self.assertNotEqual(self.start("-c", code, PYTHONPATH=self.path("shim"))[0], 0)
        code = "import tensorboardX; print(tensorboardX.SummaryWriter.DIALECT)"
        self.check(self.start("-c", code, PYTHONPATH=self.path("shim")), "torch\n")

    def test_a_directory_of_something_else(self):
        self.file("mine/precious.txt", "x")
        code, out, err = self.shim("mine")
        self.assertEqual((code, out, err), (2, "", "mine: holds something else: give a new directory\n"))
        self.assertEqual(os.listdir(self.path("mine")), ["precious.txt"])
        self.assertEqual(self.shim(self.path("mine", "precious.txt"))[0], 2)
        os.makedirs(self.path("empty"))
        self.check(self.shim("empty"))

    def test_where_the_package_was(self):
        shutil.copytree(PACKAGE, self.path("old", PACKAGE_NAME))
        self.check(self.start("-m", PACKAGE_NAME, "shim", "shim", PYTHONPATH=self.path("old")))
        shutil.rmtree(self.path("old"))
        for flags in ((), ("-S",)):
            err = self.start(*(flags + ("-c", "import tensorboardX")), PYTHONPATH=self.path("shim"))[2]
            self.assertIn("No module named %r: it was in %s when" % (PACKAGE_NAME, self.path("old")), err)

    def test_an_older_python_is_not_disturbed(self):
        """Whatever starts with this PYTHONPATH runs it: it has to be cheap, and import nothing of ours."""
        self.check(self.shim("shim"))
        code = "import sys; print([m for m in sys.modules if m.startswith((%r, 'importlib.util'))])" % (PACKAGE_NAME + ".")
        self.assertNotIn(PACKAGE_NAME + ".", self.start("-c", code, PYTHONPATH=self.path("shim"))[1])


if __name__ == "__main__":
    unittest.main()
