"""Moving pictures, which the images plugin shows: a GIF or an animated PNG.  spec/plugins/images.md
"""
import math
from collections import namedtuple

from . import clean_tag
from ..errors import InputError, shown
from ..media.apng import apng
from ..media.frames import frames
from ..media.gif import gif
from ..tensor import real, view
from .images import image_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List


class Format(namedtuple("Format", "encode second least")):
    """encode:  from frames to a file
    second:  the units of time that a second has
    least:   browsers show a frame for a tenth of a second if it has fewer units
    """


FORMATS = {"gif": Format(gif, 100, 2), "apng": Format(apng, 1000, 11)}
MOST = 2 ** 16 - 1                      # units that a frame can last


def video(tag: str, vid_tensor: "Any", fps: "Any", dataformats: str, format: str,
          warn: "Callable[[str, str], object]") -> "Dict[str, Any]":
    """Return the summary of a video, or of several as tiles of one.

    tag:          its name; cleaned
    vid_tensor:   pixels, see tbx_pure.media.frames
    fps:          frames in a second
    dataformats:  the letters of NTCHW in the order of the dimensions: N video, T time, C channel,
                  H row, W column
    format:       "gif" or "apng"
    warn:         called with a cause and a text if values or fps had to be clipped
    Raises InputError if vid_tensor does not fit dataformats, or an argument is none of these.
    """
    tag = clean_tag(tag)
    if not isinstance(format, str) or format not in FORMATS:
        raise InputError("format", " or ".join(map(repr, FORMATS)), shown(format))
    chosen = FORMATS[format]
    unit = _unit(fps, chosen, warn)
    height, width, channels, pictures = frames(view(vid_tensor, "vid_tensor"), dataformats,
                                               "vid_tensor", warn)
    data = chosen.encode(pictures, height, width, channels, _delays(len(pictures), unit))
    if format == "gif" and channels in (2, 4):          # it has no alpha
        channels -= 1
    return image_file(tag, height, width, channels, data)


def _unit(fps, chosen, warn):
    """Return how many units of time a frame lasts, a float."""
    rate = real(fps, "fps")
    if not (rate > 0 and chosen.second / MOST <= rate < math.inf):
        raise InputError("fps", "frames in a second, from %.4f on" % (chosen.second / MOST),
                         shown(fps))
    if chosen.second / rate < chosen.least:
        warn("fps", "browsers show at most %d frames a second in this format, not %g: so many are "
             "written" % (chosen.second // chosen.least, rate))
    return max(chosen.second / rate, chosen.least)


def _delays(n, unit):
    """Return n whole numbers of units that add up, at each frame, to the time it should end."""
    ends = [math.floor(i * unit + 0.5) for i in range(n + 1)]
    return [end - start for start, end in zip(ends, ends[1:])]
