"""A simulated loss of power, at every moment: what flush(sync=True) or close() has promised is there.  R2"""
import errno
import os
import random
import shutil
import threading
import unittest
import warnings
from unittest import mock

from tbx_pure import SummaryWriter, lasting, ondisk
from tbx_pure.messages import EVENT
from tbx_pure.read import Run
from tbx_pure.read.records import scan

from ..helpers import InDirectory, event_files
from .faults import alone, event

TRIALS = 4                              # of each moment, besides those that keep all and nothing


class Disk:
    """os, that notes what happens: of that a loss of power keeps what was synced, and any part of the rest.

    log:    ("name", directory, path), ("write", path, data), ("sync", path) or ("promise", steps)
    fails:  errors of the next writes, each after some bytes: [(errno, bytes), ...]
    """

    def __init__(self):
        self.log, self.paths, self.fails = [], {}, []

    def __getattr__(self, name):
        return getattr(os, name)

    def makedirs(self, directory, exist_ok):
        above = os.path.dirname(directory)
        if not os.path.isdir(directory):
            self.makedirs(above, True)
            os.mkdir(directory)
            self.log.append(("name", above, directory))

    def open(self, path, flags, mode):
        fd = os.open(path, flags, mode)
        self.paths[fd] = path
        if flags & os.O_CREAT:
            self.log.append(("name", os.path.dirname(path), path))
        return fd

    def write(self, fd, data):
        error, torn = self.fails.pop(0) if self.fails else (None, None)
        if torn:
            data = data[:torn]
            self.fails.insert(0, (error, 0))
        elif error:
            raise OSError(error, os.strerror(error))
        self.log.append(("write", self.paths[fd], bytes(data)))
        return os.write(fd, data)

    def fsync(self, fd):
        self.log.append(("sync", self.paths[fd]))

    def promise(self, steps):
        self.log.append(("promise", list(steps)))

    def left(self, moment, keep):
        """Return {path: content} after a loss of power, and the steps that were promised.

        keep:  called for each thing that was not synced, and again for all of a last write
        """
        names, contents, promised = [], {}, []
        for what, path, *more in self.log[:moment]:
            if what == "promise":
                promised = path
            elif what == "name":
                names.append([path, more[0], False])
            elif what == "write":
                contents.setdefault(path, []).append([more[0], False])
            else:
                for name in names:
                    name[2] = name[2] or name[0] == path
                for write in contents.get(path, []):
                    write[1] = True
        lost = tuple(name for _, name, synced in names if not synced and not keep())
        return {path: content(writes, keep) for path, writes in contents.items()
                if not any((path + os.sep).startswith(name + os.sep) for name in lost)}, promised


