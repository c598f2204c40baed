"""Where nothing can be written but the log directory, and there is none for temporary files.

Run by tests/everywhere/run disk, which names that directory in TBX_PURE_OUT.
"""
import os
import tempfile
import unittest

from tbx_pure import SummaryWriter
from tbx_pure.read import Run

from ..test_same_bytes import VARIABLE
from . import calls

OUT = os.environ["TBX_PURE_OUT"]


class TestReadOnly(unittest.TestCase):

    def test_there_is_nothing_else(self):
        with self.assertRaises(FileNotFoundError):
            tempfile.gettempdir()
        with self.assertRaises(OSError):
            SummaryWriter("runs")

    def test_every_method_writes_the_same(self):
        with open(os.environ[VARIABLE]) as f:
            wanted = dict(line.rstrip().rsplit(" ", 1) for line in f)
        self.assertEqual(dict(calls.digests(os.path.join(OUT, "calls"))), wanted)

    def test_reading(self):
        run = os.path.join(OUT, "run")
        with SummaryWriter(run) as writer:
            writer.add_text("t", "x" * (2 << 20))       # more than a copy in memory is meant to have
            writer.add_scalar("a", 1)
        name, = os.listdir(run)
        with open(os.path.join(run, name), "rb") as f:
            data = f.read()
        for source in run, data:
            self.assertEqual(list(Run(source).scalars("a").values), [1.0])
            self.assertEqual(len(Run(source).text("t").values[0][0]), 2 << 20)
