"""Helper functions of torch.utils.tensorboard.summary and _convert_np, where not tensorboardX's.

Tags stay as they are; the arguments are in torch's order.
"""
from . import summary as tensorboardX, x2num
from .base import single
from .proto import SummaryMetadata
from .summary import made, session, warner
from ..plugins import RawTag, mapping, scalars

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Tuple


def make_np(x: "Any") -> "Any":
    """Return `x` as x2num.make_np does, but a single number that is no tensor in shape (1,)."""
    array = x2num.make_np(x)
    return array if array.shape or hasattr(x, "__len__") else x2num.make_np([x])


def _raw(tag):
    return RawTag(tag) if isinstance(tag, str) else tag


def scalar(name: str, tensor: "Any", collections: "Any" = None, new_style: bool = False,
           double_precision: bool = False) -> "Any":
    """Return the summary of one number; collections is not used."""
    return made("scalar", _raw(name), scalars.scalar, tensor, "", "", new_style, double_precision,
                warner("scalar", name), parse=True)


def histogram(name: str, values: "Any", bins: "Any", max_bins: "Any" = None) -> "Any":
    """Return the summary of how values are distributed."""
    return tensorboardX.histogram(_raw(name), values, bins, max_bins)


def image(tag: str, tensor: "Any", rescale: "Any" = 1, dataformats: str = "NCHW") -> "Any":
    """Return the summary of a picture, or of several as a grid."""
    return tensorboardX.image(_raw(tag), single(tensor), rescale, dataformats)


def image_boxes(tag: str, tensor_image: "Any", tensor_boxes: "Any", rescale: "Any" = 1,
                dataformats: str = "CHW", labels: "Any" = None) -> "Any":
    """Return the summary of a picture with boxes on it: rows of x0, y0, x1, y1, in pixels."""
    return tensorboardX.image_boxes(tag, single(tensor_image), tensor_boxes, rescale, dataformats,
                                    labels)


def video(tag: str, tensor: "Any", fps: "Any" = 4) -> "Any":
    """Return the summary of moving pictures of layout NTCHW."""
    return tensorboardX.video(_raw(tag), single(tensor), fps)


def audio(tag: str, tensor: "Any", sample_rate: "Any" = 44100) -> "Any":
    """Return the summary of sound; 1 becomes 32767, -1 becomes -32767."""
    from ..plugins import audio as sounds
    return made("audio", tag, sounds.audio, tensor, sample_rate, warner("audio", tag),
                symmetric=True)


def hparams(hparam_dict: "Any" = None, metric_dict: "Any" = None,
            hparam_domain_discrete: "Any" = None) -> "Tuple[Any, Any, Any]":
    """Return three summaries: of the experiment, of the session's start and of its end.

    A bool is written as a number.
    """
    metrics = {_raw(tag): x for tag, x in mapping(metric_dict or {}, "metric_dict").items()}
    return session(hparam_dict, metrics, hparam_domain_discrete, strict=True)


def mesh(tag: str, vertices: "Any", colors: "Any", faces: "Any", config_dict: "Any",
         display_name: "Any" = None, description: "Any" = None) -> "Any":
    """Return the summary of a batch of meshes, tensors of shape (batch, n, 3)."""
    from ..plugins import mesh as meshes
    summary = made("mesh", tag, meshes.mesh, vertices, colors, faces, config_dict,
                   warner("mesh", tag), named=True)
    for value in summary.value:
        value.metadata.MergeFrom(SummaryMetadata(display_name=display_name,
                                                 summary_description=description))
    return summary
