"""Every kernel equals its plain twin; the switch turns kernels off; a missing folder is no loss."""
import os
import random
import shutil
import struct
import unittest
from array import array
from fractions import Fraction

from tbx_pure import crc32c, histogram, tensor, twins
from tbx_pure.kernels import KERNELS, borrowed
from tbx_pure.kernels import crc32c as folding
from tbx_pure.media import pixels, wav
from tbx_pure.plugins import pr_curves
from tbx_pure.read import batches
from tbx_pure.record import frame
from tbx_pure.tensor import Tensor

from . import test_batches
from .fake_array import Array
from .helpers import PACKAGE, PACKAGE_NAME, InDirectory, python

RANDOM = random.Random(0)
BYTES = [bytes(n) for n in range(70)] + [b"\xff" * n for n in range(70)] + [
    bytes(RANDOM.getrandbits(8) for _ in range(n)) for n in [1, 2, 3, 7, 8, 9, 63, 64, 65, 1000, 5000, 32768, 32769, 70000]
    + list(range(90, 400, 7))]

STRETCHES = [test_batches.stretch(seed) for seed in range(3)] + [
    test_batches.stretch(seed, [form], 150) for seed, form in enumerate(test_batches.FORMS)] + [
    b"", frame(b""), test_batches.stretch(3)[:-1]]
