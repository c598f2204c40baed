"""Animated PNG: a PNG of the first frame, with the others between its chunks.  spec/media.md

https://www.w3.org/TR/png-3/  Section numbers below are that document's.  What does not know of
animations shows the first frame.
"""
import struct

from .animation import changes
from .png import MAX_SIDE, chunk, compressed, png, settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Sequence

CONTROL = struct.Struct(">IIIIIHHBB")                  # 11.3.6.2
FOREVER = 0                                            # 11.3.6.1: how often it is played
THOUSANDTHS = 1000                                     # 11.3.6.2: what delays are counted in
MAX_DELAY = 2 ** 16 - 1
KEEP, REPLACE = 0, 0                                   # 11.3.6.2: a frame stays; it hides all below
HEADER = 33                                            # signature and IHDR, at the start of a PNG
END = 12                                               # IEND, at its end


def apng(frames: "Sequence[bytes]", height: int, width: int, channels: int,
         delays: "Sequence[int]") -> bytes:
    """Encode moving pictures that are played again and again.  Nothing is lost.

    frames:  for each, height * width * channels bytes, as of png(); channels are 1 to 4
    delays:  for each, how long it stays, in thousandths of a second, up to 65535.  Frames that
             are the same become one that stays as long as all of them.
    Raises InputError if a length, a side, a delay or the number of channels is wrong.
    """
    parts = changes(frames, height, width, channels, delays, MAX_SIDE, MAX_DELAY)
    way = settings(frames[0], width * channels, channels)
    whole = png(frames[0], height, width, channels, way)
    out = [whole[:HEADER], chunk(b"acTL", struct.pack(">II", len(parts), FOREVER)),
           _control(0, parts[0]), whole[HEADER:-END]]
    for i, part in enumerate(parts[1:]):
        data = compressed(part.pixels, part.width * channels, channels, way)
        out += (_control(2 * i + 1, part),
                chunk(b"fdAT", struct.pack(">I", 2 * i + 2) + data))
    return b"".join(out + [whole[-END:]])


def _control(number, part):
    """Return the chunk that says where a frame stands and for how long.  11.3.6.2"""
    return chunk(b"fcTL", CONTROL.pack(number, part.width, part.height, part.left, part.top,
                                       part.delay, THOUSANDTHS, KEEP, REPLACE))
