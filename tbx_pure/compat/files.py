"""FileWriter and EventFileWriter, as tensorboardX and torch have them, over the spine's EventFile.

Trackers such as MLflow, ClearML and Weights & Biases listen by putting functions of their own in
the place of FileWriter.add_event, FileWriter.add_summary or the class EventFileWriter; so do
subclasses.  If nobody has, SummaryWriter's bytes go straight to the file.
"""
import threading
import time
import weakref

from .record_writer import FactorySystem, factory_of
from ..errors import FormatError, InputError, naming, shown
from ..eventfile import encoded, path_text
from ..lasting import EventFile
from ..record import unframe
from ..steps import seconds_of, whole_step
from ..writer import SummaryWriter as Spine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional, Set


def place(directory: str, flush_secs: float) -> "Dict[str, Any]":
    """Return the keywords of EventFile that say where `directory` is."""
    factory = factory_of(directory)
    return {} if factory is None else {"system": FactorySystem(factory, flush_secs)}


class Nowhere:
    """What stands for an EventFile with write_to_disk=False."""
    path = None

    def append(self, data: bytes) -> None:
        """Write nothing."""

    def open(self) -> None:
        """Open nothing."""

    prepare = open

    def flush(self, sync: bool = False) -> None:
        """Flush nothing."""

    def close(self) -> None:
        """Close nothing."""


WRITERS = weakref.WeakSet()             # type: Any     # SummaryWriters of this process


class Heard(type):
    """Of classes in which others put functions of their own: the writers' short ways end then."""

    def __setattr__(cls, name: str, value: "Any") -> None:
        type.__setattr__(cls, name, value)
        _end_lanes()

    def __delattr__(cls, name: str) -> None:
        type.__delattr__(cls, name)
        _end_lanes()


def _end_lanes():
    for writer in list(WRITERS):
        writer._lanes.clear()
        writer._charts_lanes.clear()


class EventFileWriter(metaclass=Heard):
    """Writes events to a file in a directory, which it opens at once.

    max_queue_size, flush_secs:  accepted, and not needed on a disk: an event that has been added
                     is in the operating system
    filename_suffix: end of the file's name
    file:            an EventFile that is there already, to share it
    """
    SOURCE = ""                         # who writes, as the first record says

    def __init__(self, logdir: "Any", max_queue_size: int = 10, flush_secs: float = 120,
                 filename_suffix: str = "", file: "Any" = None) -> None:
        self._logdir = path_text(logdir, "logdir")
        self.file = file or EventFile(self._logdir, filename_suffix, source=self.SOURCE,
                                      **place(self._logdir, flush_secs))
        if file is None:
            self.file.open()
        else:
            file.prepare()

    @property
    def _ev_writer(self) -> "EventFileWriter":
        return self                     # a class of its own in tensorboardX, with a _file_name too

    @property
    def _file_name(self) -> "Optional[str]":
        return self.file.path

    def get_logdir(self) -> str:
        """Return the file's directory."""
        return self._logdir

    def add_event(self, event: "Any") -> None:
        """Write an event: an object of ours or protobuf's, or bytes.  After close(), to a new file.

        Raises InputError if it is no event.
        """
        with naming("EventFileWriter.add_event", self._logdir):
            event = message("Event", event)
        self.file.append(event.SerializeToString())

    def flush(self) -> None:
        """Put on the disk, or where else the directory is, what has been added."""
        self.file.flush(sync=True)

    def close(self) -> None:
        """Put all on the disk and let go of the file."""
        self.file.close()

    def reopen(self) -> None:
        """After close(), open a new file."""
        self.file.open()


