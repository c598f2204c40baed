"""Events read back as dicts, of a file or of a whole log directory, without what is damaged."""
import io
import os
import unittest

from tbx_pure import FormatError, SummaryWriter
from tbx_pure.messages import EVENT
from tbx_pure.read.events import events
from tbx_pure.read.files import event_files
from tbx_pure.record import frame
from tbx_pure.wire import varint

from .helpers import InDirectory

EVENTS = [{"wall_time": 1.0, "file_version": "brain.Event:2"},
          {"wall_time": 2.0, "step": 1, "summary": {"value": [{"tag": "x", "simple_value": 0.5}]}},
          {"wall_time": 3.0, "step": -2}]
BAD_TAG = b"\x0a\x02\xff\xff\x15\0\0\0\0"               # a value whose tag is not UTF-8


def value(data):
    return b"\x0a" + varint(len(data)) + data


def summary(*values, **after):
    data = b"".join(values) + after.get("junk", b"")
    return b"\x10\x05\x2a" + varint(len(data)) + data


def scalar(tag):
    return value(b"\x0a\x01" + tag + b"\x15\0\0\0\x3f")


class TestEvents(InDirectory):

    def write(self, *events, **options):
        path = self.path(options.get("name", "events.out.tfevents.1"))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            for event in events:
                f.write(frame(event if isinstance(event, bytes) else EVENT.encode(event)))
        return path

    def test_events(self):
        path = self.write(*EVENTS)
        found = events(path)
        self.assertEqual([(event, found.offset, found.path) for event in found],
                         [(EVENTS[0], 0, path), (EVENTS[1], 40, path), (EVENTS[2], 79, path)])
        with open(path, "rb") as f:
            self.assertEqual(list(events(f)), EVENTS)
            self.assertEqual(list(events(io.BytesIO(b""))), [])

    def test_of_a_directory(self):
        b = self.write(EVENTS[1], name=os.path.join("b", "2.tfevents"))
        self.write(EVENTS[2], EVENTS[0], name=os.path.join("b", "1.tfevents"))
        self.write(EVENTS[0], name=os.path.join("a", "c", "tfevents"))
        with open(b, "ab") as f:
            f.write(b"torn")
        found = events(self.directory)
        self.assertEqual(list(found), [EVENTS[0], EVENTS[2], EVENTS[0], EVENTS[1]])
        self.assertEqual([(torn.path, torn.start) for torn in found.torn], [(b, 39)])
        self.assertEqual(list(events(self.path("b"))), [EVENTS[2], EVENTS[0], EVENTS[1]])

    def test_damage_of_records(self):
        path = self.write(*EVENTS)
        with open(path, "r+b") as f:
            f.seek(50)
            f.write(b"?")
        for source, name in ((path, path), (self.directory, path)):
            found = events(source)
            self.assertEqual(list(found), [EVENTS[0], EVENTS[2]])
            damage, = found.damage
            self.assertEqual((damage.start, damage.end, damage.rule, damage.path),
                             (40, 79, "record-2", name))
        with self.assertRaises(FormatError):
            list(events(path, strict=True))
        self.assertEqual(list(events(path, mode="stop")), EVENTS[:1])

    def test_a_record_that_is_no_event(self):
        path = self.write(EVENTS[0], b"\x09\x00", EVENTS[2])
        found = events(path)
        self.assertEqual(list(found), [EVENTS[0], EVENTS[2]])
        damage, = found.damage
        self.assertEqual(damage[:3] + damage[4:], (40, 58, "wire-4", 52, path))
        for options in ({"strict": True}, {"mode": "strict"}):
            with self.assertRaises(FormatError) as caught:
                list(events(path, **options))
            self.assertEqual((caught.exception.pos, caught.exception.rule), (52, "wire-4"))
        self.assertEqual(list(events(path, mode="stop")), EVENTS[:1])

    def test_a_value_that_breaks_a_rule(self):
        """The others of its event stay; it is not shown in part, under a name it never had."""
        x, y = ({"tag": tag, "simple_value": 0.5} for tag in "xy")
        bad = value(BAD_TAG)
        for data, values, spans in (
                (summary(bad, scalar(b"y")), [y], [(16, 27, 20)]),
                (summary(scalar(b"x"), bad), [x], [(26, 37, 30)]),
                (summary(scalar(b"x"), bad, scalar(b"y"), bad), [x, y], [(26, 37, 30), (47, 58, 51)]),
                (summary(scalar(b"x"), b"\x0a\x7f"), [x], [(26, 28, 26)]),
                (summary(bad), None, [(16, 27, 20)])):
            found = events(self.write(data))
            wanted = {"step": 5, "summary": {"value": values} if values else {}}
            self.assertEqual(list(found), [wanted])
            self.assertEqual([(d.start, d.end, d.pos) for d in found.damage], spans)
            with self.assertRaises(FormatError) as caught:
                list(events(self.write(data), strict=True))
            self.assertEqual(caught.exception.pos, spans[0][2])

    def test_more_than_a_value(self):
        """A step that is no varint: the event is left out, not shown at step 0."""
        data = summary(scalar(b"x"), value(BAD_TAG)) + b"\x10\xff"
        found = events(self.write(data, EVENTS[2]))
        self.assertEqual(list(found), [EVENTS[2]])
        self.assertEqual([d[:2] for d in found.damage], [(0, 16 + len(data))])

    def test_nothing_there(self):
        with self.assertRaises(OSError):
            list(events(self.path("nowhere")))
        self.assertEqual(list(events(self.directory)), [])


