"""lasting.background: one thread a process, that writes what callers have left in their files.

It is there only while files are in the set: it starts with the first, and ends soon after the last.
It sleeps by a clock that nobody sets.  Before a fork it ends, for a child has one thread only, and
begins again in the parent.  When the interpreter ends it ends first: a thread that is frozen in the
middle of a write would keep the file's lock.
"""
import atexit
import os
import sys
import threading
import time

TICK = 0.01                             # seconds; with one switch of threads, 20 ms at most
LINGER = 30                             # ticks without a file before the thread ends
PATIENCE = 100                          # ticks that a fork waits for the thread to end


def make(plain):
    worker = Worker()
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=worker.pause, after_in_parent=worker.resume,
                            after_in_child=worker.forget)
    atexit.register(worker.end)

    def background(files):
        return worker.begin(files)
    return background


class Worker:

    def __init__(self):
        self.files, self.ended = (), False
        self.settled = None             # the process whose multiprocessing calls us at its end
        self.forget()

    def forget(self):
        """In a child: there is no thread."""
        self.lock, self.thread, self.pid = threading.RLock(), None, os.getpid()
        self.paused = self.starting = False

    def begin(self, files):
        """Have a thread that ticks; return whether there is one."""
        if self.pid != os.getpid():
            self.forget()
        with self.lock:
            self.files = files
            if self.ended or self.paused or self.starting or not files:
                return False            # starting: we interrupt the call that does
            self.starting = True        # first: from here on no other call starts one
            try:
                if self.thread is None or not self.thread.is_alive():
                    self.thread = threading.Thread(target=self.run, name="tbx_pure", daemon=True)
                    self.thread.start()
            except (RuntimeError, MemoryError):         # no threads here, or no more, or no daemons
                self.thread = None
                return False
            finally:
                self.starting = False
            self.call_at_the_end_of_a_worker()
            return True

    def run(self):
        idle = 0
        while True:
            time.sleep(TICK)
            pausing = self.paused
            for _ in range(1 + pausing):    # the second ends a burst: none goes on after a fork
                self.tick()
            idle = 0 if self.files else idle + 1
            with self.lock:
                if self.paused and pausing or self.ended or idle > LINGER and not self.files:
                    self.thread = None
                    return

    def tick(self):
        for file in list(self.files):
            try:
                file.tick()
            except Exception:           # the file has noted it; the others go on
                pass

    def pause(self):
        """Before a fork: write all and end the thread; but wait for no disk that hangs."""
        self.paused, thread = True, self.thread
        for _ in range(PATIENCE):
            if thread is None or not thread.is_alive() or thread is threading.current_thread():
                break
            time.sleep(TICK)

    def resume(self):
        self.paused = False
        if self.files:
            self.begin(self.files)

    def end(self):
        """When the interpreter ends: nothing is gathered any more."""
        self.ended, thread = True, self.thread
        if thread is not None and thread.is_alive():
            thread.join()

    def call_at_the_end_of_a_worker(self):
        """A forked process of multiprocessing ends without atexit, but not without this."""
        util = sys.modules.get("multiprocessing.util")
        if util is not None and self.settled != self.pid:
            self.settled = self.pid
            util.Finalize(None, self.settle, exitpriority=10)

    def settle(self):
        for file in list(self.files):
            file.flush()
