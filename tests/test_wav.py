"""WAV files, looked at by the standard library's wave, and values as 16-bit samples."""
import io
import math
import struct
import sys
import unittest
import wave

from tbx_pure.errors import InputError
from tbx_pure.media.wav import MAX_CHANNELS, MAX_SIZE, SAMPLES, pcm, wav
from tbx_pure.tensor import Tensor

from .test_plugins import silent
from .wav_reader import read_wav

INF, NAN = math.inf, math.nan
FORMATS = {"uint8": (1, 8), "int16": (1, 16), "int24": (1, 24), "int32": (1, 32), "float32": (3, 32)}


def numbers(sample, data):
    """Return samples as numbers, of whole ones the distance from silence."""
    bits = FORMATS[sample][1]
    if sample == "float32":
        return list(struct.unpack("<%df" % (len(data) // 4), data))
    parts = [data[i:i + bits // 8] for i in range(0, len(data), bits // 8)]
    return [int.from_bytes(part, "little", signed=bits > 8) - 128 * (bits == 8) for part in parts]


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
        numbers = range(-600, 600, 10)
        data = struct.pack("<%dh" % len(numbers), *numbers)
        for channels in (1, 2):         # of more, the wave module of older Pythons knows nothing
            with wave.open(io.BytesIO(wav(data, channels, 8000))) as f:
                self.assertEqual(f.getparams()[:4], (channels, 2, 8000, 120 // channels))
                self.assertEqual(f.readframes(1000), struct.pack("=%dh" % len(numbers), *numbers))

    def test_nothing_in_it(self):
        with wave.open(io.BytesIO(wav(b"", 1, 1))) as f:
            self.assertEqual(f.getnframes(), 0)

    def test_every_sample_and_number_of_channels(self):
        for sample, (form, bits) in FORMATS.items():
            for channels in (1, 2, 3, 4, 6, 8, 13):
                data = bytes(range(bits // 8 * channels)) * 5
                self.assertEqual(read_wav(wav(data, channels, 8000, sample)),
                                 (form, channels, 8000, bits, data))

    def test_the_form_that_the_format_asks_for(self):
        forms = {(sample, channels): struct.unpack_from("<H", wav(b"", channels, 1, sample), 20)[0]
                 for sample in FORMATS for channels in (1, 2, 3)}
        self.assertEqual({key for key, form in forms.items() if form == 1},
                         {("uint8", 1), ("uint8", 2), ("int16", 1), ("int16", 2)})
        self.assertEqual({key for key, form in forms.items() if form == 3},
                         {("float32", 1), ("float32", 2)})
        self.assertEqual(set(forms.values()), {1, 3, 0xFFFE})

    def test_even_at_the_end(self):
        for frames in range(5):
            for sample in ("uint8", "int24"):
                data = b"\7" * (frames * FORMATS[sample][1] // 8)
                self.assertEqual(len(wav(data, 1, 8000, sample)) % 2, 0)
                self.assertEqual(read_wav(wav(data, 1, 8000, sample))[4], data)

    def test_bytes_of_the_long_form(self):
        # WAVEFORMATEXTENSIBLE as mmreg.h has it, KSDATAFORMAT_SUBTYPE_PCM
        self.assertEqual(wav(b"\1\2\3", 1, 8000, "int24").hex(),
                         "52494646" "4c000000" "57415645" "666d7420" "28000000"
                         "feff" "0100" "401f0000" "c05d0000" "0300" "1800"
                         "1600" "1800" "00000000" "0100000000001000800000aa00389b71"
                         "66616374" "04000000" "01000000" "64617461" "03000000" "01020300")

    def test_limits(self):
        self.assertEqual(len(wav(bytes(2 * MAX_CHANNELS), MAX_CHANNELS, 65537)), 80 + 65534)
        self.assertEqual(read_wav(wav(bytes(65532), 16383, 1, "int32"))[1], 16383)
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
                ((b"", 16384, 8000, "int32"), "channels"), ((b"", 1, 1, "int64"), "sample"),
                ((b"", 1, 1, None), "sample"), ((b"", 1, 1, []), "sample"),
                ((b"abc", 1, 8000), "samples"), ((b"ab", 2, 8000), "samples"),
                ((Long(), 1, 8000), "samples")):
            if arguments[0].__class__ is Long and MAX_SIZE > sys.maxsize:
                continue                # on a machine of 32 bits there is no such thing
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

    def test_other_samples(self):
        self.assertEqual(set(SAMPLES), set(FORMATS))
        floats = [0.0, 0.5, -0.5, 1.0, -1.0, 0.1, -1e-9]
        for sample, expected in (
                ("uint8", [0, 64, -64, 127, -128, 12, -1]),
                ("int16", [0, 16384, -16384, 32767, -32768, 3276, -1]),
                ("int24", [0, 2 ** 22, -2 ** 22, 2 ** 23 - 1, -2 ** 23, 838860, -1]),
                ("int32", [0, 2 ** 30, -2 ** 30, 2 ** 31 - 1, -2 ** 31, 214748365, -2]),
                ("float32", struct.unpack("7f", struct.pack("7f", *floats)))):
            data = pcm(Tensor("float64", (7,), floats), "x", silent, sample)
            self.assertEqual(numbers(sample, data), list(expected))

    def test_whole_numbers_are_kept(self):
        for dtype, values in (("uint8", list(range(256))), ("int16", [0, 1, -1, 32767, -32768]),
                              ("int8", list(range(-128, 128))), ("int32", [0, 1, -1, 2 ** 31 - 1, -2 ** 31])):
            x = Tensor(dtype, (len(values),), values)
            bits = int(dtype.lstrip("uint"))
            silence = 128 if dtype == "uint8" else 0
            for sample, (_, wide) in FORMATS.items():
                found = numbers(sample, pcm(x, "x", silent, sample))
                if sample == "float32":
                    self.assertEqual(found, [numbers("float32", struct.pack("<f", (v - silence) / 2 ** (bits - 1)))[0]
                                             for v in values])
                else:
                    self.assertEqual(found, [(v - silence) << wide - bits if wide >= bits
                                             else v >> bits - wide for v in values])

    def test_nan_and_clipped_in_floats(self):
        heard = []
        data = pcm(Tensor("float32", (3,), [NAN, 2.0, -INF]), "x", lambda *w: heard.append(w[0]), "float32")
        self.assertEqual((numbers("float32", data), heard), ([0.0, 1.0, -1.0], ["NaN", "range"]))

    def test_refused(self):
        for dtype in ("int64", "uint16", "uint32", "uint64", "bool"):
            with self.assertRaises(InputError) as caught:
                samples(dtype, [1])
            self.assertEqual(str(caught.exception),
                             "snd_tensor: need floats from -1 to 1, int16, int32, int8 "
                             "or uint8, got %s, which does not say how loud 1 is" % dtype)


if __name__ == "__main__":
    unittest.main()
