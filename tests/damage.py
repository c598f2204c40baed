"""Damage everywhere, and every reader: minutes, run by name.

    python3 -m unittest tests.damage
"""
import io
import os
import time
import tracemalloc
import unittest

from tbx_pure.errors import FormatError
from tbx_pure.messages import EVENT
from tbx_pure.read import Run, events
from tbx_pure.read.explain import explain
from tbx_pure.read.records import scan
from tbx_pure.read.repair import repair
from tbx_pure.read.verify import Verification
from tbx_pure.record import frame

from .damaged import FILES, KINDS, Golden

SMALL = 500                             # bytes of a file of which every byte is tried with all readers
SECONDS = 5                             # that no reading of a file this small takes, on any machine


class TestEveryGoldenFile(unittest.TestCase):
    """Cut at every offset, every bit flipped, every byte deleted, one put in before each."""

    def test_all(self):
        tried = 0
        for path in FILES:
            golden = Golden(path)
            for kind in KINDS:
                for what, found, wanted in kind(golden):
                    tried += 1
                    if found != wanted:
                        self.assertEqual(found, wanted, (golden.name, kind.__name__, what))
        self.assertGreater(tried, 100000)


def mutants(buf, step):
    """Yield a file cut at each offset, with each bit flipped and each byte deleted."""
    for i in range(0, len(buf), step):
        yield buf[:i]
        yield buf[:i] + buf[i + 1:]
        for bit in range(8):
            yield buf[:i] + bytes([buf[i] ^ 1 << bit]) + buf[i + 1:]


def all_of(run):
    """Read every value of a run; what makes no sense raises FormatError and nothing else."""
    for plugin, tags in run.tags().items():
        for tag in tags:
            series = run.series(plugin, tag)
            for i in range(len(series)):
                try:
                    series[i]
                except FormatError:
                    pass
    run.hparams()


class TestEveryReader(unittest.TestCase):

    def check(self, buf):
        start = time.monotonic()
        sound = [data for _, data in scan(buf)]
        found = events(buf)
        count = sum(1 for _ in found)
        self.assertLessEqual(count, len(sound))
        all_of(Run(buf))
        findings = list(Verification(buf))
        file = io.BytesIO()
        done = repair(buf, file)
        self.assertEqual(done.kept + done.mended, count)
        self.assertEqual(bool(done.lost), any(f.start is not None for f in findings))
        self.assertEqual([data for _, data in scan(file.getvalue())][done.made:], sound[:count]
                         if count == len(sound) else [data for data in sound if is_event(data)])
        self.assertEqual(b"".join(item.data for part in explain(buf) for item in part.items), buf)
        self.assertLess(time.monotonic() - start, SECONDS)

    def test_every_byte_of_small_files(self):
        tried = 0
        for path in FILES:
            golden = Golden(path)
            step = 1 if len(golden.buf) < SMALL else 151
            for buf in mutants(golden.buf, step):
                self.check(buf)
                tried += 1
        self.assertGreater(tried, 10000)

    def test_memory(self):
        """At most four times the file, beyond what any reading takes."""
        for path in FILES:
            with open(path, "rb") as file:
                buf = file.read() * 64          # so large that the fixed part does not count
            bad = bytearray(buf)
            for i in range(100, len(bad), 3001):
                bad[i] ^= 1
            for source in buf, bytes(bad), bytes(bad[:-5]), bytes(len(buf)), b"\xff" * len(buf):
                tracemalloc.start()
                try:
                    for _ in scan(io.BytesIO(source)):
                        pass
                    peak = tracemalloc.get_traced_memory()[1]
                finally:
                    tracemalloc.stop()
                self.assertLess(peak, 4 * len(source), os.path.basename(path))


def is_event(data):
    try:
        EVENT.decode(data)
        return True
    except FormatError:
        return False


class TestPayloads(unittest.TestCase):
    """Sound checksums around bytes that were changed: no other event is lost, whatever they are."""

    def test_every_bit_and_byte(self):
        tried = lost = 0
        for path in FILES:
            records = [data for _, data in Golden(path).records]
            for data, after in zip(records, records[1:] + records[:1]):
                step = 1 if len(data) < SMALL else 23
                neighbor = EVENT.decode(after)
                for changed in mutants(data, step):
                    buf = frame(after) + frame(changed) + frame(after)
                    found = events(buf)
                    got = list(found)
                    self.assertEqual((got[0], got[-1]), (neighbor, neighbor))
                    self.assertIn(len(got), (2, 3))
                    self.assertEqual(len(got) == 3 and not found.damage, is_event(changed))
                    inside = [frame_end(after), frame_end(after) + frame_end(changed)]
                    for damage in found.damage:
                        self.assertTrue(inside[0] <= damage.start <= damage.pos <= damage.end
                                        <= inside[1], (damage, path))
                    all_of(Run(buf))
                    tried, lost = tried + 1, lost + (len(got) == 2)
        self.assertGreater(tried, 10000)
        self.assertGreater(lost, 1000)


def frame_end(data):
    return 16 + len(data)


if __name__ == "__main__":
    unittest.main()
