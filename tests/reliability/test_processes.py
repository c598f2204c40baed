"""Forked, spawned and killed processes: nothing hangs, nothing is lost or doubled.  R1, R5, R6, R7"""
import multiprocessing
import os
import pickle
import random
import signal
import subprocess
import sys
import threading
import time
import unittest
import warnings
from unittest import mock

from tbx_pure import SummaryWriter, lasting

from ..helpers import PACKAGE_NAME, ROOT, InDirectory, event_files, events
from .faults import event, steps, wait_until

FORKS = hasattr(os, "fork")
SECONDS = 30                            # a child that takes longer hangs
MOST_LOST = 2 * lasting.TOGETHER        # events: while some are written, as many may gather


def fork(work):
    """Return the number of a forked process that calls a function, and ends as that does."""
    with warnings.catch_warnings():
        if any(thread.name != "tbx_pure" for thread in threading.enumerate()[1:]):
            warnings.simplefilter("ignore", DeprecationWarning)         # from 3.12: of our test's own threads
        child = os.fork()
    if child:
        return child
    signal.alarm(SECONDS)
    code = 1
    try:
        code = work() or 0
    except SystemExit as e:
        code = e.code
    finally:
        os._exit(code)


def killed(directory, seconds, options=""):
    """Kill -9 a process that logs after that long; return the last step it said was added."""
    code = ("import os, sys; from %s import SummaryWriter, lasting; w = SummaryWriter(sys.argv[1]%s)\n"
            "lasting.SLOW = 60\n"          # of the disk, not of a busy machine
            "for i in range(10 ** 9):\n w.add_scalar('a', 0.5, i); os.write(1, b'%%d\\n' %% i)"
            % (PACKAGE_NAME, options))
    process = subprocess.Popen([sys.executable, "-c", code, directory], cwd=ROOT, stdout=subprocess.PIPE)
    os.set_blocking(process.stdout.fileno(), True)
    said = process.stdout.readline()
    reader = []
    thread = threading.Thread(target=lambda: reader.append(process.stdout.read()))
    thread.start()
    time.sleep(seconds)
    process.kill()
    process.wait()
    thread.join()
    process.stdout.close()
    whole = (said + reader[0]).rpartition(b"\n")[0].split(b"\n")
    return int(whole[-1])


class TestKilled(InDirectory):

    def check(self, times, options, lost):
        for n, seconds in enumerate(times):
            directory = self.path("run%d%s" % (n, options[-8:-1].strip("'\"")))
            last = killed(directory, seconds, options)
            path, = event_files(directory)
            found = steps(path)
            self.assertEqual(found, list(range(len(found))))
            self.assertGreaterEqual(len(found) + lost, last + 1)

    def test_every(self):
        self.check([random.Random(0).random() / 3 for _ in range(5)], ", durability='every'", 0)

    def test_burst(self):
        """A burst loses what it may, and no record is torn."""
        self.check([random.Random(1).random() / 3 for _ in range(5)], "", MOST_LOST)

    def test_within_the_budget(self):
        """At the rates of training, a kill loses nothing."""
        code = ("import os, sys, time; from %s import SummaryWriter, lasting; w = SummaryWriter(sys.argv[1])\n"
                "lasting.BUSY = lasting.SLOW = 60\n"           # this machine may be busy
                "for i in range(200):\n w.add_scalar('a', 0.5, i); i %% 10 or time.sleep(0.01)\n"
                "os.kill(os.getpid(), 9)" % PACKAGE_NAME)
        subprocess.call([sys.executable, "-c", code, self.directory], cwd=ROOT)
        self.assertEqual(steps(*event_files(self.directory)), list(range(200)))


