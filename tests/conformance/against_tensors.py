"""Our view of tensors against what NumPy, torch, JAX, TensorFlow, ml_dtypes and pandas hold.

Runs in the venv of clients.txt: no tensorboard and no tensorboardX is needed.
"""
import gc
import math
import os
import subprocess
import sys
import tempfile
import unittest
import warnings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import jax                              # noqa: E402
import jax.numpy as jnp                 # noqa: E402
import keras                            # noqa: E402
import ml_dtypes                        # noqa: E402
import numpy                            # noqa: E402
import pandas                           # noqa: E402
import tensorflow as tf                 # noqa: E402
import torch                            # noqa: E402
from tensorflow.core.framework.tensor_pb2 import TensorProto            # noqa: E402
from torch._subclasses import FakeTensorMode            # noqa: E402

from tbx_pure import InputError, SummaryWriter, floats  # noqa: E402
from tbx_pure.foreign.arrays import from_interface      # noqa: E402
from tbx_pure.foreign.dlpack import from_dlpack         # noqa: E402
from tbx_pure.messages import TENSOR    # noqa: E402
from tbx_pure.tensor import Tensor, view                # noqa: E402
from tbx_pure.tensor_proto import tensor_proto, tensor_values           # noqa: E402
from tests.conformance.brief import BriefTestCase       # noqa: E402
from tests.helpers import event_files, records          # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
NAN, INF = math.nan, math.inf
SMALL = sorted(set(floats.FORMATS) - {"float16"})


def setUpModule():
    warnings.filterwarnings("ignore", module=r"torch\.")
    warnings.filterwarnings("ignore", message=".*ComplexHalf|.*nested|.*[Qq]uantiz|.*[Ss]parse")


def bits(x):
    """Return what tells a number from all others; all NaN are one."""
    if isinstance(x, complex):
        return bits(x.real), bits(x.imag)
    kind = next(kind for kind in (bool, int, float) if isinstance(x, kind))
    return "NaN" if x != x else (kind.__name__, x, math.copysign(1, x))


def whole(x, converter=None):
    """Return a view, whatever its numbers: (dtype, shape, bits of the numbers)."""
    tensor = converter(x, "x") if converter else view(x, "x", also_complex=True)
    return tensor.dtype, tensor.shape, list(map(bits, tensor.values))


def expected(dtype, array):
    """Return the same of a NumPy array, which any library can make."""
    plain = array if array.dtype.kind in "biuc" else array.astype("float64")
    return dtype, array.shape, list(map(bits, plain.ravel().tolist()))


def layouts(x):
    """Yield an array of shape (2, 3, 4) in other strides, sizes and orders."""
    yield "as it is", x
    yield "transposed", x.transpose(2, 0, 1)
    yield "strided", x[:, ::2, 1::2]
    yield "one row", x[1, 2]
    yield "one number", x[1, 2, 3]
    yield "empty", x[:0]
    yield "of one", x[:1, :1, :1]


# ---- small floats ----

