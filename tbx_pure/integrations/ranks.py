"""SummaryWriter(ranks=): which of the processes of one job writes, and where.

A launcher starts a program several times: as ranks 0, 1, 2 ...  It tells each its rank by an
environment variable, and torch.distributed knows it once init_process_group has been called.
"""
import os
import re
import sys

from ..errors import InputError, shown
from ..eventfile import path_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Tuple

RANKS = ("zero", "all")
VARIABLES = (                           # in this order; set for each process by
    "RANK",                             # torchrun, Accelerate, DeepSpeed
    "SLURM_PROCID",                     # srun
    "OMPI_COMM_WORLD_RANK",             # mpirun of Open MPI
    "LOCAL_RANK",                       # launchers on one machine: on several it is not unique
)


def rank() -> int:
    """Return which process of its job this is, from 0; 0 if it is no job's.

    torch.distributed is asked if the program has imported and initialized it, then VARIABLES.
    Raises InputError if a variable holds something else than a rank.
    """
    distributed = sys.modules.get("torch.distributed")
    initialized = getattr(distributed, "is_initialized", None)
    if initialized is not None and initialized():
        return int(distributed.get_rank())      # type: ignore[union-attr]
    for name in VARIABLES:
        text = os.environ.get(name, "").strip()
        if text:
            return _number(name, text)
    return 0


def run_of(ranks: str, logdir: "Any") -> "Tuple[Any, bool]":
    """Return (logdir, whether to write) of this process's writer.

    ranks:   "zero": only rank 0 writes; "all": each writes a sub-run of its own, rank_0, rank_1 ...
    logdir:  of the job; "all" needs one, as the default's name tells the second, and ranks do not
             begin in the same one
    Raises InputError if one of these, or the rank, is not as it must be.
    """
    if ranks not in RANKS:
        raise InputError("ranks", "None, 'zero' or 'all'", shown(ranks))
    number = rank()
    if ranks == "zero":
        return logdir, number == 0
    if not logdir:
        raise InputError("logdir", "a directory that is the same in all ranks, for ranks='all'",
                         shown(logdir))
    return os.path.join(path_text(logdir, "logdir"), "rank_%d" % number), True


def _number(name, text):
    if not re.match(r"[0-9]{1,9}\Z", text):
        raise InputError("the environment variable " + name, "a rank: 0, 1, 2 ...", shown(text))
    return int(text)
