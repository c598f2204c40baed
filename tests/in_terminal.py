"""Commands in terminals of all kinds: narrow and wide, with few characters, without color."""
import os
import subprocess
import sys

from .helpers import PACKAGE_NAME, ROOT

#   what the environment says, the encoding it makes, the columns
TERMINALS = (
    ({"PYTHONIOENCODING": "utf-8", "COLUMNS": "80"},                 "utf-8",  80),
    ({"PYTHONIOENCODING": "cp1252", "COLUMNS": "80"},                "cp1252", 80),
    ({"PYTHONIOENCODING": "ascii", "LANG": "C", "COLUMNS": "120"},   "ascii",  120),
)


def in_every_terminal(*arguments):
    """Yield (standard output, encoding, columns) of a command, its output being a pipe."""
    for environ, encoding, columns in TERMINALS:
        process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", PACKAGE_NAME] + list(arguments), cwd=ROOT,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(os.environ, **environ))
        out, err = process.communicate()
        if process.returncode not in (0, 1) or b"Traceback" in err:
            raise AssertionError("%s: %d: %s" % (arguments, process.returncode, err))
        out = out.decode(encoding)
        if "\x1b" in out:
            raise AssertionError("color in a pipe")
        yield out.replace(os.linesep, "\n"), encoding, columns


def missing(case, command, *more):
    """Check what a command says of a path that is not there, and of a directory without files."""
    from .test_commands import run
    code, out, err = run(command, case.path("nowhere"), *more)
    case.assertEqual((code, out), (3, ""))
    case.assertIn("%s: No such file or directory\n" % case.path("nowhere"), err)
    os.makedirs(case.path("empty"))
    code, out, err = run(command, case.path("empty"), *more)
    case.assertEqual((code, out), (1, ""))
    case.assertIn("no event files", err)
