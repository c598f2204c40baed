"""What tensorboardX and torch.utils.tensorboard write differently.  spec/deviations.md"""
from collections import namedtuple

from ..errors import InputError, shown
from ..eventfile import subrun

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Dialect(namedtuple("Dialect", "raw_tags source scalars_run session_steps single_pixels "
                                    "styles")):
    """What one of them writes.

    raw_tags:       tags stay as they are
    source:         who writes, as the first record says; "": it does not say
    scalars_run:    the sub-run of a curve: a function of add_scalars' main_tag and its key
    session_steps:  all records of add_hparams have its step, not only the metrics
    single_pixels:  pixels are rounded to float32 before they are times 255
    styles:         {method: more keywords of the function that makes its summary}
    """


def nested(main_tag: str, key: str) -> str:
    """Return the run main_tag/key."""
    return subrun(main_tag, key)


def flat(main_tag: str, key: str) -> str:
    """Return the run main_tag_key; of a main_tag a/b, a_b_key."""
    return subrun("%s_%s" % (main_tag.replace("/", "_"), key))


TORCH_STYLES = {
    "add_scalar":    {"parse": True},
    "add_scalars":   {"parse": True},
    "add_audio":     {"symmetric": True},
    "add_mesh":      {"named": True},
    "add_hparams":   {"strict": True},
    "add_embedding": {"as_torch": True},
    "add_graph":     {"tag": "step1"},
}

TENSORBOARD_WRITER = "tensorboard.summary.writer.event_file_writer"

#                          raw    source              add_scalars'  session  single  styles
#   dialect                tags                       run           steps    pixels
DIALECTS = {
    "tensorboardX": Dialect(False, "",                 nested,       False,   False,  {}),
    "torch":        Dialect(True,  TENSORBOARD_WRITER, flat,         True,    True,   TORCH_STYLES),
}


def dialect_of(name: "Any") -> Dialect:
    """Return the dialect of a name."""
    if not isinstance(name, str) or name not in DIALECTS:
        raise InputError("dialect", " or ".join(map(repr, DIALECTS)), shown(name),
                         "SummaryWriter()")
    return DIALECTS[name]
