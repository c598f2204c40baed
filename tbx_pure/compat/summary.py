"""Helper functions that people import from tensorboardX.summary: arguments -> a Summary object.

The bytes are those of the methods of SummaryWriter.  summary_torch.py has what torch's differ in.
"""
import struct

from .proto import HistogramProto, Summary
from .x2num import as_array
from .. import errors
from ..errors import naming
from ..histogram import histogram as count
from ..media.pixels import picture
from ..media.png import png
from ..plugins import clean_tag, histograms, images, mapping, scalars, text as texts
from ..tensor import Tensor, view

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Tuple


def made(method: str, tag: "Any", summarize: "Any", *arguments: "Any", **options: "Any") -> "Any":
    """Return summarize(tag, *arguments, **options), a dict, as an object."""
    with naming(method, tag):
        return Summary(**summarize(tag, *arguments, **options))


def warner(method: str, tag: "Any") -> "Any":
    """Return the warn(cause, text) of one call."""
    def warn(cause, text):
        errors.warn("%s: %s" % (naming(method, tag), text))
    return warn


# ---- numbers ----

def scalar(name: str, scalar: "Any", display_name: str = "",
           summary_description: str = "") -> "Any":
    """Return the summary of one number, under a cleaned name."""
    return made("scalar", name, scalars.scalar, scalar, display_name, summary_description, False,
                False, warner("scalar", name))


def histogram(name: str, values: "Any", bins: "Any", max_bins: "Any" = None) -> "Any":
    """Return the summary of how values are distributed, under a cleaned name."""
    return made("histogram", name, histograms.histogram, values, bins, max_bins,
                warner("histogram", name))


def histogram_raw(name: str, min: "Any", max: "Any", num: "Any", sum: "Any", sum_squares: "Any",
                  bucket_limits: "Any", bucket_counts: "Any") -> "Any":
    """Return the summary of a distribution that is counted already."""
    return made("histogram_raw", name, histograms.histogram_raw, min, max, num, sum, sum_squares,
                bucket_limits, bucket_counts)


def make_histogram(values: "Any", bins: "Any", max_bins: "Any" = None) -> "Any":
    """Return the HistogramProto of values; NaN and infinities are left out."""
    with naming("make_histogram", bins):
        return HistogramProto(**count(view(values).values, bins, max_bins)[0])


# ---- pictures and sound ----

def image(tag: str, tensor: "Any", rescale: "Any" = 1, dataformats: str = "CHW") -> "Any":
    """Return the summary of a picture, or of several as a grid, under a cleaned tag.

    rescale:  make it so many times as large
    """
    if rescale != 1:
        with naming("image", tag):
            tag = clean_tag(tag)
        return image_boxes(tag, tensor, NO_BOXES, rescale, dataformats)
    if images.ready(tensor):
        from ..plugins.pictures import ready_made
        return made("image", tag, ready_made, tensor, warner("image", tag))
    return made("image", tag, images.image, tensor, dataformats, warner("image", tag))


NO_BOXES = Tensor("float64", (0, 4), ())


def image_boxes(tag: str, tensor_image: "Any", tensor_boxes: "Any", rescale: "Any" = 1,
                dataformats: str = "CHW", labels: "Any" = None) -> "Any":
    """Return the summary of a picture with boxes on it: rows of x0, y0, x1, y1, in pixels."""
    from ..plugins.boxes import image_with_boxes
    return made("image_boxes", tag, image_with_boxes, tensor_image, tensor_boxes, dataformats,
                labels, rescale, None, warner("image_boxes", tag))


def make_image(tensor: "Any", rescale: "Any" = 1, rois: "Any" = None,
               labels: "Any" = None) -> "Any":
    """Return the Summary.Image of a picture of layout HWC, with boxes on it if rois is given."""
    with naming("make_image", rescale):
        if rescale != 1 or rois is not None:
            boxes = NO_BOXES if rois is None else rois
            return image_boxes("", tensor, boxes, rescale, "HWC", labels).value[0].image
        height, width, channels, pixels = picture(view(tensor, "tensor"), "HWC", "tensor",
                                                  warner("make_image", rescale))
        return Summary.Image(height=height, width=width, colorspace=channels,
                             encoded_image_string=png(pixels, height, width, channels))


def video(tag: str, tensor: "Any", fps: "Any" = 4, dataformats: str = "NTCHW") -> "Any":
    """Return the summary of moving pictures, under a cleaned tag."""
    from ..plugins import video as videos
    return made("video", tag, videos.video, tensor, fps, dataformats, "gif",
                warner("video", tag))


