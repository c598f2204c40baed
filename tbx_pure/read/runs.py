"""All runs of a log directory.  spec/readers.md"""
import os
from collections.abc import Mapping

from ..plugins import counted
from .files import event_files
from .run import SCALARS, Run
from .series import dataframe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List


class Runs(Mapping):
    """The runs below a log directory, by TensorBoard's names for them: runs["train"] is a Run.

    logdir:        the log directory, itself run "."; or one event file
    mode, strict:  as of Run

    A run is read when it is asked for first, and kept.  Raises OSError if logdir is not there.
    """

    def __init__(self, logdir: "Any", mode: str = "tail", strict: bool = False) -> None:
        self.logdir, self.mode, self.strict = os.fspath(logdir), mode, strict
        self._files = {}                # type: Dict[str, List[str]]
        self._runs = {}                 # type: Dict[str, Run]
        for run, file in event_files(self.logdir):
            self._files.setdefault(run.replace(os.sep, "/"), []).append(file)

    def __repr__(self) -> str:
        return "<Runs %r: %s>" % (self.logdir, counted(len(self), "run"))

    def __iter__(self) -> "Iterator[str]":
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)

    def __getitem__(self, name: str) -> Run:
        if name not in self._runs:
            files = self._files[name]
            directory = os.path.normpath(os.path.join(self.logdir, name))
            self._runs[name] = Run(directory, self.mode, self.strict, files)
        return self._runs[name]

    def to_dataframe(self, steps: str = "all", purge: bool = False) -> "Any":
        """Return the scalars of all runs: columns run, tag, step, wall_time, value.

        steps, purge:  as of Run
        """
        columns = {name: [] for name in ("run",) + SCALARS}     # type: Dict[str, List[Any]]
        for name, run in self.items():
            for column, values in run.scalar_columns(steps, purge).items():
                columns[column] += values
            columns["run"] += [name] * (len(columns["tag"]) - len(columns["run"]))
        return dataframe(columns)
