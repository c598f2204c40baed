"""One synchronous write a record, under a name nobody else has, whatever the system does."""
import copy
import errno
import gc
import os
import pickle
import re
import signal
import subprocess
import sys
import threading
import unittest
from unittest import mock

from tbx_pure import eventfile
from tbx_pure.eventfile import EventFile, host, subrun
from tbx_pure.messages import EVENT
from tbx_pure.record import frame

from .helpers import PACKAGE_NAME, ROOT, InDirectory, event_files, events, fork, records

NAME = re.compile(r"^events\.out\.tfevents\.\d{10}\.[\w.-]+\.\d+\.\d+$")


def event(step):
    return EVENT.encode({"wall_time": 1.0, "step": step})


def steps(path):
    """Return the steps of all events but the first, which must be the version record."""
    first, *rest = events(path)
    assert first["file_version"] == "brain.Event:2", first
    return [e.get("step", 0) for e in rest]


class TestFile(InDirectory):

    def test_first_record_is_there_when_opened(self):  # event-1
        EventFile(self.path("a", "b")).open()
        first, = events(self.path("a", "b"))
        self.assertEqual(set(first), {"wall_time", "file_version"})
        self.assertEqual(first["file_version"], "brain.Event:2")

    def test_nothing_is_made_before(self):
        EventFile(self.path("a"))
        self.assertEqual(os.listdir(self.directory), [])

    def test_append_is_in_the_file_on_return(self):  # files-8
        file = EventFile(self.directory)
        for n in range(1, 5):
            file.append(event(n))
            self.assertEqual(steps(file.path), list(range(1, n + 1)))

    def test_name(self):                            # files-2
        file = EventFile(self.directory)
        file.open()
        self.assertRegex(os.path.basename(file.path), NAME)
        self.assertIn(".%d." % os.getpid(), file.path)
        suffixed = EventFile(self.directory, ".end")
        suffixed.open()
        self.assertTrue(suffixed.path.endswith(".end"))

    def test_two_in_one_second_do_not_meet(self):
        files = [EventFile(self.directory) for _ in range(20)]
        for n, file in enumerate(files):
            file.append(event(n + 1))
        self.assertEqual(len(event_files(self.directory)), 20)
        self.assertEqual([steps(file.path) for file in files], [[n + 1] for n in range(20)])

    def test_a_name_that_is_taken(self):            # files-3
        # Another container may have our host name, pid and counter.
        with mock.patch.object(eventfile, "COUNTER", iter([7, 7, 8])), \
                mock.patch.object(eventfile.time, "time", lambda: 1700000000.5):
            first, second = EventFile(self.directory), EventFile(self.directory)
            first.append(event(1))
            second.append(event(2))
        self.assertEqual((steps(first.path), steps(second.path)), ([1], [2]))
        self.assertTrue(second.path.endswith(".000008"))

    def test_names_are_in_the_order_of_opening(self):
        # TensorBoard reads a run's files in the order of their names: a restart comes last.
        with mock.patch.object(eventfile, "COUNTER", iter([9, 10, 99, 100])), \
                mock.patch.object(eventfile.time, "time", lambda: 1700000000.5):
            paths = []
            for _ in range(4):
                file = EventFile(self.directory)
                file.open()
                paths.append(file.path)
        self.assertEqual(paths, sorted(paths))

    def test_after_close_a_new_file(self):          # files-6
        file = EventFile(self.directory)
        file.append(event(1))
        first = file.path
        file.close()
        file.close()
        file.flush()
        self.assertEqual(len(event_files(self.directory)), 1)
        file.append(event(2))
        self.assertEqual((steps(first), steps(file.path)), ([1], [2]))

    def test_purge(self):                           # event-5
        file = EventFile(self.directory, purge_step=3)
        file.append(event(3))
        found = events(file.path)
        for e in found:
            del e["wall_time"]
        self.assertEqual(found, [{"file_version": "brain.Event:2"}, {"file_version": "brain.Event:2", "step": 3},
                                 {"session_log": {"status": "START"}, "step": 3},
                                 {"session_log": {"status": "START"}, "step": 3}, {"step": 3}])
        file.close()
        file.append(event(4))
        self.assertEqual(steps(file.path), [4])         # purged once, not again

    def test_purge_at_zero(self):
        file = EventFile(self.directory, purge_step=0)
        file.open()
        self.assertEqual(events(file.path)[2]["session_log"], {"status": "START"})

    def test_descriptor_is_let_go(self):
        file = EventFile(self.directory)
        file.open()
        fd = file._fd
        os.fstat(fd)
        del file
        gc.collect()                    # PyPy counts no references
        with self.assertRaises(OSError):
            os.fstat(fd)

    def test_held_until_python_has_taken_itself_apart(self):
        for module in "eventfile", "lasting":
            code = ("import sys; from %s.%s import EventFile; file = EventFile(%r); file.open();"
                    "sys.excepthook = lambda *error: file" % (PACKAGE_NAME, module, self.directory))
            said = subprocess.check_output([sys.executable, "-c", code], stderr=subprocess.STDOUT, cwd=ROOT)
            self.assertEqual(said, b"")

    def test_another_process_makes_its_own(self):
        for copied in (copy.deepcopy, pickle.dumps):
            with self.assertRaisesRegex(TypeError, "make a SummaryWriter there"):
                copied(EventFile(self.directory))

    def test_not_inherited(self):
        file = EventFile(self.directory)
        file.open()
        self.assertFalse(os.get_inheritable(file._fd))

    def test_errors_are_the_systems_own(self):
        with open(self.path("file"), "w"):
            pass
        with self.assertRaises(OSError):
            EventFile(self.path("file")).open()
        with self.assertRaises(OSError):
            EventFile(self.path("file", "below")).open()


