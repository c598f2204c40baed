"""No damage costs a sound record, raises anything, or hangs; what is damaged is named exactly."""
import os
import random
import time
import unittest
from io import BytesIO

from tbx_pure.crc32c import crc32c, masked
from tbx_pure.errors import FormatError
from tbx_pure.read import sums
from tbx_pure.read.records import Damage, scan
from tbx_pure.read.window import Window
from tbx_pure.record import CRC, LENGTH, frame

from .damaged import FILES, KINDS, Golden, read
from .helpers import tracemalloc
from .vectors import load, unhex

SMALL = [path for path in FILES if os.path.getsize(path) < 150]
LARGE = [path for path in FILES if os.path.getsize(path) >= 150]
RANDOM = random.Random(1)


def header(length):
    """The first 12 bytes of a record, whatever length it claims."""
    stated = LENGTH.pack(length)
    return stated + CRC.pack(masked(crc32c(stated)))


class TestEverywhere(unittest.TestCase):
    """tests/damage.py does the same to every byte of all files."""

    def check(self, path, step):
        golden = Golden(path)
        for kind in KINDS:
            for what, found, wanted in kind(golden, step):
                if found != wanted:
                    self.assertEqual(found, wanted, (golden.name, kind.__name__, what))

    def test_every_byte_of_small_files(self):
        self.assertGreater(len(SMALL), 1)
        for path in SMALL:
            self.check(path, 1)

    def test_some_bytes_of_larger_files(self):
        for path in LARGE:
            self.check(path, 197)


class TestRules(unittest.TestCase):

    def test_each_way_to_break_a_record(self):
        """The vectors of page 1: the rule that is broken, and where."""
        after = frame(b"after")
        for case in load("records")["bad"]:
            with self.subTest(case["id"]):
                bad = unhex(case["record"])
                records = scan(bad + after)
                self.assertEqual(list(records), [(len(bad), b"after")])
                damage, = records.damage
                self.assertEqual((damage.rule, damage.pos), (case["rule"], case["pos"]))
                self.assertEqual((damage.start, damage.end), (0, len(bad)))
                with self.assertRaises(FormatError) as caught:
                    list(scan(bad + after, strict=True))
                self.assertEqual((caught.exception.rule, caught.exception.pos),
                                 (case["rule"], case["pos"]))

    def test_a_length_no_event_has(self):
        for length in (2 ** 31, 2 ** 40, 2 ** 63, 2 ** 64 - 1):
            bomb = header(length)
            records = scan(frame(b"a") + bomb + b"??" + frame(b"b"))
            self.assertEqual([data for _, data in records], [b"a", b"b"])
            self.assertEqual(records.damage, [Damage(
                17, 31, "record-8", "length %d is more than any event has" % length, 17, "")])
            records = scan(bomb)
            self.assertEqual(list(records), [])
            self.assertEqual([d[:3] for d in records.damage], [(0, 12, "record-8")])

    def test_a_length_that_is_not_there(self):
        """No memory is set aside for it, and what stands behind it is found."""
        small = frame(b"a")
        tracemalloc.start()
        try:
            found = read(small + header(2 ** 31 - 1) + small + small)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        self.assertEqual(found, ([(0, b"a"), (29, b"a"), (46, b"a")], [(17, 29)], None))
        self.assertLess(peak, 1 << 20)
        self.assertEqual(read(small + header(2 ** 31 - 1) + b"part"), ([(0, b"a")], [], (17, 33)))

    def test_zeros(self):
        for n in (12, 13, 100, 70000):
            zeros = bytes(n)
            self.assertEqual(read(frame(b"a") + zeros), ([(0, b"a")], [], (17, 17 + n)))
            self.assertEqual(read(frame(b"a") + zeros, mode="salvage"),
                             ([(0, b"a")], [(17, 17 + n)], None))
            self.assertEqual(read(frame(b"a") + zeros + frame(b"b")),
                             ([(0, b"a"), (17 + n, b"b")], [(17, 17 + n)], None))

    def test_zeros_in_a_record_to_the_end(self):
        """A record of which the file system has only the first part."""
        record = frame(b"abcdefgh" * 5)
        for n in range(1, 13):          # its length may be torn too
            self.assertEqual(read(record[:n] + bytes(56)), ([], [], (0, n + 56)), n)
        self.assertEqual(read(record[:30] + bytes(26)), ([], [], (0, 56)))
        self.assertEqual(read(record[:30] + bytes(26) + record), (
            [(56, b"abcdefgh" * 5)], [(0, 56)], None))

    def test_two_damaged_records_side_by_side(self):
        good, bad = frame(b"good"), bytearray(frame(b"bad data"))
        bad[15] ^= 1
        self.assertEqual(read(good + bytes(bad) * 2 + good),
                         ([(0, b"good"), (68, b"good")], [(20, 44), (44, 68)], None))

    def test_damage_before_a_torn_end(self):
        bad = bytearray(frame(b"bad data"))
        bad[2] ^= 1
        self.assertEqual(read(bytes(bad) + frame(b"torn")[:-1]), ([], [(0, 24)], (24, 43)))

    def test_a_record_within_a_damaged_one_is_none(self):
        """Data may hold anything; where its length is sound, it says where to go on."""
        outer = bytearray(frame(b"text " + frame(b"inner") + b" text"))
        outer[13] ^= 1
        self.assertEqual(read(bytes(outer) + frame(b"next")),
                         ([(len(outer), b"next")], [(0, len(outer))], None))

    def test_a_stretch_is_missing(self):
        """Of records of many sizes, so that the next one begins inside what a length claims."""
        sizes = [400, 3, 90, 1, 1000, 5, 5, 200, 0, 30]
        data = [bytes(RANDOM.getrandbits(8) for _ in range(n)) for n in sizes]
        buf = b"".join(map(frame, data))
        ends = [sum(len(frame(d)) for d in data[:n]) for n in range(len(data) + 1)]
        for first in range(0, len(buf), 37):
            for last in range(first + 1, len(buf), 41):
                kept = [d for d, start, end in zip(data, ends, ends[1:])
                        if end <= first or start >= last]
                found = [d for _, d in scan(buf[:first] + buf[last:])]
                self.assertEqual(found, kept, (first, last))

    def test_noise(self):
        for _ in range(25):
            parts, wanted, pos, noisy = [], [], 0, RANDOM.random()
            for _ in range(20):
                size = RANDOM.choice([0, 1, 8, 20, 600, 3000])
                data = bytes(RANDOM.getrandbits(8) for _ in range(size))
                if RANDOM.random() < noisy:
                    part = RANDOM.choice([data, bytes(size), b"\0\0\0\0x" * size])
                else:
                    part = frame(data)
                    wanted.append((pos, data))
                parts.append(part)
                pos += len(part)
            buf = b"".join(parts)
            for source in (buf, Slow(buf, 7), Slow(buf, 1000)):
                found, spans, torn = read(source)
                self.assertEqual(found, wanted)
            covered = spans + ([torn] if torn else []) + [
                (at, at + 16 + len(data)) for at, data in wanted]
            self.assertEqual(sum(end - start for start, end in covered), len(buf))


