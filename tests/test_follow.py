"""Files that grow, appear, are replaced, begun anew or have holes: each record once."""
import os
import shutil
import unittest
from unittest import mock

from tbx_pure import FormatError, SummaryWriter
from tbx_pure.messages import EVENT
from tbx_pure.read.follow import Files, follow
from tbx_pure.record import frame

from .helpers import InDirectory

DATA = [EVENT.encode({"wall_time": 1.0 + n, "step": n, "summary": {
    "value": [{"tag": "x" * n, "simple_value": 0.5}]}}) for n in range(1, 7)]
BUF = b"".join(map(frame, DATA))


class Following(InDirectory):

    def setUp(self):
        InDirectory.setUp(self)
        self.file = self.path("run", "events.tfevents")
        os.mkdir(self.path("run"))
        self.start()

    def start(self, **options):
        self.files, self.found = Files(self.directory, **options), []

    def write(self, data, mode="ab", at=None, path=None):
        with open(path or self.file, mode) as f:
            if at is not None:
                f.seek(at)
            f.write(data)

    def look(self, complete=False):
        """Return how many records are new."""
        new = [data for _, _, _, data in self.files.look(complete)]
        self.found += new
        return len(new)

    def check(self, wanted=DATA, damage=()):
        self.assertEqual(self.found, list(wanted))
        self.assertEqual([d[:2] for d in self.files.damage], list(damage))


class TestGrowing(Following):
    """No record is missed, none comes twice.  [readers-8]"""

    def test_byte_by_byte(self):
        for i in range(len(BUF)):
            self.write(BUF[i:i + 1])
            self.look()
        self.check()

    def test_cut_anywhere(self):
        for i in range(len(BUF)):
            self.write(BUF[:i], "wb")
            self.start()
            self.look()
            self.write(BUF[i:])
            self.look()
            self.check()
            self.assertEqual(self.look(), 0)

    def test_files_that_appear(self):
        self.assertEqual(self.look(), 0)
        second, third = self.path("run", "tfevents.2"), self.path("a", "b", "tfevents")
        self.write(frame(DATA[0]))
        self.look()
        self.write(frame(DATA[1]), path=second)
        self.look()
        self.write(frame(DATA[2]))              # the older one still grows
        self.look()
        os.makedirs(os.path.dirname(third))
        self.write(frame(DATA[4]), path=second)
        self.write(frame(DATA[3]), path=third)
        new = [(run, records.path, offset) for run, records, offset, _ in self.files.look()]
        self.assertEqual(new, [(os.path.join("a", "b"), third, 0),
                               ("run", second, len(frame(DATA[1])))])
        self.check(DATA[:3])

    def test_nothing_there_yet(self):
        self.files = Files(self.path("later"))
        self.assertEqual(self.look(), 0)
        self.assertEqual(list(self.files.errors), [self.path("later")])
        os.mkdir(self.path("later"))
        self.write(BUF, path=self.path("later", "tfevents"))
        self.look()
        self.assertEqual(self.files.errors, {})
        self.check()

    def test_a_single_file(self):
        self.files = Files(self.file)
        self.write(BUF)
        self.look()
        self.check()

    def test_a_look_left_half_way(self):
        self.write(BUF)
        for _, _, _, data in self.files.look():
            self.found.append(data)
            if len(self.found) == 2:
                break
        self.look()
        self.check()


class TestReplaced(Following):

    def test_by_a_longer_copy(self):            # as rsync does
        for end in (60, 61, 100, 101, len(BUF)):
            self.write(BUF[:end], "wb", path=self.path("new"))
            os.replace(self.path("new"), self.file)
            self.look()
        self.check()

    def test_by_another_file(self):
        self.write(BUF)
        self.look()
        self.write(frame(DATA[5]) + BUF, "wb", path=self.path("new"))
        os.replace(self.path("new"), self.file)
        self.look()
        self.check(DATA + [DATA[5]] + DATA)

    def test_begun_anew(self):
        self.write(BUF)
        self.look()
        for content, data in ((frame(DATA[2]), [DATA[2]]), (BUF * 2, DATA * 2)):
            self.write(content, "wb")
            del self.found[:]
            self.look()
            self.check(data)

    def test_deleted_and_back(self):
        self.write(BUF)
        self.look()
        os.rename(self.file, self.path("elsewhere"))
        self.look()
        os.rename(self.path("elsewhere"), self.file)
        self.write(frame(b""))
        self.look()
        self.check(DATA + [b""])

    def test_rotated(self):
        """What was written before it was renamed is not missed, and nothing is repeated."""
        self.write(BUF[:100])
        self.look()
        self.write(BUF[100:])
        os.rename(self.file, self.file + ".1")
        self.write(frame(DATA[2]))
        self.look()
        self.write(frame(DATA[3]))
        self.write(frame(DATA[4]), path=self.file + ".1")
        self.assertEqual(sorted(records.path for _, records, _, _ in self.files.look()),
                         [self.file, self.file + ".1"])
        self.assertEqual(sorted(self.found), sorted(DATA + [DATA[2]]))

    def test_a_torn_end_taken_back(self):
        """And another record in its place."""
        half = len(frame(DATA[0])) + 20
        self.write(BUF[:half])
        self.look()
        os.truncate(self.file, len(frame(DATA[0])))
        self.look()
        self.write(frame(DATA[3]))
        self.look()
        self.check([DATA[0], DATA[3]])


