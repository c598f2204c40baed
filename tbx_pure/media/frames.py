"""Tensor -> frames of a video: any layout; several videos become tiles of one."""
from collections import namedtuple

from ..tensor import Tensor
from .pixels import axes_of, grid, to_bytes, together

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Tuple

LAYOUTS = ("TCHW", "NTCHW")             # in any order of letters, upper or lower case


class Frames(namedtuple("Frames", "height width channels frames")):
    """frames: for each, height * width * channels bytes, as of a Picture"""


def frames(tensor: Tensor, layout: str, argument: str,
           warn: "Callable[[str, str], object]") -> Frames:
    """Return the frames that `tensor` holds, with 1 to 4 channels as it has.

    tensor:  values as for pixels.picture
    layout:  the letters of one of LAYOUTS, such as "NTCHW"; T is time, N are videos that play
             side by side, in tiles()
    warn:    called with a cause and a text where values were clipped or reinterpreted
    Raises InputError if layout and shape do not go together.
    """
    axes = axes_of(tensor, layout, LAYOUTS, argument)
    data = to_bytes(tensor, warn)
    (videos, to_video), (times, to_frame), channels = axes["N"], axes["T"], axes["C"][0]
    height, width = axes["H"][0], axes["W"][0]
    columns, rows = tiles(videos)
    out = [grid([together(data, axes, n * to_video + t * to_frame, channels)
                 for n in range(videos)], height, width, channels, columns, rows).pixels
           for t in range(times)]
    return Frames(rows * height, columns * width, channels, out)


def tiles(videos: int) -> "Tuple[int, int]":
    """Return (columns, rows) for so many videos, both powers of two, as tensorboardX has them.

    Three have a place for a fourth, which stays black; nine stand in 2 rows of 8.
    """
    places = 1 << (videos - 1).bit_length()
    rows = 1 << (videos.bit_length() - 1) // 2
    return places // rows, rows
