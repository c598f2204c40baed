"""Arrays and their histograms against NumPy, torch and tensorboardX: the same numbers and bins."""
import functools
import logging
import math
import unittest
import warnings
from unittest import mock

import numpy
import tensorboardX
import torch
from numpy.lib._histograms_impl import _hist_bin_selectors as NUMPY_WIDTHS

import tbx_pure
from tbx_pure import InputError
from tbx_pure.bin_widths import WIDTHS
from tbx_pure.histogram import MAX_BINS, between, count, default_edges, histogram
from tbx_pure.kernels import borrowed
from tbx_pure.media.pixels import scaled
from tbx_pure.media.wav import rounded
from tbx_pure.plugins.pr_curves import tally
from tbx_pure.tensor import extremes, float32, view
from tests.conformance.against_peers import numpy_numbers
from tests.conformance.brief import BriefTestCase
from tests.conformance.written import call, value_of, written

INF, NAN = math.inf, math.nan


def setUpModule():
    logging.disable(logging.WARNING)
    unittest.addModuleCleanup(logging.disable, logging.NOTSET)
    linspace = numpy.linspace

    def guarded(start, stop, num, **keywords):
        if num - 1 > MAX_BINS:          # NumPy would take all of the machine's memory for its edges
            raise MemoryError
        return linspace(start, stop, num, **keywords)
    guard = mock.patch("numpy.linspace", guarded)
    guard.start()
    unittest.addModuleCleanup(guard.stop)


def quiet(function):
    """Return `function` without its warnings, such as "bins estimated may be suboptimal"."""
    @functools.wraps(function)
    def wrapped(*arguments):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return function(*arguments)
    return wrapped


# ---- histograms ----

RULES = sorted(NUMPY_WIDTHS)
SIZES = 1, 2, 3, 5, 7, 8, 9, 15, 16, 50, 100, 127, 128, 129, 300, 1000, 1025, 3000


def samples():
    """Yield (name, float64 array) of every size and character."""
    for size in SIZES:
        random = numpy.random.RandomState(size)
        spread = 10.0 ** random.randint(-14, 18, size)
        for name, values in (
                ("normal",    random.randn(size)),
                ("uniform",   random.rand(size)),
                ("far off",   random.rand(size) + 1e6),
                ("integers",  random.randint(-5, 6, size)),
                ("lognormal", random.lognormal(0, 3, size)),
                ("constant",  numpy.full(size, random.randn())),
                ("zeros",     numpy.zeros(size)),
                ("mixed",     random.randn(size) * spread),
                ("tiny",      random.randn(size) * 1e-300),
                ("two",       random.choice([-1.0, 2.5], size)),
                ("outlier",   numpy.append(random.randn(size - 1), 1e4))):
            yield "%s %d" % (name, size), numpy.asarray(values, float)


