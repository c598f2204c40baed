"""What takes minutes, or needs more of the system: a stage of .ci/run.

    python3 -m unittest tests.reliability.long
"""
import os
import random
import subprocess
import sys
import time
import unittest

from tbx_pure.record import CRC, LENGTH, frame, masked
from tbx_pure.crc32c import crc32c

from ..helpers import PACKAGE_NAME, ROOT, InDirectory, event_files, python
from .faults import event, steps
from .test_processes import MOST_LOST, killed


class TestKilled(InDirectory):                  # R1

    def test_a_hundred_times(self):
        chance = random.Random(7)
        for n in range(100):
            directory = self.path("run%d" % n)
            every = n % 2
            last = killed(directory, chance.random() / 4, ", durability='every'" if every else "")
            path, = event_files(directory)
            found = steps(path)
            self.assertEqual(found, list(range(len(found))), n)
            self.assertGreaterEqual(len(found) + (0 if every else MOST_LOST), last + 1, n)


FULL = """
import os, sys, warnings
warnings.simplefilter("ignore")
from %s import SummaryWriter
ballast, run = os.path.join(sys.argv[1], "ballast"), os.path.join(sys.argv[1], "run")
open(ballast, "wb").write(bytes(24 << 10))
writer = SummaryWriter(run)
step = 0
while writer.health.state == "ok":
    writer.add_scalar("a", 0.5, step)
    step += 1
    writer.flush()
for step in range(step, step + 200):
    writer.add_scalar("a", 0.5, step)
    step += 1
assert writer.health.state == "degraded" and writer.health.pending, writer.health
os.remove(ballast)
writer.flush()
assert writer.health.state == "ok", writer.health
writer.add_scalar("a", 0.5, step)
writer.close()
assert writer.health.dropped == 0, writer.health
from tests.helpers import event_files
from tests.reliability.faults import steps
found = [step for path in event_files(run) for step in steps(path)]
assert found == list(range(step + 1)), (len(found), step)
print("recovered", len(found))
""" % PACKAGE_NAME


class TestDisk(InDirectory):                    # R13, R14

    @unittest.skipUnless(hasattr(os, "geteuid") and os.geteuid() == 0, "only root can mount a disk")
    def test_64_kb_that_fill_and_are_freed(self):
        command = 'mount -t tmpfs -o size=64k none "$0" && exec "$1" -c "$2" "$0"'
        said = subprocess.check_output(["unshare", "-m", "sh", "-c", command, self.directory, sys.executable, FULL],
                                       cwd=ROOT, timeout=120)
        self.assertIn(b"recovered", said)

    def test_a_limit_on_the_file(self):
        """EFBIG: what does not fit goes to the next file."""
        code = ("import resource, signal, sys, warnings; warnings.simplefilter('ignore')\n"
                "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
                "resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))\n"
                "from %s import SummaryWriter, lasting\nlasting.PAUSE = lasting.LONGEST = 0.01\n"
                "w = SummaryWriter(sys.argv[1], durability='every')\n"
                "import time\nfor i in range(400):\n w.add_scalar('a', 0.5, i); time.sleep(0.001)\n"
                "for i in range(50):\n w.flush(); time.sleep(0.01)\nw.close(); print(w.health)" % PACKAGE_NAME)
        self.assertIn("400 written, 0 pending, 0 dropped", python("-c", code, self.directory))
        self.assertGreater(len(event_files(self.directory)), 2)
        self.assertEqual([step for path in event_files(self.directory) for step in steps(path)], list(range(400)))


class TestBombs(InDirectory):                   # R24

    def test_lengths(self):
        """A length that no file has costs neither memory nor time, and hides nothing."""
        code = ("import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (512 << 20, 512 << 20))\n"
                "from %s.read.records import scan\nprint(sum(1 for _ in scan(sys.argv[1])))" % PACKAGE_NAME)
        for n in (2 ** 31 - 1, 2 ** 31, 2 ** 36, 2 ** 40, 2 ** 62, 2 ** 63, 2 ** 64 - 1):
            length = LENGTH.pack(n)
            bomb = length + CRC.pack(masked(crc32c(length))) + b"bomb" * 10
            path = self.path("events.out.tfevents.%d" % n)
            with open(path, "wb") as f:
                f.write(frame(event(1)) * 5 + bomb + frame(event(2)) * 5)
            begun = time.monotonic()
            self.assertEqual(python("-c", code, path).strip(), "10", n)
            self.assertLess(time.monotonic() - begun, 30)


if __name__ == "__main__":
    unittest.main()
