"""unittest where something is lacking: a test that starts a thread or a process by itself is skipped.

    python3 -m tests.everywhere.lacking tests.test_writer ...

What the package starts fails there as it fails for a user, and must be dealt with.
"""
import os
import subprocess
import sys
import threading
import unittest

LIBRARY = {"subprocess", "threading", "multiprocessing.process", "multiprocessing.popen_fork",
           "multiprocessing.context", __name__}


#   where             tests of what there is none of
NONE_SUCH = {
    "emscripten": (
        "test_eventfile.TestFile.test_not_inherited",                   # by nobody
        "test_eventfile.TestTogether.test_a_signal_handler_may_log",    # no timer's signals
        "test_mesh.TestMesh.test_config",       # json's own recursion ends the process
        "test_proto_json.TestEncode.test_refused",     # the same
        "test_command_repair.TestCommand.test_it_never_writes_over",    # no hard links
        "test_output.TestNewFile.test_never_an_input",
        "test_output.TestNewFile.test_new",     # no umask
        "test_install.TestModules.test_reload_and_pkgutil",     # the library's zip is not listed
        "test_projector.TestTogether.test_held_for_ever",       # no locks
        "test_projector.TestTogether.test_removed_while_waiting",
        "test_canvas.TestPolyline.test_a_hundred_thousand_points",      # asks how long it takes
    ),
}


def caller():
    """Return the name of the module that called the standard library."""
    frame = sys._getframe(1)
    while frame.f_globals.get("__name__") in LIBRARY and frame.f_back is not None:
        frame = frame.f_back
    return frame.f_globals.get("__name__", "")


def skipping(call, *errors):
    """Return a call that ends the test as skipped if a test's own use of it fails so."""
    def instead(*arguments, **options):
        try:
            return call(*arguments, **options)
        except errors as e:
            if caller().startswith("tests."):
                raise unittest.SkipTest("not here: %s" % e) from e
            raise
    return instead


class Loader(unittest.TestLoader):
    """Which finds all tests but some."""

    left_out = set()

    def getTestCaseNames(self, case):
        return [name for name in unittest.TestLoader.getTestCaseNames(self, case)
                if "%s.%s.%s" % (case.__module__.rpartition(".")[2], case.__qualname__, name)
                not in self.left_out]


def main():
    threading.Thread.start = skipping(threading.Thread.start, RuntimeError)
    subprocess.Popen.__init__ = skipping(subprocess.Popen.__init__, OSError)
    for name in "fork", "mkfifo", "symlink":
        if hasattr(os, name):
            setattr(os, name, skipping(getattr(os, name), OSError))
    for name in NONE_SUCH.get(sys.platform, ()):
        Loader.left_out.add(name)
    unittest.main(module=None, testLoader=Loader())


if __name__ == "__main__":
    main()
