"""Files that change at once and as a whole, whoever else writes or reads them."""
import itertools
import os
import threading
import time
from contextlib import contextmanager

try:
    import fcntl
except ImportError:                     # Windows, WASI
    fcntl = None                        # type: ignore

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, Iterable, Iterator

ATTEMPTS, PAUSE = 3000, 0.01            # to have a file alone; seconds between them

LOCKS = {}                              # type: Dict[int, threading.RLock]  # by process: a lock
                                        # that another thread holds at a fork is held for ever


def read(path: str) -> bytes:
    """Return all of a file; of one that is not there, nothing."""
    try:
        with open(path, "rb") as f:
            return f.read()
    except FileNotFoundError:
        return b""


def write(path: str, chunks: "Iterable[bytes]") -> None:
    """Put a file in its place at once: whoever looks sees all of the old one or of the new one."""
    f = _new_file(path, ".tmp")
    try:
        with f:
            f.writelines(chunks)
            _to_disk(f)
        os.replace(f.name, path)
    except BaseException:
        os.remove(f.name)
        raise


def set_aside(path: str, content: bytes) -> str:
    """Keep content beside a file, and return where."""
    with _new_file(path, ".unreadable") as f:
        f.write(content)
        _to_disk(f)
    return f.name


def _new_file(path, ending):
    """Open a file beside path, under a name that is free.  (tempfile's only the owner can read.)"""
    for i in itertools.count():
        try:
            return open("%s.%d%s" % (path, i, ending), "xb")
        except FileExistsError:
            continue


def _to_disk(f):
    f.flush()
    os.fsync(f.fileno())


@contextmanager
def alone(path: str) -> "Iterator[None]":
    """Keep other writers of a file out, threads and processes, as well as the system can."""
    with LOCKS.setdefault(os.getpid(), threading.RLock()):
        lock = _lock(path + ".lock") if fcntl else None
        try:
            yield
        finally:
            if lock:
                _remove(lock)
                lock.close()


def _lock(path):
    """Return an open file that this process alone has locked; None if the system cannot do that.

    None, too, after half a minute: better two entries at once than a training run that hangs.
    """
    for _ in range(ATTEMPTS):
        lock = open(path, "ab")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.fstat(lock.fileno()), os.stat(path)):
                return lock             # and not a file that its last holder has removed since
        except (BlockingIOError, FileNotFoundError):
            pass
        except OSError:                 # a network file system without locks
            _remove(lock)
            break
        lock.close()
        time.sleep(PAUSE)
    lock.close()
    return None


def _remove(lock):
    try:
        os.remove(lock.name)
    except OSError:                     # gone, with its directory perhaps
        pass
