"""repair loses no sound record, changes none, and changes nothing the second time."""
import io
import os
import random
import unittest

from tbx_pure.messages import EVENT, FILE_VERSION
from tbx_pure.read.records import scan
from tbx_pure.read.repair import repair
from tbx_pure.read.verify import Verification
from tbx_pure.record import frame, unframe

from .commands import damage, run, run_in, write
from .damaged import FILES, Golden
from .helpers import InDirectory

RANDOM = random.Random(7)


def repaired(buf):
    """Return (the new file, what was done)."""
    file = io.BytesIO()
    done = repair(buf, file)
    return file.getvalue(), done


def records(buf):
    """Every record as bytes, each as it stands in the file."""
    found = list(scan(buf))
    return [buf[at:unframe(buf, at)[1]] for at, _ in found]


def spoiled(buf):
    """Return bytes with some of them flipped, zeroed, cut out, put in or cut off."""
    bad = bytearray(buf)
    for _ in range(RANDOM.randrange(1, 6)):
        at, n = RANDOM.randrange(len(bad) + 1), RANDOM.randrange(1, 40)
        what = RANDOM.randrange(5)
        if what == 0 and at < len(bad):
            bad[at] ^= 1 << RANDOM.randrange(8)
        elif what == 1:
            bad[at:at + n] = bytes(len(bad[at:at + n]))
        elif what == 2:
            del bad[at:at + n]
        elif what == 3:
            bad[at:at] = bytes(RANDOM.getrandbits(8) for _ in range(n))
        elif RANDOM.random() < 0.3:
            del bad[at:]
    return bytes(bad)


class TestRepair(unittest.TestCase):

    def check(self, bad):
        kept = records(bad)
        new, done = repaired(bad)
        made = records(new)
        self.assertEqual(made[done.made:], kept)
        self.assertEqual(b"".join(made), new)
        self.assertEqual((done.kept, done.mended), (len(kept), 0))
        self.assertEqual(sum(found.end - found.start for found in done.lost) + len(new)
                         - len(made[0]) * done.made if made else len(bad), len(bad))
        again, done_again = repaired(new)
        self.assertEqual((again, done_again.lost, done_again.made), (new, [], False))
        if done.made or kept and b"brain.Event" in kept[0]:
            self.assertEqual([f for f in Verification(new) if f.kind != "remark"], [])

    def test_cuts_and_flips(self):
        for path in FILES:
            golden = Golden(path)
            self.check(golden.buf)
            self.assertEqual(repaired(golden.buf)[0], golden.buf)
            if len(golden.buf) < 150:
                for i in range(len(golden.buf)):
                    self.check(golden.buf[:i])
                    self.check(golden.buf[:i] + golden.buf[i + 1:])
                    bad = bytearray(golden.buf)
                    bad[i] ^= 16
                    self.check(bytes(bad))

    def test_at_random(self):
        for path in FILES:
            golden = Golden(path)
            for _ in range(25):
                self.check(spoiled(golden.buf))

    def test_what_is_no_event(self):
        first = frame(EVENT.encode({"file_version": FILE_VERSION}))
        value = {"tag": "a", "simple_value": 1.0}
        good = frame(EVENT.encode({"step": 1, "summary": {"value": [value]}}))
        two = EVENT.encode({"step": 1, "summary": {"value": [dict(value, tag="\x01"), value]}})
        partly = frame(two.replace(b"\x0a\x01\x01", b"\x0a\x01\xff"))
        new, done = repaired(first + frame(b"\x0f") + good + partly)
        self.assertEqual(new, first + good + good)
        self.assertEqual((done.kept, done.mended, len(done.lost)), (2, 1, 2))
        self.assertEqual(repaired(new)[0], new)

    def test_the_first_record(self):
        event = frame(EVENT.encode({"wall_time": 5.0, "step": 1}))
        new, done = repaired(b"junk" * 5 + event)
        self.assertTrue(done.made)
        self.assertEqual(EVENT.decode(unframe(new)[0]),
                         {"wall_time": 5.0, "file_version": FILE_VERSION})
        self.assertTrue(new.endswith(event))
        self.assertEqual(repaired(event)[0], event)             # it never had one
        version = frame(EVENT.encode({"file_version": FILE_VERSION}))
        self.assertEqual(repaired(b"junk" * 5 + version)[0], version)


