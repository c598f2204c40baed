"""A log directory -> its event files, in the order they are read.  spec/6-files-and-runs.md"""
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, List, Optional, Tuple

MARK = "tfevents"                       # an event file's name contains this  [files-1]
MAX_WAYS = 16                           # through links that may lead to one directory


def event_files(path: str, failed: "Optional[Callable[[OSError], Any]]" = None,
                ) -> "List[Tuple[str, str]]":
    """Return (run, file) of each event file in a log directory, or of the one file `path`.

    A run is a directory, named by its path from the log directory, "." being that itself.
    Files of a run come in the order of their names, which is that of their beginning.
    Links to files and directories are followed, as TensorBoard does; not those that lead back to a
    directory they are in.  What is no file, such as a pipe or a broken link, is left out.
    failed:  called with the OSError of each directory that cannot be listed; it is raised if None
    Raises OSError if path is not there.
    """
    if not os.path.isdir(path):
        os.stat(path)
        return [(".", path)]
    found = []                          # type: List[Tuple[str, str]]
    for directory, names in _directories(path, failed or _raised):
        run = os.path.relpath(directory, path)
        files = [os.path.join(directory, name) for name in names if MARK in name]
        found += [(run, file) for file in files if os.path.isfile(file)]
    return found


def _raised(error):
    raise error


def _directories(top, failed):
    """Yield (directory, the names in it that are no directories), each sorted, above before below.

    Two links may lead to one directory, but many among many would take for ever: see MAX_WAYS.
    """
    seen, todo = {}, [(top, (), False)]
    while todo:
        directory, above, linked = todo.pop()
        try:
            status = os.stat(directory)
            names = sorted(os.listdir(directory))
        except OSError as e:
            failed(e)
            continue
        here = status.st_dev, status.st_ino
        seen[here] = seen.get(here, 0) + linked
        if here in above or linked and seen[here] > MAX_WAYS:
            continue
        paths = {name: os.path.join(directory, name) for name in names}
        below = [name for name in names if os.path.isdir(paths[name])]
        yield directory, [name for name in names if name not in set(below)]
        todo += [(paths[name], above + (here,), linked or os.path.islink(paths[name]))
                 for name in reversed(below)]


def begins(path: str) -> bytes:
    """Return the first bytes of a file, b"" if it is none or cannot be read."""
    try:
        if not os.path.isfile(path):
            return b""
        with open(path, "rb") as file:
            return file.read(64)
    except OSError:
        return b""
