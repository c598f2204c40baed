"""Files -> events, as the dicts that messages.EVENT decodes to.  spec/6-files-and-runs.md"""
import os

from ..errors import FormatError
from ..messages import EVENT
from ..record import HEADER_SIZE
from .records import records

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Tuple

MARK = "tfevents"                       # an event file's name contains this  [files-1]


def event_files(path: str) -> "List[Tuple[str, str]]":
    """Return (run, file) of each event file in a log directory, or of the one file `path`.

    A run is a directory, named by its path from the log directory, "." being that itself.
    Files of a run come in the order of their names, which is that of their beginning.
    Raises OSError if path is not there or a directory cannot be listed.
    """
    if not os.path.isdir(path):
        os.stat(path)
        return [(".", path)]
    found = []
    for directory, subdirectories, names in os.walk(path, onerror=_raise, followlinks=False):
        subdirectories.sort()
        found += [(os.path.relpath(directory, path), os.path.join(directory, name))
                  for name in sorted(names) if MARK in name]
    return found


def _raise(error):
    raise error


def events(path: str) -> "Iterator[Dict[str, Any]]":
    """Yield every event of one file, in file order, as a dict.

    Raises FormatError, with the offset in the file, at a damaged record or event; OSError if the
    file cannot be read.
    """
    with open(path, "rb") as file:
        for offset, data in records(file):
            try:
                event = EVENT.decode(data)
            except FormatError as e:
                raise FormatError(e.message, offset + HEADER_SIZE + e.pos, e.rule) from None
            yield event
