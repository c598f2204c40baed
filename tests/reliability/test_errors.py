"""Errors of the system: nothing raises, nothing hangs, nothing is lost unsaid, files stay sound."""
import errno
import gc
import os
import shutil
import sys
import threading
import time
import unittest
import warnings
from unittest import mock

from tbx_pure import SummaryWriter, lasting
from tbx_pure.health import Health
from tbx_pure.record import frame

from ..helpers import InDirectory, event_files
from .faults import ERRORS, FOR_EVER, GATHERS, System, alone, event, steps, wait_until

EVENTS = list(range(1, 6))
RECORD = len(frame(event(1)))


class TestEveryOperation(InDirectory):
    """Fail at operation N: once, ten times, for ever; for every N and every error.  R13, R14"""

    def log(self, error, times, first, torn=None):
        """Log EVENTS while operations fail; return the steps read, the file, and how many operations."""
        system = System()
        file = lasting.EventFile(self.directory, system=system)
        file.open()
        system.fail(first, error, times, torn)
        begun = len(system.calls)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for step in EVENTS:
                file.append(event(step))
            for _ in range(12):
                file.flush()
            file.flush(sync=True)
            file.close()
        found = steps(*event_files(self.directory))
        for path in event_files(self.directory):
            os.remove(path)
        return found, file, len(system.calls) - begun

    def each(self, times, torn=None):
        with alone():
            for error in ERRORS:
                first, count = 0, 1
                while first < count:
                    found, file, count = self.log(error, times, first, torn)
                    yield (errno.errorcode[error], first), found, file.health
                    first += 1
                    count = min(count, 40)

    def test_once_and_ten_times(self):
        for times in (1, 10):
            for torn in (None, 5, RECORD - 1):
                for case, found, health in self.each(times, torn):
                    self.assertEqual((found, health.written, health.dropped, health.pending, health.state),
                                     (EVENTS, len(EVENTS), 0, 0, "ok"), (times, torn, case))

    def test_for_ever(self):
        for torn in (None, 5):
            for case, found, health in self.each(FOR_EVER, torn):
                self.assertEqual(found, EVENTS[:len(found)], (torn, case))
                self.assertEqual((health.acked, health.dropped, health.pending),
                                 (len(EVENTS), len(EVENTS) - len(found), 0), (torn, case))



class InRun(InDirectory):
    """A test case with a file, its system, and what is said."""

    def setUp(self):
        InDirectory.setUp(self)
        catching = warnings.catch_warnings(record=True)
        self.said = catching.__enter__()
        self.addCleanup(catching.__exit__, None, None, None)
        warnings.simplefilter("always")
        self.addCleanup(lasting.LATE.clear)
        self.system = System()
        self.file = lasting.EventFile(self.path("run"), system=self.system)
        self.file.open()
        self.file._pause = 0.0

    def messages(self):
        return [str(warning.message) for warning in self.said]

    def found(self):
        return [steps(path) for path in event_files(self.directory)]

    def meet(self, error, times=1):
        self.system.fail(0, error, times)