class Slow(BytesIO):
    """A file that gives a few bytes at a time."""

    def __init__(self, buf, most):
        BytesIO.__init__(self, buf)
        self.most = most

    def read1(self, size=-1):
        return BytesIO.read(self, self.most)


class TestCost(unittest.TestCase):
    """Time grows as the file does; memory stays within four times of it."""

    def seconds(self, buf):
        start = time.process_time()
        list(scan(buf))
        return time.process_time() - start

    def hostile(self, n):
        claim = header(5 * n)           # each a stretch to check, all of them lies
        small, big = frame(b"x"), header(8 * n)
        yield "claims", claim * n + bytes(range(256)) * (n // 20)
        yield "claims between records", (big + small) * n + bytes(range(256)) * (n // 20)
        yield "zeros", b"x" + bytes(200 * n) + b"x"
        yield "nearly zeros", b"\0\0\0\0x" * (4 * n)
        yield "empty lengths", LENGTH.pack(0) * (10 * n) + b"x"
        yield "halves", frame(b"data")[:-1] * n

    def test_time_is_linear(self):
        for (name, once), (_, more) in zip(self.hostile(300), self.hostile(2400)):
            with self.subTest(name):
                self.assertLess(self.seconds(more), 40 * self.seconds(once) + 0.3)      # 8, not 64

    def test_memory(self):
        size = 1 << 17
        bad = bytearray(frame(bytes(range(256)) * (size // 256)))
        bad[100] ^= 1
        for buf in (bytes(bad) + frame(b"x"), frame(bytes(size)), bytes(size), b"\xff" * size,
                    header(2 ** 31 - 1) + b"\xff" * size):
            tracemalloc.start()
            try:
                for _ in scan(BytesIO(buf)):
                    pass
                peak = tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()
            self.assertLess(peak, 4 * len(buf))


class TestSums(unittest.TestCase):

    def test_any_stretch(self):
        data = bytes(RANDOM.getrandbits(8) for _ in range(5000))
        window = Window(data, chunk=5000)
        window.more(0)
        found = sums.Sums(window)
        for start in sorted(RANDOM.randrange(5000) for _ in range(50)):
            for end in (start, start + 1, min(start + 256, 5000), 4999, 5000):
                if end >= start:
                    self.assertEqual(found.crc(start, end), crc32c(data[start:end]), (start, end))

    def test_zeros_after(self):
        for n in (0, 1, 2, 3, 100, 257):
            crc = RANDOM.getrandbits(32)
            self.assertEqual(sums.zeros_after(crc, n) ^ crc32c(bytes(n)), crc32c(bytes(n), crc))


if __name__ == "__main__":
    unittest.main()
