"""Records: framing, damage, growing files.  spec/1-records.md: record-1 to record-8"""
import os
import struct
import sys
import tempfile
import unittest

from tbx_pure import FormatError, InputError
from tbx_pure.crc32c import crc32c, masked
from tbx_pure.eventfile import EventFile
from tbx_pure.record import HEADER_SIZE, frame, unframe

from .helpers import tracemalloc
from .vectors import load, unhex

VECTORS = load("records")
WHOLE = next(unhex(case["file"]) for case in VECTORS["files"] if case["id"] == "file-three-records")


def read(buf):
    """Return (data of all whole records, where they end, the FormatError there or None)."""
    out, pos = [], 0
    while True:
        try:
            one = unframe(buf, pos)
        except FormatError as e:
            return out, pos, e
        if one is None:
            return out, pos, None
        data, pos = one
        out.append(data)


class TestVectors(unittest.TestCase):
    def refuses(self, buf, pos, rule, at):
        with self.assertRaises(FormatError) as caught:
            unframe(buf, pos)
        self.assertEqual((caught.exception.rule, caught.exception.pos), (rule, at))

    def test_frame(self):                                                   # record-1
        for case in VECTORS["records"]:
            with self.subTest(case["id"]):
                self.assertEqual(frame(unhex(case["data"])), unhex(case["record"]))

    def test_unframe(self):                                                 # record-1
        for case in VECTORS["records"]:
            with self.subTest(case["id"]):
                data, record = unhex(case["data"]), unhex(case["record"])
                self.assertEqual(unframe(record), (data, len(record)))
                self.assertEqual(unframe(b"before" + record + b"after", 6), (data, 6 + len(record)))
                self.assertEqual(unframe(memoryview(record)), (data, len(record)))
                self.assertEqual(unframe(bytearray(record)), (data, len(record)))

    def test_every_truncation_is_waited_for(self):                          # record-6
        for case in VECTORS["records"]:
            record = unhex(case["record"])
            for n in range(len(record)):
                self.assertIsNone(unframe(record[:n]), (case["id"], n))
                self.assertIsNone(unframe(b"before" + record[:n], 6), (case["id"], n))

    def test_bad(self):
        for case in VECTORS["bad"]:
            with self.subTest(case["id"]):
                record = unhex(case["record"])
                self.refuses(record, 0, case["rule"], case["pos"])
                self.refuses(b"before" + record, 6, case["rule"], 6 + case["pos"])

    def test_a_wrong_header_is_not_waited_for(self):                # record-2, record-6, record-8
        for case in VECTORS["bad"]:
            if case["pos"] == 0:
                self.refuses(unhex(case["record"])[:HEADER_SIZE], 0, case["rule"], 0)

    @unittest.skipIf(sys.maxsize < 2 ** 31, "no bytes are so long")
    def test_nobody_writes_what_nobody_reads(self):                         # record-8
        class Long(bytes):
            def __len__(self):
                return 2 ** 31
        with self.assertRaises(InputError) as caught:
            frame(Long())
        self.assertEqual((caught.exception.argument, caught.exception.got), ("data", "2147483648"))

    def test_partial(self):                                                 # record-6
        for case in VECTORS["partial"]:
            with self.subTest(case["id"]):
                self.assertIsNone(unframe(unhex(case["record"])))

    def test_files(self):
        for case in VECTORS["files"]:
            with self.subTest(case["id"]):
                data, end, e = read(unhex(case["file"]))
                self.assertEqual(data, [unhex(item) for item in case["data"]])
                self.assertEqual(end, case["end"])
                self.assertEqual(e and (e.rule, e.pos),
                                 (case["rule"], case["pos"]) if "rule" in case else None)

    def test_the_error_says_what_was_found(self):                           # record-3
        record = bytearray(frame(b"123456789"))
        record[-1] ^= 1
        with self.assertRaises(FormatError) as caught:
            unframe(record)
        self.assertEqual(str(caught.exception),
                         "data has checksum c68ab0e5, its bytes give c78ab0e5 "
                         "(at byte 12, rule record-3)")


