"""Write images, sounds, video and texts to files.

RUN/TAG/STEP-INDEX.EXT below the directory given; EXT is what the bytes are.  What of a name a file
system would take amiss is written as %2e and the like.  Prints the name of each file.

    python3 -m tbx_pure extract runs -o pictures
    python3 -m tbx_pure extract runs --plugin text --tag 'notes*'
    python3 -m tbx_pure extract runs -o pictures --dry-run
"""
import os
from binascii import crc32

from ..errors import InputError
from ..plugins import counted
from .output import (FOUND, OK, USAGE, add_new_file, add_progress, new_file, say, shown_path, sized,
                     unreadable, visible)
from .reading import add_filters, add_paths, matches, nothing
from .selection import add_run, chosen_runs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from typing import Any, Iterator, List, Set, Tuple

    from ..read.series import Series

DIRECTORY = "extracted"
LONGEST = 100                           # characters of a directory's name

#   how a file begins        its name ends in
MAGIC = (
    (b"\x89PNG\r\n\x1a\n",   ".png"),
    (b"\xff\xd8\xff",        ".jpg"),
    (b"GIF8",                ".gif"),
    (b"BM",                  ".bmp"),
    (b"fLaC",                ".flac"),
    (b"OggS",                ".ogg"),
    (b"ID3",                 ".mp3"),
    (b"\xff\xfb",            ".mp3"),
)
#   what a file of RIFF has at byte 8, and one of ISO 14496 at byte 4
RIFF = {b"WAVE": ".wav", b"WEBP": ".webp", b"AVI ": ".avi"}
MP4 = b"ftyp"

# Names that Windows takes for devices, whatever they end in.
DEVICES = {"con", "prn", "aux", "nul"} | {name + n for name in ("com", "lpt") for n in "123456789"}
UNSAFE = set('<>:"/\\|?*%') | set(map(chr, range(32))) | {"\x7f"}


def arguments(parser: "ArgumentParser") -> None:
    add_paths(parser)
    add_filters(parser)
    add_run(parser)
    parser.add_argument("-o", "--output", metavar="DIR", default=DIRECTORY,
                        help="where to write; %s is the default" % DIRECTORY)
    add_new_file(parser)
    add_progress(parser)


def run(args: "Namespace") -> int:
    """Write the files; 1 if one is there already, something is damaged, or there is nothing."""
    for name in args.plugin or ():
        if name not in CONTENTS:
            return say("--plugin " + name, "only %s can be files; see: export" % ", ".join(
                CONTENTS), USAGE)
    if os.path.exists(args.output) and not os.path.isdir(args.output):
        raise InputError("-o", "a directory", shown_path(args.output))
    runs, code = chosen_runs(args)
    if not runs:
        return code
    files = _Files(args, [file for run in runs.values() for file in run.files])
    for name, found in runs.items():
        for plugin, tags in found.tags().items():
            for tag in tags if plugin in (args.plugin or CONTENTS) else ():
                if plugin in CONTENTS and matches(tag, args.tag):
                    files.write_all(name, found.series(plugin, tag))
    files.tell()
    code = max(code, files.code)
    return code if files.count or files.there else nothing(args.path, code)