class TestHealing(InRun):

    def test_one_warning_a_cause(self):
        with alone():
            for step in range(10):
                self.meet(errno.ENOSPC, 3)
                self.file.append(event(step))
            self.meet(errno.EIO)
            self.file.append(event(10))
            self.assertEqual(self.file.health.state, "degraded")
            self.assertEqual(self.file.health.last_error.errno, errno.EIO)
            self.file.flush()
        self.assertEqual(self.found(), [list(range(11))])
        self.assertEqual(len(self.said), 2)
        self.assertIn("No space left on device; what is added is kept, and tried again",
                      self.messages()[0])
        self.assertEqual(self.file.health.state, "ok")

    def test_what_is_lost_is_said_at_the_end(self):
        with alone():
            self.file.append(event(1))
            self.meet(errno.EIO, FOR_EVER)
            for step in (2, 3, 4):
                self.file.append(event(step))
            self.file.close()
        self.assertEqual(self.found(), [[1]])
        self.assertIn("3 events could not be written: ", self.messages()[-1])
        health = self.file.health
        self.assertEqual((health.acked, health.written, health.pending, health.dropped), (4, 1, 0, 3))

    def test_what_another_thread_adds_while_that_is_counted_is_not_lost(self):
        pending = self.file.pending

        def counted(*arguments):
            count = pending(*arguments)
            self.system.fail(0, None, 0)
            self.file._queue.append(event(5))
            self.file.pending = pending
            return count
        with alone():
            self.meet(errno.EIO, FOR_EVER)
            self.file.append(event(1))
            self.file.pending = counted
            self.file.close()
        self.assertEqual(self.found(), [[], [5]])
        self.assertEqual(self.file.health.dropped, 1)

    def test_retries_with_pauses(self):
        self.file._pause = lasting.PAUSE
        with mock.patch.object(lasting, "background", lambda files: False):
            self.meet(errno.EIO, FOR_EVER)
            self.file.append(event(1))
            calls = len(self.system.calls)
            for step in range(2, 100):
                self.file.append(event(step))
            self.assertLess(len(self.system.calls) - calls, 20)
            self.system.fails = {}
            self.file.flush()
        self.assertEqual(self.found(), [list(range(1, 100))])

    @unittest.skipUnless(GATHERS, "kernels are switched off")
    def test_the_background_retries(self):
        """Even if nobody adds anything more."""
        with mock.patch.object(lasting, "PAUSE", 0.01):
            self.meet(errno.EIO, 2)
            self.file.append(event(1))
            wait_until(lambda: self.found() == [[1]] and not lasting.LATE)
        self.assertEqual(self.file.health.state, "ok")
        self.file.append(event(2))
        self.assertEqual(self.found(), [[1, 2]])

    def test_file_or_directory_gone(self):         # R15
        with mock.patch.object(lasting, "LOOK", 0.0), alone():
            for take in (os.remove, lambda path: shutil.rmtree(os.path.dirname(path)),
                         lambda path: os.rename(os.path.dirname(path), self.path("renamed"))):
                self.file.append(event(1))
                take(self.file.path)
                self.file.append(event(2))
                self.assertEqual(steps(self.file.path), [2])
        self.assertEqual(len(self.said), 1)
        self.assertIn("is gone: a new file goes on", self.messages()[0])

    def test_looks_once_a_second(self):
        for step in range(50):
            self.file.append(event(step))
        self.assertEqual(self.system.calls.count("stat"), 0)
        with mock.patch.object(lasting, "monotonic", lambda: self.file._looked + 1.01):
            self.file.append(event(50))
        self.assertEqual(self.system.calls.count("stat"), 1)

    def test_a_torn_record_whose_file_is_gone_is_written_again(self):
        for torn in (1, RECORD - 1):
            with alone():
                self.system.fail(0, errno.EIO, 2, torn)
                self.file.append(event(1))
                os.remove(self.file.path)
                self.file.append(event(2))
                self.assertEqual(steps(self.file.path), [1, 2])

    def test_a_torn_record_behind_which_somebody_wrote(self):
        """The rest would stand in the wrong place: all of the record goes to a new file."""
        with alone():
            self.system.fail(0, errno.EIO, 2, 7)
            self.file.append(event(1))
            torn = self.file.path
            with open(torn, "ab") as f:
                f.write(frame(event(5)))
            self.file.append(event(2))
            self.assertNotEqual(self.file.path, torn)
            self.assertEqual(steps(self.file.path), [1, 2])
        with open(torn, "rb") as f:
            self.assertTrue(f.read().endswith(frame(event(1))[:7] + frame(event(5))))

    def test_a_batch_goes_on_behind_its_last_whole_record(self):
        with alone():
            self.meet(errno.EIO, 1)
            for step in (1, 2, 3):
                self.file._queue.append(event(step))
            self.system.fail(0, errno.EIO, 2, 2 * RECORD + 3)
            self.file.flush()
            first = self.file.path
            os.rename(first, first + ".away")
            self.file.flush()
            self.assertEqual((steps(first + ".away"), steps(self.file.path)), ([1, 2], [3]))
        self.assertEqual(self.file.health.written, 3)

    def test_descriptor_closed_by_somebody(self):
        with alone():
            self.file.append(event(1))
            os.close(self.file._fd)
            self.file.append(event(2))
            self.file.append(event(3))
            self.file.flush()
        self.assertEqual(self.found(), [[1, 2, 3]])

    def test_too_large_a_file(self):
        with alone():
            self.file.append(event(1))
            self.system.fail(0, errno.EFBIG, 2, 9)
            self.file.append(event(2))
            self.file.flush()
        self.assertEqual(self.found(), [[1], [2]])

    def test_a_system_that_writes_nothing(self):
        with alone(), mock.patch.object(System, "write", lambda *_: 0, create=True):
            self.file.append(event(1))
            self.file.close()
        self.assertEqual(self.file.health.dropped, 1)

    def test_sync_that_fails(self):
        with alone():
            self.file.append(event(1))
            self.meet(errno.EIO)
            self.file.flush(sync=True)
        self.assertEqual((self.found(), len(self.said)), ([[1]], 1))


class TestHealth(InDirectory):

    def test_files_that_threads_make_at_the_same_time(self):
        health, made = Health(), [[] for _ in range(4)]
        start = threading.Barrier(len(made))

        def make(files):
            start.wait()
            for _ in range(200):
                files.append(lasting.EventFile(self.directory, health=health))
        interval = sys.getswitchinterval()
        sys.setswitchinterval(1e-6)
        self.addCleanup(sys.setswitchinterval, interval)
        threads = [threading.Thread(target=make, args=(files,)) for files in made]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for file in sum(made, []):
            file.append(event(1))
            file._let_go()              # not a hundred open ones
        self.assertEqual(health.written, 800)
        del file, made[2:]
        gc.collect()                    # PyPy counts no references
        self.assertEqual(health.written, 400)


