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

from tbx_pure import SummaryWriter, eventfile, lasting
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

    def test_nobody_to_be_told(self):
        """A daemon has closed its sys.stderr: what would be said there keeps no event from its way."""
        writer = SummaryWriter(self.path("run"), durability="every")
        closed = mock.Mock(side_effect=[ValueError("I/O operation on closed file."), MemoryError()])
        with mock.patch.object(warnings, "showwarning", closed), alone():
            writer.add_scalar("a", 0.5, 1)
            writer.add_scalar("a", 0.5, 0)              # a step that goes back
            with mock.patch.object(os, "write", side_effect=OSError(errno.ENOSPC, "full")):
                writer.add_scalar("a", 0.5, 2)
        self.assertEqual(closed.call_count, 2)
        writer.close()
        self.assertEqual(steps(*event_files(self.path("run"))), [1, 0, 2])

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
        now = self.file._looked
        with mock.patch.multiple(lasting, LOOK=1.0, monotonic=lambda: now):
            for step in range(50):
                self.file.append(event(step))
                now += 0.019
            self.assertEqual(self.system.calls.count("stat"), 0)
            now += 0.06
            self.file.append(event(50))
            self.file.append(event(51))
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

    def test_a_file_that_vanished_while_it_was_closed(self):
        """It is said which; and that it is gone is known though no other can be made yet."""
        self.file.append(event(1))
        gone = self.file.path
        self.file._let_go()
        os.remove(gone)
        with alone(), mock.patch.object(System, "makedirs", side_effect=OSError(errno.EIO, "no"), create=True):
            self.file.append(event(2))
            self.assertFalse(self.file._begun)
        self.assertEqual(self.messages()[0], "%s is gone: a new file goes on" % gone)
        self.file.flush()
        self.assertNotEqual(self.file.path, gone)
        self.assertEqual(self.found(), [[2]])

    def test_pauses_grow(self):
        """50 ms after the first error, then twice as long each time, 5 s at most; and anew after a success."""
        clock, self.file._pause = [1000.0], lasting.PAUSE
        with mock.patch.multiple(lasting, monotonic=lambda: clock[0], background=lambda files: False):
            for _ in range(2):
                self.meet(errno.EIO, FOR_EVER)
                tries = []
                for _ in range(3000):
                    calls = len(self.system.calls)
                    self.file.append(event(1))
                    if len(self.system.calls) > calls:
                        tries.append(clock[0])
                    clock[0] += 0.01
                pauses = [later - earlier for earlier, later in zip(tries, tries[1:])]
                for pause, wanted in zip(pauses, (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0, 5.0)):
                    self.assertAlmostEqual(pause, wanted, delta=0.0101)
                self.assertGreater(len(pauses), 9)
                self.system.fails = {}
                self.file.flush()

    def test_given_up_in_the_middle_of_a_batch(self):
        """Records that are whole count as written; what comes later stands in another file."""
        with alone():
            self.system.fail(0, errno.EIO, FOR_EVER, 2 * RECORD + 3)
            self.file._queue += [event(1), event(2), event(3)]
            self.file.settle()
            self.assertEqual((self.file.health.written, self.file.health.dropped), (2, 1))
            self.system.fails = {}
            self.file.append(event(4))
        self.assertEqual(self.found(), [[1, 2], [4]])

    def test_what_another_thread_adds_while_we_give_up(self):
        def events_in(queue):
            self.file._queue.append(event(3))
            return len(queue)
        with alone():
            self.meet(errno.EIO, FOR_EVER)
            self.file.append(event(1))
            self.file.append(event(2))
            self.assertTrue(self.file.failing)
            with mock.patch.object(lasting, "events_in", events_in):
                self.file._alone(self.file._give_up)
            self.system.fails = {}
            self.file.flush()
        self.assertEqual((self.found(), self.file.health.dropped), ([[3]], 2))