class FileWriter(metaclass=Heard):
    """Writes events and summaries to a file in a directory.

    logdir, log_dir:  the directory
    max_queue, flush_secs, filename_suffix, file:  see EventFileWriter
    A summary or an event is an object of ours or of protobuf, or bytes.
    """
    GRAPH_TAG = "profiler"              # of the RunMetadata beside a graph

    def __init__(self, logdir: "Any" = None, max_queue: int = 10, flush_secs: float = 120,
                 filename_suffix: str = "", log_dir: "Any" = None, file: "Any" = None) -> None:
        with naming("FileWriter", logdir):
            directory = path_text(logdir if logdir is not None else log_dir, "logdir")
        options = {} if file is None else {"file": file}
        self.event_writer = self._event_file_writer(directory, max_queue, flush_secs,
                                                    filename_suffix, **options)
        self._call_metadata = threading.local()
        self._blocks = set()            # type: Set[object]

    def _event_file_writer(self, *arguments, **options):
        return EventFileWriter(*arguments, **options)

    def get_logdir(self) -> str:
        """Return the directory."""
        return self.event_writer.get_logdir()

    def add_event(self, event: "Any", step: "Any" = None,
                  walltime: "Optional[float]" = None) -> None:
        """Write an event with this step, if one is given, and time, otherwise now."""
        with naming("FileWriter.add_event", self.get_logdir()):
            default_step, default_time = self._defaults()  # type: ignore[misc]
            step = default_step if step is None else whole_step(step, "step")
            seconds = default_time if walltime is None else seconds_of(walltime)
            event = message("Event", event)
            event.wall_time = time.time() if seconds is None else seconds
            if step is not None:
                event.step = step
        self.event_writer.add_event(event)

    def add_summary(self, summary: "Any", global_step: "Any" = None,
                    walltime: "Optional[float]" = None) -> None:
        """Write a summary as an event."""
        with naming("FileWriter.add_summary", self.get_logdir()):
            event = message("Event", {"summary": message("Summary", summary)})
        self.add_event(event, global_step, walltime)

    def add_graph(self, graph_profile: "Any", walltime: "Optional[float]" = None) -> None:
        """Write a GraphDef, or a pair of it and a RunMetadata."""
        if not isinstance(graph_profile, (tuple, list)):
            graph_profile = graph_profile,
        with naming("FileWriter.add_graph", self.get_logdir()):
            graph, *profile = map(_bytes, graph_profile)
            events = [message("Event", {"graph_def": graph})]
            events += [message("Event", {"tagged_run_metadata": {
                "tag": self.GRAPH_TAG, "run_metadata": data}}) for data in profile]
        for event in events:
            self.add_event(event, None, walltime)

    def add_onnx_graph(self, graph: "Any", walltime: "Optional[float]" = None) -> None:
        """Write a GraphDef."""
        self.add_graph(graph, walltime)

    add_openvino_graph = add_onnx_graph

    def flush(self) -> None:
        """Put on the disk what has been added."""
        self.event_writer.flush()

    def close(self) -> None:
        """Put all on the disk and let go of the file.  Adding again opens a new one."""
        self.event_writer.close()

    def reopen(self) -> None:
        """After close(), open a new file."""
        self.event_writer.reopen()

    use_metadata = Spine.use_metadata
    _defaults = Spine._defaults

    def append(self, event: "Any") -> None:
        """Write an event, as EventFile does; by add_event or add_summary if somebody listens."""
        file = self.direct()
        if file is not None:
            file.append(event)
        else:
            if type(event) is tuple:
                event, _ = unframe(encoded([event]))    # type: ignore[misc]
            self._announce(message("Event", event))

    def direct(self) -> "Optional[EventFile]":
        """Return the file, if nobody listens."""
        kind = type(self)
        if (kind.add_event is ADD_EVENT and kind.add_summary is ADD_SUMMARY
                and type(self.event_writer).add_event is WRITE):
            return self.event_writer.file
        return None

    def _announce(self, event):
        step = event.step or None       # of bytes, step 0 and none are one
        if event.HasField("summary"):
            self.add_summary(event.summary, step, event.wall_time)
        else:
            self.add_event(event, step, event.wall_time)


ADD_EVENT, ADD_SUMMARY, WRITE = (FileWriter.add_event, FileWriter.add_summary,
                                 EventFileWriter.add_event)


class DummyFileWriter(FileWriter):
    """What stands for a FileWriter with write_to_disk=False: arguments are checked."""

    def __init__(self, logdir: "Any") -> None:
        FileWriter.__init__(self, logdir, file=Nowhere())


# ---- what people pass for a message ----

def message(name: str, x: "Any") -> "Any":
    """Return `x` as our Event or Summary: one of ours or protobuf's, its fields, or its bytes."""
    from . import proto                 # not at the top: it takes as long to load as the spine
    kind = getattr(proto, name)
    if isinstance(x, kind):
        return x
    if isinstance(x, dict):
        return kind(**x)
    if type(x).__name__ in ("Event", "Summary") and type(x).__name__ != name:
        raise InputError(name.lower(), "the message " + name, shown(x))
    try:
        return kind.FromString(proto.to_bytes(x, name.lower()))
    except FormatError as e:
        raise InputError(name.lower(), "the bytes of the message " + name, str(e)) from None


def _bytes(x):
    from .proto import to_bytes
    return to_bytes(x, "graph_profile")