class TestStrict(InRun):

    def setUp(self):
        InRun.setUp(self)
        self.file = lasting.EventFile(self.path("strict"), system=self.system, strict=True)
        self.file.open()

    def test_raises_at_the_call(self):
        for error in ERRORS:
            self.meet(error)
            with self.assertRaises(OSError) as caught:
                self.file.append(event(1))
            self.assertEqual(caught.exception.errno, error)
            self.file.append(event(2))
            with self.assertRaises(OSError):
                self.meet(error)
                self.file.flush(sync=True)
            self.file.flush(sync=True)
        found = [step for path in event_files(self.path("strict")) for step in steps(path)]
        self.assertEqual(found, [2] * len(ERRORS))
        self.assertEqual((self.said, self.file.health.dropped), ([], 0))

    def test_the_environment_says_so(self):
        with mock.patch.dict(os.environ, TBX_PURE_STRICT="1"):
            self.assertTrue(SummaryWriter(self.path("a")).strict)
            self.assertFalse(SummaryWriter(self.path("a"), strict=False).strict)
        self.assertFalse(SummaryWriter(self.path("a")).strict)

    def test_never_gathers(self):
        for step in range(300):
            self.file.append(event(step))
        self.assertEqual(steps(self.file.path), list(range(300)))


class TestWriter(InRun):

    def test_add_methods_do_not_raise(self):
        writer = SummaryWriter(self.path("w"))
        broken = mock.patch.object(os, "write", side_effect=OSError(errno.ENOSPC, "full"))
        with alone(), broken, mock.patch.object(os, "makedirs", side_effect=OSError(errno.EIO, "no")):
            writer.add_scalar("a", 1.0, 1)
            writer.add_scalars("b", {"c": 1.0, "d": 2.0}, 1)
            writer.add_text("t", "text", 1)
            writer.flush()
            self.assertEqual((writer.health.state, writer.health.pending, writer.health.acked),
                             ("degraded", 4, 4))
        with alone():
            writer.flush()
        self.assertEqual((writer.health.state, writer.health.written), ("ok", 4))
        writer.close()
        self.assertEqual(writer.health.acked, 4)
        self.assertIn("ok, 4 acked, 4 written", repr(writer.health))

    def test_the_constructor_does(self):
        with mock.patch.object(os, "write", side_effect=OSError(errno.ENOSPC, "full")):
            with self.assertRaises(OSError):
                SummaryWriter(self.path("w"))


class TestMemory(InRun):
    """What waits is bounded, and counted when it is not kept.  R11"""

    def test_large_events_leave_room_for_small_ones(self):
        large = bytes(lasting.LARGE)
        with alone(), mock.patch.object(lasting, "PENDING", 8 * len(large)):
            self.meet(errno.ENOSPC, FOR_EVER)
            for _ in range(20):
                self.file.append(large)
            self.assertLess(self.file.pending(), 8)
            for step in range(200):
                self.file.append(event(step))
            health = self.file.health
            self.assertLess(sum(map(lasting.weight, self.file._queue)), 9 * len(large))
            self.assertGreater(self.file.pending(), 20)
            self.assertEqual((health.acked, health.pending + health.dropped), (220, 220))
            self.assertGreater(health.dropped, 50)
            self.system.fails = {}
            self.file.flush()
            self.file.append(event(7))
        self.assertEqual(health.acked, 221)
        self.assertEqual(health.written + health.dropped, 221)
        self.assertIn("what is added is lost", " ".join(self.messages()))

    @unittest.skipUnless(GATHERS, "kernels are switched off")
    def test_pictures_behind_a_slow_disk(self):
        self.system.slow = 0.1
        with mock.patch.multiple(lasting, SLOW=0.05, PENDING=1 << 20):
            begun = time.monotonic()
            for _ in range(30):
                self.file.append(bytes(100000))
            self.assertLess(time.monotonic() - begun, 1.0)
            self.assertLessEqual(self.file._load, 1 << 20)
            self.system.slow = 0
            self.file.flush()
        self.assertEqual(self.file.health.written + self.file.health.dropped, 30)
        self.assertGreater(self.file.health.dropped, 10)


class TestSlowDisk(InRun):

    @unittest.skipUnless(GATHERS, "kernels are switched off")
    def test_callers_wait_once(self):                # R10
        self.system.slow = 0.1
        took = []
        with mock.patch.object(lasting, "SLOW", 0.05):
            for step in range(50):
                begun = time.monotonic()
                self.file.append(event(step))
                took.append(time.monotonic() - begun)
                time.sleep(0.005)
            self.assertGreater(took[0], 0.05)
            self.assertLess(sorted(took[1:])[-5], 0.05)
            self.assertIn(self.file, lasting.LATE)
            self.system.slow = 0
            self.file.append(event(50))
            wait_until(lambda: self.file not in lasting.LATE)       # quick again
        self.assertEqual(self.found(), [list(range(51))])

    def test_every(self):
        self.system.slow = 0.06
        with mock.patch.object(lasting, "SLOW", 0.05):
            file = lasting.EventFile(self.path("every"), system=self.system, durability="every")
            for step in range(3):
                file.append(event(step))
                self.assertEqual(steps(file.path), list(range(step + 1)))


if __name__ == "__main__":
    unittest.main()
