"""How the events of a writer fare: counted, and said once for each cause."""
import threading
import weakref

from . import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Set, Tuple


class Health:
    """What has become of the events that were added to a writer.

    state:       "ok"; "degraded": some wait because of an error
    acked:       how many were added: the sum of the next three
    written:     in the operating system
    pending:     gathered, or kept until an error is over
    dropped:     lost: there was no room to keep them, or no way to write them until the end
    last_error:  what the system said last, or None
    """

    def __init__(self) -> None:
        self.last_error = None          # type: Optional[Exception]
        self._files = []                # type: List[Any]
        self._counts = {}               # type: Dict[Tuple[str, int], int]
        self._said = set()              # type: Set[object]

    def watch(self, file: "Any") -> None:
        """Report on one more file."""
        self._files.append(weakref.ref(file, self._files.remove))       # each in one step

    def count(self, what: str, events: int, counter: int = 0) -> None:
        """Count events that are written, to a file that is closed, or dropped.

        counter:  who counts, if it is no thread: a finalizer may come between these two lines
        """
        key = what, counter or threading.get_ident()    # none counts for another, or needs a lock
        self._counts[key] = self._counts.get(key, 0) + events

    def say(self, cause: object, text: str) -> None:
        """Warn, once for each cause."""
        if cause not in self._said:
            self._said.add(cause)
            errors.warn(text)

    def _total(self, kind):
        return sum(events for (what, _), events in list(self._counts.items()) if what == kind)

    def _alive(self):
        return [file for file in (known() for known in self._files[:]) if file]

    written = property(lambda self: self._total("written")
                       + sum(file._written for file in self._alive()))
    dropped = property(lambda self: self._total("dropped"))
    pending = property(lambda self: sum(file.pending() for file in self._alive()))
    acked = property(lambda self: self.written + self.pending + self.dropped)
    state = property(lambda self: "degraded" if any(file.failing for file in self._alive())
                     else "ok")

    def __repr__(self) -> str:
        return "<Health: %s, %d acked, %d written, %d pending, %d dropped>" % (
            self.state, self.acked, self.written, self.pending, self.dropped)