class System:
    """The operating system, but that a script tells what each call of write() does.

    script: for each write a number of bytes it takes, or an error number; None: as usual
    """

    def __init__(self, *script):
        self.script, self.calls, self.pid = list(script), [], os.getpid()

    def __getattr__(self, name):
        def call(*arguments, **options):
            self.calls.append(name)
            return getattr(os, name)(*arguments, **options)
        return call

    def getpid(self):
        return self.pid

    def write(self, fd, data):
        self.calls.append("write")
        what = self.script.pop(0) if self.script else None
        if isinstance(what, OSError):
            raise what
        return os.write(fd, data if what is None else data[:what])


class TestFaults(InDirectory):
    """Bytes already written are never taken back, and no record is mixed into another."""

    def setUp(self):
        InDirectory.setUp(self)
        self.system = System()
        self.file = EventFile(self.directory, system=self.system)
        self.file.open()

    def test_one_write_a_record(self):
        del self.system.calls[:]
        self.file.append(event(1))
        self.assertEqual(self.system.calls, ["write"])

    def test_short_writes_are_completed(self):
        for size in range(1, len(frame(event(1)))):
            self.system.script = [size]
            self.file.append(event(1))
        self.assertEqual(steps(self.file.path), [1] * (len(frame(event(1))) - 1))

    def test_byte_by_byte(self):
        self.system.script = [1] * len(frame(event(1)))
        self.file.append(event(1))
        self.assertEqual(steps(self.file.path), [1])

    def test_error_with_nothing_written(self):
        self.system.script = [OSError(errno.ENOSPC, "full")]
        with self.assertRaises(OSError):
            self.file.append(event(1))
        self.file.append(event(2))
        self.assertEqual(steps(self.file.path), [2])

    def test_error_inside_a_record(self):
        for size in range(1, len(frame(event(1)))):
            self.system.script = [size, OSError(errno.EIO, "error"), OSError(errno.EIO, "again")]
            with self.assertRaises(OSError):
                self.file.append(event(2 * size))
            with self.assertRaises(OSError):
                self.file.append(event(0))              # nothing of it is written
            self.file.append(event(2 * size + 1))       # completes the other first
        expected = list(range(2, 2 * len(frame(event(1)))))
        self.assertEqual(steps(self.file.path), expected)

    def test_flush_completes(self):
        self.system.script = [5, OSError(errno.ENOSPC, "full")]
        with self.assertRaises(OSError):
            self.file.append(event(1))
        self.file.flush()
        self.assertEqual(steps(self.file.path), [1])

    def test_error_in_the_first_record(self):
        for script in ([OSError(errno.ENOSPC, "full")], [9, OSError(errno.ENOSPC, "full")]):
            file = EventFile(self.path("new"), system=System(*script))
            with self.assertRaises(OSError):
                file.open()
            file.append(event(1))
            self.assertEqual(steps(file.path), [1])

    def test_sync(self):
        del self.system.calls[:]
        self.file.flush()
        self.assertEqual(self.system.calls, [])
        self.file.flush(sync=True)
        self.assertEqual(self.system.calls, ["fsync"])
        self.file.close()
        self.assertEqual(self.system.calls, ["fsync", "fsync", "close"])

    def test_close_lets_go_though_the_disk_fails(self):
        self.system.script = [5, OSError(errno.EIO, "error"), OSError(errno.EIO, "error")]
        with self.assertRaises(OSError):
            self.file.append(event(1))
        with self.assertRaises(OSError):
            self.file.close()
        self.assertIsNone(self.file._fd)

    def test_a_child_leaves_a_torn_record_to_its_parent(self):
        self.system.script = [5, OSError(errno.EIO, "error")]
        with self.assertRaises(OSError):
            self.file.append(event(1))
        torn = self.file.path
        self.system.pid += 1                            # as if forked
        self.file.append(event(2))
        self.assertNotEqual(self.file.path, torn)
        self.assertEqual(steps(self.file.path), [2])
        with open(torn, "rb") as f:
            self.assertEqual(f.read()[40:], frame(event(1))[:5])


