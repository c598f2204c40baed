"""SummaryWriter with what programs that are written for tensorboardX or torch touch besides."""
import os
from array import array

from . import files
from .dialects import dialect_of
from ..errors import InputError, naming, shown
from ..eventfile import path_text
from ..histogram import default_edges
from ..plugins import clean_tag, mapping
from ..plugins.images import ready
from ..steps import whole_step
from ..tensor import is_float, real, view
from ..wings import SummaryWriter as Spine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Set

BESIDES = """
    For programs that are written for tensorboardX or torch.utils.tensorboard
    comet_config:  accepted; to be {"disabled": True}, or nothing
    dialect:       "tensorboardX" or "torch": what is written where the two differ
    raw_tags:      None: as the dialect
    file_writer:   the FileWriter of this run; None after close()
    all_writers:   {directory: FileWriter}, those of sub-runs too; None after close()
    A logdir may be a URL for which register_writer_factory has been called.

    For programs that run as several processes (ranks), each with a writer
    ranks:         None: every process writes to logdir; "zero": only rank 0 writes, the others
                   check all arguments; "all": each writes to logdir/rank_<its rank>
    A rank is what torch.distributed says, if it is initialized before; or RANK, SLURM_PROCID,
    OMPI_COMM_WORLD_RANK or LOCAL_RANK, the first that is set; or 0.
    """


