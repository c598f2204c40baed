"""Descriptors, memory, clocks, names, and the two ways of a number to its file."""
import gc
import os
import pickle
import random
import subprocess
import sys
import threading
import time
import unittest
import warnings
from unittest import mock

from tbx_pure import InputError, SummaryWriter, eventfile, lasting, ondisk
from tbx_pure.eventfile import subrun

from ..helpers import PACKAGE_NAME, ROOT, InDirectory, event_files, events, records
from .faults import alone, steps


class TestDescriptors(InDirectory):             # R12

    def descriptors(self):
        """Return how many there are of files in our directory: what other tests have left may end meanwhile."""
        found = [os.path.realpath(os.path.join("/proc/self/fd", fd)) for fd in os.listdir("/proc/self/fd")]
        return sum(path.startswith(os.path.realpath(self.directory)) for path in found)

    @unittest.skipUnless(os.path.isdir("/proc/self/fd"), "needs /proc")
    def test_64_for_more_series(self):
        with SummaryWriter(self.directory) as writer:
            for step in range(3):
                writer.add_scalars("all", {"s%d" % i: 0.5 for i in range(150)}, step)
                self.assertIn(self.descriptors(), range(2, ondisk.DESCRIPTORS + 2))
            writer.flush()
            self.assertEqual(len(event_files(self.directory)), 151)     # closed and opened, not begun anew
            for path in event_files(self.path("all")):
                self.assertEqual(steps(path), [0, 1, 2])
        self.assertEqual(self.descriptors(), 0)                         # R29

    def test_a_file_that_is_gone_meanwhile(self):
        with mock.patch.object(ondisk, "DESCRIPTORS", 2), warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            writer = SummaryWriter(self.directory)
            writer.add_scalars("all", {"a": 1.0, "b": 1.0, "c": 1.0}, 1)
            path, = event_files(self.path("all", "a"))
            os.remove(path)
            writer.add_scalars("all", {"a": 1.0, "b": 1.0, "c": 1.0}, 2)
            self.assertEqual(steps(*event_files(self.path("all", "a"))), [2])
            self.assertEqual(steps(*event_files(self.path("all", "b"))), [1, 2])
            writer.close()
        self.assertEqual(len(said), 1)

    @unittest.skipUnless(hasattr(os, "fork"), "needs resource limits")
    def test_of_sixteen(self):
        import resource
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        highest = max(map(int, os.listdir("/proc/self/fd"))) if os.path.isdir("/proc/self/fd") else 20
        with alone(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            writer = SummaryWriter(self.directory)
            resource.setrlimit(resource.RLIMIT_NOFILE, (highest + 6, hard))
            try:
                for step in range(3):
                    writer.add_scalars("all", {"s%d" % i: 0.5 for i in range(30)}, step)
                for _ in range(40):
                    writer.flush()
            finally:
                resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            self.assertEqual(writer.health.written, 90)
            writer.close()

    def test_what_a_deleted_writer_has_written_stays_counted(self):
        writer = SummaryWriter(self.directory)
        health = writer.health
        for step in range(3):
            writer.add_scalars("all", {"a": 0.5, "b": 0.5}, step)
        del writer
        gc.collect()
        self.assertEqual((health.acked, health.written), (6, 6))

    def test_one_cannot_be_lent_while_it_is_written(self):
        file = lasting.EventFile(self.directory)
        file.open()

        def lends():
            said = []
            thread = threading.Thread(target=lambda: said.append(file._lend()))
            thread.start()
            thread.join()
            return said[0]
        with file._lock:
            self.assertFalse(lends())
        self.assertIsNotNone(file._fd)
        self.assertTrue(file._lend())

    def test_what_waits_for_the_background_goes_on_waiting(self):
        """The caller whose file needs a descriptor neither writes that of others nor hears of it."""
        other = lasting.EventFile(self.path("other"))
        other.open()
        with mock.patch.multiple(lasting, background=lambda files: True, LATE=set()):   # no thread ticks
            other._defer(late=True)
        self.addCleanup(other.close)
        other.append(b"")
        other._looked -= 2 * lasting.LOOK
        os.remove(other.path)
        with mock.patch.object(ondisk, "DESCRIPTORS", 0), warnings.catch_warnings():
            warnings.simplefilter("error")
            file = lasting.EventFile(self.path("run"))
            file.append(b"")
            file.close()
        self.assertIsNone(other._fd)
        self.assertEqual(other.pending(), 1)
        with self.assertWarnsRegex(UserWarning, "is gone"):
            other.flush()

    @unittest.skipIf(os.name == "nt", "needs a shell")
    def test_a_program_without_standard_streams(self):
        """What writes to them, or puts others in their place, has nothing to do with our file."""
        code = ("import os, sys; sys.path.insert(0, %r); from %s import SummaryWriter; w = SummaryWriter(%r)\n"
                "w.add_scalars('all', {'c%%d' %% k: 0.5 for k in range(70)}, 0)\n"
                "for fd in 1, 2:\n try: os.write(fd, b'noise')\n except OSError: pass\n"
                "null = os.open(os.devnull, os.O_RDWR)\nfor fd in 0, 1, 2: os.dup2(null, fd)\n"
                "for n in range(100): w.add_scalar('a', 0.5, n)\n"
                "w.add_scalars('all', {'c%%d' %% k: 0.5 for k in range(70)}, 1)\n")
        for closed in "<&- >&- 2>&-", ">&-", "2>&-":
            with self.subTest(closed):
                run = self.path(str(len(closed)))
                subprocess.check_call(["sh", "-c", '"$0" -c "$1" ' + closed, sys.executable,
                                       code % (ROOT, PACKAGE_NAME, run)], stdout=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL)
                paths = event_files(run)
                self.assertEqual((len(paths), len(steps(*paths))), (71, 240))

    def test_another_directory_meanwhile(self):
        """A relative path is that of the time the writer was made."""
        here = os.getcwd()
        os.chdir(self.directory)
        try:
            writer = SummaryWriter("run")
            writer.add_scalars("all", {"a": 1.0}, 1)
            os.chdir(here)
            for file in list(writer._files.values()):
                file._lend()
            writer.add_scalars("all", {"a": 1.0, "b": 1.0}, 2)
            writer.add_embedding([[1.0, 2.0]], tag="points")
            with pickle.loads(pickle.dumps(writer)) as sent:
                sent.add_scalars("all", {"c": 1.0}, 3)
            writer.close()
        finally:
            os.chdir(here)
        self.assertEqual(writer.get_logdir(), "run")
        for name, found in ("a", [1, 2]), ("b", [2]), ("c", [3]):
            self.assertEqual(steps(*event_files(self.path("run", "all", name))), found)
        self.assertTrue(os.path.exists(self.path("run", "projector_config.pbtxt")))


class TestMemory(InDirectory):

    def test_flat(self):
        """100,000 numbers and as many of add_scalars take no memory.  (Ten million: soak.py.)"""
        try:
            import resource
        except ImportError:
            self.skipTest("needs resource")

        def log(begin):
            for step in range(begin, begin + 10000):
                writer.add_scalar("a", 0.5, step)
                writer.add_scalars("b", {"c": 0.5}, step)
        writer = SummaryWriter(self.directory)
        log(0)
        before = sys.getallocatedblocks() if hasattr(sys, "getallocatedblocks") else 0
        for n in range(1, 6):
            log(10000 * n)
        writer.flush()
        if before:
            self.assertLess(sys.getallocatedblocks() - before, 6000)
        self.assertLess(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, 1 << 21)    # KB
        writer.close()


class TestClock(InDirectory):                   # R16

    def test_steps_of_the_wall_clock(self):
        """Nothing waits for it, and what is written says what it said."""
        writer = SummaryWriter(self.directory)
        for n, now in enumerate((1e9, 1e9 - 3600, 1e9 + 3600, 0.5)):
            with mock.patch("time.time", lambda: now):
                begun = time.monotonic()
                for step in range(100 * n, 100 * n + 100):
                    writer.add_scalar("a", 0.5, step)
                writer.flush()
                self.assertLess(time.monotonic() - begun, 5)
        found = events(self.directory)[1:]
        self.assertEqual([e["step"] for e in found if "step" in e], list(range(1, 400)))
        self.assertEqual({e["wall_time"] for e in found}, {1e9, 1e9 - 3600, 1e9 + 3600, 0.5})
        writer.close()


BAD_NAMES = ("..", "../..", "/abs", "a/../../b", "nul\0", ".", "", "a//b", "C:", "C:\\x", "con", "NUL.txt",
             "a.", "a ", "\\\\server\\share", "a\nb", "x" * 255)


class TestNames(InDirectory):                   # R19

    def test_nothing_is_written_outside(self):
        chance = random.Random(0)
        writer = SummaryWriter(self.path("run"))
        for n in range(60):
            main, key = chance.choice(BAD_NAMES), "".join(chance.choice(BAD_NAMES + ("/", "k"))[:250] for _ in range(2))
            if len(key.encode()) <= 255:
                writer.add_scalars(main, {key[:250]: 1.0}, n)
        writer.add_hparams({"lr": 1}, {"m": 1.0}, name="../../out")
        writer.close()
        self.assertEqual(os.listdir(self.directory), ["run"])

    def test_a_suffix_is_a_part_of_the_name(self):
        """Windows would take /../ for what it says, others say that there is no such directory."""
        for suffix in "/../../x", "\\..\\..\\x", "a/b", "\0":
            with SummaryWriter(self.path("run"), filename_suffix=suffix) as writer:
                writer.add_scalar("a", 0.5, 1)
        self.assertEqual(os.listdir(self.directory), ["run"])
        for name, end in zip(sorted(os.listdir(self.path("run"))), ("_.._.._x", "_.._.._x", "a_b", "_")):
            self.assertTrue(name.endswith(end), name)

    def test_too_long(self):
        """Nothing of the call is written."""
        writer = SummaryWriter(self.path("run"))
        for step, name in enumerate(("k" * 256, "\u00e9" * 128, "/".join(["k" * 200] * 20))):
            with self.assertRaises(InputError):
                writer.add_scalars("main", {"a": 1.0, name: 2.0}, step)
        self.assertEqual(len(event_files(self.directory)), 1)
        writer.close()

    def test_windows(self):
        import ntpath
        with mock.patch.multiple(eventfile.os, name="nt", sep="\\", altsep="/", path=ntpath):
            for name, wanted in (("C:", "C_"), ("C:\\x", "C_\\x"), ("con", "_con"), ("NUL.txt", "_NUL.txt"),
                                 ("nul .x", "_nul .x"), ("com1", "_com1"), ("console", "console"), ("a.", "a_"),
                                 ("a. .", "a_"), ("..\\up", "_\\up"), ("\\\\server\\share", "server\\share"),
                                 ("a<b>|?*\"\x01", "a_b______")):
                self.assertEqual(subrun(name), wanted, name)

    @unittest.skipUnless(hasattr(os, "symlink") and os.name != "nt", "needs symbolic links")
    def test_symbolic_links(self):
        os.mkdir(self.path("outside"))
        os.makedirs(self.path("run", "main"))
        os.symlink(self.path("outside"), self.path("run", "main", "link"))
        os.symlink(self.path("run"), self.path("linked_run"))
        with SummaryWriter(self.path("linked_run")) as writer:          # that is the user's own
            writer.add_scalars("main", {"link": 1.0, "link/below": 1.0, "plain": 1.0}, 1)
        self.assertEqual(os.listdir(self.path("outside")), [])
        self.assertEqual(len(event_files(self.path("run"))), 4)


class TestTwoWays(InDirectory):
    """Numbers and texts take a short way where nothing is to be said of them: the bytes are the same."""

    VALUES = (0.5, 0.0, -0.0, -1.5, 1e-37, 1e-38, -1e-40, 2.0 ** 24, 2.0 ** 24 + 1, 1e39, float("nan"),
              float("inf"), 1, True, [1.0], 16777217)
    TEXTS = ("", "text", "\u00e9" * 70, "x" * 220, "a\0b\n" * 5000, "\ud800", b"bytes", None, ["list"])
    STEPS = (None, 0, 1, 2, 3, -1, 127, 128, 2 ** 40, 2 ** 63 - 1, 2 ** 63, "7", 3.5, True)

    def log(self, name, short, options, seed):
        """Return the bytes that a random sequence of calls writes, and all that was said."""
        chance, said, now = random.Random(seed), [], 1e9
        directory = self.path("%s%d" % (name, len(os.listdir(self.directory))))
        with warnings.catch_warnings(record=True) as caught, mock.patch("time.time", lambda: now):
            warnings.simplefilter("always")
            writer = SummaryWriter(directory, **options)
            if not short:
                writer._open_lane = writer._open_text_lane = lambda *_: None
            for step in range(150):
                now = 1e9 + step if step % 40 else 0.0
                tag = chance.choice(["a", "b c", "b(c", "\u00e9", "/d", "", "e" * 300])
                x, given = chance.choice(self.VALUES), chance.choice(self.STEPS)
                if chance.random() < 0.8:
                    x, given = chance.random() * 100, step
                call = chance.choice([lambda: writer.add_scalar(tag, x, given)] * 8 + [
                    lambda: writer.add_scalar(tag, x, given, now / 2), lambda: writer.add_scalar(tag, x, given, 0),
                    lambda: writer.add_scalar(tag, x, given, display_name="d"),
                    lambda: writer.add_scalar(tag, x, given, new_style=True),
                    lambda: writer.add_text(tag, chance.choice(self.TEXTS), given),
                    lambda: writer.add_text(tag, "t" * chance.randrange(300), given),
                    lambda: writer.add_text(tag, "t" * chance.randrange(20000), step),
                    lambda: writer.add_text(tag, "text", given, now / 2),
                    lambda: writer.add_text(tag, "text", step, mode="code"), lambda: writer.add_histogram(tag, [1.0], given),
                    lambda: writer.add_scalars(tag, {"x": x, "y": 1.0}, given),
                    lambda: writer.add_scalars(tag, {"y": x, "z": 0.5}, step)] * 4)
                try:
                    if chance.random() < 0.1:
                        with writer.use_metadata(global_step=step, walltime=5.0):
                            call()
                    else:
                        call()
                except ValueError as e:
                    said.append(str(e))
                if chance.random() < 0.01:
                    writer.close()
            writer.close()
            lanes = len(writer._lanes)
        said += [str(warning.message) for warning in caught]
        found = [(os.path.relpath(os.path.dirname(path), directory), records(path))
                 for path in event_files(directory)]
        return found, said, lanes

    def test_same_bytes_and_warnings(self):
        for seed, options in enumerate((
                {}, {}, {"auto_step": False}, {"steps": "count"}, {"raw_tags": True}, {"tensor_style": True},
                {"dialect": "torch"}, {"durability": "every"}, {"strict": True})):
            with self.subTest(options):
                short, long = self.log("short", True, options, seed), self.log("long", False, options, seed)
                self.assertEqual(short[:2], long[:2])

    def test_the_short_way_is_taken(self):
        with mock.patch(PACKAGE_NAME + ".writer.scalar", side_effect=KeyError("the long way")):
            writer = SummaryWriter(self.directory)
            with self.assertRaises(KeyError):
                writer.add_scalar("a", 0.5, 0)
        writer.add_scalar("a", 0.5, 0)
        with mock.patch(PACKAGE_NAME + ".writer.scalar", side_effect=KeyError("the long way")):
            writer.add_scalar("a", 0.5, 1)
            for long in (lambda: writer.add_scalar("a", 0.5, 1), lambda: writer.add_scalar("a", 1, 2),
                         lambda: writer.add_scalar("a", 0.5), lambda: writer.add_scalar("a", 0.5, 2, 1.0)):
                with self.assertRaises(KeyError):
                    long()
        writer.close()

    def test_the_short_way_of_a_text(self):
        writer = SummaryWriter(self.directory)
        writer.add_text("a", "first", 0)
        writer.add_text("below", "zero", -1)
        with mock.patch("tbx_pure.wings._text", side_effect=KeyError("the long way")):
            writer.add_text("a", "short", 1)
            writer.add_text("a", "x" * (1 << 20), 2)
            for long in (lambda: writer.add_text("a", "text", 2), lambda: writer.add_text("a", "text"),
                         lambda: writer.add_text("a", "text", 3, 1.0), lambda: writer.add_text("b", "text", 3),
                         lambda: writer.add_text("below", "step 0 is left out", 0),
                         lambda: writer.add_text("a", "text", 3, mode="text"), lambda: writer.add_text("a", 3, 3),
                         lambda: writer.add_text("a", "x" * (1 << 21), 3), lambda: writer.add_text(["a"], "text", 3)):
                with self.assertRaises(KeyError):
                    long()
        writer.close()

    def test_somebody_listens(self):
        from tbx_pure.compat.files import FileWriter
        writer, heard = SummaryWriter(self.directory), []
        writer.add_scalar("a", 0.5, 0)
        writer.add_scalar("a", 0.5, 1)
        writer.add_text("d", "text", 0)
        with mock.patch.object(FileWriter, "add_event", lambda self, event, step, *_: heard.append(step)):
            writer.add_scalar("a", 0.5, 2)
            writer.add_scalars("b", {"c": 1.0}, 3)
            writer.add_scalars("b", {"c": 1.0}, 4)
            writer.add_text("d", "text", 5)
            writer.add_text("d", "text", 6)
        writer.add_scalar("a", 0.5, 5)
        writer.close()
        self.assertEqual(heard, [2, 3, 4, 5, 6])
        self.assertEqual(steps(*event_files(self.directory)), [0, 1, 0, 5])


if __name__ == "__main__":
    unittest.main()
