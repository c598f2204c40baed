"""add_audio: sound of any shape, its record, and back."""
import io
import math
import struct
import unittest
import wave
from array import array
from functools import reduce
from operator import mul

from tbx_pure import SummaryWriter
from tbx_pure.errors import InputError
from tbx_pure.messages import SUMMARY
from tbx_pure.plugins import audio as plugin
from tbx_pure.plugins import describe, tensor_style
from tbx_pure.plugins.audio import AUDIO_PLUGIN_DATA, audio

from .helpers import InDirectory, events, summaries
from .test_plugins import silent, written


def numbers(dtype, shape):
    """Return zeros in a buffer of any shape."""
    flat = array(dtype, [0] * reduce(mul, shape))
    return memoryview(flat).cast("B").cast(dtype, shape)


def chunks(data):
    """Return {name: data} of the chunks of a WAV file.  (wave reads 2 channels, before Python 3.12.)"""
    found, pos = {}, 12
    while pos < len(data):
        name, size = struct.unpack_from("<4sI", data, pos)
        found[name] = data[pos + 8:pos + 8 + size]
        pos += 8 + size + size % 2
    if (data[:4], data[8:12], pos) != (b"RIFF", b"WAVE", len(data)):
        raise AssertionError("no WAV file")
    return found


class TestBytes(unittest.TestCase):
    """Records of tensorboardX 2.6.5 (soundfile 0.14.0, libsndfile 1.2.2)."""

    def test_mono(self):
        expected = ("0a530a03612062324c0d0000fa45100118052236524946462e00000057415645666d74201000"
                    "000001000100401f0000803e000002001000646174610a0000000000004000c0ff7f00802a09"
                    "617564696f2f776176")
        for x in ([0, 0.5, -0.5, 1, -1], array("f", [0, 0.5, -0.5, 1, -1]),
                  [[0.0], [0.5], [-0.5], [1.0], [-1.0]]):
            self.assertEqual(SUMMARY.encode(audio("a b", x, 8000, silent)).hex(), expected)

    def test_stereo(self):
        self.assertEqual(SUMMARY.encode(audio("a", [[0, 0.5], [-0.5, 1]], 44100, silent)).hex(),
                         "0a4f0a0161324a0d00442c47100218022234524946462c00000057415645666d74201000"
                         "00000100020044ac000010b102000400100064617461080000000000004000c0ff7f2a09"
                         "617564696f2f776176")

    def test_int32(self):
        self.assertEqual(SUMMARY.encode(audio("a", array("i", [0, 1, -1]), 1, silent)).hex(),
                         "0a4d0a016132480d0000803f100118032232524946462a00000057415645666d74201000"
                         "000001000100010000000200000002001000646174610600000000000000ffff2a096175"
                         "64696f2f776176")

    def test_plugin_data(self):
        self.assertEqual(AUDIO_PLUGIN_DATA.encode({"encoding": "WAV",
                                                   "converted_to_tensor": True}).hex(),
                         "100b1801")


