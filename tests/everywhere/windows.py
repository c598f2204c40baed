"""As much of Windows as can be made believe: what a process cannot do there, and its coarse clock.

No fork and no uname; a clock that goes on every 15.6 ms; names that cannot be; open files that can be
neither renamed nor removed nor replaced.  pretend() is for a process of its own, before the package is
imported.  What it cannot show: real paths, drives, code pages and sharing modes.
"""
import builtins
import io
import math
import os
import re
import shutil
import sys
import time

LACKING = ("fork forkpty register_at_fork uname getuid geteuid getgid getegid setuid mkfifo chown "
           "O_CLOEXEC O_NONBLOCK O_SYNC O_DSYNC sched_getaffinity WIFEXITED waitid pread pwrite").split()
MODULES = "fcntl pwd grp resource termios posix_ipc".split()
TICK = 64                               # of them a second has
DESCRIPTORS = "/proc/self/fd"
FORBIDDEN = re.compile(r'[<>:"|?*\0-\x1f]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$', re.I)

def pretend():
    for name in LACKING:
        if hasattr(os, name):
            delattr(os, name)
    sys.modules.update(dict.fromkeys(MODULES))
    shutil._use_fd_functions = False    # rmtree by paths
    real, steady = time.time, time.monotonic
    time.time = lambda: math.floor(real() * TICK) / TICK
    time.monotonic = lambda: math.floor(steady() * TICK) / TICK
    os.environ["COMPUTERNAME"] = "PC"
    os.open, os.mkdir = named(os.open, 0), named(os.mkdir, 0)
    builtins.open = io.open = named(io.open, 0)
    for name in "rename", "replace":
        setattr(os, name, kept(named(getattr(os, name), 0, 1), 0, 1))
    for name in "remove", "unlink", "rmdir":
        setattr(os, name, kept(getattr(os, name), 0))


def check(path):
    if isinstance(path, (str, bytes)) or hasattr(path, "__fspath__"):
        for part in os.fsdecode(path).split("/"):
            if part not in ("", ".", "..") and FORBIDDEN.search(part):
                raise OSError(22, "Invalid argument", os.fsdecode(path))


def named(call, *places):
    def instead(*arguments, **options):
        for place in places:
            check(arguments[place])
        return call(*arguments, **options)
    return instead


def is_open(path):
    """Tell whether this process has a file open, or one below a directory."""
    for number in os.listdir(DESCRIPTORS):
        try:
            name = os.readlink(os.path.join(DESCRIPTORS, number))
        except OSError:                 # that of the listing itself
            continue
        if name == path or name.startswith(path + os.sep):
            return True
    return False


def kept(call, *places):
    """Return a call that fails as long as what it is for, or something below it, is open."""
    def instead(*arguments, **options):
        for place in places if options.get("dir_fd") is None else ():
            path = os.path.realpath(os.fsdecode(arguments[place]))
            if is_open(path):
                raise PermissionError(13, "The process cannot access the file because it is being "
                                          "used by another process", path)
        return call(*arguments, **options)
    return instead
