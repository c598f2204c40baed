"""Records read back from whatever holds them, in each mode."""
import io
import os
import pathlib
import threading
import unittest

from tbx_pure.errors import FormatError, InputError
from tbx_pure.read.records import MODES, scan
from tbx_pure.read.window import CHUNK
from tbx_pure.record import frame

from .helpers import InDirectory
from .vectors import load, unhex

DATA = [b"a", b"", b"abc" * 50]
BUF = b"".join(map(frame, DATA))
STARTS = [0, 17, 33]
RECORDS = list(zip(STARTS, DATA))
BAD = bytearray(frame(b"bad"))
BAD[12] ^= 1
FILES = load("records")["files"]
DAMAGED = BUF + bytes(BAD) + frame(b"b") + b"torn"      # damage at 199, torn at 235


class TestSources(InDirectory):

    def test_each_kind_of_source(self):
        path = self.path("x")
        with open(path, "wb") as f:
            f.write(BUF)
        for source, name in ((path, path), (pathlib.Path(path), path), (BUF, ""), (bytearray(BUF), ""),
                             (memoryview(BUF), ""), (io.BytesIO(BUF), "")):
            records = scan(source)
            self.assertEqual((list(records), records.path), (RECORDS, name))
            self.assertEqual((records.end, records.damage, records.torn), (len(BUF), [], None))

    def test_a_file_is_read_from_where_it_stands_and_left_open(self):
        path = self.path("x")
        with open(path, "wb") as f:
            f.write(b"before" + BUF)
        with open(path, "rb") as file:
            file.seek(6)
            self.assertEqual(list(scan(file)), RECORDS)
            self.assertFalse(file.closed)
            self.assertEqual(scan(file).path, path)

    def test_what_is_opened_is_closed(self):
        path = self.path("x")
        with open(path, "wb") as f:
            f.write(BUF)
        whole, some = scan(path), scan(path)
        list(whole)
        with some:
            next(some)
        self.assertTrue(whole.window.file.closed and some.window.file.closed)
        self.assertEqual(list(some), [])

    def test_a_pipe(self):
        """A record is given when it is there, not when the pipe is closed."""
        read_end, write_end = os.pipe()
        with open(read_end, "rb") as file:
            records = scan(file)
            for start, data in RECORDS:
                os.write(write_end, frame(data))
                self.assertEqual(next(records), (start, data))
            writer = threading.Thread(target=self.write_and_close, args=(write_end, DAMAGED))
            writer.start()
            self.assertEqual(len(list(records)), 4)
            writer.join()
            self.assertEqual([d[:2] for d in records.damage], [(199 + 199, 199 + 218)])

    def write_and_close(self, fd, data):
        os.write(fd, data)
        os.close(fd)

    def test_no_source(self):
        for source in (None, 3, io.StringIO("x"), ["x"]):
            with self.assertRaises(InputError) as caught:
                scan(source)
            self.assertEqual(caught.exception.argument, "source")
        with self.assertRaises(OSError):
            scan(self.path("nowhere"))
        with self.assertRaises(OSError):
            list(scan(self.directory))

    def test_records_larger_than_a_chunk(self):
        data = [b"a" * n for n in (CHUNK - 20, CHUNK, 3 * CHUNK + 1, 5)]
        self.assertEqual([found for _, found in scan(b"".join(map(frame, data)))], data)


class TestModes(unittest.TestCase):

    def read(self, **options):
        records = scan(DAMAGED, **options)
        found = [data for _, data in records]
        return (found == DATA + [b"b"] or found == DATA and "not b",
                [damage.start for damage in records.damage], records.torn and records.torn.start)

    def test_each(self):
        self.assertEqual(self.read(), (True, [199], 235))
        self.assertEqual(self.read(mode="tail"), (True, [199], 235))
        self.assertEqual(self.read(mode="salvage"), (True, [199, 235], None))
        self.assertEqual(self.read(mode="stop"), ("not b", [199], None))
        for options in ({"mode": "strict"}, {"strict": True}, {"mode": "stop", "strict": True}):
            records = scan(DAMAGED, **options)
            self.assertEqual([next(records) for _ in DATA], RECORDS)
            for _ in range(2):
                with self.assertRaises(FormatError) as caught:
                    next(records)
                self.assertEqual((caught.exception.pos, caught.exception.rule), (211, "record-3"))
            self.assertEqual(records.damage, [])

    def test_a_torn_end(self):
        torn = BUF + frame(b"torn")[:-1]
        for mode in MODES:
            for strict in (False, True):
                records = scan(torn, mode, strict)
                if mode == "strict" or strict and mode == "salvage":
                    with self.assertRaises(FormatError) as caught:
                        list(records)
                    self.assertEqual((caught.exception.pos, caught.exception.rule),
                                     (len(BUF), "record-6"))
                    continue
                self.assertEqual(list(records), RECORDS)
                told = records.damage if mode == "salvage" else [records.torn]
                self.assertEqual([d[:3] for d in told], [(len(BUF), len(torn), "record-6")])
                self.assertEqual(records.damage, told if mode == "salvage" else [])

    def test_no_mode(self):
        with self.assertRaises(InputError) as caught:
            scan(BUF, mode="lax")
        self.assertIn("one of tail, salvage, stop, strict", str(caught.exception))


class TestVectors(unittest.TestCase):

    def test_files(self):
        for case in FILES:
            with self.subTest(case["id"]):
                for mode in "tail", "salvage":
                    records = scan(unhex(case["file"]), mode)
                    self.assertEqual([data for _, data in records], sound(case))
                if "rule" in case:
                    self.assertEqual((records.damage[0].rule, records.damage[0].pos),
                                     (case["rule"], case["pos"]))

    def test_files_as_they_grow(self):
        """The same is found by whoever has looked when only a part was there."""
        for case in FILES:
            file = unhex(case["file"])
            for seen in range(len(file)):
                with self.subTest(case["id"], seen=seen):
                    self.assertEqual(followed(file, seen), sound(case))


def sound(case):
    """Return the data of all sound records in a vector's file."""
    return list(map(unhex, case["data"] + case.get("after", [])))


def followed(file, seen):
    """Return the data of all records of a file of which so many bytes were there at first."""
    growing = io.BytesIO(file[:seen])
    records = scan(growing, patience=1e9)
    found = list(records)
    place = growing.tell()
    growing.seek(0, 2)
    growing.write(file[seen:])
    growing.seek(place)
    found += records
    records.complete()
    found += records
    return [data for _, data in found]


class TestDevices(unittest.TestCase):
    @unittest.skipUnless(os.path.exists("/dev/full"), "no such devices")
    def test_a_device_without_an_end(self):
        for path in "/dev/zero", "/dev/full", "/dev/urandom":
            with self.assertRaises(OSError) as caught:
                scan(path)
            self.assertEqual((caught.exception.filename, caught.exception.strerror),
                             (path, "a device, no event file"))
        self.assertEqual(list(scan("/dev/null")), [])


if __name__ == "__main__":
    unittest.main()
