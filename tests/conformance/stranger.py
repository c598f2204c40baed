"""The demo as a stranger runs it: from the tree, on this very Python, with nothing installed.

.ci/run runs it on the oldest Python there is.
"""
import os
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ACCURACY = 85                           # percent
MEMORY = 60 * 2 ** 20                   # bytes
SAID = re.compile(r"After (\d+) steps .*?([\d.]+)% of \d+ unseen digits")


class Demo(unittest.TestCase):
    def test_demo(self):
        with tempfile.TemporaryDirectory() as folder:
            run = os.path.join(folder, "run")
            said, memory = self.python(folder, "demo", run)
            steps, accuracy = SAID.search(said).groups()
            self.assertGreater(float(accuracy), ACCURACY, said)
            self.assertLess(memory, MEMORY)
            for line in ("python3 -m tbx_pure cat " + run, "tensorboard --logdir " + run):
                self.assertIn(line, said)
            listed, _ = self.python(folder, "cat", run)
            self.assertEqual(listed.count("train/batch_loss"), int(steps))      # one a step
            for tag in ("weights", "train/loss", "test/confusion", "Loss_by_epoch/test"):
                self.assertIn(tag, listed)
            sys.stderr.write("%s%d MB\n" % (said.splitlines(True)[0], memory / 2 ** 20))

    def python(self, home, *arguments):
        """Run a command with next to no environment; return what it printed and its peak memory."""
        process = subprocess.Popen(
            [sys.executable, "-S", "-m", "tbx_pure"] + list(arguments), cwd=ROOT,
            env={"HOME": home, "PATH": "/usr/bin:/bin"}, stdout=subprocess.PIPE)
        with process.stdout as out:
            said = out.read().decode()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status     # it is waited for
        self.assertEqual(status, 0)
        return said, usage.ru_maxrss * 1024
