"""What a burst gathers: how much, for how long, by which thread; and that the rest is written at once."""
import os
import subprocess
import sys
import threading
import time
import unittest
from unittest import mock

from tbx_pure import SummaryWriter, lasting, twins
from tbx_pure.kernels import bursts

from ..helpers import PACKAGE_NAME, ROOT, InDirectory, event_files, events, python
from .faults import GATHERS, event, steps, wait_until

def threads():
    return [thread for thread in threading.enumerate() if thread.name == "tbx_pure"]


class InRun(InDirectory):

    def setUp(self):
        InDirectory.setUp(self)
        wait_until(lambda: not threads())
        self.file = lasting.EventFile(self.directory)
        self.file.open()
        self.addCleanup(self.file.close)

    def burst(self, count=200, file=None):
        for step in range(count):
            (file or self.file).append(event(step))


@unittest.skipUnless(GATHERS, "kernels are switched off")
class TestBudget(InRun):

    def test_within_the_budget_all_is_written_at_once_and_no_thread_starts(self):
        for step in range(lasting.ADDS):
            self.file.append(event(step))
            self.assertEqual(steps(self.file.path), list(range(step + 1)))
        self.assertEqual(threads(), [])

    def test_ordinary_training_starts_no_thread(self):
        for step in range(30):
            for i in range(10):
                self.file.append(event(10 * step + i))
            time.sleep(0.01)
        self.assertEqual(threads(), [])
        self.assertEqual(steps(self.file.path), list(range(300)))

    def test_beyond_it_one_thread_writes_within_20_ms(self):
        other = lasting.EventFile(self.directory)
        for n in range(1, 31):          # a busy machine may take more than the 20 ms for it
            self.burst()
            self.burst(file=other)
            waited, running = len(steps(self.file.path)) < 200 * n, threads()
            self.assertLessEqual(len(running), 1)
            wait_until(lambda: len(steps(self.file.path)) == len(steps(other.path)) == 200 * n)
            wait_until(lambda: not lasting.LATE and not threads())
            if waited and running:
                break
        self.assertTrue(waited and running)
        self.file.append(event(200))                    # at once again
        self.assertEqual(len(steps(self.file.path)), 200 * n + 1)
        other.close()

    def test_how_soon(self):
        """A burst is in the file after 20 ms, once in a hundred times at least: this machine may be busy."""
        for n in range(1, 101):
            self.burst(100)
            time.sleep(0.02)
            soon = len(steps(self.file.path)) == 100 * n
            wait_until(lambda: not lasting.LATE)
            if soon:
                break
        self.assertTrue(soon)

    def test_milliseconds_of_writing_are_a_burst_too(self):
        with mock.patch.object(lasting, "BUSY", 0.0), mock.patch.object(lasting, "WINDOW", 60.0), \
                mock.patch.object(lasting, "background", lambda files: True):
            self.file.append(event(0))
            self.file.append(event(1))
            self.assertEqual(steps(self.file.path), [0])
        self.file.flush()
        self.assertEqual(steps(self.file.path), [0, 1])

    def test_the_background_has_ended_when_a_write_is_slow(self):
        """As when the interpreter ends: callers write again."""
        with mock.patch.object(lasting, "background", lambda files: True):
            self.burst(70)
        with mock.patch.object(lasting, "background", lambda files: False):
            with mock.patch.object(lasting, "SLOW", -1.0):
                self.file.flush()
            for step in range(70, 80):
                self.file.append(event(step))
                self.assertEqual(steps(self.file.path), list(range(step + 1)))

    def test_nothing_ticks_for_a_file_that_was_slow_and_is_idle(self):
        with mock.patch.object(lasting, "SLOW", -1.0):
            for step in range(3):
                self.file.append(event(step))
                wait_until(lambda: not threads() and not self.file.pending())
                self.assertTrue(self.file._late)
        with mock.patch.multiple(lasting, background=lambda files: True, LATE=set()):
            self.file.append(event(3))              # still: no caller waits for this disk twice
            self.assertEqual(lasting.LATE, {self.file})
            self.assertEqual(steps(self.file.path), [0, 1, 2])
            self.file.tick()
            self.assertEqual(lasting.LATE, set())
        self.file.append(event(4))                  # it is quick again
        self.assertEqual(steps(self.file.path), [0, 1, 2, 3, 4])

    def test_no_more_than_256_kb(self):
        with mock.patch.object(lasting, "background", lambda files: True):
            self.burst(70)
            for step in range(70, 70 + lasting.TOGETHER):
                self.file.append(("a", 0.5, step, 1.0))
                self.assertLessEqual(self.file.pending(), lasting.TOGETHER)
            self.assertGreater(len(steps(self.file.path)), lasting.TOGETHER)
            for data in [bytes(20000)] * 100 + [event(step) for step in range(2 * lasting.TOGETHER)]:
                self.file.append(data)          # half of them gather, half are being written meanwhile
                waiting = [lasting.weight(data) for data in self.file._queue if type(data) is bytes]
                self.assertLessEqual(sum(waiting), 128 << 10)
        self.assertEqual(self.file.health.acked, 170 + 3 * lasting.TOGETHER)
        self.file.flush()
        self.file._queue += [bytes(20000)] * 100
        self.assertLessEqual(sum(map(lasting.weight, self.file._first_events())), 128 << 10)

    def test_flush_is_a_barrier(self):
        for _ in range(5):
            self.burst()
            self.file.flush()
            self.assertEqual(self.file.pending(), 0)
        self.assertEqual(len(steps(self.file.path)), 1000)

    def test_order_of_rows_and_bytes(self):
        for step in range(0, 3000, 3):
            self.file.append(("a", 0.5, step, 1.0))
            self.file.append(event(step + 1))
            self.file.append(("b", 0.5, step + 2, 1.0))
        self.file.flush()
        self.assertEqual(steps(self.file.path), list(range(3000)))

    def test_threads(self):                              # R8
        writer = SummaryWriter(self.path("run"))

        def log(k):
            for step in range(1, 2001):
                writer.add_scalar("tag%d" % k, 0.5, step)
                writer.add_scalars("all", {"c%d" % (step % 4): 1.0})
                if step % 500 == 0:
                    writer.flush()
        working = [threading.Thread(target=log, args=(k,)) for k in range(8)]
        for thread in working:
            thread.start()
        for thread in working:
            thread.join()
        writer.close()
        path, = [path for path in event_files(self.path("run")) if "all" not in path]
        found = [(e["summary"]["value"][0]["tag"], e["step"]) for e in events(path)[1:]]
        for k in range(8):
            self.assertEqual([step for tag, step in found if tag == "tag%d" % k], list(range(1, 2001)))
        self.assertEqual(writer.health.written, 32000)
        self.assertEqual(len(event_files(self.path("run", "all"))), 4)

    def test_a_background_that_comes_too_late(self):
        """It wanted to write, and waited for a close(): to close again makes no file."""
        self.file.append(event(1))
        self.file.close()
        self.file._alone(self.file._write_or_wait, True)
        self.file.flush(sync=True)
        self.file.close()
        self.assertEqual(len(event_files(self.directory)), 1)

    def test_a_background_that_wrote_nothing_was_not_slow(self):
        """It waited for a close(): that a closed file waits for it would keep it for ever."""
        self.file.append(event(1))
        self.file.close()
        with mock.patch.object(lasting, "SLOW", -1.0), mock.patch.object(lasting, "background", lambda files: True):
            self.file._alone(self.file._write_or_wait, True)
        self.assertNotIn(self.file, lasting.LATE)
        self.assertFalse(self.file._dirty)

    def test_a_burst_that_ends_while_a_caller_counts_bytes(self):
        """Its next events are written at once: nobody would come for them."""
        class Size(int):
            def __floordiv__(size, other):              # the background comes here, in another thread
                self.file.flush()
                self.file._alone(self.file._be_direct)
                return int(size) // other
        with mock.patch.object(lasting, "background", lambda files: True):
            self.burst(100)
            self.assertGreater(self.file.pending(), 0)
            with mock.patch.object(lasting, "weight", lambda _: Size(300)):
                self.file.append(event(100))
            for step in range(101, 110):
                self.file.append(event(step))
                self.assertEqual(steps(self.file.path), list(range(step + 1)))

    def test_a_background_that_comes_after_a_relaxed_file_is_closed(self):
        with mock.patch.object(lasting, "background", lambda files: True):
            file = lasting.EventFile(self.directory, durability="relaxed", flush_secs=10 ** 6)
            file.append(event(0))
            file.close()
            file.tick()                 # it had a list of files, with this one
            file.append(event(1))
            self.assertTrue(file.pending() == 0 or file in lasting.LATE)
            file.close()

    def test_threads_that_add_flush_and_close(self):
        def log(k):
            for i in range(400):
                self.file.append(event(1000 * k + i))
                if i % 40 == 20 * (k % 2):
                    (self.file.close if k == 0 else self.file.flush)()
        working = [threading.Thread(target=log, args=(k,)) for k in range(4)]
        for thread in working:
            thread.start()
        for thread in working:
            thread.join()
        self.file.flush()
        found = [step for path in event_files(self.directory) for step in steps(path)]
        for k in range(4):
            self.assertEqual([step for step in found if step // 1000 == k], [1000 * k + i for i in range(400)])

    def test_relaxed(self):
        for flush_secs in 0.2, 2.0, 20.0:               # a busy machine may take all of the first
            file = lasting.EventFile(self.path(str(flush_secs)), durability="relaxed", flush_secs=flush_secs)
            self.addCleanup(file.close)
            file.append(event(0))
            wait_until(lambda: not file.pending())
            file.append(event(1))
            if file.pending():
                break
        self.assertEqual(file.pending(), 1)
        wait_until(lambda: file.pending() == 0, 60)
        self.burst(2 * lasting.TOGETHER, file)
        self.assertGreater(len(steps(file.path)), lasting.TOGETHER)

    def test_every(self):
        file = lasting.EventFile(self.directory, durability="every")
        self.burst(500, file)
        self.assertEqual((len(steps(file.path)), threads()), (500, []))


class TestNothingGathers(InRun):

    def test_where_no_thread_can_start(self):
        for n, error in enumerate((RuntimeError("no more threads"), MemoryError()), 1):
            with mock.patch.object(threading.Thread, "start", side_effect=error):
                self.burst(500)
                self.assertEqual(len(steps(self.file.path)), 500 * n)

    def test_an_interrupt_just_before_it_starts(self):
        """What is to end with the interpreter is not there."""
        worker = bursts.Worker()
        with mock.patch.object(threading.Thread, "start", side_effect=KeyboardInterrupt):
            self.assertRaises(KeyboardInterrupt, worker.begin, [self.file])
        worker.end()

    def test_where_no_daemon_may_be(self):
        """As in a subinterpreter of Python 3.12 and later."""
        with mock.patch.object(threading, "Thread", side_effect=RuntimeError("daemon threads are disabled")):
            self.burst(500)
            self.assertEqual(len(steps(self.file.path)), 500)

    def test_when_kernels_are_off(self):
        code = ("from %s import SummaryWriter; import threading; w = SummaryWriter(%r)\n"
                "for i in range(500): w.add_scalar('a', 0.5, i)\n"
                "import os; os._exit(threading.active_count() - 1)" % (PACKAGE_NAME, self.path("plain")))
        python("-c", code, env=dict(os.environ, **{twins.SWITCH: "1"}))
        path, = event_files(self.path("plain"))
        self.assertEqual(steps(path), list(range(500)))


@unittest.skipUnless(GATHERS, "kernels are switched off")
class TestTheInterpreterEnds(InDirectory):
    """A burst just before any end that Python takes note of.  R4"""

    BEGIN = """
import atexit, os, signal, sys, threading, time
def log(writer, begin, end):
    for i in range(begin, end):
        writer.add_scalar('a', 0.5, i)
%s
from %s import SummaryWriter
writer = SummaryWriter(sys.argv[1])
log(writer, 0, 300)
def wait():                             # for the background, which a busy machine may keep from its work
    for _ in range(2000):
        if not writer.health.pending:
            break
        time.sleep(0.01)
"""

    def left_by(self, end, before="", codes=(0,), count=300):
        directory = self.path("run%d" % len(os.listdir(self.directory)))
        code = subprocess.call([sys.executable, "-c", self.BEGIN % (before, PACKAGE_NAME) + end, directory],
                               cwd=ROOT, stderr=subprocess.DEVNULL)
        self.assertIn(code, codes, end)
        found = sorted(step for path in event_files(directory) for step in steps(path))
        self.assertEqual(found, list(range(count)), end)

    def test_ends(self):
        for end, codes in (
                ("", (0,)), ("sys.exit(3)", (3,)), ("raise KeyError", (1,)), ("raise SystemExit", (0,)),
                ("writer.close()", (0,)),
                ("writer.close(); writer.close()", (0,)), ("del writer", (0,)),
                ("writer.flush(); os._exit(4)", (4,)), ("writer.flush(); os.kill(os.getpid(), 9)", (-9,)),
                ("signal.signal(signal.SIGTERM, lambda *_: sys.exit(5)); os.kill(os.getpid(), 15)", (5,)),
                ("signal.signal(signal.SIGTERM, lambda *_: (writer.close(), os._exit(6)));"
                 "os.kill(os.getpid(), 15)", (6,)),
                ("wait(); os._exit(7)", (7,)),
                ("wait(); os.abort()", (-6,)),
                ("threading.Thread(target=sys.exit).start()", (0,))):
            with self.subTest(end):
                self.left_by(end, codes=codes)

    @unittest.skipIf(sys.implementation.name == "pypy", "which ends then as if killed, without atexit")
    def test_interrupted(self):
        self.left_by("raise KeyboardInterrupt", codes=(-2, 1, 130))

    def test_who_logs_at_the_end(self):
        for before, end in (
                ("", "atexit.register(log, writer, 300, 600)"),
                ("atexit.register(lambda: log(writer, 300, 600))", ""),
                ("", "threading.Thread(target=log, args=(writer, 300, 600)).start()"),
                ("class Late:\n def __del__(self): log(writer, 300, 600)\nlate = Late()",
                 "del late; import gc; gc.collect()")):        # PyPy calls no finalizer by itself at the end
            with self.subTest((before, end)):
                self.left_by(end, before, count=600)

    def test_a_daemon_thread_that_logs_on(self):
        """Nothing hangs, and what its file holds is sound."""
        for _ in range(3):
            directory = self.path("daemon%d" % len(os.listdir(self.directory)))
            end = ("threading.Thread(target=log, args=(writer, 300, 10 ** 9), daemon=True).start()\n"
                   "import time; time.sleep(0.05)")
            subprocess.check_call([sys.executable, "-c", self.BEGIN % ("", PACKAGE_NAME) + end, directory],
                                  cwd=ROOT, timeout=60)
            path, = event_files(directory)
            found = steps(path)
            self.assertEqual(found, list(range(len(found))))
            self.assertGreater(len(found), 300)


if __name__ == "__main__":
    unittest.main()
