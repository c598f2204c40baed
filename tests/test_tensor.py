"""Every kind of input becomes the same Tensor as the nested list it stands for."""
import ctypes
import struct
import sys
import unittest
from array import array
from collections import deque
from decimal import Decimal
from fractions import Fraction

from tbx_pure.errors import InputError
from tbx_pure.tensor import DTYPE, FORMATS, one, view

OTHER = ">" if sys.byteorder == "little" else "<"


def plain(x):
    """Return view(x) with its values as a list."""
    tensor = view(x)
    return tensor.dtype, tensor.shape, list(tensor.values)


class TestNumbersAndLists(unittest.TestCase):

    def test_numbers(self):
        self.assertEqual(plain(True), ("bool", (), [True]))
        self.assertEqual(plain(7), ("int64", (), [7]))
        self.assertEqual(plain(0.5), ("float64", (), [0.5]))

    def test_lists(self):
        for x, expected in (
                ([], ("float64", (0,), [])),
                ([[], []], ("float64", (2, 0), [])),
                ([True, False], ("bool", (2,), [True, False])),
                ([1, True], ("int64", (2,), [1, 1])),
                ((1, 2.5), ("float64", (2,), [1, 2.5])),
                ([[1, 2, 3], (4, 5, 6)], ("int64", (2, 3), [1, 2, 3, 4, 5, 6])),
                ([[1, 2], [3, 4.5]], ("float64", (2, 2), [1, 2, 3, 4.5])),
                ([[[1], [2]], [[3], [4]]], ("int64", (2, 2, 1), [1, 2, 3, 4])),
                ([array("f", [1, 2]), array("f", [3, 4])], ("float32", (2, 2), [1, 2, 3, 4])),
                ([array("f", [1]), [2]], ("float64", (2, 1), [1, 2])),
                (range(3), ("int64", (3,), [0, 1, 2])),
                (deque([1.5, 2]), ("float64", (2,), [1.5, 2])),
        ):
            with self.subTest(x):
                self.assertEqual(plain(x), expected)

    def test_ragged(self):
        for x in ([[1, 2], [3]], [1, [2]], [[1], 2], [[[1]], [[1], [2]]], [[], [1]]):
            with self.subTest(x):
                with self.assertRaises(InputError) as caught:
                    view(x, "name")
                self.assertEqual((caught.exception.argument, caught.exception.need),
                                 ("name", "items of one shape"))

    def test_ragged_names_the_item(self):
        with self.assertRaises(InputError) as caught:
            view([[1, 2], [3, 4], [5]])
        self.assertEqual(caught.exception.got, "item 0 of shape (2,), item 2 of shape (1,)")

    def test_nested_without_end(self):
        endless = []
        endless.append(endless)
        with self.assertRaises(InputError):
            view(endless)


class TestBuffers(unittest.TestCase):

    def test_arrays(self):
        for letter in "bBhHiIlLqQfd":
            dtype = DTYPE[letter, array(letter).itemsize]
            with self.subTest(letter):
                self.assertEqual(plain(array(letter, [1, 0, 100])), (dtype, (3,), [1, 0, 100]))
                self.assertEqual(plain(array(letter)), (dtype, (0,), []))

    def test_negative(self):
        for letter in "bhilqfd":
            self.assertEqual(plain(array(letter, [-1, -100]))[2], [-1, -100])

    def test_bytes(self):
        for x in (b"\x00\xff", bytearray(b"\x00\xff"), memoryview(b"\x00\xff"),
                  memoryview(b"\x00\xff").cast("c")):
            self.assertEqual(plain(x), ("uint8", (2,), [0, 255]))

    def test_bool(self):
        self.assertEqual(plain(memoryview(b"\x00\x01").cast("?")), ("bool", (2,), [False, True]))

    def test_shapes(self):
        m = memoryview(array("f", range(6)))
        self.assertEqual(plain(m.cast("B").cast("f", (2, 3))), ("float32", (2, 3), list(range(6))))
        self.assertEqual(plain(m.cast("B").cast("f", (1, 2, 3, 1))),
                         ("float32", (1, 2, 3, 1), list(range(6))))
        self.assertEqual(plain(m[2:3].cast("B").cast("f", ())), ("float32", (), [2]))

    def test_strides(self):
        m = memoryview(array("d", range(6)))
        self.assertEqual(plain(m[::2]), ("float64", (3,), [0, 2, 4]))
        self.assertEqual(plain(m[::-1]), ("float64", (6,), [5, 4, 3, 2, 1, 0]))
        self.assertEqual(plain(m[1:1]), ("float64", (0,), []))

    def test_both_byte_orders(self):
        for c_type, dtype in ((ctypes.c_int16, "int16"), (ctypes.c_uint32, "uint32"),
                              (ctypes.c_int64, "int64"), (ctypes.c_float, "float32"),
                              (ctypes.c_double, "float64")):
            for ordered in (c_type.__ctype_le__, c_type.__ctype_be__):
                with self.subTest(ordered):
                    x = (ordered * 3)(1, 2, 100)
                    self.assertEqual(plain(x), (dtype, (3,), [1, 2, 100]))
                    self.assertEqual(plain(memoryview(x)[::-2])[2], [100, 1])

    def test_two_dimensions_of_the_other_order(self):
        foreign = ctypes.c_float.__ctype_be__ if sys.byteorder == "little" else ctypes.c_float.__ctype_le__
        x = ((foreign * 2) * 2)((1, 2), (3, 4))
        self.assertEqual(plain(x), ("float32", (2, 2), [1, 2, 3, 4]))

    def test_structures_are_refused(self):
        class Pair(ctypes.Structure):
            _fields_ = [("a", ctypes.c_int), ("b", ctypes.c_float)]
        with self.assertRaises(InputError):
            view((Pair * 2)())

    def test_formats_that_memoryview_cannot_read_either(self):
        with self.assertRaises(InputError):
            view(memoryview((ctypes.c_longdouble * 2)()))

    def test_table_of_formats(self):
        for dtype, letters, size in FORMATS:
            for letter in letters:
                if letter not in "lLN n".replace(" ", ""):      # whose native size is the machine's
                    self.assertEqual(struct.calcsize(letter), size, letter)