class Histograms(BriefTestCase):
    def assert_tensorboardX(self, values, bins, max_bins=None):
        """Assert that we write what tensorboardX does, but for the last bits of the two sums.

        Sums are near if they are to the sum of the absolute values: that itself may be near to 0.
        """
        made = call("add_histogram", "x", values, 1, bins, max_bins=max_bins)
        try:
            theirs, = map(value_of, written(tensorboardX.SummaryWriter, [made]))
        except (ValueError, MemoryError) as e:          # NumPy cannot make these bins
            with self.assertRaises(InputError, msg=e):
                written(tbx_pure.SummaryWriter, [made])
            return
        ours, = map(value_of, written(tbx_pure.SummaryWriter, [made]))
        size = math.fsum(abs(x) for x in view(values).values)
        squares = theirs["histo"].get("sum_squares", 0.0)
        for name, scale in (("sum", size), ("sum_squares", squares)):
            self.assertAlmostEqual(ours["histo"].pop(name, 0.0), theirs["histo"].pop(name, 0.0),
                                   delta=1e-12 * scale)
        self.assertEqual(ours, theirs)

    def assert_numpy(self, values, bins):
        """Assert that bins and counts are NumPy's, from the first to the last in use."""
        try:
            counts, edges = quiet(numpy.histogram)(values, bins)
        except (ValueError, MemoryError) as e:
            with self.assertRaises(InputError, msg=e):
                histogram(values.tolist(), bins)
            return
        first, last = numpy.flatnonzero(counts)[[0, -1]]
        histo, left_out = histogram(values.tolist(), bins)
        self.assertEqual(histo["bucket_limit"], edges[first:last + 2].astype(float).tolist())
        self.assertEqual(histo["bucket"], [0] + counts[first:last + 1].tolist())
        self.assertEqual(sum(left_out.values()), len(values) - counts.sum())

    def test_default_bins(self):
        for name, values in samples():
            with self.subTest(name):
                self.assert_tensorboardX(values, "tensorflow")

    def test_default_bins_at_their_edges(self):
        edges = numpy.array(tensorboardX.SummaryWriter(write_to_disk=False).default_bins)
        below, above = numpy.nextafter(edges[1:], -INF), numpy.nextafter(edges[:-1], INF)
        for values in (edges, below, above):
            self.assert_tensorboardX(values, "tensorflow")

    def test_every_rule_is_there(self):
        self.assertEqual(sorted(WIDTHS), RULES)

    def test_rules(self):
        for name, values in samples():
            for rule in RULES:
                with self.subTest(name, rule=rule):
                    self.assert_numpy(values, rule)
                    if len(values) in (1, 3, 128, 300):
                        self.assert_tensorboardX(values, rule)

    @quiet
    def test_widths(self):
        for name, values in samples():
            for rule in RULES:
                expected = float(NUMPY_WIDTHS[rule](values, None))
                error = 1e-14 * expected if rule == "doane" else 0      # NumPy's power is not C's
                with self.subTest(name, rule=rule):
                    self.assertAlmostEqual(WIDTHS[rule](values.tolist(), sorted(values.tolist())),
                                           expected, delta=error)

    def test_numbers_of_bins(self):
        for name, values in samples():
            for bins in (1, 2, 7, 10, 64, 1000):
                with self.subTest(name, bins=bins):
                    self.assert_numpy(values, bins)
                    if len(values) in (1, 128):
                        self.assert_tensorboardX(values, bins)

    def test_edges(self):
        for name, values in samples():
            low, high = float(values.min()), float(values.max())
            for bins in ([low, high], [low, low, high, high], [low, high + 1, high + 2],
                         [low - 1, low, (low + high) / 2, high, high + 1],
                         [int(low) - 1, int(high) + 1], numpy.linspace(low, high, 20)):
                with self.subTest(name, bins=bins):
                    self.assert_numpy(values, bins)
                    if len(values) in (2, 128):
                        self.assert_tensorboardX(values, bins)

    def test_max_bins(self):
        random = numpy.random.RandomState(0)
        values = random.randn(1000) * 10.0 ** random.randint(-9, 9, 1000)
        for bins in ("tensorflow", "auto", 100, 1000, numpy.linspace(-1e8, 1e8, 38)):
            for max_bins in (1, 2, 7, 30, 99, 100, 101, 774, 1547, 1548, 5000):
                with self.subTest(bins=bins, max_bins=max_bins):
                    self.assert_tensorboardX(values, bins, max_bins)

    def test_what_holds_the_values(self):
        for values in ([1], [[1, 2.5], [3, 4]], 7, True, torch.tensor(2.0), torch.arange(5),
                       torch.ones(3, 4, requires_grad=True)):
            with self.subTest(repr(values)):
                self.assert_tensorboardX(values, "tensorflow")
        for name, array in arrays():
            if array.size:
                with self.subTest(name):
                    self.assert_tensorboardX(array, "tensorflow")


# ---- arrays and tensors ----

def arrays():
    """Yield (name, NumPy array) of every dtype, stride, order and byte order."""
    base = numpy.arange(24).reshape(2, 3, 4) % 7
    for dtype in "? i1 u1 i2 u2 i4 u4 i8 u8 f2 f4 f8 g O l L q Q".split():
        array = base.astype(dtype)
        if array.dtype.kind == "f":
            array = array - array.dtype.type(2.5)
        swapped = array.astype(array.dtype.newbyteorder())
        locked = array.copy()
        locked.flags.writeable = False
        for name, shown in (
                ("C order",          array),
                ("F order",          numpy.asfortranarray(array)),
                ("transposed",       array.transpose(2, 0, 1)),
                ("reversed",         array[::-1, :, ::-1]),
                ("strided",          array[:, ::2, 1::2]),
                ("a column",         array[..., 1]),
                ("0-d",              array[1:2, 2:3, 3:].reshape(())),
                ("empty",            array[:0]),
                ("one",              array[:1, :1, :1]),
                ("broadcast",        numpy.broadcast_to(array[0, 0, 1], (2, 3))),
                ("other byte order", swapped),
                ("swapped, strided", swapped[::-1, :, ::3]),
                ("read-only",        locked)):
            yield "%s %s" % (dtype, name), shown
        if dtype != "O":
            unaligned = numpy.frombuffer(b"?" + array.tobytes(), array.dtype, offset=1)
            yield dtype + " unaligned", unaligned


