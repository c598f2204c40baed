"""WAV: samples behind a header.  spec/media.md

    offset  size  field
    0       4     "RIFF"
    4       4     bytes after this field
    8       4     "WAVE"
    12      4     "fmt "
    16      4     bytes of the format: 16, or 18 or 40 of the forms below
    20      2     format: 1 PCM, 3 float, 65534 see below
    22      2     channels
    24      4     frames in a second
    28      4     bytes in a second
    32      2     bytes in a frame, which is one sample of each channel
    34      2     bits of a sample
    36      4     "data"
    40      4     n
    44      n     samples, frame by frame; then a 0, if n is odd

All numbers are little-endian.  Whole samples are signed, but for those of 8 bits, whose silence is
128.  Floats, and more than 16 bits or 2 channels, need a longer format and the number of frames.

Multimedia Programming Interface and Data Specifications 1.0 (IBM and Microsoft, 1991), pages 56 to
65; WAVEFORMATEX and WAVEFORMATEXTENSIBLE in Microsoft's documentation of mmreg.h.
"""
import math
import struct
from collections import namedtuple

from ..errors import InputError
from ..tensor import Tensor, is_float
from ..twins import fastest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Sequence, Tuple

PCM, FLOAT, EXTENSIBLE = 1, 3, 0xFFFE
FORMAT = struct.Struct("<HHIIHH")
EXTENSION = struct.Struct("<HHIH")      # its size, bits that count, places of speakers, format
GUID = bytes.fromhex("000000001000800000aa00389b71")    # what follows a format's number there
NO_PLACES = 0                           # channels are not for speakers here or there
MAX_SIZE = 2 ** 32 - 1
MAX_FRAME = 2 ** 16 - 1
MAX_CHANNELS = MAX_FRAME // 2           # of 16 bits

Sample = namedtuple("Sample", "format bits silence")

SAMPLES = {
    "uint8":   Sample(PCM,   8,  128),
    "int16":   Sample(PCM,   16, 0),
    "int24":   Sample(PCM,   24, 0),
    "int32":   Sample(PCM,   32, 0),
    "float32": Sample(FLOAT, 32, 0),
}