class TestFiles(InDirectory):

    def touch(self, *names):
        os.makedirs(os.path.dirname(self.path(*names)), exist_ok=True)
        with open(self.path(*names), "w"):
            pass

    def test_files_of_a_log_directory(self):        # files-1, files-4, files-5, files-9
        writer = SummaryWriter(self.path("a"))
        writer.add_scalars("x", {"b": 1})
        writer.close()
        writer.add_scalar("x", 1)
        os.mkdir(self.path("empty"))
        self.touch("note.txt")
        self.touch("my.tfevents")
        found = event_files(self.directory)
        self.assertEqual([run for run, _ in found], [".", "a", "a", os.path.join("a", "x", "b")])
        self.assertEqual(found[0], (".", self.path("my.tfevents")))
        self.assertEqual(found[1:3], sorted(found[1:3]))
        self.assertEqual(event_files(self.path("my.tfevents")), [(".", self.path("my.tfevents"))])

    def test_links(self):
        """Followed, as TensorBoard does, but not round in circles."""
        self.touch("real", "tfevents")
        try:
            os.symlink(self.path("real"), self.path("linked"))
            os.symlink(self.path("real", "tfevents"), self.path("real", "tfevents.2"))
            os.symlink(self.path("nowhere"), self.path("real", "tfevents.broken"))
            os.symlink(self.directory, self.path("real", "up"))
        except (OSError, NotImplementedError):
            self.skipTest("no links here")
        found = [(run, os.path.basename(file)) for run, file in event_files(self.directory)]
        self.assertEqual(found, [("linked", "tfevents"), ("linked", "tfevents.2"),
                                 ("real", "tfevents"), ("real", "tfevents.2")])

    def test_many_links_among_directories_end(self):
        names = list("abcdefghij")
        for name in names:
            self.touch(name, "tfevents")
        try:
            for name in names:
                for other in names:
                    os.symlink(self.path(other), self.path(name, "to_" + other))
        except (OSError, NotImplementedError):
            self.skipTest("no links here")
        found = [run for run, _ in event_files(self.directory)]
        self.assertTrue(set(names) <= set(found))
        self.assertLess(len(found), 200)

    @unittest.skipUnless(hasattr(os, "mkfifo"), "no pipes in directories here")
    def test_a_pipe_is_no_file(self):
        os.mkfifo(self.path("tfevents"))
        self.assertEqual(event_files(self.directory), [])

    def test_nothing_there(self):
        self.assertEqual(event_files(self.directory), [])
        with self.assertRaises(OSError):
            event_files(self.path("nowhere"))

    def test_what_cannot_be_listed_is_told(self):
        self.touch("a", "tfevents")
        self.touch("b", "tfevents")
        real, failed = os.listdir, []

        def listdir(path):
            if path == self.path("a"):
                raise PermissionError(13, "Permission denied", path)
            return real(path)
        os.listdir = listdir
        try:
            found = event_files(self.directory, failed.append)
            with self.assertRaises(PermissionError):
                event_files(self.directory)
        finally:
            os.listdir = real
        self.assertEqual([run for run, _ in found], ["b"])
        self.assertEqual([e.filename for e in failed], [self.path("a")])


if __name__ == "__main__":
    unittest.main()
