"""The venv that .ci/run makes of clients.txt, and what a process in it starts with."""
import hashlib
import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PINS = os.path.join(HERE, "clients.txt")


def _folder():
    """Return the venv's path: it is named by its pins, as .ci/run names it."""
    with open(PINS, "rb") as file:
        pins = hashlib.sha256(file.read()).hexdigest()[:16]
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(cache, "tbx_pure", "clients-" + pins)


FOLDER = _folder()
PYTHON = os.path.join(FOLDER, "bin", "python")
PEERS = os.path.join(FOLDER, "peers")    # a folder for each peer, which is in there alone
SECONDS = 100                           # for a process; they take 2 to 8


def environment(path):
    """Return the environment of a process that imports from the folders `path`, and repeats."""
    kept = {name: x for name, x in os.environ.items() if not name.startswith("PYTHON")}
    return dict(kept, PYTHONPATH=os.pathsep.join(path), PYTHONHASHSEED="0",
                PYTHONDONTWRITEBYTECODE="1", OMP_NUM_THREADS="1", CUDA_VISIBLE_DEVICES="",
                MPLBACKEND="agg", HF_HUB_OFFLINE="1", TF_CPP_MIN_LOG_LEVEL="3")


def start(arguments, path, cwd):
    """Return a process of the clients' venv, which imports from the folders `path` too."""
    return subprocess.Popen([PYTHON] + arguments, env=environment(path), cwd=cwd,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT)


def done(process):
    """Wait until a process has ended well; if it does not, raise AssertionError of what it said."""
    try:
        said, _ = process.communicate(timeout=SECONDS)
    finally:
        process.kill()
    if process.returncode:
        raise AssertionError("%s ended with %d:\n%s" % (
            process.args, process.returncode, said.decode("utf-8", "replace")[-5000:]))
