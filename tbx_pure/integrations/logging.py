"""A logging.Handler that writes what a program logs as texts of a run.

    handler = Handler(writer)
    logging.getLogger().addHandler(handler)             # all loggers of the program
    ...
    logging.getLogger().removeHandler(handler)          # before writer.close()
"""
import logging
import threading
from itertools import count

from ..errors import InputError, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Iterator, Optional

FORMAT = logging.Formatter("%(levelname)s %(message)s")


class Handler(logging.Handler):
    """Adds each record to a SummaryWriter: a text whose tag is the logger's name.

    A text is shown as it is, in letters of one width: Markdown and HTML in it do nothing.  Its time
    is the record's.  setFormatter() changes it; by default it is level and message, and what has
    been raised.

    writer:  a SummaryWriter; closing the handler leaves it open
    level:   of the records to write, as for every logging.Handler
    step:    a function that returns the step of a record; None: number the records of each logger,
             from 0.  TensorBoard shows only the newest of the texts that share a tag and a step

    What cannot be written goes to handleError(), as in every handler.  A record that is logged
    while one is being written, by the same thread, is left to other handlers: it would be one
    of the writer's own warnings, after logging.captureWarnings(True).
    """

    def __init__(self, writer: "Any", level: "Any" = logging.NOTSET,
                 step: "Optional[Callable[[], Any]]" = None) -> None:
        if not hasattr(writer, "add_text"):
            raise InputError("writer", "a SummaryWriter", shown(writer), "Handler()")
        if not (step is None or callable(step)):
            raise InputError("step", "a function, or None", shown(step), "Handler()")
        logging.Handler.__init__(self, level)
        self.formatter = FORMAT
        self.writer = writer
        self._step = step
        self._numbers = {}              # type: Dict[str, Iterator[int]]
        self._writing = threading.local()

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record."""
        if getattr(self._writing, "now", False):
            return
        self._writing.now = True
        try:
            self.writer.add_text(record.name, self.format(record), self._step_of(record),
                                 record.created, mode="code")
        except Exception:
            self.handleError(record)
        finally:
            self._writing.now = False

    def flush(self) -> None:
        """Flush the writer."""
        self.writer.flush()

    def _step_of(self, record):
        if self._step is not None:
            return self._step()
        return next(self._numbers.setdefault(record.name, count()))
