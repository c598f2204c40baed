"""WAV, the part a summary needs: PCM of 16 bits, any number of channels.  spec/media.md

    offset  size  field
    0       4     "RIFF"
    4       4     bytes after this field: 36 + n
    8       4     "WAVE"
    12      4     "fmt "
    16      4     bytes of the format: 16
    20      2     format: 1, PCM
    22      2     channels
    24      4     frames in a second
    28      4     bytes in a second
    32      2     bytes in a frame, which is one sample of each channel
    34      2     bits of a sample: 16
    36      4     "data"
    40      4     n
    44      n     samples, frame by frame: int16

All numbers are little-endian.  Multimedia Programming Interface and Data Specifications 1.0 (IBM
and Microsoft, 1991), pages 56 to 65.
"""
import math
import struct

from ..errors import InputError
from ..tensor import Tensor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable

HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")
AFTER_SIZE = HEADER.size - 8            # of the header's bytes, those that its size field counts
PCM = 1
BITS = 16
MAX_CHANNELS = (2 ** 16 - 1) // (BITS // 8)             # the bytes in a frame have 16 bits
MAX_SIZE = 2 ** 32 - 1

#   dtype     silence  bits
INTEGERS = {
    "uint8":  (128,    8),              # as WAV files of 8 bits have them
    "int8":   (0,      8),
    "int16":  (0,      16),
    "int32":  (0,      32),
}


def wav(samples: bytes, channels: int, sample_rate: int) -> bytes:
    """Encode sound.

    samples:      16-bit samples, little-endian, as pcm() makes them; frame by frame
    sample_rate:  frames in a second
    Raises InputError if one of them is wrong, or a field of the header cannot hold it.
    """
    if not 1 <= channels <= MAX_CHANNELS:
        raise InputError("channels", "1 to %d" % MAX_CHANNELS, str(channels))
    frame = channels * BITS // 8
    if not 1 <= sample_rate <= MAX_SIZE // frame:       # the bytes in a second have 32 bits
        raise InputError("sample_rate", "1 to %d frames a second of %d bytes"
                         % (MAX_SIZE // frame, frame), str(sample_rate))
    size = len(samples)
    if size % frame or size > MAX_SIZE - AFTER_SIZE:
        raise InputError("samples", "whole frames of %d bytes, at most %d bytes"
                         % (frame, MAX_SIZE - AFTER_SIZE), "%d bytes" % size)
    return HEADER.pack(b"RIFF", AFTER_SIZE + size, b"WAVE", b"fmt ", 16, PCM, channels, sample_rate,
                       sample_rate * frame, frame, BITS, b"data", size) + samples


# ---- values to samples ----

def pcm(tensor: Tensor, argument: str, warn: "Callable[[str, str], object]") -> bytes:
    """Return the values as 16-bit samples, little-endian, in the order they came.

    tensor:  floats from -1 to 1; what lies beyond is clipped, and NaN is silence
             int16 as they are; int32, int8 and uint8 (128 is silence) brought to 16 bits
    warn:    called with a cause and a text where values were clipped or replaced
    Raises InputError for another dtype.
    """
    if tensor.dtype.startswith("float"):
        samples = _from_floats(tensor.values, warn)
    elif tensor.dtype in INTEGERS:
        silence, bits = INTEGERS[tensor.dtype]
        samples = [(v - silence << BITS) >> bits for v in tensor.values]
    else:
        raise InputError(argument, "floats from -1 to 1, int16, int32, int8 or uint8",
                         "%s, which does not say how loud 1 is" % tensor.dtype)
    return struct.pack("<%dh" % len(samples), *samples)


def _from_floats(values, warn):
    nans = sum(map(math.isnan, values))
    if nans:
        warn("NaN", "%d of %d samples are NaN, and became silence" % (nans, len(values)))
        values = [0.0 if v != v else v for v in values]
    if any(not -1.0 <= v <= 1.0 for v in values):
        warn("range", "floats beyond -1 to 1 were clipped; pass int16 for whole samples")
        values = [min(max(v, -1.0), 1.0) for v in values]
    return list(map(_sample, values))


def _sample(x):
    """As libsndfile, which tensorboardX uses: rounded to 32 bits, the lower 16 cut off."""
    return min(round(x * 2.0 ** 31), 2 ** 31 - 1) >> 16