TORCH_TYPES = (
    torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.uint16,
    torch.uint32, torch.uint64, torch.float16, torch.bfloat16, torch.float32, torch.float64,
    torch.float8_e5m2, torch.float8_e4m3fn)


def tensors():
    """Yield (name, torch tensor) of every dtype and stride, and of odd origins."""
    base = torch.arange(24).reshape(2, 3, 4) % 7
    for dtype in TORCH_TYPES:
        tensor = base.to(dtype)
        for name, shown in (
                ("contiguous", tensor),
                ("transposed", tensor.permute(2, 0, 1)),
                ("strided",    tensor[:, :, 1::2]),
                ("expanded",   tensor[:1].expand(4, 3, 4)),
                ("0-d",        tensor[1, 2, 3]),
                ("empty",      tensor[:0])):
            yield "%s %s" % (dtype, name), shown
        if dtype.is_floating_point and dtype.itemsize > 1:
            yield "%s parameter" % dtype, torch.nn.Parameter(tensor)
    x = torch.arange(6.0).reshape(2, 3).requires_grad_()
    yield "result", x * 2
    x.sum().backward()
    yield "gradient", x.grad
    z = torch.complex(x, x).conj()
    yield "real part of a conjugate", z.real
    yield "imaginary part of a conjugate, which is a negative view", z.imag


def bits(x):
    return "NaN" if math.isnan(x) else (x, math.copysign(1, x))


class Views(BriefTestCase):
    """tensor.view, which every method sees its arguments through."""

    def assert_view(self, x, array):
        tensor = view(x)
        self.assertEqual(list(map(float, tensor.values)), array.astype(float).ravel().tolist())
        if array.size:                  # tolist(), the only way to some dtypes, loses empty shapes
            self.assertEqual(tensor.shape, array.shape)

    def test_numpy(self):
        for name, array in arrays():
            with self.subTest(name):
                self.assert_view(array, array)
                if array.dtype.kind in "biuf" and array.dtype.type is not numpy.longdouble:
                    self.assertEqual(view(array).dtype, array.dtype.newbyteorder("=").name)

    def test_numpy_in_lists(self):
        for name, array in arrays():
            if array.ndim and array.size:
                with self.subTest(name):
                    self.assert_view(list(array), array)
                    self.assert_view(array.tolist(), array)

    def test_numpy_numbers(self):
        for x in numpy_numbers():
            with self.subTest(repr(x)):
                self.assertEqual(bits(float(view(x).values[0])), bits(float(x.ravel()[0])))

    def test_torch(self):
        for name, tensor in tensors():
            with self.subTest(name):
                expected = tensor.detach().to(torch.float64).resolve_neg().numpy()
                self.assert_view(tensor, expected)
                if expected.ndim and expected.size:
                    self.assert_view(list(tensor), expected)

    def test_what_is_refused(self):
        ragged = numpy.array([[1], [1, 2]], object)
        for x in (numpy.array([1j]), numpy.array(["a"]), numpy.array([None]), ragged,
                  numpy.array(["2020-01-01"], "M8[D]"), torch.tensor([1j]),
                  torch.empty(2, device="meta"), "text", None, object(), {}, [[1], [1, 2]], ["a"]):
            with self.subTest(repr(x)), self.assertRaises(InputError):
                view(x)


# ---- borrowed arithmetic ----

