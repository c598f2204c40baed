"""An exception or another call of ours at every line of the way from a call to the disk.  R9"""
import gc
import itertools
import os
import signal
import sys
import threading
import unittest
import warnings
from unittest import mock

from tbx_pure import SummaryWriter, eventfile, lasting, ondisk
from tbx_pure.kernels import bursts

from ..helpers import InDirectory, event_files, events
from .faults import GATHERS, System, event, steps, wait_until

WAY = {os.path.join(os.path.dirname(eventfile.__file__), name)
       for name in ("eventfile.py", "ondisk.py", "lasting.py", "health.py", "lanes.py", "steps.py", "writer.py")}


def interrupted(line, call, interrupt, way=WAY):
    """Make a call, and another when the `line`-th line of the way begins; return whether it did."""
    seen = 0

    def local(frame, what, _):
        nonlocal seen
        if what == "line":
            seen += 1
            if seen == line:
                sys.settrace(None)
                interrupt()
        return local

    def enter(frame, what, _):
        return local if frame.f_code.co_filename in way else None
    before = sys.gettrace()
    sys.settrace(enter)
    try:
        call()
    except KeyboardInterrupt:
        pass
    finally:
        sys.settrace(before)
    return seen >= line


def stop():
    raise KeyboardInterrupt


class TestEveryLine(InDirectory):
    """Events 1 to 4 are added before, 5 is interrupted, 6 is added after."""

    def setUp(self):
        InDirectory.setUp(self)
        self.addCleanup(lasting.LATE.clear)

    def direct(self):
        return self.begun(SummaryWriter(self.path("run")))

    def begun(self, writer):
        for step in (1, 2, 3, 4):
            writer.add_scalar("a", 0.5, step)
        return writer

    def closed(self):
        writer = self.direct()
        writer.close()
        return writer

    def gathering(self):
        """Four events wait, and the call that is interrupted finds that no more may."""
        writer = SummaryWriter(self.path("run"))
        file = writer._run_file()
        file._gathers, file._room = True, 4
        return self.begun(writer)

    def torn(self):
        writer = SummaryWriter(self.path("run"))
        file, system = writer._run_file(), System()
        file._system = system
        file._pause = 0.0
        with mock.patch.object(lasting, "background", lambda files: False), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.begun(writer)
            del file._queue[:]
            system.fail(0, 28, 2, 7)
            writer.add_scalar("a", 0.5, 4)
        return writer

    def each(self, begin, call, interrupt, wanted, after=lambda writer: None):
        line, going, writers = 0, True, []
        while going:
            line += 1
            writer = begin()
            writers.append(writer)      # lest its finalizer be the one that is interrupted
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                going = interrupted(line, lambda: call(writer), lambda: interrupt(writer))
                writer.add_scalar("a", 0.5, 6)
                writer.flush()
                other = threading.Thread(target=writer.flush, daemon=True)      # no lock is left behind
                other.start()
                other.join(10)
                self.assertFalse(other.is_alive(), line)
            found = [step for path in event_files(self.directory) for step in steps(path)]
            self.assertIn(found, wanted, line)
            writer.close()
            for path in event_files(self.directory):
                os.remove(path)
        self.assertGreater(line, 20)

    def test_exception_while_adding(self):
        once = [[1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 6]]
        with mock.patch.object(lasting, "background", lambda files: False):
            for begin in (self.direct, self.closed, self.gathering):
                with self.subTest(begin.__name__):
                    self.each(begin, lambda writer: writer.add_scalar("a", 0.5, 5), lambda _: stop(), once)
            with self.subTest("torn"):
                torn = [[1, 2, 3, 4] + found for found in ([4, 5, 6], [4, 6])]
                self.each(self.torn, lambda writer: writer.add_scalar("a", 0.5, 5), lambda _: stop(), torn)

    def test_exception_while_flushing(self):
        for sync in (False, True):
            for begin in (self.direct, self.gathering):
                self.each(begin, lambda writer: (writer.flush(sync), writer.flush(sync), writer.flush(sync)),
                          lambda _: stop(), [[1, 2, 3, 4, 6]])

    def test_exception_while_closing(self):
        for begin in (self.direct, self.gathering):
            self.each(begin, lambda writer: writer.close(), lambda _: stop(), [[1, 2, 3, 4, 6]])

    def test_a_handler_that_adds(self):
        """Ours is written before or after the interrupted one: once."""
        wanted = [[1, 2, 3, 4] + found for found in ([5, 7, 6], [7, 5, 6], [5, 6])]
        with mock.patch.object(lasting, "background", lambda files: False):
            for begin in (self.direct, self.closed, self.gathering):
                with self.subTest(begin.__name__):
                    self.each(begin, lambda writer: writer.add_scalar("a", 0.5, 5),
                              lambda writer: writer.add_scalar("b", 0.5, 7), wanted)

    def test_a_handler_that_flushes_or_closes(self):
        with mock.patch.object(lasting, "background", lambda files: False):
            for begin in (self.direct, self.gathering):
                for interrupt in (lambda writer: writer.flush(), lambda writer: writer.flush(sync=True),
                                  lambda writer: writer.close()):
                    self.each(begin, lambda writer: writer.add_scalar("a", 0.5, 5), interrupt,
                              [[1, 2, 3, 4, 5, 6]])

    def test_a_handler_that_adds_while_we_sync_or_open(self):
        """Its event is in the file when the call returns: nobody else would write it."""
        for call, is_open in ((lambda file: file.flush(sync=True), True), (lambda file: file.prepare(), False)):
            line, going = 0, True
            while going:
                line += 1
                file = lasting.EventFile(self.path("run%d" % line))
                if is_open:
                    file.open()
                going = interrupted(line, lambda: call(file), lambda: file.append(event(7)))
                self.assertEqual(file._queue, [], line)
                file.close()
                self.assertEqual([step for path in file.paths for step in steps(path)], [7] if going else [], line)
            self.assertGreater(line, 20)

    def test_a_handler_that_adds_to_a_file_whose_descriptor_another_takes(self):
        line, going = 0, True
        with mock.patch.object(ondisk, "DESCRIPTORS", 1), mock.patch.dict(ondisk.EventFile._open, clear=True):
            while going:
                line += 1
                one, other = [lasting.EventFile(self.path("%s%d" % (name, line)), strict=True)
                              for name in ("one", "other")]
                other.append(event(1))
                going = interrupted(line, lambda: one.append(event(1)), lambda: other.append(event(2)))
                self.assertEqual((steps(one.path), steps(other.path)), ([1], [1, 2] if going else [1]), line)
                self.assertFalse(one._lock._is_owned() or other._lock._is_owned())
                for file in (one, other):
                    file.close()
        self.assertGreater(line, 40)

    @unittest.skipUnless(GATHERS, "kernels are switched off, or no thread starts")
    def test_a_handler_that_adds_while_the_background_starts(self):
        """A second thread would not end before a fork; and to start one there waits for a lock for ever."""
        wait_until(lambda: not any(thread.name == "tbx_pure" for thread in threading.enumerate()))
        line, going, way = 0, True, {bursts.__file__, threading.__file__}
        while going:
            line += 1
            worker = bursts.Worker()
            going = interrupted(line, lambda: worker.begin({self}), lambda: worker.begin({self}), way)
            self.assertTrue(worker.begin({self}))
            running = [thread for thread in threading.enumerate() if thread.name == "tbx_pure"]
            self.assertEqual(running, [worker.thread], line)
            worker.end()
        self.assertGreater(line, 40)

    def tick(self):                     # as a file's
        pass

    flush = tick