def make_video(tensor: "Any", fps: "Any") -> "Any":
    """Return the Summary.Image of moving pictures of layout THWC: a GIF."""
    with naming("make_video", fps):
        frames = view(tensor, "tensor")
        return video("", frames._replace(shape=(1,) + frames.shape), fps, "NTHWC").value[0].image


def audio(tag: str, tensor: "Any", sample_rate: "Any" = 44100) -> "Any":
    """Return the summary of sound of shape (frames,) or (frames, channels)."""
    from ..plugins import audio as sounds
    return made("audio", tag, sounds.audio, tensor, sample_rate, warner("audio", tag))


# ---- text, layouts, experiments ----

def text(tag: str, text: str) -> "Any":
    """Return the summary of a text."""
    return made("text", tag, texts.text, text)


def custom_scalars(layout: "Any") -> "Any":
    """Return the summary of a layout of charts."""
    from ..plugins.custom_scalars import custom_scalars as layouts
    return made("custom_scalars", layout, layouts)


def hparams(hparam_dict: "Any" = None, metric_dict: "Any" = None) -> "Tuple[Any, Any, Any]":
    """Return three summaries: of the experiment, of the session's start and of its end."""
    return session(hparam_dict, metric_dict)


def session(hparam_dict: "Any", metric_dict: "Any", discrete: "Any" = None,
            strict: bool = False) -> "Any":
    """Return the three summaries of a session that succeeded."""
    from ..plugins.hparams import hparams as sessions
    with naming("hparams", None):
        return tuple(Summary(**summary) for summary in sessions(
            hparam_dict or {}, mapping(metric_dict or {}, "metric_dict"), discrete,
            warn=warner("hparams", None), strict=strict))


# ---- curves and meshes ----

def pr_curve(tag: str, labels: "Any", predictions: "Any", num_thresholds: int = 127,
             weights: "Any" = None) -> "Any":
    """Return the summary of a precision-recall curve."""
    from ..plugins import pr_curves
    return made("pr_curve", tag, pr_curves.pr_curve, labels, predictions, num_thresholds, weights,
                warner("pr_curve", tag))


def pr_curve_raw(tag: str, tp: "Any", fp: "Any", tn: "Any", fn: "Any", precision: "Any",
                 recall: "Any", num_thresholds: int = 127, weights: "Any" = None) -> "Any":
    """Return the summary of a precision-recall curve that is counted already."""
    from ..plugins import pr_curves
    return made("pr_curve_raw", tag, pr_curves.pr_curve_raw, tp, fp, tn, fn, precision, recall,
                num_thresholds)


def compute_curve(labels: "Any", predictions: "Any", num_thresholds: int = 127,
                  weights: "Any" = None) -> "Any":
    """Return true and false positives, true and false negatives, precision and recall.

    A tensor of shape (6, num_thresholds), of the kind that x2num.make_np returns.
    """
    from ..plugins.pr_curves import curve
    with naming("compute_curve", num_thresholds):
        rows = curve(labels, predictions, num_thresholds, weights,
                     warner("compute_curve", num_thresholds))
    return as_array(Tensor("float64", (len(rows), len(rows[0])), [x for row in rows for x in row]))


def mesh(tag: str, vertices: "Any", colors: "Any", faces: "Any",
         config_dict: "Any" = None) -> "Any":
    """Return the summary of a batch of meshes, tensors of shape (batch, n, 3)."""
    from ..plugins import mesh as meshes
    return made("mesh", tag, meshes.mesh, vertices, colors, faces, config_dict,
                warner("mesh", tag))


def tensor_proto(tag: str, tensor: "Any") -> "Any":
    """Return the summary of a whole tensor."""
    from ..plugins.tensor import tensors
    return made("tensor_proto", tag, tensors, tensor)


# ---- small ones ----

def _clean_tag(name: "Any") -> "Any":
    return None if name is None else clean_tag(name, "name")


def _calc_scale_factor(tensor: "Any") -> int:
    """Return what pixels are multiplied by to go from 0 to 255."""
    return 1 if view(tensor, "tensor").dtype == "uint8" else 255


def half_to_int(f: float) -> int:
    """Return the bits of a float32 as an int32: torch's, despite its name."""
    return struct.unpack("<i", struct.pack("<f", f))[0]


def int_to_half(i: int) -> float:
    """Return the float32 with these bits: the way back from half_to_int."""
    return struct.unpack("<f", struct.pack("<i", i))[0]