class Floats(BriefTestCase):
    """floats.py against ml_dtypes, torch and NumPy."""

    def samples(self, dtype):
        """Return numbers of float32: each of a dtype, those between, those beyond, random ones."""
        form = floats.FORMATS[dtype]
        step = 1 if form.size == 1 else 61
        own = numpy.array([floats.value(dtype, n) for n in range(0, form.largest + 1, step)])
        middle = (own[1:] + own[:-1]) / 2
        near = numpy.concatenate([middle, own]).astype("float32")
        random = numpy.random.RandomState(0)
        more = random.randn(2000) * 10.0 ** random.randint(-9, 9, 2000)
        found = numpy.concatenate([near, numpy.nextafter(near, numpy.float32(INF)),
                                   numpy.nextafter(near, numpy.float32(-INF)),
                                   own[-1] * numpy.array([1.01, 1.03, 1.04, 1.1, 2, 1e9])])
        with numpy.errstate(over="ignore"):
            found = numpy.concatenate([found, more]).astype("float32")
        return numpy.concatenate([found, -found, numpy.array([INF, -INF, 0.0, -0.0], "float32")])

    def of_numpy(self, dtype):
        return numpy.float16 if dtype == "float16" else getattr(ml_dtypes, dtype)

    def test_every_pattern(self):
        for dtype, form in floats.FORMATS.items():
            patterns = numpy.arange(1 << 8 * form.size).astype("u%d" % form.size)
            with numpy.errstate(invalid="ignore"):
                numbers = patterns.view(self.of_numpy(dtype)).astype("float64").tolist()
            for made in (floats.decode(dtype, patterns.tobytes()),
                         [floats.value(dtype, n) for n in patterns.tolist()]):
                self.assertEqual(list(map(bits, made)), list(map(bits, numbers)), dtype)

    def test_every_pattern_of_torch(self):
        for dtype in SMALL:
            if hasattr(torch, dtype):
                size = floats.FORMATS[dtype].size
                patterns = numpy.arange(1 << 8 * size).astype("u%d" % size)
                tensor = torch.from_numpy(patterns.view("i%d" % size)).view(getattr(torch, dtype))
                self.assertEqual(list(map(bits, floats.decode(dtype, patterns.tobytes()))),
                                 list(map(bits, tensor.tolist())), dtype)

    def assert_encoded(self, dtype, numbers, theirs):
        """NaN may have another sign or other bits."""
        ours = list(floats.encode(dtype, numbers))
        for x, mine, other in zip(numbers, ours, theirs):
            if mine != other:
                self.assertEqual((bits(floats.value(dtype, mine)), x),
                                 (bits(floats.value(dtype, other)), x), dtype)

    def test_encoded(self):
        for dtype, form in floats.FORMATS.items():
            samples = self.samples(dtype)
            with numpy.errstate(over="ignore"):
                theirs = samples.astype(self.of_numpy(dtype)).view("u%d" % form.size)
            self.assert_encoded(dtype, samples.tolist(), theirs.tolist())

    def test_encoded_by_torch(self):
        for dtype in ["float16"] + SMALL:
            if hasattr(torch, dtype):
                samples, size = self.samples(dtype), floats.FORMATS[dtype].size
                if dtype == "float8_e4m3fn":    # there torch stops at the largest number
                    samples = samples[abs(samples) <= 464]
                made = torch.from_numpy(samples).to(getattr(torch, dtype))
                theirs = made.view(torch.uint8 if size == 1 else torch.int16).numpy()
                self.assert_encoded(dtype, samples.tolist(), theirs.view("u%d" % size).tolist())


# ---- NumPy and ml_dtypes ----

