"""Arrays and tensors of other libraries, here by objects that can do what theirs can.

The libraries themselves: tests/conformance/against_tensors.py.
"""
import copy
import math
import struct
import sys
import unittest
from array import array

from tbx_pure.errors import InputError
from tbx_pure.foreign import CONVERTERS, memory
from tbx_pure.foreign.dlpack import from_dlpack
from tbx_pure.plugins import tensor as plugin
from tbx_pure.tensor import CONVERTERS as ROWS
from tbx_pure.tensor import view

from .helpers import PYPY, python

try:
    import ctypes
except ImportError:
    ctypes = None
CAPSULES = not PYPY and ctypes is not None
if CAPSULES:
    from tbx_pure.foreign import capsules

NATIVE, OTHER = "<>" if sys.byteorder == "little" else "><"


def plain(x):
    tensor = view(x, also_complex=True)
    return tensor.dtype, tensor.shape, list(tensor.values)


class Loose:
    """An object with these abilities only."""

    def __init__(self, **abilities):
        self.__dict__.update(abilities)


def fail(error):
    def method(*arguments, **options):
        raise error
    return method


class TestTable(unittest.TestCase):

    def test_every_converter_has_its_place(self):
        self.assertEqual(set(CONVERTERS) - {name for name, _ in ROWS}, set())

    def test_classes_are_no_arrays(self):
        class Class:
            __array__ = __array_interface__ = __dlpack__ = detach = cpu = property(fail(OSError()))
        for convert in CONVERTERS.values():
            self.assertIsNone(convert(Class, "x"))
        with self.assertRaises(InputError):
            view(Class)


class TestMemory(unittest.TestCase):

    def elements(self, shape, strides, size, memory_size=64):
        """Return the bytes of each element, looked up one by one."""
        raw, low = bytes(range(memory_size)), memory.reach(shape, strides, size)[0]
        places = [-low]
        for n, stride in zip(shape, strides):
            places = [place + i * stride for place in places for i in range(n)]
        expected = b"".join(raw[place:place + size] for place in places)
        self.assertEqual(memory.gathered(raw, -low, shape, strides, size), expected)
        self.assertEqual(memory.gathered(memoryview(raw), -low, shape, strides, size), expected)
        return expected

    def test_gathered(self):
        for shape, strides, size in (
                ((), (), 4), ((3,), (4,), 4), ((3,), (8,), 4), ((3,), (-4,), 4), ((3,), (-8,), 2),
                ((5,), (0,), 4), ((2, 3), (12, 4), 4), ((3, 2), (4, 12), 4), ((2, 3), (-12, -4), 4),
                ((2, 3), (0, 4), 4), ((2, 3), (4, 0), 4), ((2, 2, 2), (3, 17, 7), 2),
                ((1, 4), (99, 1), 1), ((4, 3), (5, 1), 3), ((2, 2), (16, -16), 16)):
            with self.subTest(shape=shape, strides=strides, size=size):
                self.assertEqual(len(self.elements(shape, strides, size)),
                                 size * (1 if not shape else shape[0] if len(shape) == 1 else
                                         shape[0] * shape[1] * (shape[2:] or (1,))[0]))

    def test_nothing(self):
        self.assertEqual(memory.gathered(b"", 0, (0,), (4,), 4), b"")
        self.assertEqual(memory.gathered(b"", 0, (2, 0, 3), (8, 4, 2), 4), b"")

    def test_reach(self):
        self.assertEqual(memory.reach((), (), 4), (0, 4))
        self.assertEqual(memory.reach((3, 2), (-4, 12), 4), (-8, 16))

    def test_made(self):
        self.assertEqual(memory.made("float8_e8m0fnu", (3,), b"\x00\x7f\xfe"),
                         ("float32", (3,), [2.0 ** -127, 1.0, 2.0 ** 127]))
        x, = memory.made("float8_e8m0fnu", (1,), b"\xff").values
        self.assertNotEqual(x, x)
        self.assertEqual(memory.made("complex32", (1,), struct.pack("=2e", 1.5, -2)),
                         ("complex64", (1,), [1.5 - 2j]))