class TestHoles(Following):
    now = 1000.0

    def look_after(self, seconds):
        """Look by a clock that nothing else moves."""
        self.now += seconds
        with mock.patch("time.monotonic", lambda: self.now):
            self.look()

    def test_filled_later(self):
        """Zeros of each size at each place, with what comes after them or not: they wait."""
        for size in (8, 20, 60):
            for first in range(0, len(BUF) - size, 13):
                for shown in (len(BUF), first + size):
                    hole = BUF[:first] + bytes(size) + BUF[first + size:shown]
                    self.write(hole, "wb")
                    self.start()
                    self.look()
                    self.write(BUF[first:first + size], "r+b", at=first)
                    self.look()
                    self.write(BUF[shown:])
                    self.look()
                    self.check()

    def test_never_filled(self):
        first = len(frame(DATA[0]))
        second = first + len(frame(DATA[1]))
        self.start(patience=5)
        self.write(BUF[:first] + bytes(second - first) + BUF[second:])
        self.look_after(0)
        self.look_after(4.9)
        self.check(DATA[:1])
        self.look_after(0.1)
        self.check(DATA[:1] + DATA[2:], [(first, second)])

    def test_zeros_at_the_end_wait_however_long(self):
        self.start(patience=0)
        self.write(BUF + bytes(100))
        self.look()
        self.look()
        self.check()
        self.write(frame(DATA[0]), "r+b", at=len(BUF))
        self.look()
        self.check(DATA + DATA[:1])

    def test_other_damage_is_passed_over_at_once(self):
        bad = bytearray(BUF)
        bad[len(frame(DATA[0])) + 14] ^= 1
        self.write(bytes(bad))
        self.look()
        self.assertEqual(len(self.files.damage), 1)
        self.assertEqual(self.found, DATA[:1] + DATA[2:])
        self.write(BUF)
        self.look()
        self.assertEqual(self.found, DATA[:1] + DATA[2:] + DATA)

    def test_a_record_that_stays_torn(self):
        """Another writer goes on behind it: what that writes is given when patience ends."""
        self.start(patience=5)
        self.write(frame(b"x" * 1000)[:100] + BUF)
        self.look_after(0)
        self.look_after(4.9)
        self.check([])
        self.look_after(0.1)
        self.check(DATA, [(0, 100)])

    def test_what_is_left_when_all_is_complete(self):
        first = len(frame(DATA[0]))
        self.write(bytes(first) + BUF[first:] + b"torn")
        self.look()
        self.check([])
        self.look(complete=True)
        self.check(DATA[1:], [(0, first)])
        self.assertEqual([torn[:2] for torn in self.files.torn], [(len(BUF), len(BUF) + 4)])


class TestFollow(Following):

    def test_until_stopped(self):
        """A run that is written while it is followed, by our own writer."""
        steps, writer = [], SummaryWriter(self.path("run"))

        def stop():
            if len(steps) >= 20:
                writer.close()
                return True
            writer.add_scalar("x", 1, len(steps))
            return False
        found = follow(self.directory, interval=0, stop=stop)
        for event in found:
            if "summary" in event:
                steps.append(event.get("step", 0))
                self.assertEqual((found.run, os.path.dirname(found.path)), ("run", self.path("run")))
        self.assertEqual(steps, list(range(20)))
        self.assertEqual((found.damage, found.torn, found.errors), ([], [], {}))

    def test_damage(self):
        self.write(frame(b"\x09\x00") + BUF)
        found = follow(self.file, interval=0, stop=lambda: True)
        self.assertEqual(len(list(found)), 6)
        self.assertEqual([d[:3] for d in found.damage], [(0, 18, "wire-4")])
        with self.assertRaises(FormatError):
            list(follow(self.file, interval=0, stop=lambda: True, strict=True))

    def test_gone_when_it_is_over(self):
        self.write(BUF)
        found = follow(self.directory, interval=0, stop=lambda: shutil.rmtree(self.path("run")) or True)
        self.assertEqual(len(list(found)), 6)


if __name__ == "__main__":
    unittest.main()