class TestSignals(InDirectory):

    @unittest.skipUnless(hasattr(signal, "SIGALRM"), "this system has no SIGALRM")
    def test_storm(self):
        """A signal every half millisecond: its handler logs, flushes, or raises."""
        catching = warnings.catch_warnings()
        catching.__enter__()
        self.addCleanup(catching.__exit__, None, None, None)
        writer = SummaryWriter(self.directory)
        counted, acked, handled, adding = itertools.count(1), [], [], [False]

        def handler(*_):
            step = next(counted)        # in one step: it interrupts itself too
            writer.add_scalar("handler", 0.5, step)
            handled.append(step)        # unless another handler has come between, and raised
            if step % 5 == 0:
                writer.flush()
            if step % 7 == 0 and adding[0]:
                adding[0] = False
                raise KeyboardInterrupt
        warnings.simplefilter("ignore")                 # of the handler's steps
        old = signal.signal(signal.SIGALRM, handler)
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
            step = 0
            while len(handled) < 250:
                step += 1
                try:
                    adding[0] = True
                    writer.add_scalar("main", 0.5, step)
                    acked.append(step)
                    adding[0] = False
                except KeyboardInterrupt:
                    pass
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, old)
        writer.flush()
        found = {"main": [], "handler": []}
        for e in events(self.directory)[1:]:
            found[e["summary"]["value"][0]["tag"]].append(e["step"])
        self.assertEqual(found["main"], sorted(set(found["main"])))
        self.assertEqual(set(acked) - set(found["main"]), set())
        self.assertEqual(len(found["handler"]), len(set(found["handler"])))
        self.assertEqual(set(handled) - set(found["handler"]), set())

    @unittest.skipUnless(hasattr(gc, "set_threshold"), "finalizers come when PyPy likes")
    def test_a_finalizer_that_logs(self):
        writer = SummaryWriter(self.directory)
        made = [0]

        class Logs:
            def __init__(self):
                self.circle = self

            def __del__(self):
                made[0] += 1
                writer.add_scalar("finalized", 0.5, made[0])
        gc_before = gc.get_threshold()
        gc.set_threshold(5)
        try:
            for step in range(1, 500):
                Logs()
                writer.add_scalar("a", 0.5, step)
        finally:
            gc.set_threshold(*gc_before)
        gc.collect()
        wait_until(lambda: made[0] == 499)
        writer.flush()
        self.assertEqual(sorted(steps(*event_files(self.directory))), sorted(2 * list(range(1, 500))))


if __name__ == "__main__":
    unittest.main()