class TestAudio(unittest.TestCase):

    def test_int16_is_kept(self):
        value = written(audio("a", array("h", [0, 6543, -12367]), 8000, silent))
        with wave.open(io.BytesIO(plugin.read(value)[0]["encoded"])) as f:
            self.assertEqual(struct.unpack("=3h", f.readframes(3)), (0, 6543, -12367))

    def test_shapes(self):
        for shape, frames, channels in (
                ((5,), 5, 1), ((5, 1), 5, 1), ((5, 2), 5, 2), ((1, 2), 1, 2), ((1, 1), 1, 1),
                ((1,), 1, 1),
                ((2, 2), 2, 2), ((3, 3), 3, 3), ((9, 6), 9, 6), ((1, 5), 5, 1), ((1, 1, 5), 5, 1),
                ((1, 5, 1), 5, 1), ((1, 1, 1), 1, 1)):
            with self.subTest(shape):
                fields = written(audio("a", numbers("f", shape), 8000, silent))["audio"]
                self.assertEqual((fields["length_frames"], fields["num_channels"]),
                                 (frames, channels))
                found = chunks(fields["encoded_audio_string"])
                self.assertEqual(struct.unpack_from("<H", found[b"fmt "], 2), (channels,))
                self.assertEqual(len(found[b"data"]), frames * channels * 2)

    def test_wrong_shapes(self):
        for shape in ((2, 5), (3, 4), (2, 5, 1), (1, 2, 5), (2, 2, 2)):
            self.refused("snd_tensor", "channels than frames", numbers("f", shape))
        for x in ([], [[]], [[], []]):
            self.refused("snd_tensor", "at least one sample", x)
        self.refused("snd_tensor", "shape (frames,)", 0.5)

    def refused(self, argument, need, snd_tensor, sample_rate=8000, tag="a"):
        with self.subTest(repr(snd_tensor)[:50]), self.assertRaises(InputError) as caught:
            audio(tag, snd_tensor, sample_rate, silent)
        self.assertEqual(caught.exception.argument, argument)
        self.assertIn(need, caught.exception.need)

    def test_no_sound(self):
        for x in (None, "abc", [1j], [0, 1], True, [[0.5], [0.5, 0.5]]):
            with self.assertRaises(InputError) as caught:
                audio("a", x, 8000, silent)
            self.assertEqual(caught.exception.argument, "snd_tensor")
        self.refused("tag", "text", [0.5], tag=None)
        self.refused("tag", "UTF-8", [0.5], tag="\ud800")

    def test_samples(self):
        x = [0.5, -1.0, 0.25]
        for sample, form, bits, data in (
                ("uint8", 1, 8, "c000a0"), ("int16", 1, 16, "004000800020"),
                ("int24", 1, 24, "000040000080000020"), ("int32", 1, 32, "000000400000008000000020"),
                ("float32", 3, 32, "0000003f000080bf0000803e")):
            fields = written(audio("a", x, 8000, silent, sample))["audio"]
            found = chunks(fields["encoded_audio_string"])
            tag, channels, rate, _, frame, wide = struct.unpack_from("<HHIIHH", found[b"fmt "])
            if tag == 0xFFFE:                           # the format stands further behind
                tag, = struct.unpack_from("<H", found[b"fmt "], 24)
            self.assertEqual((tag, channels, rate, frame, wide), (form, 1, 8000, bits // 8, bits))
            self.assertEqual(found[b"data"].hex(), data)
            self.assertEqual((fields["length_frames"], fields["num_channels"]), (3, 1))
        for sample in ("int8", "float64", 16, None):
            with self.assertRaises(InputError) as caught:
                audio("a", x, 8000, silent, sample)
            self.assertEqual(caught.exception.argument, "sample")

    def test_a_file_is_untouched(self):
        for channels, sample in ((1, "int16"), (2, "uint8"), (2, "float32"), (6, "int24")):
            sound = [[0.1] * channels] * 7
            file = written(audio("a", sound, 22050, silent, sample))["audio"]["encoded_audio_string"]
            for given in (file, bytearray(file), memoryview(file), file + b"LIST\x03\0\0\0abc\0"):
                fields = written(audio("a", given, 44100, silent))["audio"]
                self.assertEqual(fields, {
                    "sample_rate": 22050.0, "num_channels": channels, "length_frames": 7,
                    "encoded_audio_string": bytes(given), "content_type": "audio/wav"})
        for bad in (file[:12], file[:30], file[:12] + b"fmt \x10\0\0\0" + bytes(16) + b"data\0\0\0\0"):
            self.refused("snd_tensor", "WAV file", bad)
        self.assertEqual(written(audio("a", b"RIFF", 1, silent))["audio"]["length_frames"], 4)  # samples
        for other in (b"ID3\x04", b"fLaC", b"OggS", b"RF64", b"RIFX", b"FORM"):
            for kind in bytes, bytearray:
                self.refused("snd_tensor", "WAV file", kind(other + bytes(100)))

    def test_rate(self):
        for rate in (1, 44100.0, array("i", [8000]), 2 ** 31 - 1):
            fields = written(audio("a", [0.5], rate, silent))["audio"]
            with wave.open(io.BytesIO(fields["encoded_audio_string"])) as f:
                self.assertEqual(f.getframerate(), rate if isinstance(rate, (int, float)) else 8000)
        for rate in (0, -1, 0.5, 22050.5, 2 ** 32, 2 ** 32 - 1, math.inf, math.nan, "8000", None,
                     [1, 2], 10 ** 400):
            self.refused("sample_rate", "", [0.5], rate)

    def test_read(self):
        value = written(audio("a", [[0.5, 0.5]] * 3, 8000, silent))
        fields, = plugin.read(value)
        self.assertEqual((fields["sample_rate"], fields["channels"], fields["frames"],
                          len(fields["encoded"])),
                         (8000.0, 2, 3, 44 + 12))
        self.assertEqual(describe(value),
                         "audio  3 frames, 2 channels, 8000 frames a second, 56 bytes")
        self.assertEqual(describe({"audio": {}}),
                         "audio  0 frames, 0 channels, 0 frames a second, 0 bytes")

    def test_tensor_style(self):
        summary = audio("a", [0.5], 8000, silent)
        value = written(tensor_style(summary))
        self.assertEqual(value["tensor"], {
            "dtype": "DT_STRING", "tensor_shape": {"dim": [{"size": 1}]},
            "string_val": [summary["value"][0]["audio"]["encoded_audio_string"]]})
        self.assertEqual(value["metadata"], {"plugin_data": {"plugin_name": "audio",
                                                             "content": b"\x10\x0b"},
                                             "data_class": "DATA_CLASS_BLOB_SEQUENCE"})


class TestWriter(InDirectory):

    def test_sample(self):
        with SummaryWriter(self.directory) as writer:
            writer.add_audio("a", [0.5], sample="float32")
        (_, value), = summaries(self.directory)
        self.assertEqual(chunks(value["audio"]["encoded_audio_string"])[b"data"], struct.pack("<f", 0.5))

    def test_add_audio(self):
        with SummaryWriter(self.directory) as writer:
            writer.add_audio("a b", [0.0, 0.5], 7, sample_rate=8000)
            with self.assertRaises(InputError) as caught:
                writer.add_audio("a", [])
            with self.assertWarns(UserWarning) as heard:
                writer.add_audio("loud", [0.0, 5])
        self.assertEqual(str(caught.exception),
                         "add_audio('a'): snd_tensor: need at least one sample, got shape (0,)")
        self.assertIn("add_audio('loud'): floats beyond", str(heard.warning))
        (step, first), (_, second) = summaries(self.directory)
        self.assertEqual((step, first["tag"], first["audio"]["content_type"]),
                         (7, "a b", "audio/wav"))
        self.assertEqual((second["tag"], second["audio"]["sample_rate"]), ("loud", 44100.0))
        self.assertEqual(len(events(self.directory)), 3)


if __name__ == "__main__":
    unittest.main()