class NumPy(BriefTestCase):

    def arrays(self):
        base = numpy.arange(24).reshape(2, 3, 4) % 7
        for dtype in "? i1 u1 i2 u2 i4 u4 i8 u8 f2 f4 f8 c8 c16".split():
            array = base.astype(dtype)
            if array.dtype.kind in "fc":
                array = array - array.dtype.type(2.5)
            if array.dtype.kind == "c":
                array = array + array.dtype.type(1.5j)
            yield array.dtype.name, array

    def forms(self, array):
        for name, x in layouts(array):
            yield name, x
        yield "reversed", array[::-1, :, ::-1]
        yield "broadcast", numpy.broadcast_to(array[0, 0, 1], (2, 3))
        yield "F order", numpy.asfortranarray(array)
        holder = numpy.zeros(array.shape, [("gap", "u1"), ("it", array.dtype)])
        holder["it"] = array
        yield "a field, not aligned", holder["it"]

    def test_view(self):
        for dtype, array in self.arrays():
            for name, x in self.forms(array):
                with self.subTest(dtype, form=name):
                    self.assertEqual(whole(x), expected(dtype, numpy.asarray(x)))
                    swapped = x.astype(x.dtype.newbyteorder())
                    self.assertEqual(whole(swapped), expected(dtype, numpy.asarray(x)))

    def test_dlpack_and_interface(self):
        """The same arrays, as if they offered nothing better."""
        for dtype, array in self.arrays():
            for name, x in self.forms(array):
                x = numpy.asarray(x)
                with self.subTest(dtype, form=name):
                    self.assertEqual(whole(x, from_interface), expected(dtype, x))
                    if name != "a field, not aligned":          # NumPy refuses: not whole strides
                        self.assertEqual(whole(x, from_dlpack), expected(dtype, x))

    def test_small_floats(self):
        base = numpy.arange(24).reshape(2, 3, 4) % 7 - 2
        for dtype in SMALL:
            array = base.astype(getattr(ml_dtypes, dtype))
            for name, x in self.forms(array):
                with self.subTest(dtype, form=name):
                    self.assertEqual(whole(x), expected(dtype, numpy.asarray(x)))
            x = array[1, 2, 3]                                  # a scalar, not an array
            self.assertEqual(whole(x), expected(dtype, numpy.asarray(x)))

    def test_dtypes_of_ml_dtypes_that_a_tensor_lacks(self):
        for name, dtype in (("float8_e8m0fnu", "float32"), ("float8_e4m3", "float64"),
                            ("float8_e3m4", "float64"), ("float6_e2m3fn", "float64"),
                            ("float4_e2m1fn", "float64"), ("int4", "int64"), ("uint4", "int64")):
            array = numpy.array([1, 2, 4, 1]).astype(getattr(ml_dtypes, name)).reshape(2, 2)
            wide = array.astype("int64" if "int" in dtype else "float64")
            self.assertEqual(whole(array), expected(dtype, wide))

    def test_numbers(self):
        for kind in "?bBhHiIlLqQefdFD":
            x = numpy.array([3]).astype(kind)[0]
            self.assertEqual(whole(x), expected(x.dtype.name, numpy.asarray(x)))
        self.assertEqual(whole(numpy.longdouble("0.1")), ("float64", (), [bits(0.1)]))
        self.assertEqual(whole(numpy.array([[0.5]], "g")), ("float64", (1, 1), [bits(0.5)]))
        self.assertEqual(whole(numpy.array([1, 2.5], object)), whole([1, 2.5]))

    def test_masks(self):
        self.assertEqual(whole(numpy.ma.array([1, 2])), whole(numpy.array([1, 2])))
        self.assertEqual(whole(numpy.ma.array([1, 2], mask=[False, False])), whole(numpy.array([1, 2])))
        for x in (numpy.ma.array([1, 2], mask=[False, True]), numpy.ma.masked,
                  numpy.ma.array([1.5], mask=True).mean()):
            with self.assertRaises(InputError) as caught:
                view(x)
            self.assertEqual(caught.exception.got, "a masked array")

    def test_refused(self):
        fields = numpy.zeros(2, [("a", "i4"), ("b", "f4")])
        for x in (numpy.datetime64("2020"), numpy.array(["2020"], "M8[ns]"), numpy.timedelta64(1, "s"),
                  numpy.array([1], "m8[s]"), numpy.str_("1"), numpy.array(["1"]), numpy.array([b"1"]),
                  numpy.array([b"1"], object), numpy.array(["1"], object), numpy.array([None]), fields,
                  fields[0], numpy.void(b"ab"), numpy.clongdouble(1), numpy.array([1], "G"),
                  fields.view(numpy.recarray), numpy.array([[1], [1, 2]], object)):
            with self.subTest(repr(x)), self.assertRaises(InputError):
                view(x, "x", also_complex=True)
        for x in (numpy.complex64(1), numpy.array([1j])):
            with self.assertRaises(InputError) as caught:
                view(x)
            self.assertEqual(caught.exception.need, "real numbers")


# ---- torch ----

REAL = ("bool uint8 int8 int16 int32 int64 uint16 uint32 uint64 float16 float32 float64 bfloat16 "
        "float8_e4m3fn float8_e5m2 float8_e4m3fnuz float8_e5m2fnuz").split()


