"""The way back: every event of a file, whole or growing, and where it is damaged."""
import io
import os
import unittest

from tbx_pure import FormatError, SummaryWriter
from tbx_pure.messages import EVENT
from tbx_pure.read import records as module
from tbx_pure.read.events import event_files, events
from tbx_pure.read.records import records
from tbx_pure.record import frame

from .helpers import InDirectory

EVENTS = [{"wall_time": 1.0, "file_version": "brain.Event:2"},
          {"wall_time": 2.0, "step": 1, "summary": {"value": [{"tag": "x", "simple_value": 0.5}]}},
          {"wall_time": 3.0, "step": -2}]


class Slow(io.BytesIO):
    """A file that gives one byte at a time."""

    def read(self, size=-1):
        return io.BytesIO.read(self, min(size, 1))


class TestRecords(unittest.TestCase):

    def test_whole_and_cut_at_every_byte(self):
        parts = [frame(EVENT.encode(event)) for event in EVENTS]
        buf, ends = b"".join(parts), [sum(map(len, parts[:n])) for n in range(4)]
        for size in range(len(buf) + 1):
            whole = sum(end <= size for end in ends[1:])
            for file in (io.BytesIO(buf[:size]), Slow(buf[:size])):
                self.assertEqual([(pos, EVENT.decode(data)) for pos, data in records(file)],
                                 list(zip(ends, EVENTS[:whole])))

    def test_records_larger_than_a_chunk(self):
        data = [b"a" * n for n in (module.CHUNK - 20, module.CHUNK, 3 * module.CHUNK + 1, 5)]
        file = io.BytesIO(b"".join(map(frame, data)))
        self.assertEqual([found for _, found in records(file)], data)

    def test_damage_is_told_with_its_place_in_the_file(self):
        good = frame(b"a" * module.CHUNK)
        bad = bytearray(frame(b"bcd"))
        bad[13] ^= 1
        found = []
        with self.assertRaises(FormatError) as caught:
            for _, data in records(io.BytesIO(good * 3 + bytes(bad) + good)):
                found.append(data)
        self.assertEqual(len(found), 3)
        self.assertEqual((caught.exception.pos, caught.exception.rule), (3 * len(good) + 12, "record-3"))


class TestEvents(InDirectory):

    def write(self, *events, **options):
        path = self.path(options.get("name", "events.out.tfevents.1"))
        with open(path, "wb") as f:
            for event in events:
                f.write(frame(event if isinstance(event, bytes) else EVENT.encode(event)))
        return path

    def test_events(self):
        self.assertEqual(list(events(self.write(*EVENTS))), EVENTS)
        self.assertEqual(list(events(self.write())), [])

    def test_an_event_that_does_not_decode(self):
        path = self.write(EVENTS[0], b"\x09\x00")
        iterator = events(path)
        next(iterator)
        with self.assertRaises(FormatError) as caught:
            next(iterator)
        self.assertEqual((caught.exception.pos, caught.exception.rule),
                         (os.path.getsize(path) - 6, "wire-4"))

    def test_files_of_a_log_directory(self):        # files-1, files-4, files-5, files-9
        writer = SummaryWriter(self.path("a"))
        writer.add_scalars("x", {"b": 1})
        writer.close()
        writer.add_scalar("x", 1)
        os.mkdir(self.path("empty"))
        self.write(name="note.txt")
        top = self.write(name="my.tfevents")
        found = event_files(self.directory)
        self.assertEqual([run for run, _ in found], [".", "a", "a", os.path.join("a", "x", "b")])
        self.assertEqual(found[0], (".", top))
        self.assertEqual(found[1:3], sorted(found[1:3]))
        self.assertEqual(event_files(top), [(".", top)])

    def test_nothing_there(self):
        self.assertEqual(event_files(self.directory), [])
        with self.assertRaises(OSError):
            event_files(self.path("nowhere"))
        with self.assertRaises(OSError):
            list(events(self.path("nowhere")))


if __name__ == "__main__":
    unittest.main()
