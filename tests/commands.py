"""Running commands: in this process, and in others whose terminal and encoding are as a test says."""
import contextlib
import io
import os
import subprocess
import sys
from unittest import mock

from tbx_pure import SummaryWriter
from tbx_pure.commands import cli

from .helpers import PACKAGE_NAME, ROOT

#   encoding of standard output    variables, of what surrounds a user
SURROUNDINGS = (
    ("utf-8",                      dict(COLUMNS="80")),
    ("ascii",                      dict(LC_ALL="C", NO_COLOR="1")),
    ("cp1252",                     dict(COLUMNS="40", FORCE_COLOR="1")),
    ("gbk",                        dict(TERM="dumb")),
)
TAGS = ["loss", "\u635f\u5931/\u8bad\u7ec3", "emoji \U0001f600", "caf\xe9", "x" * 120]


def run(*arguments):
    """Return (exit code, standard output, standard error) of a command."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = cli.main(list(arguments))
        except SystemExit as e:                 # argparse's own
            code = e.code
    return code, out.getvalue(), err.getvalue()


def run_in(encoding, variables, *arguments, **options):
    """Return (exit code, output as bytes, messages as bytes) where streams have an encoding.

    input:  bytes on standard input
    """
    streams = [io.TextIOWrapper(io.BytesIO(data), encoding, "strict", newline="\n")
               for data in (options.get("input", b""), b"", b"")]
    with mock.patch.multiple(sys, stdin=streams[0], stdout=streams[1], stderr=streams[2]):
        with mock.patch.dict(os.environ, variables):
            code = cli.main(list(arguments))
            out, err = sys.stdout, sys.stderr           # 3.6: others on top of ours
            for stream in out, err:
                stream.flush()
            return code, out.buffer.getvalue(), err.buffer.getvalue()


def start(*arguments, **options):
    """Start a command in a process of its own."""
    environment = dict(os.environ, **options.pop("env", {}))
    return subprocess.Popen([sys.executable, "-W", "error", "-m", PACKAGE_NAME] + list(arguments),
                            cwd=ROOT, env=environment, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, **options)


def write(directory, tags=TAGS, points=3):
    """Write a run of some scalars, a text and a picture; return the path of its file."""
    writer = SummaryWriter(directory, raw_tags=True)
    for tag in tags:
        for step in range(points):
            writer.add_scalar(tag, 1 / (step + 1), step, walltime=1.7e9 + step)
    writer.add_text("note", "\u635f\u5931 \x1b[2J", 1, walltime=1.7e9 + 9)
    writer.add_image("picture", [[0.5]], 2, dataformats="HW", walltime=1.7e9 + 8)
    writer.close()
    name, = [name for name in os.listdir(directory) if "tfevents" in name]
    return os.path.join(directory, name)


def damage(path, *offsets):
    """Flip a bit of some bytes of a file."""
    with open(path, "r+b") as file:
        for offset in offsets:
            file.seek(offset, 0 if offset >= 0 else 2)
            byte = file.read(1)[0]
            file.seek(-1, 1)
            file.write(bytes([byte ^ 1]))