class TestFloat16(unittest.TestCase):

    def test_format_e(self):
        from tbx_pure.tensor import _numbers
        values = [0.0, -0.0, 1.0, -2.5, 65504.0, 6e-8, float("inf")]
        for order, swapped in (("=", False), (OTHER, True)):
            raw = struct.pack("%s%de" % (order, len(values)), *values)
            exact = struct.unpack("%s%de" % (order, len(values)), raw)
            self.assertEqual(tuple(_numbers("float16", raw, swapped)), exact)


class Tensor:
    """What torch's tensor can do, on any device, with a gradient to cut off."""

    def __init__(self, items, numpy=TypeError, device="gpu", grad=True):
        self.items, self.how, self.device, self.grad = items, numpy, device, grad

    def detach(self):
        return Tensor(self.items, self.how, self.device, grad=False)

    def cpu(self):
        if self.device == "meta":
            raise NotImplementedError("Cannot copy out of meta tensor; no data!")
        return Tensor(self.items, self.how, "cpu", self.grad)

    def ready(self):
        if self.grad or self.device != "cpu":
            raise RuntimeError("detach() and cpu() first")

    def numpy(self):
        self.ready()
        if isinstance(self.how, type):
            raise self.how("Got unsupported ScalarType BFloat16")
        return self.how

    def tolist(self):
        self.ready()
        return self.items


class Loose:
    """An object with one ability only."""

    def __init__(self, **abilities):
        self.__dict__.update(abilities)


class TestOtherLibraries(unittest.TestCase):

    def test_torch_through_numpy(self):
        self.assertEqual(plain(Tensor([9], numpy=array("f", [1, 2]))), ("float32", (2,), [1, 2]))

    def test_torch_that_numpy_cannot_show(self):
        self.assertEqual(plain(Tensor([[1.5, 2.0]])), ("float64", (1, 2), [1.5, 2.0]))
        self.assertEqual(plain(Tensor(3.0, numpy=RuntimeError)), ("float64", (), [3.0]))

    def test_torch_without_data(self):
        with self.assertRaises(InputError) as caught:
            view(Tensor([1], device="meta"))
        self.assertIn("meta tensor", str(caught.exception))

    def test_list_of_tensors(self):
        losses = [Tensor(1.0), Tensor(2.0)]
        self.assertEqual(plain(losses), ("float64", (2,), [1.0, 2.0]))

    def test_tolist(self):
        self.assertEqual(plain(Loose(tolist=lambda: [[1], [2]])), ("int64", (2, 1), [1, 2]))

    def test_numbers_of_other_libraries(self):
        self.assertEqual(plain(Decimal("0.5"))[2], [0.5])
        self.assertEqual(plain(Fraction(1, 4))[2], [0.25])

    def test_tolist_that_gives_no_list(self):
        class Long:                             # as numpy.longdouble
            def tolist(self):
                return Long()

            def __float__(self):
                return 0.5
        self.assertEqual(plain(Long()), ("float64", (), [0.5]))
        self.assertEqual(plain(Loose(tolist=lambda: [Long(), Long()])), ("float64", (2,), [0.5, 0.5]))

    def test_refused(self):
        tolist = Loose()
        tolist.tolist = lambda: tolist
        for x in (None, "3", "", 1j, object(), {}, {1}, [None], ["a"], [1, "a"], [[1j]], tolist, view,
                  type, Loose(tolist=lambda: "text"), array("u", "ab") if sys.version_info < (3, 13) else ""):
            with self.subTest(repr(x)):
                with self.assertRaises(InputError) as caught:
                    view(x, "values")
                self.assertEqual(caught.exception.argument, "values")
                self.assertIn("real numbers", caught.exception.need)


class TestOne(unittest.TestCase):

    def test_one(self):
        for x in (5, [5], ((5,),), array("h", [5]), b"\x05", Tensor([[5]]), Fraction(5)):
            self.assertEqual(one(x, "x"), 5)

    def test_none_or_many(self):
        for x, shape in (([], "(0,)"), ([1, 2], "(2,)"), (b"ab", "(2,)"), ([[1], [2]], "(2, 1)")):
            with self.assertRaises(InputError) as caught:
                one(x, "scalar_value")
            self.assertEqual(caught.exception.need, "one number")
            self.assertIn("of shape " + shape, caught.exception.got)


if __name__ == "__main__":
    unittest.main()