def wav(samples: bytes, channels: int, sample_rate: int, sample: str = "int16") -> bytes:
    """Encode sound.

    samples:      as pcm() makes them; frame by frame
    sample_rate:  frames in a second
    sample:       what they are, of SAMPLES
    Raises InputError if one of them is wrong, or a field of the header cannot hold it.
    """
    form = _form(sample)
    width = form.bits // 8
    if not 1 <= channels <= MAX_FRAME // width:
        raise InputError("channels", "1 to %d" % (MAX_FRAME // width), str(channels))
    frame = channels * width
    if not 1 <= sample_rate <= MAX_SIZE // frame:       # the bytes in a second have 32 bits
        raise InputError("sample_rate", "1 to %d frames a second of %d bytes"
                         % (MAX_SIZE // frame, frame), str(sample_rate))
    most = MAX_SIZE - 73                                # the longest header, and a 0 at the end
    if len(samples) % frame or len(samples) > most:
        raise InputError("samples", "whole frames of %d bytes, at most %d bytes" % (frame, most),
                         "%d bytes" % len(samples))
    described = _describe(form, channels, sample_rate, frame, len(samples) // frame)
    return b"".join(_chunk(b"RIFF", b"WAVE", *described, *_chunk(b"data", samples)))


def _form(sample):
    if not isinstance(sample, str) or sample not in SAMPLES:
        raise InputError("sample", "one of %s" % ", ".join(sorted(SAMPLES)), repr(sample))
    return SAMPLES[sample]


def _chunk(name, *data):
    """Return a chunk in parts, which are joined once."""
    size = sum(map(len, data))
    return (name, struct.pack("<I", size), *data, bytes(size % 2))


def _describe(form, channels, sample_rate, frame, frames):
    """Return the chunks before the samples."""
    extensible = channels > 2 or form.format == PCM and form.bits > 16
    described = FORMAT.pack(EXTENSIBLE if extensible else form.format, channels, sample_rate,
                            sample_rate * frame, frame, form.bits)
    if extensible:
        described += EXTENSION.pack(22, form.bits, NO_PLACES, form.format) + GUID
    elif form.format != PCM:
        described += struct.pack("<H", 0)               # the size of an extension
    if len(described) == FORMAT.size:
        return _chunk(b"fmt ", described)
    return _chunk(b"fmt ", described) + _chunk(b"fact", struct.pack("<I", frames))


# ---- values to samples ----

#   dtype     silence  bits
INTEGERS = {
    "uint8":  (128,    8),              # as WAV files of 8 bits have them
    "int8":   (0,      8),
    "int16":  (0,      16),
    "int32":  (0,      32),
}


def pcm(tensor: Tensor, argument: str, warn: "Callable[[str, str], object]",
        sample: str = "int16") -> bytes:
    """Return the values as samples, little-endian, in the order they came.

    tensor:  floats from -1 to 1; what lies beyond is clipped, and NaN is silence
             int32, int16, int8 and uint8 (128 is silence) as they are, or brought to the bits of
             `sample`: the lower bits are cut off, or 0
    warn:    called with a cause and a text where values were clipped or replaced
    sample:  what to make of them, of SAMPLES
    Raises InputError for another dtype.
    """
    form = _form(sample)
    if is_float(tensor.dtype) and form.format == FLOAT:
        values = from_minus_1_to_1(tensor.values, warn)
        return struct.pack("<%df" % len(values), *values)
    if is_float(tensor.dtype):
        samples, nans, beyond = rounded(tensor.values, form.bits // 8)
        _tell(nans, beyond, len(tensor.values), warn)
        return samples.translate(SIGNED_TO_UNSIGNED) if form.silence else samples
    if tensor.dtype not in INTEGERS:
        raise InputError(argument, "floats from -1 to 1, int16, int32, int8 or uint8",
                         "%s, which does not say how loud 1 is" % tensor.dtype)
    silence, bits = INTEGERS[tensor.dtype]
    values = [v - silence << 32 - bits for v in tensor.values]
    if form.format == FLOAT:
        return struct.pack("<%df" % len(values), *[v / 2.0 ** 31 for v in values])
    samples = _upper(values, form.bits // 8)
    return samples.translate(SIGNED_TO_UNSIGNED) if form.silence else samples


def from_minus_1_to_1(values: "Sequence[float]",
                      warn: "Callable[[str, str], object]") -> "Sequence[float]":
    """Return floats without NaN, and clipped."""
    clipped, nans, beyond = _clipped(values)
    _tell(nans, beyond, len(values), warn)
    return clipped


def _tell(nans, beyond, size, warn):
    if nans:
        warn("NaN", "%d of %d samples are NaN, and became silence" % (nans, size))
    if beyond:
        warn("range", "floats beyond -1 to 1 were clipped; pass int16 for whole samples")


def _clipped(values):
    nans, beyond = sum(map(math.isnan, values)), False
    if nans:
        values = [0.0 if v != v else v for v in values]
    if min(values) < -1.0 or max(values) > 1.0:
        values, beyond = [min(max(v, -1.0), 1.0) for v in values], True
    return values, nans, beyond


@fastest
def rounded(values: "Sequence[float]", width: int) -> "Tuple[bytes, int, bool]":
    """Return (samples of `width` bytes, how many values are NaN, whether others are clipped).

    A sample has 32 bits as libsndfile rounds it, which tensorboardX uses; its upper bytes stay.
    """
    values, nans, beyond = _clipped(values)
    samples = [min(round(x * 2.0 ** 31), 2 ** 31 - 1) for x in values]
    return _upper(samples, width), nans, beyond


def _upper(samples, width):
    """Return the upper bytes of samples of 32 bits."""
    packed = struct.pack("<%di" % len(samples), *samples)
    out = bytearray(len(samples) * width)
    for i in range(width):
        out[i::width] = packed[4 - width + i::4]
    return bytes(out)


SIGNED_TO_UNSIGNED = bytes([i ^ 128 for i in range(256)])       # of a byte: 128 more
