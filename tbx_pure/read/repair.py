"""A damaged event file -> a file that any reader takes, with every record that is left.

Sound records are written as they stood, bit for bit; of an event in which values break a rule, the
other values.  If the first record is lost, which says the version, it is made anew.
"""
from ..messages import EVENT, FILE_VERSION
from ..record import frame
from .events import sound_part
from .records import scan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, List, Optional
    from .records import Damage


class Repair:
    """What repair() did.

    kept:    records that were written as they stood
    mended:  records that were written without the values that break a rule
    made:    whether the first record was made anew
    lost:    list of Damage: what the new file lacks
    """

    def __init__(self) -> None:
        self.kept, self.mended, self.made = 0, 0, False
        self.lost = []                  # type: List[Damage]


def repair(source: "Any", file: "Any", progress: "Optional[Callable[[int], Any]]" = None) -> Repair:
    """Write all that is sound in `source` to a file open for writing bytes; return what it was.

    source:    as of records.scan
    progress:  called with the number of bytes that have been read, now and then
    A second repair changes nothing.  Raises OSError.
    """
    done = Repair()
    with scan(source) as records:
        for offset, data in records:
            end = records.end
            event, kept = sound_part(records, offset, data)
            if event is None:
                continue
            if not done.kept + done.mended and offset and "file_version" not in event:
                file.write(_first(event))
                done.made = True
            if kept is data:
                file.write(records.window.bytes(offset, end))
                done.kept += 1
            else:
                file.write(frame(kept))
                done.mended += 1
            if progress:
                progress(end)
        done.lost = records.damage + ([records.torn] if records.torn else [])
    return done


def _first(event):
    """Return the first record of a file, with the wall time of the first event that is left."""
    return frame(EVENT.encode({"wall_time": event.get("wall_time", 0.0),
                               "file_version": FILE_VERSION}))
