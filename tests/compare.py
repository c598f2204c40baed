"""What becomes of what is logged: here, and with tensorboardX and torch where they are installed.

    python3 -m tests.compare                all of it
    python3 -m tests.compare kill flush     some

Each scenario runs in a process of its own, in a directory that is gone afterwards; what is left in
its files is counted by tbx_pure.read.  A peer that is not installed is left out.
"""
import importlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile

from .helpers import PACKAGE_NAME, ROOT

WRITERS = ("tbx_pure", PACKAGE_NAME), ("tensorboardX", "tensorboardX"), ("torch", "torch.utils.tensorboard")
READERS = ("tbx_pure", PACKAGE_NAME), ("tensorboard", "tensorboard.backend.event_processing")
SECONDS = 20                            # after its imports; then a program is said to hang

BEGIN = """
import os, signal, sys, time
from %s import SummaryWriter
logdir = sys.argv[1]
signal.alarm(%d)
def add(writer, count, tag="x"):
    for step in range(count):
        writer.add_scalar(tag, 0.5, step)
"""

# name: (what it is, how many scalars should be left, the program)
WRITING = {
    "kill": ("300 scalars, one every 2 ms, then kill -9", 300, """
writer = SummaryWriter(logdir)
for step in range(300):
    writer.add_scalar("x", 0.5, step)
    time.sleep(0.002)
os.kill(os.getpid(), 9)
"""),
    "flush": ("1000 scalars, flush(), then kill -9", 1000, """
writer = SummaryWriter(logdir)
add(writer, 1000)
writer.flush()
os.kill(os.getpid(), 9)
"""),
    "twice": ("two writers, one after the other, in one directory and second; 100 scalars each", 200, """
time.sleep(1.05 - time.time() % 1)
for tag in "a", "b":
    writer = SummaryWriter(logdir)
    add(writer, 100, tag)
    writer.close()
"""),
    "fork": ("a forked child adds 100 and leaves by os._exit(), its parent 100", 200, """
writer = SummaryWriter(logdir)
add(writer, 50)
child = os.fork()
if child == 0:
    add(writer, 100, "child")
    writer.flush()
    os._exit(0)
os.waitpid(child, 0)
add(writer, 50, "parent")
writer.close()
"""),
    "full": ("the file cannot grow while 100 scalars come, then 100 more come", 200, """
import resource
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
writer = SummaryWriter(logdir)
writer.flush()
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
for limit in 1000, hard:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    for step in range(100):
        try:
            writer.add_scalar(str(limit), 0.5, step)
        except Exception:
            pass
        time.sleep(0.002)
    try:
        writer.flush()
    except Exception:
        pass
writer.close()
"""),
}

IMPORT = """
import sys, time
before, start = set(sys.modules), time.process_time()
from %s import SummaryWriter
print("%%d ms, %%d modules" %% ((time.process_time() - start) * 1000, len(set(sys.modules) - before)))
"""

READING = {
    "tbx_pure": "from %s.read import events\nprint(sum('summary' in e for e in events(sys.argv[1])))"
                % PACKAGE_NAME,
    "tensorboard": """
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
count = 0
try:
    for event in EventFileLoader(sys.argv[1]).Load():
        count += event.HasField("summary")
except Exception:
    pass
print(count)
""",
}


def installed(module):
    """Return the version of what `module` belongs to; None without it."""
    try:
        importlib.import_module(module)
        return getattr(sys.modules[module.split(".")[0]], "__version__", "")
    except ImportError:
        return None


def run(program, *arguments):
    """Return (exit code, what a Python program prints)."""
    process = subprocess.Popen([sys.executable, "-W", "ignore", "-c", program] + list(arguments),
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                               start_new_session=True,          # what it forks ends with it
                               env=dict(os.environ, PYTHONPATH=ROOT))
    process.wait()
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except OSError:                             # nothing is left of it
        pass
    return process.returncode, process.communicate()[0].decode("utf-8", "replace").strip()


def written(name, module):
    """Return what a scenario leaves: "300 of 300", and "hangs" if it does not end."""
    from tbx_pure.read import events
    _, expected, program = WRITING[name]
    folder = tempfile.mkdtemp(prefix="compare")
    try:
        code, _ = run(BEGIN % (module, SECONDS) + program, folder)
        count = sum(len(event["summary"]["value"]) for event in events(folder) if "summary" in event)
        return "%d of %d%s" % (count, expected, ", hangs" if code == -signal.SIGALRM else "")
    finally:
        shutil.rmtree(folder)


def imported(module):
    """Return the CPU time and the modules that an import costs: the least of three."""
    return min((run(IMPORT % module)[1] for _ in range(3)), key=lambda text: int(text.split()[0]))


def read_past_damage(reader):
    """Return how many of 999 sound events a reader finds in a file of 1000, a bit of one flipped."""
    from tbx_pure import SummaryWriter
    folder = tempfile.mkdtemp(prefix="compare")
    try:
        with SummaryWriter(folder) as writer:
            for step in range(1000):
                writer.add_scalar("x", 0.5, step)
        path, = (os.path.join(folder, name) for name in os.listdir(folder))
        with open(path, "r+b") as f:
            f.seek(os.path.getsize(path) // 2)
            byte = f.read(1)[0]
            f.seek(-1, 1)
            f.write(bytes([byte ^ 1]))
        return "%s of 999" % run("import sys\n" + READING[reader], path)[1]
    finally:
        shutil.rmtree(folder)


SCENARIOS = {
    "import": ("time and modules of `import SummaryWriter`", WRITERS, lambda name, module: imported(module)),
    "damage": ("a file of 1000 scalars with a bit flipped in the middle, read", READERS,
               lambda name, module: read_past_damage(name)),
}
for _name, (_what, _, _) in WRITING.items():
    SCENARIOS[_name] = (_what, WRITERS, lambda name, module, scenario=_name: written(scenario, module))


def main(argv):
    """Print a table for each scenario; return the exit code."""
    wrong = [name for name in argv if name not in SCENARIOS]
    if wrong:
        print(__doc__)
        print("There is %s." % ", ".join(sorted(SCENARIOS)))
        return 0 if wrong[0] in ("-h", "--help") else 2
    for scenario in argv or sorted(SCENARIOS):
        what, peers, measure = SCENARIOS[scenario]
        print("%s: %s" % (scenario, what))
        for name, module in peers:
            version = installed(module)
            if version is not None:
                print("    %-22s %s" % ("%s %s" % (name, version), measure(name, module)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
