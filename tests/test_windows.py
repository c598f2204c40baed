"""What can be tried of Windows elsewhere: tests/everywhere/windows.py says what is pretended."""
import os
import unittest

from .everywhere import calls, windows
from .helpers import ROOT, InDirectory, python

SCRIPT = """
import os, shutil, sys, time
sys.path.insert(0, sys.argv[1])
import subprocess, tempfile, threading, unittest.mock
from tests.everywhere import windows
windows.pretend()
here = sys.argv[2]
"""

WRITING = SCRIPT + """
from tests.everywhere import calls
for pair in calls.digests(here):
    print(*pair)
"""

LIVING = SCRIPT + """
from tbx_pure import SummaryWriter
from tbx_pure.read import Run, follow
from tbx_pure.compat.global_writer import GlobalSummaryWriter
from tbx_pure.commands.cli import main

def refused(call, *arguments):
    try:
        call(*arguments)
    except OSError as e:
        return e.errno
    raise AssertionError("Windows is not pretended")

run = os.path.join(here, "run")
one, two = SummaryWriter(run), SummaryWriter(run)
for step in range(3):
    one.add_scalar("a", step, step)
    two.add_scalar("b", step, step)
name = sorted(os.listdir(run))[0]
assert refused(os.rename, os.path.join(run, name), os.path.join(run, "other")) == 13
assert refused(os.remove, os.path.join(run, name)) == 13
assert refused(shutil.rmtree, run) == 13
assert refused(open, os.path.join(here, "a:b"), "w") == refused(os.mkdir, os.path.join(here, "nul")) == 22
assert not hasattr(os, "fork") and time.time() * 64 % 1 == 0

assert len(os.listdir(run)) == 2
assert list(Run(run).scalars("b").values) == [0, 1, 2]
assert "PC" in name, name
events = list(follow(run, interval=0, stop=lambda: True))
assert len(events) == 8, len(events)
one.close(), two.close()
os.rename(os.path.join(run, name), os.path.join(run, "z" + name))       # nobody holds it any more
shutil.rmtree(run)

with SummaryWriter(run) as writer:
    for tag in "a", "b", "a":           # the config is replaced
        writer.add_embedding([[1, 2]], metadata=["x"], tag=tag, global_step=1)
    with unittest.mock.patch.object(os, "name", "nt"):
        writer.add_embedding([[1, 2]], tag='con: "x"?', global_step=1)
        writer.add_scalars("a: b?", {"con": 1, "bacon": 1})
    assert set(os.listdir(os.path.join(run, "a_ b_"))) == {"_con", "bacon"}
    writer.add_scalars("main", {"x": 1})
    writer.add_hparams({"lr": 1}, {"m": 1})
    writer.add_hparams({"lr": 1}, {"m": 1})     # of the same tick
with open(os.path.join(run, "projector_config.pbtxt")) as f:
    assert f.read().count("embeddings {") == 3
assert sum(name.startswith("1") for name in os.listdir(run)) >= 2
GlobalSummaryWriter(logdir=os.path.join(here, "global")).add_scalar("a", 1)

os.chdir(here)
sys.stdout = open(os.devnull, "w")
for arguments in (["cat", run], ["vendor", here, "--name", "copy"], ["vendor", here, "--name", "copy", "--force"],
                  ["vendor", "x.zip", "--zip"], ["vendor", "x.zip", "--zip", "--force"], ["shim", "shim"],
                  ["shim", "shim"]):
    assert main(arguments) == 0, arguments
with SummaryWriter() as writer:         # runs/<now>_<this machine>
    pass
assert [name.endswith("_PC") for name in os.listdir("runs")] == [True]
"""


@unittest.skipUnless(os.path.isdir(windows.DESCRIPTORS), "it is seen there what is open")
class TestPretended(InDirectory):

    def test_every_method_writes_the_same(self):
        wanted = "".join("%s %s\n" % pair for pair in calls.digests(self.path("a")))
        self.assertEqual(python("-B", "-c", WRITING, ROOT, self.path("b")), wanted)

    def test_files(self):
        python("-B", "-c", LIVING, ROOT, self.directory, cwd=self.directory,
               env=dict(os.environ, PYTHONIOENCODING="cp1252"))


class TestNames(unittest.TestCase):

    def test_forbidden(self):
        for name in ("a:b", "a?", "con", "NUL.txt", "com1", "a.", "a ", "\x01"):
            with self.assertRaises(OSError):
                windows.check("/tmp/" + name + "/x")
        windows.check("/tmp/console/com/a b.c/.x")


if __name__ == "__main__":
    unittest.main()
