"""The audio plugin: WAV sound.  spec/plugins/audio.md"""
from . import checked_text, metadata
from ..errors import InputError, shown
from ..media.wav import MAX_SIZE, pcm, wav
from ..tensor import real, view
from ..wire import BOOL, INT32, Message, enum

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict

ENCODING = enum("AudioPluginData.Encoding", UNKNOWN=0, WAV=11)

AUDIO_PLUGIN_DATA = Message("AudioPluginData",
    (1, "version",             INT32),
    (2, "encoding",            ENCODING),
    (3, "converted_to_tensor", BOOL))


def audio(tag: str, snd_tensor: "Any", sample_rate: "Any",
          warn: "Callable[[str, str], object]") -> "Dict[str, Any]":
    """Return the summary of one sound.

    tag:          its name, as it is
    snd_tensor:   samples, see tbx_pure.media.wav; shape (frames,) or (frames, channels), or with
                  sizes of 1 around (frames,)
    sample_rate:  frames in a second, a whole number
    warn:         called with a cause and a text if values had to be clipped
    Raises InputError if snd_tensor has another shape or no samples, or an argument is no sound.
    """
    tag, rate = checked_text(tag, "tag"), _rate(sample_rate)
    tensor = view(snd_tensor, "snd_tensor")
    frames, channels = _frames_and_channels(tensor.shape)
    return {"value": [{"tag": tag, "audio": {
        "sample_rate": rate, "num_channels": channels, "length_frames": frames,
        "encoded_audio_string": wav(pcm(tensor, "snd_tensor", warn), channels, rate),
        "content_type": "audio/wav"}}]}


def _rate(sample_rate):
    rate = real(sample_rate, "sample_rate")
    if not (1 <= rate <= MAX_SIZE and rate == int(rate)):
        raise InputError("sample_rate", "a whole number from 1 to %d" % MAX_SIZE,
                         shown(sample_rate))
    return int(rate)


def _frames_and_channels(shape):
    """Return (frames, channels).

    Up to two channels are taken as tensorboardX takes them.  More channels than frames are most
    likely (channels, frames): of the wrong order, nothing would be heard.
    """
    if 0 in shape:
        raise InputError("snd_tensor", "at least one sample", "shape %s" % (shape,))
    if len(shape) == 2 and shape[1] <= max(2, shape[0]):
        return shape
    sizes = [size for size in shape if size != 1]       # torch drops the others
    if not shape or len(sizes) > 1:
        raise InputError("snd_tensor", "shape (frames,), or (frames, channels) with no more "
                         "channels than frames", "shape %s" % (shape,))
    return max(shape), 1


def read(value: "Dict[str, Any]") -> "Dict[str, Any]":
    """Return sample_rate, channels, frames and encoded, the bytes of a WAV, of a Summary.Value."""
    fields = value["audio"]
    return {"sample_rate": fields.get("sample_rate", 0.0),
            "channels": fields.get("num_channels", 0), "frames": fields.get("length_frames", 0),
            "encoded": fields.get("encoded_audio_string", b"")}


def as_tensor(value: "Dict[str, Any]") -> "Dict[str, Any]":
    """Return the sound as a tensor of one text, its encoded bytes.

    TensorFlow writes shape (1, 2), a label beside them; where metadata has a data class, as ours,
    TensorBoard's Python loader takes such a label for a sound.  [audio-5]
    """
    content = AUDIO_PLUGIN_DATA.encode({"encoding": "WAV"})
    return {"tensor": {"dtype": "DT_STRING", "tensor_shape": {"dim": [{"size": 1}]},
                       "string_val": [read(value)["encoded"]]},
            "metadata": metadata("audio", content=content)}


def describe(value: "Dict[str, Any]") -> str:
    fields = read(value)
    return "%d frames, %d channels, %g frames a second, %d bytes" % (
        fields["frames"], fields["channels"], fields["sample_rate"], len(fields["encoded"]))
