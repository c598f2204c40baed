"""What moving pictures have in common: which part of them changes, and for how long it stays."""
from collections import namedtuple

from ..errors import InputError, shown
from .png import COLOR_TYPE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List, Sequence


class Change(namedtuple("Change", "top left height width pixels delay")):
    """A rectangle of pixels to be put over what is there, and then left for so long"""


def changes(frames: "Sequence[bytes]", height: int, width: int, channels: int,
            delays: "Sequence[int]", max_side: int, max_delay: int) -> "List[Change]":
    """Return the first frame whole, and of each other the smallest rectangle that has all changes.

    frames:  for each, height * width * channels bytes, as of a Picture
    delays:  for each, how long it stays, 0 to max_delay
    Frames that are the same become one that stays longer, up to max_delay; beyond it, one more.
    Raises InputError if an argument is wrong.
    """
    _check(frames, height, width, channels, delays, max_side, max_delay)
    out = [Change(0, 0, height, width, frames[0], delays[0])]
    for before, frame, delay in zip(frames, frames[1:], delays[1:]):
        if frame == before and out[-1].delay + delay <= max_delay:
            out[-1] = out[-1]._replace(delay=out[-1].delay + delay)
        else:
            out.append(_change(before, frame, width * channels, channels, delay))
    return out


def _check(frames, height, width, channels, delays, max_side, max_delay):
    if channels not in COLOR_TYPE:
        raise InputError("channels", "1, 2, 3 or 4", str(channels))
    if not (1 <= height <= max_side and 1 <= width <= max_side):
        raise InputError("size", "sides from 1 to %d" % max_side, "%d x %d" % (height, width))
    if not frames:
        raise InputError("frames", "at least one frame", "none")
    if len(delays) != len(frames):
        raise InputError("delays", "one for each of %d frames" % len(frames), str(len(delays)))
    size = height * width * channels
    for i, (frame, delay) in enumerate(zip(frames, delays)):
        if len(frame) != size:
            raise InputError("frames[%d]" % i, "%d bytes for height %d, width %d, %d channels"
                             % (size, height, width, channels), str(len(frame)))
        if not (isinstance(delay, int) and 0 <= delay <= max_delay):
            raise InputError("delays[%d]" % i, "a whole number from 0 to %d" % max_delay,
                             shown(delay))


def _change(before, frame, stride, step, delay):
    """Return what makes one frame another: at least a pixel, if they are the same."""
    if _on_all_sides(before, frame, stride, step):      # soon told, and so it often is
        return Change(0, 0, len(frame) // stride, stride // step, frame, delay)
    differs = _number(before) ^ _number(frame)
    rows = differs.to_bytes(len(frame), "little")
    top, bottom = _span(rows, stride)
    height, columns = bottom - top, differs >> 8 * stride * top
    while height > 1:                   # put the lower half of the rows over the upper one
        height = (height + 1) // 2
        columns |= columns >> 8 * stride * height
    left, right = _span((columns & (1 << 8 * stride) - 1).to_bytes(stride, "little"), step)
    if right - left == stride // step:
        pixels = frame[top * stride:bottom * stride]
    else:
        pixels = b"".join([frame[y * stride + left * step:y * stride + right * step]
                           for y in range(top, bottom)])
    return Change(top, left, bottom - top, right - left, pixels, delay)


def _on_all_sides(before, frame, stride, step):
    """Return whether the first and last rows differ, and the first and last columns."""
    return (before[:stride] != frame[:stride] and before[-stride:] != frame[-stride:]
            and any([before[c::stride] != frame[c::stride] for c in range(step)])
            and any([before[c::stride] != frame[c::stride] for c in range(stride - step, stride)]))


def _number(data):
    return int.from_bytes(data, "little")


def _span(data, size):
    """Return which of the groups of `size` bytes hold something else than 0, as first and end."""
    end = -(-len(data.rstrip(b"\0")) // size)
    return ((len(data) - len(data.lstrip(b"\0"))) // size, end) if end else (0, 1)