def content(writes, keep):
    """Return what is left of a file: where a write is lost and a later one is not, there are zeros."""
    kept = [data if synced or keep() else bytes(len(data)) for data, synced in writes]
    while kept and not any(kept[-1]):
        kept.pop()
    if len(kept) == len(writes) and not writes[-1][1] and not keep():
        kept[-1] = kept[-1][:len(kept[-1]) // 2]
    return b"".join(kept)


class TestPower(InDirectory):

    def setUp(self):
        InDirectory.setUp(self)
        catching = warnings.catch_warnings()
        catching.__enter__()
        self.addCleanup(catching.__exit__, None, None, None)
        warnings.simplefilter("ignore")
        context = alone()
        context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        self.disk, self.after = Disk(), self.path("after")
        self.run_directory = self.path("made", "runs", "one")

    def file(self):
        return lasting.EventFile(self.run_directory, system=self.disk)

    def check(self):
        """Lose power after each operation; what is left has what was promised, and reads to an end."""
        rng = random.Random(0)
        ways = [lambda: True, lambda: False] + TRIALS * [lambda: rng.random() < 0.5]
        known = set(step for what, *more in self.disk.log if what == "promise" for step in more[0])
        for moment in range(len(self.disk.log) + 1):
            for keep in ways:
                files, promised = self.disk.left(moment, keep)
                for path, data in files.items():
                    path = os.path.join(self.after, os.path.relpath(path, self.directory))
                    os.makedirs(os.path.dirname(path), exist_ok=True)
                    with open(path, "wb") as f:
                        f.write(data)
                found = [EVENT.decode(data).get("step", 0) for path in event_files(self.after)
                         for _, data in scan(path)]
                self.assertEqual(set(promised) - set(found), set(), (moment, self.disk.log[:moment][-3:]))
                self.assertLessEqual(set(found), known | {0})
                if files:
                    for run in {os.path.dirname(path) for path in event_files(self.after)}:
                        self.assertLessEqual(set(Run(run).tags().get("scalars", [])), {"a", "all"})
                shutil.rmtree(self.after, ignore_errors=True)
        self.assertGreater(len(known), 2)

    def test_a_file_of_its_own(self):
        file, steps = self.file(), []
        for step in range(1, 10):
            file.append(event(step))
            steps.append(step)
            if step % 3 == 0:
                (file.close if step == 6 else lambda: file.flush(sync=True))()
                self.disk.promise(steps)
        file.close()
        self.check()

    def test_sub_runs(self):
        class Writer(SummaryWriter):
            def _event_file(self, *arguments, **options):
                return SummaryWriter._event_file(self, *arguments, system=disk, **options)
        disk, steps = self.disk, []
        writer = Writer(self.run_directory)
        for step in range(1, 5):
            writer.add_scalar("a", 0.5, step)
            writer.add_scalars("all", {"b": 0.5, "c/d": 0.5}, 10 + step)
            steps += [step, 10 + step]
            if step % 2 == 0:
                writer.flush(sync=True)
                self.disk.promise(steps)
        writer.close()
        self.check()

    def test_errors_that_begin_another_file(self):
        for case in ("too large", "somebody wrote"):
            with self.subTest(case):
                self.setUp()
                file = self.file()
                file.append(event(1))
                file.append(event(2))
                self.disk.fails = [(errno.EFBIG if case == "too large" else errno.EIO, 7)]
                file.append(event(3))
                if case == "somebody wrote":
                    os.truncate(file.path, os.path.getsize(file.path) + 1)
                file.append(event(4))
                self.assertEqual(len(file.paths), 2)
                file.flush(sync=True)
                self.disk.promise([1, 2, 3, 4])
                self.check()

    def test_an_event_that_comes_while_another_thread_closes(self):
        file = self.file()
        file.append(event(1))
        flush = file.flush

        def and_then_another_thread(sync):
            flush(sync)
            other = threading.Thread(target=file.append, args=(event(2),))
            other.start()
            other.join()
        file.flush = and_then_another_thread
        file.close()
        del file.flush
        file.flush(sync=True)
        self.disk.promise([1, 2])
        file.append(event(3))
        file.flush(sync=True)
        self.disk.promise([1, 2, 3])
        self.check()

    def test_a_sync_that_failed_is_done_again(self):
        file = self.file()
        for step in (1, 2, 3):
            file.append(event(step))
        with mock.patch.object(Disk, "fsync", side_effect=OSError(errno.EIO, "error")):
            file.close()
        file.close()
        self.disk.promise([1, 2, 3])
        self.assertEqual(len(file.paths), 1)
        self.check()


class TestNames(InDirectory):

    def test_once(self):
        """A directory is put on the disk with the first sync after a file is made in it."""
        disk = Disk()
        file = lasting.EventFile(self.path("a", "b"), system=disk)
        for step in range(3):
            file.append(event(step))
            file.flush(sync=True)
        self.assertEqual([path for what, path, *_ in disk.log if what == "sync"],
                         [file.path, self.path("a", "b"), self.path("a"), self.directory, file.path, file.path])
        self.assertFalse([path for path in ondisk.NAMES if path.startswith(self.directory)])
        file.close()

    def test_the_first_record(self):
        """Which may say where a restarted run goes on."""
        disk = Disk()
        file = lasting.EventFile(self.path("a"), system=disk)
        file.open()
        file.close()
        file.close()
        self.assertEqual([path for what, path, *_ in disk.log if what == "sync"],
                         [file.path, self.path("a"), self.directory])

    def test_a_directory_that_is_not_opened_or_synced_is_no_error(self):
        """As on Windows, and on some file systems."""
        for name in ("open", "fsync"):
            def refuse(disk, what, *more, name=name):
                if os.path.isdir(what if name == "open" else disk.paths[what]):
                    raise PermissionError(errno.EACCES, "no")
                return getattr(os, name)(what, *more) if name == "fsync" else opens(disk, what, *more)
            opens = Disk.open
            with mock.patch.object(Disk, name, refuse), warnings.catch_warnings():
                warnings.simplefilter("error")
                file = lasting.EventFile(self.path(name), system=Disk(), strict=True)
                file.append(event(1))
                file.flush(sync=True)
                file.append(event(2))
                file.close()
            self.assertIsNone(file.health.last_error)


if __name__ == "__main__":
    unittest.main()