class SummaryWriter(Spine):
    __doc__ = Spine.__doc__ and Spine.__doc__ + BESIDES

    DIALECT = "tensorboardX"            # if none is asked for
    file_writer = None                  # type: Optional[files.FileWriter]
    all_writers = None                  # type: Optional[Dict[str, files.FileWriter]]

    def __init__(self, logdir: "Any" = None, comment: str = "", purge_step: "Optional[int]" = None,
                 max_queue: int = 10, flush_secs: float = 120, filename_suffix: str = "",
                 write_to_disk: bool = True, log_dir: "Any" = None, comet_config: "Any" = None, *,
                 dialect: "Optional[str]" = None, raw_tags: "Optional[bool]" = None,
                 ranks: "Optional[str]" = None, **options: "Any") -> None:
        _check_comet(comet_config)
        self._dialect = dialect_of(dialect or self.DIALECT)
        self._styles = self._dialect.styles
        self.max_queue = max_queue
        self.kwargs = {}                # type: Dict[str, Any]
        logdir = logdir or log_dir
        with naming("SummaryWriter", logdir):
            if ranks is not None:
                from ..integrations.ranks import run_of         # now: few need it
                logdir, writes = run_of(ranks, logdir)
                write_to_disk = write_to_disk and writes
            self.flush_secs = real(flush_secs, "flush_secs")
            path = path_text(logdir or "", "logdir")
            _check_path(path, "logdir")
            _check_path(str(comment), "comment")        # which may be its end
            place = files.place(path, flush_secs) if write_to_disk else {}
        self._elsewhere = bool(place)
        self._file_options = dict(place, source=self._dialect.source)
        self._run_writers = {}          # type: Dict[str, files.FileWriter]
        self._curves = {}               # type: Dict[str, Set[str]]     # {run: tags} of add_scalars
        self._starts = {}               # type: Dict[str, int]      # {file: offset}, of scalar_dict
        self._given = {}                # type: Dict[str, Any]
        self._own_bins = None           # type: Any
        Spine.__init__(self, logdir, comment, purge_step, max_queue, flush_secs, filename_suffix,
                       write_to_disk,
                       raw_tags=self._dialect.raw_tags if raw_tags is None else raw_tags, **options)
        files.WRITERS.add(self)
        if self._logdir_again is None:
            self._get_file_writer()

    # ---- one FileWriter a run, over the file that the spine has for it ----

    def _get_file_writer(self):
        """Return the FileWriter of this run, after close() a new one."""
        writer = self.file_writer
        if writer is None or self.all_writers is None:
            writer = self._new_writer("", self.logdir)
            self.file_writer, self.all_writers = writer, {self.logdir: writer}
        return writer

    def _run_writer(self, run):
        writer = self._run_writers.get(run)
        if writer is None:
            self._get_file_writer()
            directory = os.path.join(self.logdir, run)
            writer = self._run_writers[run] = self._new_writer(run, directory)
            if self.all_writers is not None:            # another thread may close
                self.all_writers[directory] = writer
        return writer

    def _new_writer(self, run, directory):
        if not self.write_to_disk:
            return files.DummyFileWriter(directory)
        file = self._run_file(run)
        writer = self._file_writer(directory, self.max_queue, self.flush_secs,
                                   self.filename_suffix, file=file)
        writer._call_metadata, writer._blocks = self._call_metadata, self._blocks  # of use_metadata
        return writer

    def _file_writer(self, *arguments, **options):
        """Return a FileWriter of the module that a subclass stands in."""
        return files.FileWriter(*arguments, **options)

    def _append(self, event, run=""):
        (self._run_writer(run) if run else self._get_file_writer()).append(event)

    def _direct(self, run):
        if Spine._direct(self, run) is not None and type(self)._append is SummaryWriter._append:
            return (self._run_writer(run) if run else self._get_file_writer()).direct()

    def _leave(self, run):
        writer = self._run_writers.pop(run, None)
        if writer is not None and self.all_writers is not None:
            self.all_writers.pop(writer.get_logdir(), None)
        Spine._leave(self, run)

    def flush(self, sync: bool = False) -> None:
        """Return when all events so far are in the operating system; with sync, on the disk."""
        Spine.flush(self, sync or self._elsewhere)

    def close(self) -> None:
        """Put all on the disk and let go of the files.  Adding again opens new ones."""
        for writer in list((self.all_writers or {}).values()):      # a subclass may have its own
            writer.close()
        Spine.close(self)
        self._run_writers.clear()
        self.file_writer = self.all_writers = None

    def add_onnx_graph(self, onnx_model_file: "Any" = None, *, prototxt: "Any" = None) -> None:
        """Add the graph of an ONNX file, given its path; prototxt is torch's name for it."""
        Spine.add_onnx_graph(self, prototxt if onnx_model_file is None else onnx_model_file)

    # ---- what the dialects write differently ----

    def _scalars_run(self, main_tag, key):
        run = self._dialect.scalars_run(main_tag, key)
        self._curves.setdefault(run, set()).add(clean_tag(self._call_tag(main_tag)))
        return run

    def _bins(self, bins):
        own = isinstance(bins, str) and bins == "tensorflow" and self._own_bins is not None
        return self._own_bins if own else bins

    def _pixels(self, x):
        return single(x) if self._dialect.single_pixels else x

    def _session_step(self, global_step):
        return whole_step(global_step, "global_step") if self._dialect.session_steps else None

    def _files_directory(self):
        if self._elsewhere:
            raise InputError("logdir", "a directory, for files beside the event file", self.logdir)
        return Spine._files_directory(self)

    # ---- attributes ----

    @property
    def default_bins(self) -> "Any":
        """The edges of add_histogram's default bins; or what has been put in their place."""
        return list(default_edges()) if self._own_bins is None else self._own_bins

    @default_bins.setter
    def default_bins(self, bins: "Any") -> None:
        self._own_bins = bins

    @property
    def scalar_dict(self) -> "Dict[str, List[List[Any]]]":
        """{logdir/main_tag/key: [[seconds, step, value], ...]} of all that add_scalars has added.

        Read from the files each time: it takes no memory while a program trains.  A dict may be put
        in its place, such as {}: what is added afterwards joins that.
        """
        from .scalar_dict import curves
        if self._elsewhere:
            raise InputError("logdir", "a directory, to read from", self.logdir, "scalar_dict")
        found = dict(self._given)
        for run, tags in self._curves.items():
            key = os.path.join(self.logdir, run).replace(os.sep, "/")
            paths = {path: self._starts.get(path, 0) for path in self._made(run)}
            found[key] = found.get(key, []) + curves(paths, tags)
        return found

    @scalar_dict.setter
    def scalar_dict(self, given: "Any") -> None:
        self._given = mapping(given, "scalar_dict")
        self._curves.clear()
        self._starts = {path: os.path.getsize(path) for run in list(self._files)
                        for path in self._made(run)}

    def _made(self, run):
        """Return the files of a run that this writer has made, and nobody has taken away."""
        file = self._files.get(run)
        return [path for path in (file.paths if file else ()) if os.path.isfile(path)]

    def export_scalars_to_json(self, path: "Any") -> None:
        """Write scalar_dict to a file; "NaN", "Infinity" and "-Infinity" are text there."""
        from .scalar_dict import write
        write(path, self.scalar_dict)


def single(x: "Any") -> "Any":
    """Return pixels rounded to float32, if they are floats."""
    if ready(x):
        return x
    try:
        tensor = view(x)
    except InputError:                  # the method says what is wrong, in its own words
        return x
    if not (is_float(tensor.dtype) and tensor.shape and tensor.values):
        return x
    return memoryview(array("f", iter(tensor.values))).cast("B").cast("f", tensor.shape)


def _check_path(path, argument):
    """Refuse a path that no system takes."""
    try:
        whole = b"\0" not in os.fsencode(path)
    except UnicodeError:                # half of a surrogate pair
        whole = False
    if not whole:
        raise InputError(argument, "a path the system takes: no NUL, in its encoding", shown(path))


def _check_comet(config):
    """Refuse a configuration of Comet that is not switched off: what it asks for is not done."""
    if config and not (hasattr(config, "get") and config.get("disabled")):
        raise InputError("comet_config", "{'disabled': True}: tbx_pure writes files only; to log "
                         "to Comet, call comet_ml itself", shown(config), "SummaryWriter()")