class TestTogether(InDirectory):

    def test_threads(self):
        file = EventFile(self.directory)

        def log(k):
            for i in range(200):
                file.append(event(1000 * k + i))
        threads = [threading.Thread(target=log, args=(k,)) for k in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        found = steps(file.path)
        self.assertEqual(sorted(found), [1000 * k + i for k in range(8) for i in range(200)])
        for k in range(8):                              # each thread's own order is kept
            self.assertEqual([s for s in found if s // 1000 == k], [1000 * k + i for i in range(200)])

    def test_the_ordinary_path_starts_no_thread(self):
        before = threading.enumerate()          # what other tests have left may end meanwhile
        file = EventFile(self.directory)
        file.append(event(1))
        self.assertEqual(set(threading.enumerate()) - set(before), set())

    def test_threads_that_close_between(self):
        file = EventFile(self.directory)

        def log(k):
            for i in range(100):
                file.append(event(1000 * k + i))
                if k == 0 and i % 10 == 0:
                    file.close()
        threads = [threading.Thread(target=log, args=(k,)) for k in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        found = [step for path in event_files(self.directory) for step in steps(path)]
        self.assertEqual(sorted(found), [1000 * k + i for k in range(4) for i in range(100)])

    @unittest.skipUnless(hasattr(os, "fork"), "this system has no fork")
    def test_forked_children_share_the_file(self):
        file = EventFile(self.directory)
        file.append(event(1))
        children = []
        for k in range(1, 4):
            children.append(fork(lambda k=k: [file.append(event(100 * k + i)) for i in range(50)]))
        for i in range(50):
            file.append(event(i))
        for child in children:
            self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.assertEqual(len(event_files(self.directory)), 1)
        self.assertEqual(sorted(steps(file.path)),
                         sorted([1] + [100 * k + i for k in range(4) for i in range(50)]))

    @unittest.skipUnless(hasattr(os, "fork"), "this system has no fork")
    def test_forked_while_another_thread_writes(self):
        file = EventFile(self.directory)
        file.open()
        held, done = threading.Event(), threading.Event()

        def hold():
            with file._lock:
                held.set()
                done.wait()
        thread = threading.Thread(target=hold)
        thread.start()
        held.wait()
        child = fork(lambda: file.append(event(7)))
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        done.set()
        thread.join()
        self.assertEqual(steps(file.path), [7])

    def test_a_process_that_just_ends(self):
        script = ("import os, sys; from %s.eventfile import EventFile; from %s.messages import EVENT\n"
                  "f = EventFile(sys.argv[1])\n"
                  "for i in range(20): f.append(EVENT.encode({'wall_time': 1.0, 'step': i}))\n"
                  "%s" % (PACKAGE_NAME, PACKAGE_NAME, "os.%s" % ("kill(os.getpid(), 9)" if hasattr(signal, "SIGKILL")
                                                               else "_exit(1)")))
        subprocess.call([sys.executable, "-c", script, self.directory], cwd=ROOT)
        path, = event_files(self.directory)
        self.assertEqual(len(records(path)), 21)
        self.assertEqual(steps(path), list(range(20)))

    def test_a_signal_handler_may_log(self):
        if not hasattr(signal, "SIGALRM"):
            self.skipTest("this system has no SIGALRM")
        file = EventFile(self.directory)
        old = signal.signal(signal.SIGALRM, lambda *_: file.append(event(-1)))
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
            for i in range(1000):
                file.append(event(i))
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, old)
        found = steps(file.path)
        self.assertEqual([s for s in found if s >= 0], list(range(1000)))
        self.assertIn(-1, found)


class TestInterrupted(InDirectory):
    """Whatever line is interrupted by a call of our own, each record is written once and whole."""

    def interrupted_at(self, line, call, interrupt):
        """Make a call, and another when the `line`-th line of eventfile.py begins; say if it did."""
        seen, path = [0], eventfile.__file__

        def local(frame, what, _):
            if what == "line":
                seen[0] += 1
                if seen[0] == line:
                    sys.settrace(None)
                    interrupt()
            return local

        def enter(frame, what, _):
            return local if frame.f_code.co_filename == path else None
        before = sys.gettrace()
        sys.settrace(enter)
        try:
            call()
        finally:
            sys.settrace(before)
        return seen[0] >= line

    def check(self, make, calls):
        line, going = 0, True
        while going:
            line += 1
            file = make()
            for call in calls:
                going = self.interrupted_at(line, lambda: call(file), lambda: file.append(event(-1)))
            expected = [call.step for call in calls if hasattr(call, "step")]
            found = [step for path in event_files(self.directory) for step in steps(path)]
            self.assertEqual(sorted(found), sorted(expected + [-1] * (len(found) - len(expected))), line)
            self.assertEqual(len(found) - len(expected), going, line)
            file.close()
            for path in event_files(self.directory):
                os.remove(path)
        self.assertGreater(line, 10)

    def test_closed_at_any_line(self):
        # As by a handler of SIGTERM that closes the writer and returns.
        for begin in (lambda file: None, lambda file: file.open()):
            line, going = 0, True
            while going:
                line += 1
                file = EventFile(self.directory)
                begin(file)
                going = self.interrupted_at(line, lambda: file.append(event(5)), file.close)
                file.flush(sync=True)
                file.append(event(6))
                found = [step for path in event_files(self.directory) for step in steps(path)]
                self.assertEqual(sorted(found), [5, 6], line)
                file.close()
                for path in event_files(self.directory):
                    os.remove(path)
            self.assertGreater(line, 10)

    def test_flush_to_the_disk_closed_at_any_line(self):
        line, going = 0, True
        while going:
            line += 1
            file = EventFile(self.directory)
            file.append(event(5))
            going = self.interrupted_at(line, lambda: file.flush(sync=True), file.close)
            file.append(event(6))
            found = [step for path in event_files(self.directory) for step in steps(path)]
            self.assertEqual(sorted(found), [5, 6], line)
            file.close()
            for path in event_files(self.directory):
                os.remove(path)

    def append(self, step):
        def call(file):
            file.append(event(step))
        call.step = step
        return call

    def test_while_it_opens(self):
        self.check(lambda: EventFile(self.directory), [self.append(5)])

    def test_while_it_writes(self):
        def opened():
            file = EventFile(self.directory)
            file.open()
            return file
        self.check(opened, [self.append(5)])

    def test_in_the_middle_of_a_record(self):
        def opened():
            system = System()
            file = EventFile(self.directory, system=system)
            file.open()
            system.script = [3, 2]
            return file
        self.check(opened, [self.append(5)])


class TestNames(unittest.TestCase):

    def test_host(self):
        self.assertRegex(host(), r"^[\w.-]+$")
        with mock.patch.object(eventfile.os, "uname", create=True) as uname:
            uname.return_value.nodename = "a b/c:\u4e2d"
            self.assertEqual(host(), "a_b_c_\u4e2d")
            uname.return_value.nodename = ""
            self.assertEqual(host(), "localhost")

    def test_host_without_uname(self):
        with mock.patch.object(eventfile, "os") as windows:
            del windows.uname
            windows.environ = {"COMPUTERNAME": "PC 1"}
            self.assertEqual(host(), "PC_1")

    def test_run_name(self):                        # files-7
        for names, expected in ((("loss", "train"), "loss/train"), (("a/b", "c/d"), "a/b/c/d"),
                                (("/abs", "/abs"), "abs/abs"), (("..", "../../x"), "_/_/_/x"),
                                (("a", "."), "a"), (("a//b/./", "c"), "a/b/c"), (("a", "\0"), "a/_"),
                                (("", ""), ""), (("...", "..a"), ".../..a"), (("a", ".. "), "a/.. ")):
            self.assertEqual(subrun(*names), expected.replace("/", os.sep))

    def test_run_name_on_windows(self):
        import ntpath
        with mock.patch.object(eventfile.os, "sep", "\\"), mock.patch.object(eventfile.os, "altsep", "/"), \
                mock.patch.object(eventfile.os, "path", ntpath):
            self.assertEqual(subrun("a\\..\\b", "/c/..\\d"), "a\\_\\b\\c\\_\\d")


if __name__ == "__main__":
    unittest.main()
