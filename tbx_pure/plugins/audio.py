"""The audio plugin: WAV sound.  spec/plugins/audio.md"""
import re
import struct
from array import array

from . import checked_text, counted, metadata
from ..errors import FormatError, InputError, shown
from ..media.wav import FORMAT, MAX_SIZE, from_minus_1_to_1, pcm, wav
from ..tensor import is_float, real, view
from ..tensor_proto import tensor_values
from ..wire import BOOL, INT32, Message, enum

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List

ENCODING = enum("AudioPluginData.Encoding", UNKNOWN=0, WAV=11)

AUDIO_PLUGIN_DATA = Message("AudioPluginData",
    (1, "version",             INT32),
    (2, "encoding",            ENCODING),
    (3, "converted_to_tensor", BOOL))

WAVE = re.compile(b"RIFF.{4}WAVE", re.S)
OTHERS = re.compile(b"RIFX|RF64|FORM|fLaC|OggS|ID3")    # how files of sound begin that are no WAV
CHUNK = struct.Struct("<4sI")


def audio(tag: str, snd_tensor: "Any", sample_rate: "Any", warn: "Callable[[str, str], object]",
          sample: str = "int16", symmetric: bool = False) -> "Dict[str, Any]":
    """Return the summary of one sound.

    tag:          its name, as it is
    snd_tensor:   samples, see tbx_pure.media.wav; shape (frames,) or (frames, channels), or with
                  sizes of 1 around (frames,); or the bytes of a WAV file, written untouched
    sample_rate:  frames in a second, a whole number; a file has its own
    warn:         called with a cause and a text if values had to be clipped
    sample:       what is written of each channel, of tbx_pure.media.wav.SAMPLES
    symmetric:    int16 samples as torch makes them: 1 is 32767, -1 is -32767; and shape (1, 2) is
                  two frames, not a frame of two channels
    Raises InputError if snd_tensor has another shape or no samples, or an argument is no sound.
    """
    tag, rate = checked_text(tag, "tag"), _rate(sample_rate)
    tensor = view(snd_tensor, "snd_tensor")
    begins = bytes(tensor.values[:12]) if tensor.dtype == "uint8" else b""
    if WAVE.match(begins):
        return _summary(tag, *_file(bytes(tensor.values)))
    if OTHERS.match(begins):
        raise InputError("snd_tensor", "samples, or the bytes of a WAV file",
                         "a file that begins with %r" % begins[:4])
    frames, channels = _frames_and_channels(tensor.shape, symmetric)
    if symmetric and sample == "int16" and is_float(tensor.dtype):
        tensor = _symmetric(tensor, warn)
    data = wav(pcm(tensor, "snd_tensor", warn, sample), channels, rate, sample)
    return _summary(tag, rate, channels, frames, data)


def _summary(tag, rate, channels, frames, data):
    return {"value": [{"tag": tag, "audio": {
        "sample_rate": rate, "num_channels": channels, "length_frames": frames,
        "encoded_audio_string": data, "content_type": "audio/wav"}}]}


def _file(data):
    """Return (frames in a second, channels, frames, data) of a WAV file."""
    pos, found = 12, {}
    while pos + 8 <= len(data):         # a name, a size, and so many bytes, to an even one
        name, size = CHUNK.unpack_from(data, pos)
        found.setdefault(name, data[pos + 8:pos + 8 + size])
        pos += 8 + size + size % 2
    if len(found.get(b"fmt ", b"")) < FORMAT.size or b"data" not in found:
        raise InputError("snd_tensor", "a whole WAV file: its chunks 'fmt ' and 'data'",
                         "chunks %s of %d bytes" % (sorted(found), len(data)))
    _, channels, rate, _, frame, _ = FORMAT.unpack_from(found[b"fmt "])
    frames = len(found[b"data"]) // max(frame, 1)
    if not (channels and rate and frame and frames):
        raise InputError("snd_tensor", "a WAV file with sound", "%d channels, %d frames, %d in a "
                         "second" % (channels, frames, rate))
    return rate, channels, frames, data


def _symmetric(tensor, warn):
    """As NumPy, which torch uses: of float32 the product is float32 before it is cut."""
    products = [x * 32767 for x in from_minus_1_to_1(tensor.values, warn)]
    if tensor.dtype == "float32":
        products = array("f", products)
    return tensor._replace(dtype="int16", values=list(map(int, products)))


def _rate(sample_rate):
    rate = real(sample_rate, "sample_rate")
    if not (1 <= rate <= MAX_SIZE and rate == int(rate)):
        raise InputError("sample_rate", "a whole number from 1 to %d" % MAX_SIZE,
                         shown(sample_rate))
    return int(rate)


def _frames_and_channels(shape, squeezed):
    """Return (frames, channels).

    Up to two channels are taken as tensorboardX takes them.  More channels than frames are most
    likely (channels, frames): of the wrong order, nothing would be heard.
    """
    if 0 in shape:
        raise InputError("snd_tensor", "at least one sample", "shape %s" % (shape,))
    if len(shape) == 2 and shape[1] <= (shape[0] if squeezed else max(2, shape[0])):
        return shape
    sizes = [size for size in shape if size != 1]       # torch drops the others
    if not shape or len(sizes) > 1:
        raise InputError("snd_tensor", "shape (frames,), or (frames, channels) with no more "
                         "channels than frames", "shape %s" % (shape,))
    return max(shape), 1


def read(value: "Dict[str, Any]") -> "List[Dict[str, Any]]":
    """Return the sounds of a Summary.Value: of each sample_rate, channels, frames and encoded.

    encoded is the bytes of a WAV.  A tensor may have several; it says nothing beside them, so their
    own headers do, and the numbers are 0 of what is no WAV.
    Raises FormatError if a tensor is not of files, or of files and a label each.  [audio-5]
    """
    if "audio" in value:
        fields = value["audio"]
        return [{"sample_rate": fields.get("sample_rate", 0.0),
                 "channels": fields.get("num_channels", 0),
                 "frames": fields.get("length_frames", 0),
                 "encoded": fields.get("encoded_audio_string", b"")}]
    return list(map(_of_file, _files(tensor_values(value["tensor"]))))


def _files(tensor):
    if tensor.dtype != "string" or not tensor.shape or tensor.shape[1:] not in ((), (2,)):
        raise FormatError("%s is not sounds" % (tensor,), 0, "audio-5")
    return tensor.values[::2] if tensor.shape[1:] == (2,) else tensor.values


def _of_file(data):
    try:
        rate, channels, frames, _ = _file(data)
    except InputError:                  # FLAC, MP3, or damaged: who plays it will know
        rate = channels = frames = 0
    return {"sample_rate": float(rate), "channels": channels, "frames": frames, "encoded": data}


def as_tensor(value: "Dict[str, Any]") -> "Dict[str, Any]":
    """Return the sound as a tensor of one text, its encoded bytes.

    TensorFlow writes shape (1, 2), a label beside them; where metadata has a data class, as ours,
    TensorBoard's Python loader takes such a label for a sound.  [audio-5]
    """
    content = AUDIO_PLUGIN_DATA.encode({"encoding": "WAV"})
    return {"tensor": {"dtype": "DT_STRING", "tensor_shape": {"dim": [{"size": 1}]},
                       "string_val": [sound["encoded"] for sound in read(value)]},
            "metadata": metadata("audio", content=content)}


def describe(value: "Dict[str, Any]") -> str:
    return ", ".join("%s, %s, %g frames a second, %s" % (
        counted(sound["frames"], "frame"), counted(sound["channels"], "channel"),
        sound["sample_rate"], counted(len(sound["encoded"]), "byte")) for sound in read(value))