class TestFlips(unittest.TestCase):
    """CRC-32C finds every error that stays inside one byte, wherever in a record it is."""

    def test_every_single_byte(self):                                       # record-2, record-3
        for case in VECTORS["records"][:5]:
            record = bytearray(unhex(case["record"]))
            for i, byte in enumerate(bytes(record)):
                expected = ("record-2", 0) if i < HEADER_SIZE else ("record-3", HEADER_SIZE)
                for record[i] in set(range(256)) - {byte}:
                    with self.assertRaises(FormatError) as caught:
                        unframe(record)
                    if (caught.exception.rule, caught.exception.pos) != expected:
                        self.fail("%s, byte %d: %s" % (case["id"], i, caught.exception))
                record[i] = byte

    def test_every_bit_of_a_file(self):
        whole, ends, _ = read(WHOLE)
        starts = [0]
        for data in whole:
            starts.append(starts[-1] + HEADER_SIZE + len(data) + 4)
        self.assertEqual(starts[-1], ends)
        for bit in range(8 * len(WHOLE)):
            buf = bytearray(WHOLE)
            buf[bit // 8] ^= 1 << bit % 8
            hit = max(i for i, start in enumerate(starts) if start <= bit // 8)
            data, end, e = read(buf)
            self.assertEqual((data, end), (whole[:hit], starts[hit]), bit)
            header = bit // 8 < starts[hit] + HEADER_SIZE
            self.assertEqual((e.rule, e.pos), ("record-2", starts[hit]) if header
                             else ("record-3", starts[hit] + HEADER_SIZE), bit)

    def test_every_truncation_of_a_file(self):                              # record-6
        whole, _, _ = read(WHOLE)
        for n in range(len(WHOLE) + 1):
            data, end, e = read(WHOLE[:n])
            self.assertIsNone(e)
            self.assertEqual(data, whole[:len(data)])
            self.assertEqual(WHOLE[:end], b"".join(map(frame, data)))
            self.assertLess(n - end, HEADER_SIZE + len((whole + [b""])[len(data)]) + 4)


class TestLengths(unittest.TestCase):
    def test_lengths_and_their_crc(self):                                   # record-1, record-2
        for n in 1, 127, 128, 255, 256, 65535, 65536:
            data = bytes(n)
            record = frame(data)
            self.assertEqual(record[:8], n.to_bytes(8, "little"))
            self.assertEqual(record[8:12], masked(crc32c(record[:8])).to_bytes(4, "little"))
            self.assertEqual(record[-4:], masked(crc32c(data)).to_bytes(4, "little"))
            self.assertEqual(len(record), n + 16)
            self.assertEqual(unframe(record), (data, n + 16))

    def test_a_claimed_length_sets_no_memory_aside(self):         # record-6, record-8
        for n in 2 ** 31 - 1, 2 ** 31, 2 ** 40, 2 ** 62, 2 ** 63, 2 ** 64 - 1:
            length = struct.pack("<Q", n)
            buf = length + struct.pack("<I", masked(crc32c(length))) + bytes(1000)
            tracemalloc.start()
            try:
                self.assertEqual(read(buf)[:2], ([], 0))
                self.assertLess(tracemalloc.get_traced_memory()[1], 50000)
            finally:
                tracemalloc.stop()


class Torn:
    """The operating system, but a write takes at most `room` bytes, and every third one fails."""

    def __init__(self, room):
        self.room, self.calls = room, 0

    def __getattr__(self, name):
        return getattr(os, name)

    def write(self, fd, data):
        self.calls += 1
        if self.calls % 3 == 0:
            raise OSError(28, "No space left on device")
        return os.write(fd, bytes(data[:self.room]))


class TestWriter(unittest.TestCase):
    def test_what_is_written_stays(self):                                   # record-7
        for room in 1, 5, 11, 12, 13, 30, 1000:
            with self.subTest(room=room), tempfile.TemporaryDirectory() as directory:
                f = EventFile(directory, system=Torn(room))
                before, errors, i = b"", 0, 0
                while i < 6 or errors < 3:
                    i += 1
                    try:
                        f.append(b"event %d" % i)
                    except OSError:
                        errors += 1
                    after = contents(f)
                    self.assertEqual(after[:len(before)],
                                     before)           # not changed, not taken back
                    self.assertIsNone(read(after)[2])           # what is torn has nothing behind it
                    before = after
                f._system = os
                f.append(b"the last")                           # completes what is torn, first
                data, end, e = read(contents(f))
                self.assertEqual((end, e), (os.path.getsize(f.path), None))
                self.assertEqual(data[-1], b"the last")
                numbers = [int(item[6:]) for item in data[1:-1]]
                self.assertEqual(numbers, sorted(set(numbers)))
                f.close()


def contents(f):
    with open(f.path, "rb") as g:
        return g.read()


if __name__ == "__main__":
    unittest.main()
