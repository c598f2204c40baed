"""A system that fails when a test says so, and is the real one otherwise."""
import errno
import os
import threading
import time
from unittest import mock

from tbx_pure import lasting
from tbx_pure.messages import EVENT
from tbx_pure.read.records import scan

ERRORS = (errno.EIO, errno.ENOSPC, errno.EINTR, errno.EDQUOT, errno.EBADF, errno.ESTALE,
          errno.EACCES, errno.EFBIG, errno.EROFS)
FOR_EVER = 1 << 30


def threads_start():
    """Say whether a thread can start here."""
    try:
        thread = threading.Thread(target=int)
        thread.start()
    except RuntimeError:
        return False
    thread.join()
    return True


GATHERS = hasattr(lasting.background, "plain") and threads_start()      # with TBX_PURE_PLAIN=1: not


class System:
    """os, but for some of its operations.

    fails:  {number of an operation, from 0: the error it meets, or how many bytes a write takes}
    slow:   seconds that each write takes
    """

    def __init__(self):
        self.calls, self.fails, self.slow = [], {}, 0

    def fail(self, first, error, times=1, torn=None):
        """Let operation `first` from here on, and those after it, `times` in all, meet an error.

        torn:  how many bytes the first of them takes before that, if it is a write
        """
        first += len(self.calls)
        self.fails = Stretch(first, times, error, torn)

    def __getattr__(self, name):
        getattr(os, name)

        def call(*arguments, **options):
            fails, torn = self.fails.get(len(self.calls), (None, None))
            self.calls.append(name)
            if fails and torn and name == "write":
                return os.write(arguments[0], arguments[1][:torn])
            if fails:
                raise OSError(fails, os.strerror(fails))
            if name == "write" and self.slow:
                time.sleep(self.slow)
            return getattr(os, name)(*arguments, **options)
        return call

    def getpid(self):
        return os.getpid()


class Stretch:
    """What System.fails is for operations that follow each other."""

    def __init__(self, first, times, error, torn):
        self.first, self.times, self.error, self.torn = first, times, error, torn

    def get(self, number, default):
        if not self.first <= number < self.first + self.times:
            return default
        return self.error, self.torn if number == self.first else None


def event(step):
    return EVENT.encode({"wall_time": 1.0, "step": step})


def steps(*paths):
    """Return the steps of all events in files, each of which may end in a torn record."""
    found = []
    for path in paths:
        reading = scan(path)
        events = [EVENT.decode(data) for _, data in reading]
        if reading.damage:
            raise AssertionError("%s: %s" % (path, reading.damage))
        if events and events[0].get("file_version") != "brain.Event:2":
            raise AssertionError("%s begins with %s" % (path, events[0]))
        found += [e.get("step", 0) for e in events[1:]]
    return found


def alone():
    """Return a context without a thread, in which a retry comes at once."""
    return mock.patch.multiple(lasting, PAUSE=0.0, LONGEST=0.0, background=lambda files: False)


def wait_until(true, seconds=20):
    """Wait until a function returns True."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise AssertionError("it did not come true")
        time.sleep(0.005)