class TestArray(unittest.TestCase):

    def test_what_it_returns(self):
        self.assertEqual(plain(Loose(__array__=lambda: array("f", [1, 2]))), ("float32", (2,), [1, 2]))
        self.assertEqual(plain(Loose(__array__=lambda: array("f", [1, 2]), tolist=lambda: [3])),
                         ("float32", (2,), [1, 2]))

    def test_itself(self):
        x = Loose(tolist=lambda: [3])
        x.__array__ = lambda: x
        self.assertEqual(plain(x), ("int64", (1,), [3]))

    def test_text(self):
        """TensorFlow's."""
        with self.assertRaises(InputError) as caught:
            view(Loose(__array__=lambda: b"1", __float__=lambda: 1.0))
        self.assertEqual(caught.exception.got, "a text")

    def test_failure_is_told(self):
        with self.assertRaises(InputError) as caught:
            view(Loose(__array__=fail(TypeError("a traced array"))))
        self.assertIn("; __array__: TypeError: a traced array", caught.exception.got)


class Interface:
    """An object with an array interface."""

    def __init__(self, typestr, shape, data, name=None, **others):
        self.__array_interface__ = dict(others, typestr=typestr, shape=shape, data=data, version=3)
        if name:
            self.dtype = Loose(name=name)


class TestInterface(unittest.TestCase):

    def test_a_buffer(self):
        raw = struct.pack("<6h", *range(6))
        self.assertEqual(plain(Interface("<i2", (2, 3), raw)),
                         ("int16", (2, 3), [0, 1, 2, 3, 4, 5]))
        self.assertEqual(plain(Interface("<i2", (3, 2), raw, strides=(2, 6))),
                         ("int16", (3, 2), [0, 3, 1, 4, 2, 5]))
        self.assertEqual(plain(Interface("<i2", (2,), raw, offset=4)), ("int16", (2,), [2, 3]))
        self.assertEqual(plain(Interface("<i2", (2,), raw, offset=10, strides=(-4,))),
                         ("int16", (2,), [5, 3]))
        self.assertEqual(plain(Interface("<i2", (), raw)), ("int16", (), [0]))
        self.assertEqual(plain(Interface("<i2", (0, 3), b"")), ("int16", (0, 3), []))

    @unittest.skipUnless(ctypes, "no ctypes")
    def test_memory(self):
        held = array("d", range(6))
        address = held.buffer_info()[0]
        kind = NATIVE + "f8"
        self.assertEqual(plain(Interface(kind, (3, 2), (address, True))),
                         ("float64", (3, 2), [0, 1, 2, 3, 4, 5]))
        self.assertEqual(plain(Interface(kind, (2, 3), (address + 40, True), strides=(-8, -16))),
                         ("float64", (2, 3), [5, 3, 1, 4, 2, 0]))
        self.assertEqual(plain(Interface(kind, (0,), (0, True))), ("float64", (0,), []))

    def test_its_own_buffer(self):
        class Both(bytearray):
            pass
        x = Both(b"\1\2\3\4")
        x.__array_interface__ = {"typestr": "|u1", "shape": (4,), "data": None}
        self.assertEqual(CONVERTERS["array interface"](x, "x")[1:2], ((4,),))

    def test_every_kind(self):
        for typestr, raw, expected in (
                ("|b1", "0100", ("bool", [True, False])), ("|u1", "ff00", ("uint8", [255, 0])),
                ("|i1", "ff00", ("int8", [-1, 0])), (">i2", "fffe0001", ("int16", [-2, 1])),
                ("<u4", "ffffffff", ("uint32", [2 ** 32 - 1])), (">u8", "00" * 7 + "05", ("uint64", [5])),
                (">f2", "3e00", ("float16", [1.5])), (">f4", "3fc00000", ("float32", [1.5])),
                ("<c8", "0000c03f000000c0", ("complex64", [1.5 - 2j])),
                (">c16", "3ff8000000000000c000000000000000", ("complex128", [1.5 - 2j]))):
            raw = bytes.fromhex(raw)
            x = Interface(typestr, (len(raw) // int(typestr[2:]),), raw)
            with self.subTest(typestr):
                dtype, _, values = plain(x)
                self.assertEqual((dtype, values), expected)

    def test_dtypes_by_name(self):
        """As ml_dtypes has them."""
        for typestr, name, raw, expected in (
                ("<V2", "bfloat16", "c03f00c0", ("bfloat16", [1.5, -2.0])),
                (">V2", "bfloat16", "3fc0c000", ("bfloat16", [1.5, -2.0])),
                ("<V1", "float8_e4m3fn", "3c7e", ("float8_e4m3fn", [1.5, 448.0])),
                ("<f1", "float8_e5m2", "3e7c", ("float8_e5m2", [1.5, float("inf")])),
                ("<V1", "float8_e8m0fnu", "7f80", ("float32", [1.0, 2.0]))):
            dtype, _, values = plain(Interface(typestr, (2,), bytes.fromhex(raw), name))
            self.assertEqual((dtype, values), expected)

    def test_refused(self):
        for x, got in ((Interface("<M8[s]", (1,), bytes(8)), "dates or times: an array of <M8[s]"),
                       (Interface("<m8[s]", (1,), bytes(8)), "dates or times: an array of <m8[s]"),
                       (Interface("<i2", (1,), bytes(2), mask=[True]), "a masked array")):
            with self.assertRaises(InputError) as caught:
                view(x)
            self.assertEqual(caught.exception.got, got)
        for typestr in ("|O8", "<U4", "|S4", "|V8", "<f16", "|t1"):
            with self.assertRaises(InputError):
                view(Interface(typestr, (1,), bytes(16)))

    def test_others_read_on(self):
        x = Interface("|O8", (1,), bytes(8))
        x.tolist = lambda: [7]
        self.assertEqual(plain(x), ("int64", (1,), [7]))


# ---- DLPack ----

NEW = CAPSULES and ctypes.PYFUNCTYPE(
    ctypes.py_object, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)(
    ("PyCapsule_New", ctypes.pythonapi))


class Producer:
    """An object that hands over a tensor: an old capsule, or a new one where it is asked for it."""

    def __init__(self, data=struct.pack("=6f", *range(6)), shape=(2, 3), strides=None, code=2,
                 bits=32, lanes=1, byte_offset=0, device=1, versioned=False, major=1, deleter=True):
        self.versioned, self.device, self.asked, self.deleted = versioned, device, [], []
        held = ctypes.create_string_buffer(data, max(len(data), 1))
        form = capsules.DLManagedTensorVersioned if versioned else capsules.DLManagedTensor
        self.managed = form()
        if versioned:
            self.managed.major, self.managed.minor = major, 0
        self.delete = capsules.DELETER(self.deleted.append)
        if deleter:
            self.managed.deleter = ctypes.cast(self.delete, ctypes.c_void_p).value
        sizes = (ctypes.c_int64 * len(shape))(*shape)
        steps = (ctypes.c_int64 * len(shape))(*(strides or ()))
        tensor = self.managed.dl_tensor
        tensor.data = ctypes.addressof(held) if data else None
        tensor.device_type, tensor.ndim, tensor.byte_offset = device, len(shape), byte_offset
        tensor.code, tensor.bits, tensor.lanes = code, bits, lanes
        tensor.shape = ctypes.cast(sizes, ctypes.POINTER(ctypes.c_int64))
        if strides:
            tensor.strides = ctypes.cast(steps, ctypes.POINTER(ctypes.c_int64))
        self.held = held, sizes, steps
        self.name = b"dltensor_versioned" if versioned else b"dltensor"

    def __dlpack_device__(self):
        return self.device, 0

    def __dlpack__(self, **options):
        if options and not self.versioned:
            raise TypeError("__dlpack__() got an unexpected keyword argument")
        self.asked.append(options)
        self.capsule = NEW(ctypes.addressof(self.managed), self.name, None)
        return self.capsule


@unittest.skipUnless(CAPSULES, "no capsules")
class TestDLPack(unittest.TestCase):

    def taken(self, producer):
        """Assert that the producer got its tensor back, once, and the capsule its other name."""
        self.assertEqual(producer.deleted, [ctypes.addressof(producer.managed)])
        self.assertEqual(capsules.get_name(producer.capsule), b"used_" + producer.name)

    def test_both_forms(self):
        for versioned in (False, True):
            x = Producer(versioned=versioned)
            self.assertEqual(plain(x), ("float32", (2, 3), [0, 1, 2, 3, 4, 5]))
            self.assertEqual(x.asked, [{"max_version": (1, 1)}] if versioned else [{}])
            self.taken(x)

    def test_strides_and_offset(self):
        for options, expected in (
                (dict(shape=(3, 2), strides=(1, 3)), [0, 3, 1, 4, 2, 5]),
                (dict(shape=(2, 3), strides=(3, 1)), [0, 1, 2, 3, 4, 5]),
                (dict(shape=(3,), strides=(-2,), byte_offset=20), [5, 3, 1]),
                (dict(shape=(2, 2), strides=(0, 1)), [0, 1, 0, 1]),
                (dict(shape=(2,), byte_offset=8), [2, 3]),
                (dict(shape=()), [0])):
            with self.subTest(options):
                self.assertEqual(plain(Producer(**options)),
                                 ("float32", options["shape"], expected))

    def test_no_elements(self):
        x = Producer(data=b"", shape=(0, 3))
        self.assertEqual(plain(x), ("float32", (0, 3), []))
        self.taken(x)

    def test_every_type(self):
        for code, bits, raw, expected in (
                (0, 8, b"\xff", ("int8", -1)), (0, 64, struct.pack("=q", -5), ("int64", -5)),
                (1, 16, struct.pack("=H", 65535), ("uint16", 65535)),
                (2, 16, struct.pack("=e", 1.5), ("float16", 1.5)),
                (2, 64, struct.pack("=d", 0.1), ("float64", 0.1)),
                (4, 16, struct.pack("=H", 0x3FC0), ("bfloat16", 1.5)),
                (5, 32, struct.pack("=2e", 1.5, -2), ("complex64", 1.5 - 2j)),
                (5, 64, struct.pack("=2f", 1.5, -2), ("complex64", 1.5 - 2j)),
                (5, 128, struct.pack("=2d", 1.5, -2), ("complex128", 1.5 - 2j)),
                (6, 8, b"\1", ("bool", True)), (9, 8, b"\x58", ("float8_e4m3b11fnuz", 1.0)),
                (10, 8, b"\x3c", ("float8_e4m3fn", 1.5)), (11, 8, b"\x40", ("float8_e4m3fnuz", 1.0)),
                (12, 8, b"\x3e", ("float8_e5m2", 1.5)), (13, 8, b"\x40", ("float8_e5m2fnuz", 1.0)),
                (14, 8, b"\x80", ("float32", 2.0))):
            dtype, _, (value,) = plain(Producer(raw, (1,), code=code, bits=bits))
            self.assertEqual((dtype, value), expected)

    def test_what_is_refused_goes_back_too(self):
        for x, cause in (
                (Producer(lanes=4), "elements of code 2, 32 bits, 4 lanes"),
                (Producer(code=3, bits=64), "elements of code 3, 64 bits, 1 lanes"),
                (Producer(code=1, bits=4), "elements of code 1, 4 bits, 1 lanes"),
                (Producer(code=17, bits=4), "elements of code 17, 4 bits, 1 lanes"),
                (Producer(device=2), "memory of device type 2, which the CPU cannot read"),
                (Producer(data=b""), "there is no data"),
                (Producer(versioned=True, major=2), "version 2.0 of DLPack")):
            with self.assertRaises(InputError) as caught:
                view(x)
            self.assertIn("; DLPack: ", caught.exception.got)
            self.assertTrue(caught.exception.got.endswith(cause), caught.exception.got)
            self.taken(x)

    def test_another_device_is_asked_for_a_copy(self):
        x = Producer(versioned=True, device=2)
        x.managed.dl_tensor.device_type = 1             # the copy's
        self.assertEqual(plain(x)[2], [0, 1, 2, 3, 4, 5])
        self.assertEqual(x.asked, [{"max_version": (1, 1), "dl_device": (1, 0)}])

    def test_pinned_memory_is_on_the_cpu(self):
        self.assertEqual(plain(Producer(device=3))[2], [0, 1, 2, 3, 4, 5])

    def test_no_deleter(self):
        self.assertEqual(plain(Producer(deleter=False))[1], (2, 3))

    def test_a_capsule_is_taken_once(self):
        x = Producer()
        capsule = x.__dlpack__()
        again = Loose(__dlpack__=lambda **options: capsule)
        self.assertEqual(plain(again)[1], (2, 3))
        with self.assertRaises(InputError) as caught:
            view(again)
        self.assertIn("a capsule named b'used_dltensor'", caught.exception.got)
        self.assertEqual(len(x.deleted), 1)

    def test_no_capsule(self):
        with self.assertRaises(InputError) as caught:
            view(Loose(__dlpack__=lambda **options: 3))
        self.assertIn("; DLPack: ValueError", caught.exception.got)

    def test_values_do_not_hang_on_the_producer(self):
        x = Producer()
        tensor = from_dlpack(x, "x")
        ctypes.memset(x.managed.dl_tensor.data, 255, 24)
        self.assertEqual(list(tensor.values), [0, 1, 2, 3, 4, 5])

    def test_nothing_better_is_asked_first(self):
        x = Producer()
        x.__array__ = lambda: array("d", [7])
        self.assertEqual(plain(x)[2], [7])
        x.__array__ = fail(TypeError("no"))     # asked for a text, TensorFlow would end the process
        with self.assertRaises(InputError):
            view(x)
        self.assertEqual(x.asked, [])

    def test_layout(self):
        """Of 64-bit machines, as dlpack.h gives it."""
        if ctypes.sizeof(ctypes.c_void_p) == 8:
            self.assertEqual([getattr(capsules.DLTensor, name).offset for name in (
                "data", "device_type", "ndim", "code", "bits", "lanes", "shape", "strides",
                "byte_offset")], [0, 8, 16, 20, 21, 22, 24, 32, 40])
            self.assertEqual(capsules.DLManagedTensor.deleter.offset, 56)
            versioned = capsules.DLManagedTensorVersioned
            self.assertEqual([versioned.manager_ctx.offset, versioned.deleter.offset,
                              versioned.flags.offset, versioned.dl_tensor.offset], [8, 16, 24, 32])


WITHOUT_CTYPES = '''
import sys
sys.modules["ctypes"] = sys.modules["_ctypes"] = None
from {package}.errors import InputError
from {package}.tensor import view
class Array:
    def __dlpack__(self, **options): raise SystemExit("asked")
try:
    view(Array())
except InputError as e:
    print(e.got)
'''


class TestWithoutCtypes(unittest.TestCase):

    def test_the_error_says_so(self):
        said = python("-c", WITHOUT_CTYPES.format(package=from_dlpack.__module__.split(".")[0]))
        self.assertIn("; DLPack: ImportError: DLPack takes ctypes: ", said)


# ---- torch ----

class Tensor:
    """What torch's tensor can do, on any device, with a gradient to cut off.

    shown: what numpy() shows, or the error it raises
    """

    layout, dtype, device, grad = "torch.strided", "torch.float32", "gpu", True

    def __init__(self, items, shown=TypeError("Got unsupported ScalarType"), **others):
        self.items, self.shown = items, shown
        self.__dict__.update(others)

    def changed(self, **changes):
        made = copy.copy(self)
        made.__dict__.update(changes)
        return made

    def detach(self):
        return self.changed(grad=False)

    def cpu(self):
        if self.device == "meta":
            raise NotImplementedError("Cannot copy out of meta tensor; no data!\nmore")
        return self.changed(device="cpu")

    def ready(self):
        if self.grad or self.device != "cpu" or self.layout != "torch.strided":
            raise RuntimeError("detach(), to_dense() and cpu() first")

    def numpy(self):
        self.ready()
        if isinstance(self.shown, Exception):
            raise self.shown
        return self.shown

    def tolist(self):
        self.ready()
        return self.items

    def to_dense(self):
        return self.changed(layout="torch.strided")

    def dequantize(self):
        return self.changed(is_quantized=False, shown=array("f", [0.5]))

    def resolve_conj(self):
        return self.changed(shown=getattr(self, "resolved", self.shown))

    # What has bits: bytes whose size is that of an element, given as `bits`.

    def element_size(self):
        return self.bits.itemsize

    def new_empty(self, count):
        return Loose(byte=lambda: Loose(dtype="B"), short=lambda: Loose(dtype="h"))

    def view(self, dtype):
        self.ready()
        return Loose(numpy=lambda: Bits(memoryview(self.bits).cast("B").cast(dtype)))


class Bits(bytearray):
    """An array that has a shape."""

    def __init__(self, view):
        bytearray.__init__(self, view)
        self.shape = view.shape


class TestTorch(unittest.TestCase):

    def test_through_numpy(self):
        self.assertEqual(plain(Tensor([9], array("f", [1, 2]))), ("float32", (2,), [1, 2]))

    def test_bits(self):
        for dtype, bits, expected in (
                ("bfloat16", array("H", [0x3FC0, 0xC7C3]), ("bfloat16", (2,), [1.5, -99840.0])),
                ("float8_e5m2", array("B", [0x3E, 0x7C]), ("float8_e5m2", (2,), [1.5, math.inf])),
                ("float8_e8m0fnu", array("B", [0x80, 0]), ("float32", (2,), [2.0, 2.0 ** -127]))):
            self.assertEqual(plain(Tensor(None, dtype="torch." + dtype, bits=bits)), expected)

    def test_bits_shown_as_numbers(self):
        """Paddle's bfloat16."""
        x = Tensor([1.5], array("H", [0x3FC0]), dtype="paddle.bfloat16")
        self.assertEqual(plain(x), ("bfloat16", (1,), [1.5]))

    @unittest.skipUnless(CAPSULES, "no capsules")
    def test_without_numpy(self):
        missing = RuntimeError("Numpy is not available")
        x = Producer()
        tensor = Tensor(None, missing, __dlpack__=x.__dlpack__)
        self.assertEqual(plain(tensor), ("float32", (2, 3), [0, 1, 2, 3, 4, 5]))
        self.assertEqual(len(x.deleted), 1)
        for dtype, items in (("float32", [[1.5, 2.0]]), ("int8", [[1, 2]]), ("complex64", [[1j, 2]]),
                             ("bfloat16", [[1.5, 2.0]]), ("float8_e4m3fn", [[1.5, 2.0]])):
            self.assertEqual(plain(Tensor(items, missing, dtype="torch." + dtype)),
                             (dtype, (1, 2), items[0]))
        self.assertEqual(plain(Tensor(2.0, missing, dtype="torch.float8_e8m0fnu")),
                         ("float32", (), [2.0]))

    def test_what_numpy_cannot_show_yet(self):
        conjugate = Tensor(None, RuntimeError("conjugate bit"), resolved=array("f", [2]))
        self.assertEqual(plain(conjugate), ("float32", (1,), [2.0]))
        self.assertEqual(plain(Tensor(None, array("f", [3]), layout="torch.sparse_coo")),
                         ("float32", (1,), [3.0]))
        self.assertEqual(plain(Tensor(None, is_quantized=True)), ("float32", (1,), [0.5]))

    def test_without_data(self):
        with self.assertRaises(InputError) as caught:
            view(Tensor([1], device="meta"), "name")
        self.assertEqual((caught.exception.argument, caught.exception.need, caught.exception.got),
                         ("name", "a tensor that holds data",
                          "Tensor: Cannot copy out of meta tensor; no data!"))

    def test_nested(self):
        with self.assertRaises(InputError) as caught:
            view(Tensor(None, is_nested=True))
        self.assertEqual(caught.exception.got, "a nested tensor")

    def test_nothing_helps(self):
        with self.assertRaises(InputError) as caught:
            view(Tensor(None, tolist=fail(RuntimeError("load_scalar: invalid type"))))
        self.assertIn("; torch: RuntimeError: load_scalar: invalid type", caught.exception.got)

    def test_lists_of_tensors(self):
        losses = [Tensor(1.0), Tensor(2.0)]
        self.assertEqual(plain(losses), ("float32", (2,), [1.0, 2.0]))
        mixed = [Tensor(1.0), 2, Tensor(3.0, dtype="torch.bfloat16")]
        self.assertEqual(plain(mixed), ("float64", (3,), [1.0, 2, 3.0]))

    def test_add_tensor(self):
        value, = plugin.tensors("t", Tensor(None, dtype="torch.bfloat16",
                                            bits=array("H", [0x3FC0, 0xC000])))["value"]
        self.assertEqual(plugin.read(value), ("bfloat16", (2,), [1.5, -2.0]))
        self.assertEqual(value["tensor"]["half_val"], (0x3FC0, 0xC000))


if __name__ == "__main__":
    unittest.main()
