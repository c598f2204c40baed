"""GlobalSummaryWriter: each point of a tag has a number of its own, whoever adds it."""
import os
import threading
import time
import unittest
import warnings
from unittest import mock

from tbx_pure import InputError
from tbx_pure.compat import global_writer
from tbx_pure.compat.global_writer import GlobalSummaryWriter, Numbers

from .helpers import PACKAGE_NAME, InDirectory, event_files, events, fork, python, summaries

FORKS = hasattr(os, "fork")


class TestGlobalSummaryWriter(InDirectory):

    def setUp(self):
        InDirectory.setUp(self)
        self.writer = GlobalSummaryWriter(self.directory)

    def steps(self, tag):
        return [step for step, value in summaries(self.directory) if value["tag"] == tag]

    def together(self, start):
        """Let 4 add 100 points each to one tag, and 100 to a tag of their own."""
        def add(k):
            for i in range(100):
                self.writer.add_scalar("all", 1000 * k + i)
                self.writer.add_scalar("of %d" % k, i)
        with warnings.catch_warnings():
            warnings.simplefilter("error")                      # steps never go back
            start(add)
        self.assertEqual(self.steps("all"), list(range(400)))   # each once, and in order
        values = [value["simple_value"] for _, value in summaries(self.directory) if value["tag"] == "all"]
        for k in range(4):
            self.assertEqual(self.steps("of_%d" % k), list(range(100)))
            self.assertEqual([x for x in values if x // 1000 == k], [1000 * k + i for i in range(100)])
        self.assertEqual(len(event_files(self.directory)), 1)

    @unittest.skipUnless(FORKS, "this system has no fork")
    def test_forked_processes(self):
        def start(add):
            children = [fork(lambda k=k: add(k)) for k in range(4)]
            self.assertEqual([os.waitpid(child, 0)[1] for child in children], [0] * 4)
        self.together(start)

    def test_threads(self):
        def start(add):
            threads = [threading.Thread(target=add, args=(k,)) for k in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        self.together(start)

    def test_threads_without_fork(self):
        with mock.patch.object(global_writer, "fcntl", None):
            self.writer = GlobalSummaryWriter(self.path("windows"))
        self.assertIs(type(self.writer._numbers), Numbers)
        self.directory = self.path("windows")
        self.test_threads()
        self.directory = os.path.dirname(self.directory)

    @unittest.skipUnless(FORKS, "this system has no fork")
    def test_a_tag_that_a_child_has_begun(self):
        self.writer.add_scalar("a", 1)
        for _ in range(2):
            child = fork(lambda: (self.writer.add_scalar("new", 1), self.writer.add_scalar("a", 1)))
            self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.writer.add_scalar("new", 1)
        self.writer.add_scalar("a", 1)
        self.assertEqual((self.steps("new"), self.steps("a")), ([0, 1, 2], [0, 1, 2, 3]))

    @unittest.skipUnless(FORKS, "this system has no fork")
    def test_forked_while_another_thread_adds(self):
        held, done = threading.Event(), threading.Event()

        def hold():
            with self.writer._numbers.next("x"):
                held.set()
                done.wait()
        thread = threading.Thread(target=hold)
        thread.start()
        held.wait()
        child = fork(lambda: self.writer.add_scalar("a", 1))    # waits for its parent, not for ever
        done.set()
        thread.join()
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.assertEqual(self.steps("a"), [0])

    def test_each_kind_counts_for_itself(self):
        for _ in range(2):
            self.writer.add_scalar("x", 1)
            self.writer.add_text("x", "hi")
            self.writer.add_image("i", [[0.5]], dataformats="HW")
            self.writer.add_histogram("h", [1, 2], bins=2, max_bins=5)
            self.writer.add_audio("a", [0.5], 8000)
            self.writer.add_video("v", [[[[[0.5]]]]], 2)
        self.assertEqual([step for step, _ in summaries(self.directory)], [0] * 6 + [1] * 6)

    def test_time(self):
        self.writer.add_scalar("x", 1, 2.5)
        self.writer.add_text("x", "hi", walltime=3.5)
        self.assertEqual([e["wall_time"] for e in events(self.directory)[1:]], [2.5, 3.5])

    def test_what_fails_is_not_counted(self):
        for _ in range(2):
            with self.assertRaises(InputError):
                self.writer.add_scalar("x", None)
            self.writer.add_scalar("x", 1)
        self.assertEqual(self.steps("x"), [0, 1])

    def test_names_of_any_letters(self):
        for tag in ("", "米 ü", "a" * 1000, "a\nb"):
            self.writer.add_text(tag, "hi")
            self.writer.add_text(tag, "hi")
            self.assertEqual(self.steps(tag + "/text_summary"), [0, 1])

    def test_closed(self):
        self.writer.add_scalar("x", 1)
        self.writer.close()
        self.assertIsNone(self.writer.smw.file_writer)
        self.assertEqual(self.writer.file_writer.get_logdir(), self.directory)
        self.writer.add_scalar("x", 1)
        self.assertEqual([step for path in event_files(self.directory) for step, _ in summaries(path)], [0, 1])

    def test_arguments(self):
        w = GlobalSummaryWriter(None, "c", None, 5, 3, ".x", True, self.path("a"), True, raw_tags=True)
        self.assertTrue(w.file_writer.event_writer._file_name.endswith(".x"))
        self.assertEqual(w.file_writer.get_logdir(), self.path("a"))
        with GlobalSummaryWriter(self.path("b"), write_to_disk=False)._numbers.next("x"):
            self.assertFalse(os.path.exists(self.path("b")))

    def test_the_one_for_all(self):
        before = os.getcwd()
        os.chdir(self.directory)
        try:
            with mock.patch.object(global_writer, "_writer", None):
                one = GlobalSummaryWriter.getSummaryWriter()
                self.assertIs(GlobalSummaryWriter.getSummaryWriter(), one)
                one.add_scalar("x", 1)
        finally:
            os.chdir(before)
        self.assertEqual(len(event_files(self.path("runs"))), 1)

    def test_the_one_for_all_threads(self):
        with mock.patch.object(global_writer, "_writer", None):
            with mock.patch.object(global_writer, "GlobalSummaryWriter", lambda: time.sleep(0.01) or object()):
                found = []
                threads = [threading.Thread(target=lambda: found.append(GlobalSummaryWriter.getSummaryWriter()))
                           for _ in range(4)]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
        self.assertEqual(found, [found[0]] * 4)

    def test_importing_does_nothing(self):
        code = ("import sys, %s.compat.global_writer, threading;"
                "print(threading.active_count(), *({'multiprocessing', 'tempfile'} & set(sys.modules)))" % PACKAGE_NAME)
        self.assertEqual(python("-S", "-c", code).strip(), "1")


if __name__ == "__main__":
    unittest.main()
