"""GIF89a: moving pictures of at most 256 colors each.  spec/media.md

    header         "GIF89a", width, height, a table of colors for all frames
    loop           an extension first understood by Netscape 2.0: play again and again
    for each frame:
      control      an extension: how long it stays
      descriptor   where it stands, how large it is, a table of its own
      data         a color's number for each pixel, by LZW, in blocks of up to 255 bytes
    trailer        ";"

All numbers are little-endian.  https://www.w3.org/Graphics/GIF/spec-gif89a.txt
"""
import struct

from .animation import changes
from .blend import blend
from .palette import indexed
from .pixels import Picture

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Sequence

MAX_SIDE = 2 ** 16 - 1
MAX_DELAY = 2 ** 16 - 1
SCREEN = struct.Struct("<6sHHBBB")      # signature, width, height, table, background, aspect
CONTROL = struct.Struct("<BBBBHBB")     # 21 f9, size, disposal, delay, transparent color, end
PLACE = struct.Struct("<BHHHHB")        # ",", left, top, width, height, table
LOOP = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"           # 0 times: without end
STAYS = 1 << 2                          # disposal: the next frame is put over this one
HAS_TABLE = 0x80                        # with it, the bits of a number of its colors, less 1
EIGHT_BITS = 7 << 4                     # of a color's part, in the picture it was made of
MAX_CODES = 1 << 12


def gif(frames: "Sequence[bytes]", height: int, width: int, channels: int,
        delays: "Sequence[int]") -> bytes:
    """Encode moving pictures that are played again and again.

    frames:  for each, height * width * channels bytes, as of png(); with 2 or 4 channels, what is
             transparent becomes white
    delays:  for each, how long it stays, in hundredths of a second, up to 65535.  Frames that are
             the same become one that stays as long as all of them.  (Browsers take 0 and 1 for 10.)
    Up to 256 colors are kept as they are; for more, 256 are chosen that stand for them.
    Raises InputError if a length, a side, a delay or the number of channels is wrong.
    """
    parts = [part._replace(pixels=blend(Picture(*part[2:4], channels, part.pixels)).pixels)
             for part in changes(frames, height, width, channels, delays, MAX_SIDE, MAX_DELAY)]
    pictures = indexed([part.pixels for part in parts], 1 if channels < 3 else 3)
    shared = pictures[0].table
    if any(picture.table is not shared for picture in pictures):
        shared = b""
    out = [SCREEN.pack(b"GIF89a", width, height, EIGHT_BITS | _flag(shared), 0, 0),
           _padded(shared), LOOP]
    for part, (table, indexes) in zip(parts, pictures):
        own, bits = b"" if shared else table, max(2, _bits(table))
        out += (CONTROL.pack(0x21, 0xF9, 4, STAYS, part.delay, 0, 0),
                PLACE.pack(0x2C, part.left, part.top, part.width, part.height, _flag(own)),
                _padded(own), bytes([bits]), _blocks(lzw(indexes, bits)))
    return b"".join(out) + b";"


def _bits(table):
    """Return how many bits number the colors of a table: at least 1."""
    return max(1, (len(table) // 3 - 1).bit_length())


def _flag(table):
    return HAS_TABLE | _bits(table) - 1 if table else 0


def _padded(table):
    return table.ljust(3 << _bits(table), b"\0") if table else b""


def _blocks(data):
    return b"".join([bytes([len(data[i:i + 255])]) + data[i:i + 255]
                     for i in range(0, len(data), 255)]) + b"\0"


def lzw(indexes: bytes, bits: int) -> bytes:
    """Compress numbers of `bits` bits, of which there is at least one.

    A code stands for a run of numbers.  First there is one for each number, then "clear" and "end".
    The longest run that has a code is written by it; that run and the number that ended it, as one
    longer run, get the next code.  A reader can follow: it knows each new run but for its last
    number, which is the first of what comes next.  Codes have one bit more than numbers at first,
    and again one more as soon as a code needs it.  When all 4096 are given, "clear" begins anew.
    The lowest bit of a code comes first, in the lowest bit of a byte that is free.
    """
    clear, end = 1 << bits, (1 << bits) + 1
    codes = {}                          # type: dict    # a run is its code but for the last number
    following, width = end + 1, bits + 1
    out, held, count = bytearray(), clear, width        # bits that are not yet bytes, how many
    numbers = iter(indexes)
    run = next(numbers)
    for number in numbers:
        longer = run << 8 | number
        if longer in codes:
            run = codes[longer]
            continue
        held |= run << count
        count += width
        run = number
        if following < MAX_CODES:
            codes[longer] = following
            width += following >> width                 # 1 if it has a bit more
            following += 1
        else:
            held |= clear << count
            count += width
            codes, following, width = {}, end + 1, bits + 1
        if count >= 256:
            out += (held & (1 << 256) - 1).to_bytes(32, "little")
            held >>= 256
            count -= 256
    held |= run << count
    count += width
    if following < MAX_CODES:                           # the reader now gives it a code
        width += following >> width
    held |= end << count
    return bytes(out) + held.to_bytes(-(-(count + width) // 8), "little")
