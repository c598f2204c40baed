"""WAV files, looked at by the standard library's wave, and values as 16-bit samples."""
import io
import math
import struct
import unittest
import wave

from tbx_pure.errors import InputError
from tbx_pure.media.wav import MAX_CHANNELS, MAX_SIZE, pcm, wav
from tbx_pure.tensor import Tensor

from .test_plugins import silent

INF, NAN = math.inf, math.nan


def samples(dtype, values, warn=silent):
    data = pcm(Tensor(dtype, (len(values),), values), "snd_tensor", warn)
    return list(struct.unpack("<%dh" % len(values), data))


class TestWav(unittest.TestCase):

    def test_bytes(self):
        # libsndfile 1.2.2, by tensorboardX 2.6.5: audio([[0, 0.5], [-0.5, 1]], 44100)
        self.assertEqual(wav(bytes.fromhex("0000004000c0ff7f"), 2, 44100).hex(),
                         "524946462c00000057415645666d7420100000000100020044ac000010b1020004001000"
                         "64617461080000000000004000c0ff7f")

    def test_read_by_another(self):
        data = b"".join(struct.pack("<h", n) for n in range(-600, 600, 10))
        for channels in (1, 2, 3, 6):
            with wave.open(io.BytesIO(wav(data, channels, 8000))) as f:
                self.assertEqual(f.getparams()[:4], (channels, 2, 8000, 120 // channels))
                self.assertEqual(f.readframes(1000), data)

    def test_nothing_in_it(self):
        with wave.open(io.BytesIO(wav(b"", 1, 1))) as f:
            self.assertEqual(f.getnframes(), 0)

    def test_limits(self):
        self.assertEqual(len(wav(bytes(2 * MAX_CHANNELS), MAX_CHANNELS, 65537)), 44 + 65534)
        self.assertEqual(wav(b"\0\0", 1, MAX_SIZE // 2)[24:32].hex(), "ffffff7f" "feffffff")

    def test_refused(self):
        class Long(bytes):
            def __len__(self):
                return MAX_SIZE - 35
        for arguments, argument in (
                ((b"", 0, 8000), "channels"), ((b"", MAX_CHANNELS + 1, 8000), "channels"),
                ((b"", 1, 0), "sample_rate"), ((b"", 1, -1), "sample_rate"),
                ((b"", 1, MAX_SIZE // 2 + 1), "sample_rate"),
                ((b"", 2, MAX_SIZE // 4 + 1), "sample_rate"),
                ((b"abc", 1, 8000), "samples"), ((b"ab", 2, 8000), "samples"),
                ((Long(), 1, 8000), "samples")):
            with self.subTest(arguments), self.assertRaises(InputError) as caught:
                wav(*arguments)
            self.assertEqual(caught.exception.argument, argument)


class TestSamples(unittest.TestCase):

    def test_floats(self):
        # tensorboardX 2.6.5
        for x, sample in (
                (0.0, 0), (-0.0, 0), (0.5, 16384), (-0.5, -16384), (1.0, 32767), (-1.0, -32768),
                (0.1, 3276), (-0.1, -3277), (2.0 ** -15, 1), (-2.0 ** -15, -1), (-1e-9, -1),
                (2.0 ** -15 - 2.0 ** -32, 1),               # rounded to 32 bits, half to even
                (2.0 ** -15 - 2.0 ** -32 - 2.0 ** -40, 0), (-2.0 ** -40, 0),
                (1 - 2.0 ** -33, 32767), (1 - 2.0 ** -15, 32767), (1 - 2.0 ** -15 - 1e-9, 32766)):
            for dtype in ("float16", "float32", "float64"):
                self.assertEqual(samples(dtype, [x]), [sample], x)

    def test_clipped(self):
        heard = []
        self.assertEqual(samples("float64", [2.0, -INF, 0.25, INF, -1.0000001],
                                 lambda *w: heard.append(w)),
                         [32767, -32768, 8192, 32767, -32768])
        self.assertEqual(heard,
                         [("range",
                           "floats beyond -1 to 1 were clipped; pass int16 for whole samples")])

    def test_nan_is_silence(self):
        heard = []
        self.assertEqual(samples("float32", [NAN, 0.5, NAN], lambda *w: heard.append(w)),
                         [0, 16384, 0])
        self.assertEqual(heard, [("NaN", "2 of 3 samples are NaN, and became silence")])

    def test_integers(self):
        for dtype, values, expected in (
                ("int16", [0, 1, -1, 12367, -32768, 32767], [0, 1, -1, 12367, -32768, 32767]),
                ("int32", [0, 65535, 65536, -1, 2 ** 31 - 1, -2 ** 31],
                 [0, 0, 1, -1, 32767, -32768]),
                ("int8", [0, 1, -1, 127, -128], [0, 256, -256, 32512, -32768]),
                ("uint8", [128, 129, 127, 255, 0], [0, 256, -256, 32512, -32768])):
            with self.subTest(dtype):
                self.assertEqual(samples(dtype, values), expected)

    def test_refused(self):
        for dtype in ("int64", "uint16", "uint32", "uint64", "bool"):
            with self.assertRaises(InputError) as caught:
                samples(dtype, [1])
            self.assertEqual(str(caught.exception),
                             "snd_tensor: need floats from -1 to 1, int16, int32, int8 "
                             "or uint8, got %s, which does not say how loud 1 is" % dtype)


if __name__ == "__main__":
    unittest.main()
