"""The same calls write the same bytes: in any process, with and without kernels, zlib and UTF-8.

In .ci/run and tests/everywhere/run on every Python and machine there is, too: TBX_PURE_SAME_BYTES names
a file with what one of them has printed.
"""
import os
import unittest

from .everywhere import calls
from .helpers import ROOT, InDirectory, python

VARIABLE = "TBX_PURE_SAME_BYTES"
WITHOUT_ZLIB = """
import sys
sys.modules["zlib"] = None
from tests.everywhere.calls import digests
for pair in digests(sys.argv[1]):
    print(*pair)
"""


class TestSameBytes(InDirectory):

    def test_here(self):
        """As another Python has written them; else as this one writes them again."""
        found = dict(calls.digests(self.path("a")))
        self.assertEqual(len(found), len(calls.CALLS))
        if VARIABLE in os.environ:
            with open(os.environ[VARIABLE]) as f:
                self.assertEqual(found, dict(line.rstrip().rsplit(" ", 1) for line in f))
        else:
            self.assertEqual(found, dict(calls.digests(self.path("b"))))

    def test_in_other_processes(self):
        wanted = "".join("%s %s\n" % pair for pair in calls.digests(self.path("a")))
        script = ("-B", "-m", "tests.everywhere.calls")
        for flags, more in (((), {"TBX_PURE_PLAIN": "1"}), (("-OO",), {"PYTHONHASHSEED": "0"}),
                            (("-S",), {"PYTHONHASHSEED": "1", "LC_ALL": "C", "PYTHONUTF8": "0",
                                       "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "cp1252"})):
            with self.subTest(flags, **more):
                self.assertEqual(python(*(flags + script), env=dict(os.environ, **more)), wanted)
        self.assertEqual(python("-B", "-c", WITHOUT_ZLIB, self.path("b"), cwd=ROOT), wanted)

    def test_every_byte_counts(self):
        made = dict(calls.digests(self.path("a")))
        run = self.path("a", "00")
        name, = os.listdir(run)
        self.assertEqual(calls.digest(run), made["add_scalar 00"])
        calls.tbx_pure.SummaryWriter(run).close()
        self.assertNotEqual(calls.digest(run), made["add_scalar 00"])
        self.assertEqual(len(set(made.values())), len(made))


if __name__ == "__main__":
    unittest.main()
