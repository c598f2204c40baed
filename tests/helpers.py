"""What several tests share: a directory of their own, and events read back by the spine alone."""
import io
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
import warnings

from tbx_pure import lasting
from tbx_pure.errors import InputError
from tbx_pure.messages import EVENT
from tbx_pure.record import unframe

try:
    import tracemalloc
except ImportError:                     # PyPy has none
    class tracemalloc:
        start = stop = staticmethod(lambda: None)
        get_traced_memory = staticmethod(lambda: (0, 0))

PACKAGE_NAME = EVENT.__class__.__module__.split(".")[0]
ANY_NAME = sys.getfilesystemencoding().lower().startswith("utf")        # a file can have it
PYPY = sys.implementation.name == "pypy"
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PACKAGE = os.path.join(ROOT, PACKAGE_NAME)


class InDirectory(unittest.TestCase):
    """A test case with a directory that is gone afterwards: self.directory."""

    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix=PACKAGE_NAME)
        self.addCleanup(shutil.rmtree, self.directory)
        self.addCleanup(forget, self.directory)

    def path(self, *names):
        return os.path.join(self.directory, *names)


def forget(directory):
    """Let go of the files that a test has left open there: PyPy keeps them, and the next would hear of them."""
    files = [known() for known in list(lasting.EventFile._open.values())] + list(lasting.LATE)
    for file in files:
        if file is not None and file.directory.startswith(directory):
            lasting.LATE.discard(file)
            if file._lock.acquire(timeout=1):       # else a test has left it to a thread of its own
                del file._queue[:]
                file._let_go()
                file._lock.release()


class Refusals(unittest.TestCase):
    """Calls of a function, `values`, that raise InputError."""

    def refused(self, argument, *arguments, **options):
        """See that an argument is refused; return what is said."""
        with self.subTest(repr((arguments, options))[:70]):
            with self.assertRaises(InputError) as caught:
                self.values(*arguments, **options)
            self.assertEqual(caught.exception.argument, argument)
            return str(caught.exception)


def fork(work):
    """Return the number of a child that calls a function; if that raises or hangs, it fails."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)     # 3.12: a fork beside threads; ours must not hang
        child = os.fork()
    if child == 0:
        signal.alarm(60)
        try:
            work()
        except BaseException:
            os._exit(1)
        os._exit(0)
    return child


class Bytes(io.BytesIO):
    """Bytes that outlive the stream that wraps them."""

    def close(self):
        self.flush()


def command(*arguments, stdin=b""):
    """Run a command of ours in this process; return (exit code, standard output, standard error)."""
    from tbx_pure.commands import cli           # not for the spine's tests, when it is taken away
    out, err = Bytes(), io.StringIO()
    streams = sys.stdin, sys.stdout, sys.stderr
    sys.stdin = io.TextIOWrapper(io.BytesIO(stdin), "utf-8")
    sys.stdout, sys.stderr = io.TextIOWrapper(out, "utf-8"), err
    try:
        code = cli.main(list(arguments))
        sys.stdout.flush()
    except SystemExit as e:                     # argparse's own
        code = e.code
    finally:
        sys.stdin, sys.stdout, sys.stderr = streams
    return code, out.getvalue(), err.getvalue()


def event_files(directory):
    """Return the paths of all event files below a directory, sorted."""
    return sorted(os.path.join(folder, name) for folder, _, names in os.walk(directory)
                  for name in names if "tfevents" in name)


def records(path):
    """Return the data of every record of a file, which must hold nothing else."""
    with open(path, "rb") as f:
        buf = f.read()
    found, pos = [], 0
    while pos < len(buf):
        data, pos = unframe(buf, pos)
        found.append(data)
    return found


def events(path):
    """Return every event of a file; or of the only event file below a directory."""
    if os.path.isdir(path):
        path, = event_files(path)
    return list(map(EVENT.decode, records(path)))


def summaries(path):
    """Return [(step, the only Summary.Value)] of the events that have one."""
    return [(event.get("step", 0), event["summary"]["value"][0])
            for event in events(path) if "summary" in event]


def python(*arguments, **options):
    """Run this Python in another process, from the project's top; return what it printed.

    A warning there is an error, as it is here.  Fails the test, with its stderr, if it fails.
    """
    options.setdefault("cwd", ROOT)
    process = subprocess.Popen([sys.executable, "-W", "error"] + list(arguments),
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
    out, err = process.communicate()
    if process.returncode:
        raise AssertionError("%s exited with %d:\n%s" % (arguments, process.returncode,
                                                          err.decode("utf-8", "replace")))
    return out.decode("utf-8")