DAMAGED = bytearray(STRETCHES[0])
DAMAGED[len(DAMAGED) // 2] ^= 1
STRETCHES.append(bytes(DAMAGED))

INF, NAN = float("inf"), float("nan")


def gauss(n, scale=1.0, spread=0):
    return [RANDOM.gauss(0, scale) * 10 ** RANDOM.uniform(-spread, 0) for _ in range(n)]


FLOATS = [
    [RANDOM.random() * 2.0 ** -RANDOM.randrange(12) for _ in range(40000)],
    [1.0 - d * 2.0 ** -33 for d in range(100)], [(i + 0.5) * 2.0 ** -31 for i in range(-200, 200)],
    [i / 255 * (1 + d * 2.0 ** -23) for i in range(256) for d in (-1, 0, 1)],
    gauss(1), gauss(63), gauss(64), gauss(100, 1e-3), gauss(300, 1.0, 30), gauss(9000), gauss(9000, 1e4, 15),
    [x * x for x in gauss(17000)], [0.0, -0.0] * 50, [-0.0, 0.0] * 50, [max(x, -0.0) for x in gauss(200)],
    [-max(x, 0.0) for x in gauss(200)], [1e-45, -1e-45, 3e-39, 1.0] * 30, [NAN] * 70, [INF] * 70,
    gauss(100) + [NAN, INF, -INF, NAN], [INF, -INF] * 40, gauss(100) + [1e30, -1e30], [0.1] * 9000,
    [i / 255 for i in range(256)], [i / 32768 for i in range(-32768, 32769, 97)], [-1.0, 1.0] * 40,
    [RANDOM.random() for _ in range(400)], [1.0 + 2.0 ** -20] * 70, [256 / 255, -1 / 255] * 40]
BEYOND_FLOAT32 = [[1e300, -1e300, 1.0] * 30, [1e155] * 70, [5e-324, 1e-200] * 40, gauss(100, 1e-160)]
INTEGERS = [("B", list(range(256)) * 2), ("b", list(range(-128, 128))), ("H", [0, 65535] * 40),
            ("i", [RANDOM.getrandbits(31) - 2 ** 30 for _ in range(9000)]), ("i", [-2 ** 31, 2 ** 31 - 1] * 40),
            ("q", [2 ** 53 + 1, -2 ** 63, 2 ** 63 - 1] * 30), ("Q", [2 ** 64 - 1, 0] * 40), ("B", [0, 1, 1] * 40)]
ARRAYS = ([array("f", values) for values in FLOATS] + [array("d", values) for values in FLOATS + BEYOND_FLOAT32]
          + [array(letter, values) for letter, values in INTEGERS])


def shown(arrays):
    """Return values as a Tensor has them: of buffers, of arrays that compute, and as lists."""
    return [memoryview(x) for x in arrays] + [memoryview(Array(x.typecode, x)) for x in arrays] + [
        x.tolist() for x in arrays]


def floats():
    return shown(x for x in ARRAYS if x.typecode in "fd")


def of_range(low, high):
    """Return those whose numbers are in the range, brought into it, or just beyond."""
    scaled = [array(x.typecode, [min(max(v, low), high) for v in x]) for x in ARRAYS if x.typecode in "fd"]
    return shown(scaled)


EDGES = [histogram.default_edges(), [-1.0, 0.0, 0.0, 1.5, 1.5], [0.0, 1.0], [-1e30, 1e30], [5.0, 5.0],
         lambda kept, ordered: [ordered[0], kept[0], ordered[-1]]]
LABELS = [array("B", [RANDOM.getrandbits(1) for _ in range(400)]), array("d", [0.0, 1.0] * 200),
          array("d", [0.5, 1.0] * 200), array("q", [1] * 400)]
PREDICTIONS = [Tensor({"f": "float32", "d": "float64"}[values.format], (400,), values) for values in shown(
    array(letter, [RANDOM.random() * most for _ in range(398)] + [0.0, 1.0]) for letter in "fd" for most in (1, 2))
    if isinstance(values, memoryview)]
DTYPE = {"f": "float32", "d": "float64"}

#   plain function     arguments to compare it on: edges and random ones
CASES = {
    "crc32c.crc32c":   [(data,) for data in BYTES] + [(data, RANDOM.getrandbits(32)) for data in BYTES],
    "batches.gather":  [(buf, 0, stop, batches.look, crc32c.crc32c) for buf in STRETCHES
                        for stop in (len(buf), len(buf) // 3)],
    "tensor.extremes": [(values,) for values in shown(ARRAYS)],
    "tensor.float32":  [(values, "x") for values in shown(ARRAYS)],
    "histogram.count": [(values, edges, histogram.between) for values in shown(ARRAYS) for edges in EDGES],
    "pixels.scaled":   [(values, DTYPE.get(getattr(values, "format", "d"))) for values in floats() + of_range(0, 1)],
    "wav.rounded":     [(values, width) for values in floats() + of_range(-1, 1) for width in (1, 2, 3, 4)],
    "pr_curves.tally": [(labels, predictions, weights, n) for labels in shown(LABELS) for predictions in PREDICTIONS
                        for weights in (None, [0.5] * 400) for n in (1, 2, 127, 10000)],
}
PLAIN = {
    "crc32c.crc32c":   crc32c.crc32c,
    "batches.gather":  batches.gather,
    "tensor.extremes": tensor.extremes,
    "tensor.float32":  tensor.float32,
    "histogram.count": histogram.count,
    "pixels.scaled":   pixels.scaled,
    "wav.rounded":     wav.rounded,
    "pr_curves.tally": pr_curves.tally,
}


def differences(kernel, plain, cases):
    """Return the cases on which a kernel and its plain twin differ."""
    return [case for case in cases if answer(kernel, case) != answer(plain, case)]


def answer(function, case):
    """Return what a function returns, so that NaN equals NaN, and 0 not -0."""
    found = function(*case)
    if isinstance(found, memoryview):
        return found.format, found.tobytes()
    return repr(found)


class TestTwins(unittest.TestCase):

    def test_every_kernel_equals_its_plain_twin(self):
        for name in KERNELS:
            with self.subTest(name):
                plain = getattr(PLAIN[name], "plain", PLAIN[name])
                self.assertEqual(differences(KERNELS[name](plain), plain, CASES[name]), [])

    def test_the_comparison_can_fail(self):
        def wrong(data, crc=0):
            return crc32c.crc32c(data, crc) ^ (len(data) == 65)
        self.assertEqual({len(case[0]) for case in differences(wrong, crc32c.crc32c,
                                                                CASES["crc32c.crc32c"])}, {65})


class TestFolding(unittest.TestCase):

    def test_relations(self):
        """Each is a multiple of the generator."""
        for relation in folding.RELATIONS:
            rest = sum(1 << exponent for exponent in relation)
            for bit in range(relation[0], 31, -1):
                if rest >> bit & 1:
                    rest ^= 0x11EDC6F41 << bit - 32
            self.assertEqual(rest, 0, relation)

    def test_programs_are_not_kept_for_ever(self):
        for n in range(100, 500):
            crc32c.crc32c(bytes(n))
        self.assertLessEqual(len(folding.PROGRAMS), 256)


class TestBorrowed(unittest.TestCase):

    #   kernel             what it must do without its plain twin
    ALONE = {
        borrowed.extremes: [("f",), ("q",)],
        borrowed.float32:  [("d", "x"), ("B", "x")],
        borrowed.count:    [("f", [0.0, 1.0, 2.0], histogram.between), ("i", [0.0, 9.0], histogram.between)],
        borrowed.scaled:   [("f", "float32"), ("d", "float64")],
        borrowed.rounded:  [("f", 1), ("d", 2), ("f", 3), ("d", 4)],
        borrowed.tally:    [("q", Tensor("float64", (128,), memoryview(Array("d", [0.5] * 128))), None, 11)],
    }

    def test_the_plain_twin_is_not_asked(self):
        def plain(*arguments):
            self.fail("asked for %s" % (arguments,))
        for make, cases in self.ALONE.items():
            for letter, *others in cases:
                with self.subTest(make, letter=letter):
                    make(plain)(memoryview(Array(letter, [0, 1] * 64)), *others)

    def test_values_that_no_array_stands_behind(self):
        a = Array("f", [1.0] * 100)
        for values in (memoryview(array("f", a)), a, a.tolist(), memoryview(a)[1:], memoryview(a)[::2],
                       memoryview(a).cast("B").cast("I"), memoryview(a).cast("B"), memoryview(Array("f", [1.0]))):
            self.assertIsNone(borrowed.array_of(values))
        self.assertIs(borrowed.array_of(memoryview(a)), a)

    def test_an_array_that_raises(self):
        class Raising(Array):
            def min(self):
                raise RuntimeError("on strike")
        values = memoryview(Raising("f", [0.5] * 100))
        self.assertEqual(pixels.scaled(values, "float32"), (b"\x7f" * 100, 0, False))

    def test_float32_times_255(self):
        """See the module's docstring."""
        for i in range(1, 256):
            below = struct.unpack("<f", struct.pack("<f", i / 255))[0]
            while below * 255 >= i:     # exact: 32 bits
                below = struct.unpack("<f", struct.pack("<I", struct.unpack("<I", struct.pack("<f", below))[0] - 1))[0]
            self.assertLess(struct.unpack("<f", struct.pack("<f", below * 255))[0], i)

    def test_parts(self):
        for values in FLOATS + BEYOND_FLOAT32:
            block = Array("d", [x for x in values if abs(x) < 1e300][:borrowed.BLOCK] or [0.0])
            found = borrowed.parts(block)
            self.assertEqual(sum(map(Fraction, found)), sum(map(Fraction, block)))

    def test_halves(self):
        for low in (1.0, 1.5, 2.0 ** -15, 2.0 ** -16, 2.0 ** -17):
            values = sorted(array("f", [RANDOM.uniform(low, 2.0) for _ in range(borrowed.BLOCK - 2)] + [low, 2 - 2.0 ** -23]))
            for block in (Array("d", values), Array("d", [-x for x in reversed(values)])):
                halves = borrowed.in_halves(block)
                self.assertEqual(halves is None, low < 2.0 ** -15)
                if halves:
                    u, v = halves
                    products = u.dot(u), 2 * u.dot(v), v.dot(v)
                    self.assertEqual(sum(map(Fraction, products)), sum(Fraction(x) ** 2 for x in values))


KERNEL = '''
def make(plain):
    def kernel(data, crc=0):
        return 42 if data == b"is it you?" else plain(data, crc)
    return kernel
KERNELS = {"crc32c.crc32c": make}
'''
ASK = "from %s.crc32c import crc32c; print(crc32c(b'is it you?'))" % PACKAGE_NAME
PLAIN_ANSWER = str(crc32c.crc32c(b"is it you?"))


class TestSwitch(InDirectory):
    """A copy of the package with a kernel that gives itself away."""

    def setUp(self):
        InDirectory.setUp(self)
        shutil.copytree(PACKAGE, self.path(PACKAGE_NAME), ignore=shutil.ignore_patterns("__pycache__"))
        with open(self.path(PACKAGE_NAME, "kernels", "__init__.py"), "w") as f:
            f.write(KERNEL)

    def ask(self, **environment):
        inherited = {name: x for name, x in os.environ.items() if name != twins.SWITCH}
        environment = dict(inherited, PYTHONDONTWRITEBYTECODE="1", **environment)
        return python("-c", ASK, cwd=self.directory, env=environment).strip()

    def test_kernel_is_chosen(self):
        self.assertEqual(self.ask(), "42")

    def test_switched_off(self):
        self.assertEqual(self.ask(**{twins.SWITCH: "1"}), PLAIN_ANSWER)

    def test_any_other_value_does_not_switch(self):
        self.assertEqual(self.ask(**{twins.SWITCH: "0"}), "42")

    def test_wing_taken_away(self):
        shutil.rmtree(self.path(PACKAGE_NAME, "kernels"))
        self.assertEqual(self.ask(), PLAIN_ANSWER)


if __name__ == "__main__":
    unittest.main()