def torch_tensors():
    """Yield (dtype's name, layout, tensor, the same in NumPy)."""
    base = torch.arange(24.0).reshape(2, 3, 4) % 7
    for dtype in REAL:
        tensor = base.to(getattr(torch, dtype))
        wide = tensor.to(torch.float64 if tensor.is_floating_point() else tensor.dtype)
        for name, (x, array) in (
                ("as it is", (tensor, wide)), ("transposed", (tensor.permute(2, 0, 1),
                                                              wide.permute(2, 0, 1))),
                ("strided", (tensor[:, ::2, 1::2], wide[:, ::2, 1::2])),
                ("expanded", (tensor[:1].expand(4, 3, 4), wide[:1].expand(4, 3, 4))),
                ("0-d", (tensor[1, 2, 3], wide[1, 2, 3])), ("empty", (tensor[:0], wide[:0]))):
            yield dtype, name, x, array.numpy()


class Torch(BriefTestCase):

    def test_view_and_dlpack(self):
        for dtype, name, x, array in torch_tensors():
            with self.subTest(dtype, form=name):
                self.assertEqual(whole(x), expected(dtype, array))
                self.assertEqual(whole(x, from_dlpack), expected(dtype, array))

    def test_every_dtype_of_torch_is_read_or_refused(self):
        names = {str(x)[6:] for x in vars(torch).values() if isinstance(x, torch.dtype)}
        for dtype in sorted(names - set(REAL)):
            try:
                x = torch.zeros(2, dtype=torch.uint8).view(getattr(torch, dtype)) if (
                    dtype.startswith("bits")) else torch.empty(2, dtype=getattr(torch, dtype))
            except (RuntimeError, NotImplementedError):         # a name without tensors
                continue
            with self.subTest(dtype):
                try:
                    self.assertEqual(view(x, "x", also_complex=True).shape, (2,))
                except InputError:
                    self.assertNotIn(dtype, ("complex32", "complex64", "complex128", "float8_e8m0fnu"))

    def test_e8m0(self):
        x = torch.tensor([1.0, 2.0, 2.0 ** -127, 2.0 ** 127]).to(torch.float8_e8m0fnu)
        self.assertEqual(whole(x), ("float32", (4,), list(map(bits, x.to(torch.float64).tolist()))))

    def test_complex(self):
        z = torch.complex(torch.arange(6.0).reshape(2, 3), torch.ones(2, 3) * -2)
        for dtype, name in ((torch.complex64, "complex64"), (torch.complex128, "complex128"),
                            (torch.complex32, "complex64")):
            x = z.to(dtype)
            for shown in (x, x.t(), x.conj(), x.conj().t(), x[1, 2]):
                array = shown.to(torch.complex128).resolve_conj().numpy()
                self.assertEqual(whole(shown), expected(name, array))
        imaginary = z.conj().imag                               # a view that is to be negated
        self.assertTrue(imaginary.is_neg())
        self.assertEqual(whole(imaginary), expected("float32", imaginary.resolve_neg().numpy()))

    def test_origins(self):
        x = torch.arange(6.0).reshape(2, 3).requires_grad_()
        (x * 2).sum().backward()
        for tensor in (x, x * 2, x.grad, torch.nn.Parameter(x.detach().to(torch.bfloat16)),
                       x.detach().to_sparse(), x.detach().to_sparse_csr(), x.detach().to_mkldnn()):
            plain = tensor.detach()
            plain = plain if plain.layout == torch.strided else plain.to_dense()
            dtype = str(tensor.dtype)[6:]
            self.assertEqual(whole(tensor), expected(dtype, plain.to(torch.float64).numpy()))
        quantized = torch.quantize_per_tensor(torch.tensor([0.5, 1.0]), 0.5, 0, torch.qint8)
        self.assertEqual(whole(quantized), whole(quantized.dequantize()))

    def test_lists(self):
        losses = [torch.tensor(0.5, dtype=torch.bfloat16, requires_grad=True), 1, numpy.float32(2)]
        self.assertEqual(view(losses), Tensor("float64", (3,), [0.5, 1, 2.0]))
        self.assertEqual(whole([torch.tensor(0.5, dtype=torch.bfloat16)] * 2),
                         ("bfloat16", (2,), [bits(0.5)] * 2))

    def test_refused(self):
        with FakeTensorMode():
            fake = torch.ones(3)
        for x, told in ((torch.empty(2, device="meta"), "no data"), (fake, "torch: "),
                        (torch.nested.nested_tensor([torch.ones(2), torch.ones(3)]), "nested"),
                        (torch.nn.parameter.UninitializedParameter(), "uninitialized")):
            with self.assertRaises(InputError) as caught:
                view(x)
            self.assertIn(told, str(caught.exception))

        def inside(x):
            with self.assertRaises(InputError):
                view(x)
            return x
        torch.vmap(inside)(torch.ones(3, 2))

    def test_nothing_leaks(self):
        """DLPack's deleter is called: the storage goes when the tensor does."""
        import weakref
        x = torch.ones(1000, dtype=torch.bfloat16)
        storage = weakref.ref(x.untyped_storage())
        tensor = from_dlpack(x, "x")
        before = sys.getrefcount(x)
        from_dlpack(x, "x")
        self.assertEqual(sys.getrefcount(x), before)
        del x
        gc.collect()
        self.assertIsNone(storage())
        self.assertEqual(list(tensor.values), [1.0] * 1000)

    def test_without_numpy(self):
        """torch that is installed alone; and then on a Python without ctypes too."""
        for missing in (["numpy"], ["numpy", "ctypes"]):
            done = subprocess.run([sys.executable, "-W", "ignore", "-c", WITHOUT, *missing], cwd=ROOT,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            self.assertEqual((done.returncode, done.stdout.decode()), (0, "19\n"))


WITHOUT = '''
import sys
missing = sys.argv[1:]
sys.modules["numpy"] = None
import torch
for name in missing:
    sys.modules[name] = None
from tbx_pure.tensor import view
count = 0
base = (torch.arange(12.0).reshape(3, 4) % 5).t()
for name in """bool uint8 int8 int16 int32 int64 uint16 uint32 uint64 float16 float32 float64 bfloat16
               float8_e4m3fn float8_e5m2 float8_e4m3fnuz float8_e5m2fnuz complex64 complex128""".split():
    x = base.to(getattr(torch, name))
    tensor = view(x, "x", also_complex=True)
    assert (tensor.dtype, tensor.shape) == (name, (4, 3)), (name, tensor)
    assert list(tensor.values) == [v for row in x.tolist() for v in row], (name, tensor)
    assert view(x[1, 2], "x", also_complex=True).values[0] == x[1, 2].tolist(), name
    count += 1
try:
    x.numpy()
    assert False
except RuntimeError:
    print(count)
'''


# ---- JAX, TensorFlow, pandas ----

class Jax(BriefTestCase):

    def test_view(self):
        base = numpy.arange(24).reshape(2, 3, 4) % 7
        for dtype in ("bool int8 int16 int32 uint8 uint16 uint32 float16 float32 bfloat16 complex64 "
                      "float8_e4m3fn float8_e5m2 float8_e4m3fnuz float8_e5m2fnuz "
                      "float8_e4m3b11fnuz").split():
            for name, x in layouts(jnp.asarray(base).astype(dtype)):
                with self.subTest(dtype, form=name):
                    self.assertEqual(whole(x), expected(dtype, numpy.asarray(x)))

    def test_dlpack(self):
        for dtype in "int32 float32 bfloat16 complex64 bool float8_e4m3fn".split():
            x = jnp.arange(6).reshape(2, 3).astype(dtype)
            self.assertEqual(whole(x, from_dlpack), expected(dtype, numpy.asarray(x)))

    def test_results(self):
        loss, gradient = jax.value_and_grad(lambda w: (w ** 2).sum())(jnp.ones(3))
        self.assertEqual(whole(loss), ("float32", (), [bits(3.0)]))
        self.assertEqual(whole(gradient), ("float32", (3,), [bits(2.0)] * 3))

    def test_refused(self):
        def traced(x):
            with self.assertRaises(InputError) as caught:
                view(x)
            self.assertIn("traced array", str(caught.exception))
            return x
        jax.jit(traced)(jnp.ones(2))
        with self.assertRaises(InputError) as caught:
            view(jax.random.key(0))
        self.assertIn("jax.random.key_data", str(caught.exception))


class TensorFlow(BriefTestCase):

    def test_view(self):
        base = tf.constant(numpy.arange(24).reshape(2, 3, 4) % 7)
        for dtype in ("bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 "
                      "bfloat16 complex64 complex128").split():
            x = tf.cast(base, dtype)
            for shown in (x, tf.transpose(x), x[:, ::2], x[1, 2, 3], x[:0]):
                self.assertEqual(whole(shown), expected(dtype, shown.numpy()))
        for dtype in ("float8_e4m3fn", "float8_e5m2"):
            x = tf.cast(tf.constant([0.5, 2.0]), getattr(tf.dtypes.experimental, dtype))
            self.assertEqual(whole(x), expected(dtype, x.numpy()))

    def test_variables(self):
        for x in (tf.Variable([1.0, 2.0]), tf.Variable(tf.cast([1.0, 2.0], tf.bfloat16)),
                  keras.Variable([1.0, 2.0]), keras.metrics.Mean()([1.0, 2.0])):
            array = numpy.asarray(x)
            self.assertEqual(whole(x), expected(array.dtype.name, array))

    def test_refused(self):
        @tf.function(autograph=False)
        def graph(x):
            with self.assertRaises(InputError) as caught:
                view(x)
            self.assertIn("symbolic", str(caught.exception))
            return x
        graph(tf.ones(2))
        for x in (tf.constant("a"), tf.constant(["a", "b"]), tf.ragged.constant([[1], [1, 2]]),
                  tf.sparse.from_dense([[0.0, 1.0]])):
            with self.subTest(repr(x)), self.assertRaises(InputError):
                view(x)


class Pandas(BriefTestCase):

    def test_view(self):
        for x in (pandas.Series([1, 2.5]), pandas.Series([1, 2], dtype="int8"), pandas.Index([1, 2]),
                  pandas.DataFrame({"a": [1, 2], "b": [0.5, 3]}), pandas.Series([True, False]),
                  pandas.Series([1, 2], dtype="Float32"), pandas.Series([1, 2, 1], dtype="category")):
            array = numpy.asarray(x)
            self.assertEqual(whole(x), expected(array.dtype.name, array))

    def test_missing_is_nan(self):
        self.assertEqual(whole(pandas.Series([1, None], dtype="Int64")),
                         ("float64", (2,), [bits(1.0), "NaN"]))

    def test_refused(self):
        for x in (pandas.Series(["a"]), pandas.Series(pandas.to_datetime(["2020"])), pandas.NA,
                  pandas.DataFrame({"a": [1], "b": ["x"]}), pandas.Timestamp("2020"), pandas.NaT):
            with self.subTest(repr(x)), self.assertRaises(InputError):
                view(x)


# ---- TensorProto, as TensorFlow reads and writes it ----

class Protos(BriefTestCase):

    VALUES = {"bool": [True, False], "complex64": [1.5 - 2j, 0j], "complex128": [0.1 - 2j, 0j]}
    DTYPES = ("bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 bfloat16 "
              "complex64 complex128 float8_e4m3fn float8_e5m2").split()      # of float8, TensorFlow 2.21.0

    def of_numpy(self, dtype):
        return getattr(ml_dtypes, dtype) if dtype in SMALL else numpy.dtype(dtype)

    def test_tensorflow_reads_ours(self):
        for dtype in self.DTYPES:
            values = self.VALUES.get(dtype, [1, 2, 0, 1])
            for shape, few in (((len(values),), values), ((), values[:1]), ((2, 0), [])):
                proto = TensorProto.FromString(
                    TENSOR.encode(tensor_proto(Tensor(dtype, shape, few))))
                with self.subTest(dtype, shape=shape):
                    array = tf.make_ndarray(proto)
                    self.assertEqual(array.dtype, self.of_numpy(dtype))
                    self.assertEqual((array.shape, array.ravel().tolist()), (shape, few))

    def test_we_read_tensorflow(self):
        for dtype in self.DTYPES:
            values = self.VALUES.get(dtype, [1, 2, 0, 1])
            for shape, few in (((len(values),), values), ((), values[0])):
                array = numpy.array(few).astype(self.of_numpy(dtype))
                proto = tf.make_tensor_proto(array)
                made = tensor_values(TENSOR.decode(proto.SerializeToString()))
                with self.subTest(dtype, shape=shape):
                    self.assertEqual((made.dtype, made.shape), (dtype, shape))
                    self.assertEqual(list(made.values), array.ravel().tolist())

    def test_value_fields_of_tensorflow(self):
        """It writes one number into a value field."""
        for dtype, field in (("bfloat16", "half_val"), ("float8_e4m3fn", "float8_val"),
                             ("float8_e5m2", "float8_val"), ("complex64", "scomplex_val")):
            proto = tf.make_tensor_proto(numpy.array(1.5).astype(self.of_numpy(dtype)))
            ours = tensor_proto(Tensor(dtype, (), [1.5]))
            self.assertTrue(getattr(proto, field))
            self.assertEqual(TENSOR.encode(ours), proto.SerializeToString())


class Writer(BriefTestCase):
    """The methods, with tensors of every library."""

    def test_the_same_bytes(self):
        lists = {"add_scalar": 0.5, "add_histogram": [0.5, 1.0, 2.0], "add_image": [[[0.5, 1.0]]],
                 "add_audio": [0.5, -0.5], "add_mesh": [[[0.5, 1, 2]]]}
        makers = [lambda x: numpy.array(x, "f4"), lambda x: numpy.array(x, ml_dtypes.bfloat16),
                  lambda x: torch.tensor(x), lambda x: torch.tensor(x, dtype=torch.bfloat16),
                  lambda x: torch.tensor(x).to(torch.float8_e5m2), jnp.array, tf.constant,
                  lambda x: jnp.array(x, "bfloat16"), lambda x: tf.cast(tf.constant(x), tf.bfloat16)]
        for method, x in lists.items():
            written = {self.written(method, make(x)) for make in makers}
            self.assertEqual(len(written), 1, method)

    def written(self, method, x):
        with tempfile.TemporaryDirectory() as directory:
            with SummaryWriter(directory) as writer:
                getattr(writer, method)("tag", x, global_step=1, walltime=2.0)
            path, = event_files(directory)
            return tuple(records(path)[1:])

    def test_complex_is_for_add_tensor_only(self):
        x = torch.tensor([[[1j]]])
        with tempfile.TemporaryDirectory() as directory, SummaryWriter(directory) as writer:
            writer.add_tensor("tag", x)
            for method, arguments in (
                    ("add_scalar", (x,)), ("add_histogram", (x,)), ("add_image", (x,)),
                    ("add_images", (x,)), ("add_audio", (x,)), ("add_mesh", (x,)),
                    ("add_pr_curve", (x, x)), ("add_hparams", ({"a": 1}, {"b": x})),
                    ("add_video", (x,)), ("add_scalars", ({"a": x},))):
                with self.subTest(method), self.assertRaises(InputError):
                    if method == "add_hparams":
                        writer.add_hparams(*arguments)
                    else:
                        getattr(writer, method)("tag", *arguments)
            with self.assertRaises(InputError):
                writer.add_embedding(x)


if __name__ == "__main__":
    unittest.main()