def to_borrow(size):
    """Yield NumPy arrays of every dtype: of no order, with zeros, infinities, NaN, extremes; and views of them."""
    random = numpy.random.RandomState(size)
    for dtype in "? i1 u1 i2 u2 i4 u4 i8 u8 f2 f4 f8 >f4 >i8".split():
        for scale in (1e-160, 1e-42, 1e-3, 1, 1e4, 1e17):
            with numpy.errstate(all="ignore"):
                array = (random.normal(0, 1, size) * scale * 10 ** random.uniform(-15, 0, size)).astype(dtype)
            if array.dtype.kind in "iu":
                array[0], array[-1] = numpy.iinfo(dtype).max, numpy.iinfo(dtype).min
            yield array
            if array.dtype.kind == "f":
                yield numpy.maximum(array, -0.0)
                yield numpy.concatenate([array, array.dtype.type([0.0, -0.0, 1e-45, -1.0])])
                yield numpy.concatenate([[NAN, INF], array, [-INF, -0.0, NAN]]).astype(array.dtype)
                yield numpy.full(size, INF, array.dtype)
                yield random.uniform(-0.01, 1.01, size).astype(dtype)
                yield random.uniform(0, 1, size).astype(dtype)
                yield numpy.full(size, 1, array.dtype)
        locked = array[::-1].copy()
        locked.flags.writeable = False
        yield locked
        yield array[::2]
        yield array[:size // 4 * 4].reshape(2, -1, 2).transpose(1, 0, 2)
        yield array[0]


class TestBorrowed(BriefTestCase):
    """What kernels/borrowed.py has NumPy compute is what the plain twins compute, without a warning."""

    SIZES = 64, 700

    def setUp(self):
        BriefTestCase.setUp(self)
        catching = warnings.catch_warnings()
        catching.__enter__()
        self.addCleanup(catching.__exit__, None, None, None)
        warnings.simplefilter("error")

    def assert_same(self, function, *arguments):
        self.assertEqual(repr(function(*arguments)), repr(function.plain(*arguments)))

    def each(self):
        for size in self.SIZES:
            for i, array in enumerate(to_borrow(size)):
                with self.subTest(i, dtype=array.dtype.str, shape=array.shape):
                    yield view(array)

    def test_it_is_borrowed(self):
        for x in (numpy.ones((8, 16), "f4"), torch.ones(200), torch.ones(200, requires_grad=True),
                  numpy.ones(100, "i8"), numpy.ones((8, 16, 3), "f4").transpose(2, 0, 1), numpy.ones(200)[::2]):
            self.assertIsInstance(borrowed.array_of(view(x).values), numpy.ndarray)
        for x in (numpy.ones(100, ">f4"), numpy.ones(100, "f2"), numpy.ones(10), [1.0] * 100):
            self.assertIsNone(borrowed.array_of(view(x).values))

    def test_counts(self):
        for tensor in self.each():
            for edges in default_edges(), [-1.0, 0.0, 0.0, 1.5, 1.5], [0.0, 1.0]:
                self.assert_same(count, tensor.values, edges, between)

    def test_sums_of_many(self):
        random = numpy.random.RandomState(0)
        for spread in 0, 3, 30:
            array = random.normal(0, 1, 20000) * 10 ** random.uniform(-spread, 0, 20000)
            for x in array, array.astype("f4"), (array * 1000).astype("i4"), -abs(array.astype("f4")):
                self.assert_same(count, view(x).values, default_edges(), between)

    def test_pictures_and_sounds(self):
        for tensor in self.each():
            if tensor.dtype.startswith("float"):
                self.assert_same(scaled, tensor.values, tensor.dtype)
                for width in 1, 2, 3, 4:
                    self.assert_same(rounded, tensor.values, width)

    def test_numbers(self):
        for tensor in self.each():
            self.assertEqual(bytes(float32(tensor.values, "x")), bytes(float32.plain(tensor.values, "x")))
            found, expected = extremes(tensor.values), extremes.plain(tensor.values)
            self.assertTrue(found == expected or found[0] != found[0] and expected[0] != expected[0])

    def test_curves(self):
        for tensor in self.each():
            for labels in (numpy.arange(len(tensor.values)) % 3 == 0, numpy.ones(len(tensor.values)),
                           numpy.linspace(0, 1, len(tensor.values)).astype("f4")):
                for n in 1, 127:
                    self.assert_same(tally, view(labels).values, tensor, None, n)