@unittest.skipUnless(FORKS, "this system has no fork")
class TestForked(InDirectory):
    """A parent logs 0 to 199; its child does something, logging 1000 and on; all is there once."""

    def setUp(self):
        InDirectory.setUp(self)
        self.writer = SummaryWriter(self.path("run"))
        self.addCleanup(self.writer.close)

    def log(self, begin, count):
        for step in range(begin, begin + count):
            self.writer.add_scalar("tag%d" % begin, 0.5, step)

    def found(self):
        return sorted(step for path in event_files(self.directory) for step in steps(path))

    def child(self, work, count=0, code=0):
        self.log(0, 100)
        child = fork(work)
        self.log(100, 100)
        self.assertEqual(os.waitpid(child, 0)[1], code << 8)
        self.writer.flush()
        self.assertEqual(self.found(), list(range(200)) + list(range(1000, 1000 + count)))

    def test_does_nothing(self):
        self.child(lambda: None)

    def test_exits(self):
        self.child(lambda: sys.exit(3), code=3)

    def test_adds_a_few_and_is_gone(self):
        self.child(lambda: self.log(1000, 5), 5)

    def test_adds_a_burst_and_flushes(self):
        self.child(lambda: (self.log(1000, 500), self.writer.flush()) and 0, 500)

    def test_adds_a_burst_and_waits(self):
        self.child(lambda: (self.log(1000, 500), wait_until(lambda: not self.writer.health.pending)) and 0, 500)

    def test_closes(self):
        self.child(lambda: (self.log(1000, 100), self.writer.close()) and 0, 100)

    def test_closes_and_goes_on(self):
        self.child(lambda: (self.writer.close(), self.log(1000, 50)) and 0, 50)

    def test_flushes(self):
        self.child(self.writer.flush)

    def test_series_of_their_own(self):
        self.writer.add_scalars("all", {"parent": 1.0}, 0)
        child = fork(lambda: [self.writer.add_scalars("all", {"parent": 1.0, "child": 1.0}, step)
                              for step in range(1, 30)] and 0)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.assertEqual([len(steps(*event_files(self.path("run", "all", name)))) for name in ("parent", "child")],
                         [30, 29])

    def test_a_grandchild(self):
        def work():
            self.log(1000, 10)
            child = fork(lambda: self.log(1010, 10))
            return os.waitpid(child, 0)[1]
        self.child(work, 20)

    @unittest.skipIf(lasting.CAREFUL, "Python 3.6 tells of no fork: what is gathered is written in its 20 ms")
    def test_the_parent_is_gone_at_once(self):
        """As a daemon is made: what was gathered is written before the fork."""
        def work():
            self.log(0, 300)
            child = fork(lambda: self.log(300, 5))
            os.waitpid(child, 0)
            os._exit(0)
        self.assertEqual(os.waitpid(fork(work), 0)[1], 0)
        self.assertEqual(self.found(), list(range(305)))

    def test_four_processes_on_one_file(self):
        children = [fork(lambda k=k: (self.log(1000 * k, 800), self.writer.flush()) and 0) for k in range(1, 5)]
        self.assertEqual([os.waitpid(child, 0)[1] for child in children], [0] * 4)
        path, = event_files(self.directory)
        found = steps(path)
        for k in range(1, 5):
            self.assertEqual([step for step in found if step // 1000 == k], list(range(1000 * k, 1000 * k + 800)))

    @unittest.skipUnless(getattr(sys, "_is_gil_enabled", lambda: True)(),
                         "free-threaded Python 3.13 forks with the lock of a list held, now and then")
    def test_while_other_threads_log(self):
        ending = threading.Event()

        def log(k):
            step = 10 ** 6 * k
            while not ending.is_set():
                self.writer.add_scalar("tag%d" % k, 0.5, step)
                step += 1
        threads = [threading.Thread(target=log, args=(k,)) for k in (1, 2)]
        for thread in threads:
            thread.start()
        try:
            for n in range(10):
                child = fork(lambda: (self.log(1000 * n, 100), self.writer.flush()) and 0)
                self.assertEqual(os.waitpid(child, 0)[1], 0)
        finally:
            ending.set()
            for thread in threads:
                thread.join()
        self.writer.flush()
        found = self.found()
        self.assertEqual(len(found), len(set(found)))
        self.assertEqual([step for step in found if step < 10 ** 6],
                         [1000 * n + i for n in range(10) for i in range(100)])

    def test_no_warning_of_threads(self):
        """From 3.12 on, a fork beside a thread warns: ours has ended by then, and 3.13 asks after what comes next."""
        with warnings.catch_warnings(record=True) as said:      # as an error it is nothing
            warnings.simplefilter("always")
            for n in range(5):
                self.log(1000 * n, 300)
                child = os.fork()
                if not child:
                    os._exit(0)
                os.waitpid(child, 0)
                self.log(1000 * n + 300, 100)
        self.writer.flush()
        self.assertLess(len(said), 5)           # the system may count a thread that just ended
        self.assertEqual(len(self.found()), 2000)

    def test_multiprocessing(self):
        """Its processes end by os._exit: a burst just before is written nevertheless."""
        context = multiprocessing.get_context("fork")
        workers = [context.Process(target=self.log, args=(1000 * k, 300)) for k in range(1, 5)]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            for worker in workers:
                worker.start()
        for worker in workers:
            worker.join(SECONDS)
        self.assertEqual([worker.exitcode for worker in workers], [0] * 4)
        self.assertEqual(self.found(), [1000 * k + i for k in range(1, 5) for i in range(300)])

    def test_a_torn_record_is_the_parents(self):
        file = self.writer._run_file()
        os_write, calls = os.write, []

        class System:
            def __getattr__(self, name):
                return getattr(os, name)

            def write(self, fd, data):
                calls.append(1)
                if len(calls) == 1:
                    return os_write(fd, data[:9])
                if len(calls) == 2:
                    raise OSError(5, "error")
                return os_write(fd, data)
        file._system, file._pause = System(), 60.0      # nobody tries again before the fork
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            file.append(event(1))
        child = fork(lambda: (file.append(event(1000)), file.flush()) and 0)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.writer.flush()
        self.assertEqual(sorted(steps(path) for path in event_files(self.directory)), [[1], [1000]])

    def test_a_childs_disk_may_be_well(self):
        """That its parent waits after an error, or gathers for long, is nothing to it."""
        for name, options in (("failing", {}), ("relaxed", {"durability": "relaxed", "flush_secs": 10 ** 6})):
            file = lasting.EventFile(self.path(name), **options)
            self.addCleanup(file.close)
            with mock.patch.multiple(lasting, background=lambda files: True, PAUSE=1000.0, LONGEST=1000.0), \
                    warnings.catch_warnings():
                warnings.simplefilter("ignore")
                if name == "failing":
                    file._pause = 1000.0
                    with mock.patch.object(os, "write", side_effect=OSError(5, "error")):
                        file.append(event(1))
                else:
                    file.append(event(1))
                    file.tick()
                    file.append(event(2))
                self.assertEqual(file.pending(), 1)

                def work():
                    file.append(event(1000))
                    lost = file.pending() and file not in lasting.LATE
                    for step in range(1001, 1100 if name == "failing" else 1001):
                        file.append(event(step))
                    file.tick()
                    return lost or file.pending()
                child = fork(work)
                self.assertEqual(os.waitpid(child, 0)[1], 0)
            file.flush()
            self.assertEqual(sorted(steps(*event_files(self.path(name)))),
                             [1] + list(range(1000, 1100)) if name == "failing" else [1, 2, 1000])
            file.close()


class TestSpawned(InDirectory):

    def test_settings_travel(self):
        writer = SummaryWriter(self.directory, purge_step=5, raw_tags=True, durability="every", auto_step=False,
                               filename_suffix=".x", flush_secs=7, strict=True)
        writer.add_scalar("a b", 0.5, 7)
        for _ in range(2):
            writer = pickle.loads(pickle.dumps(writer))
            self.assertEqual(len(event_files(self.directory)), 1)       # none until it is used
        self.assertEqual((writer.logdir, writer.raw_tags, writer.durability, writer.flush_secs, writer.strict,
                          writer.filename_suffix), (self.directory, True, "every", 7, True, ".x"))
        writer.add_scalar("a b", 0.5, 8)
        second = event_files(self.directory)[1]
        found = events(second)
        self.assertEqual([e.get("session_log") for e in found], [None] * 2)     # purged once
        self.assertEqual(found[1]["summary"]["value"][0]["tag"], "a b")

    def test_a_default_directory(self):
        here = os.getcwd()
        os.chdir(self.directory)
        try:
            writer = SummaryWriter(comment="x")
            again = pickle.loads(pickle.dumps(writer))
        finally:
            os.chdir(here)
        self.assertEqual(again.logdir, writer.logdir)

    def test_eight_processes_in_one_directory(self):
        code = ("import sys; from %s import SummaryWriter\nwith SummaryWriter(sys.argv[1]) as w:\n"
                " for i in range(500): w.add_scalar(sys.argv[2], 0.5, i)" % PACKAGE_NAME)
        processes = [subprocess.Popen([sys.executable, "-c", code, self.directory, "p%d" % k], cwd=ROOT)
                     for k in range(8)]
        self.assertEqual([process.wait() for process in processes], [0] * 8)
        self.assertEqual([steps(path) for path in event_files(self.directory)], [list(range(500))] * 8)


if __name__ == "__main__":
    unittest.main()