class _Files:
    """The files that are written; count, bytes, those that were there, and the exit code so far."""

    def __init__(self, args: "Namespace", inputs: "List[str]") -> None:
        self.args, self.inputs = args, inputs
        self.count = self.bytes = self.there = 0
        self.code = OK
        self._names = set()             # type: Set[str]

    def write_all(self, run: str, series: "Series") -> None:
        """Write what a series holds, a file for each picture, sound or text."""
        from ..errors import FormatError
        width = max((len(str(abs(step))) for step in series.steps), default=0)
        seen = {}                       # type: dict
        for i, step in enumerate(series.steps):
            try:
                contents = CONTENTS[series.plugin](series.values[i])
            except FormatError as e:
                self.code = say(run, "%s, step %d: %s" % (visible(series.tag), step, e), FOUND)
                continue
            for data in contents:
                index = seen[step] = seen.get(step, -1) + 1
                name = "%s%0*d-%d" % ("-" * (step < 0), width, abs(step), index)
                self._write(path_of(run, series.tag) + [name], data)

    def _write(self, parts, data):
        end = ending(data) if isinstance(data, bytes) else ".md"
        path, n = os.path.join(self.args.output, *parts) + end, 1
        while path.lower() in self._names:              # tags that differ in capitals alone
            n += 1
            path = "%s-%d%s" % (os.path.join(self.args.output, *parts), n, end)
        self._names.add(path.lower())
        if os.path.exists(path) and not self.args.force:
            self.there += 1
            self.code = FOUND
            return
        data = data if isinstance(data, bytes) else data.encode("utf-8")
        if not self.args.dry_run:       # that it cannot be is said once
            os.makedirs(self.args.output, exist_ok=True)
        try:
            if not self._make_directory(os.path.dirname(path)):
                return
            with new_file(path, self.args, self.inputs) as file:
                file.write(data)
        except BrokenPipeError:
            raise
        except OSError as e:
            self.code = max(self.code, unreadable(e, path))
            return
        print(visible(path))
        self.count, self.bytes = self.count + 1, self.bytes + len(data)

    def _make_directory(self, directory):
        """Make a directory below the one given; not through a link that leads out of it."""
        if self.args.dry_run:
            return True
        top = os.path.join(os.path.realpath(self.args.output), "")
        if os.path.join(os.path.realpath(directory), "").startswith(top):
            os.makedirs(directory, exist_ok=True)
            return True
        self.code = say(directory, "leads out of %s: nothing is written there" % self.args.output,
                        FOUND)
        return False

    def tell(self) -> None:
        """Say how much was written, and what was not."""
        if self.there:
            say(self.args.output, "%s there already, and left alone: see --force"
                % counted(self.there, "file"), FOUND)
        if self.count and not self.args.quiet:
            say(self.args.output, "%s%s, %s" % (
                "would be " * bool(self.args.dry_run), counted(self.count, "file"),
                sized(self.bytes)), OK)


#   plugin     what is in a value of it
CONTENTS = {
    "images":  lambda value: [picture["encoded"] for picture in value],
    "audio":   lambda value: [sound["encoded"] for sound in value],
    "text":    lambda value: ["\n".join(value)],
}


def ending(data: bytes) -> str:
    """Return what the name of a file ends in, by its first bytes; .bin if nobody knows."""
    if data[:4] == b"RIFF":
        return RIFF.get(data[8:12], ".bin")
    if data[4:8] == MP4:
        return ".mp4"
    return next((end for magic, end in MAGIC if data.startswith(magic)), ".bin")


# ---- names ----

def path_of(run: str, tag: str) -> "List[str]":
    """Return the names of the directories for a tag of a run, each harmless."""
    names = [] if run == "." else run.split("/")
    return [harmless(name) for name in names + tag.split("/")]


def harmless(name: str) -> str:
    """Return a file name on every system, other for every other name: what is unsafe as %2e.

    No name leads elsewhere, is a device, is hidden or ends in what Windows drops.  A long one is
    cut, and ends in its checksum.
    """
    if name.split(".")[0].rstrip(" ").lower() in DEVICES | {""}:
        first = 1                       # also of "", ".", ".." and what is hidden
    else:
        first = 0
    last = len(name.rstrip(". "))
    text = "".join(_quoted(c) if c in UNSAFE or i < first or i >= last else c
                   for i, c in enumerate(name)) or "%"
    try:
        os.fsencode(text)
    except UnicodeEncodeError:          # Python 3.6 where LANG=C: file names are ASCII
        text = "".join(c if c < "\x80" else "".join("%%%02x" % b for b in _bytes(c)) for c in text)
    if len(text) <= LONGEST and len(_bytes(text)) <= 2 * LONGEST:
        return text
    while len(_bytes(text)) > LONGEST - 9:
        text = text[:-1]
    return "%s-%08x" % (text, crc32(_bytes(name)))


def _bytes(text):
    """Return UTF-8; the halves of surrogate pairs that a file's name may have are three bytes."""
    return text.encode("utf-8", "surrogatepass")


def _quoted(c):
    return "%%%02x" % ord(c) if ord(c) < 256 else c