class TestCommand(InDirectory):

    def read(self, path):
        with open(path, "rb") as file:
            return file.read()

    def test_a_file(self):
        path, new = write(self.path("run"), ["loss"]), self.path("new.tfevents")
        damage(path, -5)
        before = self.read(path)
        code, out, err = run("repair", path, "-o", new)
        self.assertEqual((code, err), (0, ""))
        self.assertIn(path + ": 5 records kept, ", out)
        self.assertRegex(out, r"  lost: data has checksum .* \(at byte \d+, rule record-3\)")
        self.assertEqual(run("verify", "-q", new), (0, "", ""))
        self.assertEqual(self.read(path), before)
        code, out, _ = run("repair", new, "-o", self.path("again"))
        self.assertIn("nothing lost", out)
        self.assertEqual(self.read(new), self.read(self.path("again")))

    def test_a_directory(self):
        damage(write(self.path("logs", "a")), 30)
        write(self.path("logs", "b", "c"))
        code, out, _ = run("repair", self.path("logs"), "-o", self.path("new"))
        self.assertEqual(code, 0)
        self.assertIn("the first record made anew", out)
        self.assertEqual(sorted(os.listdir(self.path("new"))), ["a", "b"])
        self.assertEqual(run("verify", "-q", self.path("new"))[0], 0)
        for inside in "logs", os.path.join("logs", "new"), os.path.join("new", "..", "logs", "x"):
            code, _, err = run("repair", self.path("logs"), "-o", self.path(inside), "--force")
            self.assertEqual((code, "outside of the damaged one" in err), (2, True))

    def test_it_never_writes_over(self):
        path, new = write(self.path("run"), ["loss"]), self.path("new")
        before = self.read(path)
        os.link(path, self.path("hard"))
        os.symlink(path, self.path("soft"))
        for target in path, self.path("hard"), self.path("soft"):
            self.assertEqual(run("repair", path, "-o", target, "--force")[0], 2)
        self.assertEqual(self.read(path), before)
        with open(new, "wb") as file:
            file.write(b"mine")
        code, _, err = run("repair", path, "-o", new)
        self.assertEqual((code, "--force" in err, self.read(new)), (2, True, b"mine"))
        self.assertEqual(run("repair", path, "-o", new, "--force")[0], 0)
        self.assertEqual(self.read(new), before)

    def test_one_in_the_way_stops_all(self):
        for name in "a", "b":
            write(self.path("logs", name), ["loss"])
        run("repair", self.path("logs"), "-o", self.path("new"))
        os.remove(self.path("new", "a", os.listdir(self.path("new", "a"))[0]))
        self.assertEqual(run("repair", self.path("logs"), "-o", self.path("new"))[0], 2)
        self.assertEqual(os.listdir(self.path("new", "a")), [])

    def test_dry_run(self):
        path = write(self.path("run"), ["loss"])
        damage(path, -5)
        for more in [], ["-o", self.path("x", "new")]:
            code, out, _ = run("repair", "-n", self.path("run"), *more)
            self.assertEqual((code, "lost: data" in out), (0, True))
        self.assertEqual(os.listdir(self.directory), ["run"])
        self.assertEqual(run("repair", path)[0], 2)             # neither a name nor --dry-run

    def test_nothing_left(self):
        path = self.path("tfevents")
        with open(path, "wb") as file:
            file.write(b"\x5a" * 100)
        code, _, err = run("repair", path, "-o", self.path("new"))
        self.assertEqual((code, "holds no sound record" in err), (1, True))
        self.assertEqual(os.listdir(self.directory), ["tfevents"])
        os.mkdir(self.path("old"))
        run("repair", path, "-o", self.path("old", "a", "b", "new"))
        self.assertEqual(os.listdir(self.path("old")), [])

    def test_what_is_not_there(self):
        self.assertEqual(run("repair", self.path("no"), "-o", self.path("new")),
                         (3, "", self.path("no") + ": No such file or directory\n"))
        os.mkdir(self.path("empty"))
        self.assertEqual(run("repair", self.path("empty"), "-o", self.path("new"))[0], 1)

    def test_streams(self):
        path = write(self.path("run"), ["loss"])
        data = self.read(path)
        code, out, err = run_in("ascii", {}, "repair", "-", "-o", "-", input=data[:-1])
        self.assertEqual((code, out), (0, b"".join(records(data)[:-1])))
        self.assertIn(b"-: 5 records kept", err)

    def test_what_stays_wrong_is_told(self):
        path = write(self.path("run"), ["loss"])
        for wall_time, told in (1.0, False), (float("nan"), True):
            with open(path, "ab") as f:
                f.write(frame(EVENT.encode({"wall_time": wall_time})))
            code, out, _ = run("repair", path, "-o", self.path("new"), "--force")
            self.assertEqual((code, "still wrong: 1 place in" in out), (0, told))
            self.assertEqual(run("verify", self.path("new"))[0], told)

    def test_a_disk_that_is_full(self):
        if os.path.exists("/dev/full"):
            path = write(self.path("run"), ["loss"])
            code, _, err = run("repair", path, "-o", "/dev/full")
            self.assertEqual((code, err[:24]), (3, "/dev/full: No space left"))


if __name__ == "__main__":
    unittest.main()