class TestMistakes(InRun):
    """An error that is not the system's, in what we do, is not tried for ever: what meets it is lost."""

    def setUp(self):
        InRun.setUp(self)
        self.encoded, self.wrong = eventfile.encoded, {event(2), event(5)}

        def encoded(events):
            if self.wrong.intersection(events):
                raise IndexError("our mistake")
            return self.encoded(events)
        patch = mock.patch.object(eventfile, "encoded", encoded)
        patch.start()
        self.addCleanup(patch.stop)

    def counts(self):
        health = self.file.health
        return health.written, health.dropped, health.pending, health.state

    def test_the_others_are_written(self):
        self.file._queue += [event(step) for step in range(1, 8)]
        self.file.flush()
        self.assertEqual((self.found(), self.counts()), ([[1, 3, 4, 6, 7]], (5, 2, 0, "ok")))
        self.assertEqual(len(self.said), 1)
        self.assertIn("IndexError('our mistake'", self.messages()[0])
        self.assertIn("lost", self.messages()[0])
        self.assertFalse(lasting.LATE)
        self.assertEqual(self.file._most, lasting.TOGETHER)

    def test_one_by_one(self):
        for step in range(1, 8):
            self.file.append(event(step))
            self.assertEqual(self.file.pending(), 0)
        self.assertEqual((self.found(), self.counts()), ([[1, 3, 4, 6, 7]], (5, 2, 0, "ok")))

    def test_while_the_system_fails_too(self):
        with alone():
            self.meet(errno.EIO, FOR_EVER)
            for step in range(1, 8):
                self.file.append(event(step))
            self.system.fails = {}
            self.file.flush()
        self.assertEqual((self.found(), self.counts()), ([[1, 3, 4, 6, 7]], (5, 2, 0, "ok")))

    def test_in_the_middle_of_a_record(self):
        self.wrong.clear()
        self.meet(errno.EIO)
        with mock.patch.object(System, "write", create=True, side_effect=[7, TypeError("our mistake")]):
            self.file.append(event(1))
        self.file.append(event(2))
        self.assertEqual((self.found(), self.counts()), ([[], [2]], (1, 1, 0, "ok")))

    def test_when_the_file_is_made(self):
        with mock.patch.object(System, "makedirs", create=True, side_effect=TypeError("our mistake")):
            file = self.file = lasting.EventFile(self.path("other"), system=self.system)
            file.prepare()
            for step in (1, 3):
                file.append(event(step))
        self.assertEqual(self.counts(), (0, 2, 0, "ok"))
        file.append(event(4))
        file.flush(sync=True)
        self.assertEqual((steps(file.path), self.counts(), len(self.said)), ([4], (1, 2, 0, "ok"), 1))

    def test_strict(self):
        file = lasting.EventFile(self.path("strict"), system=self.system, strict=True)
        for step in (1, 2, 3):
            try:
                file.append(event(step))
            except IndexError:
                self.assertEqual(step, 2)
        file.close()
        self.assertEqual((steps(file.path), file.health.dropped, self.said), ([1, 3], 0, []))

    def test_a_factorys_errors_are_of_any_kind(self):
        self.wrong.clear()
        self.system.KEEPS_OPEN = True
        with alone():
            with mock.patch.object(System, "write", create=True, side_effect=KeyError("no such bucket")):
                self.file.append(event(1))
                self.file.append(event(2))
                self.assertEqual(self.counts(), (0, 0, 2, "degraded"))
            self.file.append(event(3))
        self.assertEqual((self.found(), self.counts()), ([[1, 2, 3]], (3, 0, 0, "ok")))

    def test_no_memory(self):
        self.wrong.clear()
        with alone():
            with mock.patch.object(System, "write", create=True, side_effect=MemoryError):
                self.file.append(event(1))
            self.assertEqual(self.counts(), (0, 0, 1, "degraded"))
            self.file.append(event(2))
        self.assertEqual((self.found(), self.counts()), ([[1, 2]], (2, 0, 0, "ok")))


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
        self.assertEqual((health.written, len(health._alive())), (800, 800))
        del file, made[2:]
        gc.collect()                    # PyPy counts no references
        self.assertEqual((health.written, len(health._alive())), (800, 400))


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

    def test_looks_for_its_file_while_no_other_thread_writes(self):
        """To let go of a descriptor that another thread writes to may close a file of somebody else."""
        seen = []
        self.file._look = lambda: seen.append(self.file._lock._is_owned())
        with mock.patch.object(lasting, "LOOK", -1.0):
            self.file.append(event(1))
        del self.file._look
        self.assertEqual(seen, [True])

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

    def test_what_is_written_waits_no_more(self):
        """A burst goes on and on after one slow write: no more waits than the disk is behind."""
        row, other = ("a", 0.5, 1, 1.0), bytes(300)
        wait_until(lambda: not any(thread.name == "tbx_pure" for thread in threading.enumerate()))
        with mock.patch.object(lasting, "background", lambda files: True), \
                mock.patch.object(lasting, "PENDING", 1 << 20):
            with mock.patch.object(lasting, "SLOW", -1.0):
                self.file.append(row)
            for turn in range(10):      # each is a quarter of what may wait
                for n in range(512):
                    self.file.append(row)
                    self.file.append(other)
                self.assertTrue(self.file._late)
                self.file.tick()
            self.assertEqual(self.file.pending(), 0)
            self.assertEqual(self.file.health.dropped, 0)
            for n in range(2 * lasting.PENDING // lasting.weight(other)):
                self.file.append(other)
            self.assertGreater(self.file.health.dropped, 1000)
            self.assertLess(sum(map(lasting.weight, self.file._queue)), 1 << 20)

    def test_callers_that_outrun_the_background(self):
        """Busy threads make a write look slow, once: then a burst is one of 256 KB again, and nothing is lost."""
        row = ("a", 0.5, 1, 1.0)
        with mock.patch.multiple(lasting, background=lambda files: True, PENDING=1 << 20, LATE=set()):
            with mock.patch.object(lasting, "SLOW", -1.0):
                self.file.append(row)
            for _ in range(3 * lasting.TOGETHER):
                self.file.append(row)
            self.assertTrue(self.file._late)
            self.file.tick()
            for _ in range(2 * lasting.PENDING // lasting.weight(row)):
                self.file.append(row)
                self.assertLessEqual(self.file.pending(), lasting.TOGETHER)
        self.assertEqual(self.file.health.dropped, 0)

    @unittest.skipUnless(GATHERS, "kernels are switched off")
    def test_pictures_behind_a_slow_disk(self):
        self.system.slow = 0.1
        with mock.patch.multiple(lasting, SLOW=0.05, PENDING=1 << 20):
            begun = time.monotonic()
            for _ in range(100):
                self.file.append(bytes(100000))
            self.assertLess(time.monotonic() - begun, 8)        # of 10, if each waited
            self.assertLessEqual(self.file._load, 1 << 20)
            self.system.slow = 0
            self.file.flush()
        self.assertEqual(self.file.health.written + self.file.health.dropped, 100)
        self.assertGreater(self.file.health.dropped, 10)


class Clock(System):
    """A system whose writes take `seconds` of a clock that nothing else moves."""
    seconds, now = 0.06, 1000.0

    def write(self, fd, data):
        self.now += self.seconds
        return os.write(fd, data)


class TestSlowDisk(InRun):

    def test_what_is_written_no_longer_takes_room(self):
        """A disk that is slow for ever, but keeps up, loses nothing; nor does one slow write in a burst."""
        for seconds in (0.06, 0.0):
            system = Clock()
            file = lasting.EventFile(self.path("slow%s" % seconds), system=system)
            with mock.patch.multiple(lasting, monotonic=lambda: system.now, background=lambda files: True,
                                     PENDING=1 << 20, SLOW=0.05, LATE=set()):       # no other's background
                file.append(event(0))
                self.assertTrue(file._late)
                system.seconds = seconds
                for step in range(1, 101):
                    for _ in range(40):
                        file.append(("a", 0.5, step, 1.0))
                    file.append(bytes(20000))
                    self.assertEqual(file.pending(), 41)
                    file.tick()
                    self.assertLess(file._load, 1 << 16)
                self.assertTrue(file._late)
            file.close()
            self.assertEqual((file.health.written, file.health.dropped), (4101, 0))

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

    def test_what_takes_long_before_the_write(self):
        """It is not the disk: what comes after waits no longer for it."""
        clock = Clock()
        clock.seconds = 0.0

        def encoded(events):
            clock.now += 1
            return eventfile_encoded(events)
        file, eventfile_encoded = lasting.EventFile(self.path("late"), system=clock), eventfile.encoded
        with mock.patch.multiple(lasting, monotonic=lambda: clock.now, background=lambda files: True, LATE=set(),
                                 SLOW=0.05), mock.patch.object(eventfile, "encoded", encoded):
            file.append(event(0))
            self.assertFalse(file._late)
            clock.seconds = 0.06
            file.flush()
            file.append(event(1))
            file.flush()
            self.assertTrue(file._late)
        file.close()

    def test_flush_waits_for_what_was_added_before(self):
        """Other threads may add faster than the disk takes it, without end."""
        clock, writes = Clock(), []
        file = lasting.EventFile(self.path("flush"), system=clock)

        def write(fd, data):
            writes.append(data)
            for _ in range(2000 if len(writes) < 20 else 0):
                file.append(event(3000))
            return Clock.write(clock, fd, data)
        with mock.patch.multiple(lasting, monotonic=lambda: clock.now, background=lambda files: True, LATE=set(),
                                 SLOW=0.05):
            for step in range(2001):
                file.append(event(step))
            clock.write = write
            file.flush()
            self.assertLess(len(writes), 10)
            self.assertEqual(steps(file.path)[:2001], list(range(2001)))
        file.close()

    def test_every(self):
        self.system.slow = 0.06
        with mock.patch.object(lasting, "SLOW", 0.05):
            file = lasting.EventFile(self.path("every"), system=self.system, durability="every")
            for step in range(3):
                file.append(event(step))
                self.assertEqual(steps(file.path), list(range(step + 1)))


if __name__ == "__main__":
    unittest.main()
