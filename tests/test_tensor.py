"""Every kind of input becomes the same Tensor as the nested list it stands for."""
import struct
import sys
import unittest
from array import array
from collections import UserList, deque
from decimal import Decimal
from fractions import Fraction

from tbx_pure.errors import InputError
from tbx_pure.tensor import CONVERTERS, DTYPE, FORMATS, is_float, numbers, one, view

try:
    import ctypes
except ImportError:
    ctypes = None

OTHER = ">" if sys.byteorder == "little" else "<"


def plain(x):
    """Return view(x) with its values as a list."""
    tensor = view(x, also_complex=True)
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
                ([array("b", [1]), array("H", [2])], ("int64", (2, 1), [1, 2])),
                ([1j, 2], ("complex128", (2,), [1j, 2])),
                ([[1j], array("f", [2])], ("complex128", (2, 1), [1j, 2])),
                (deque([range(2), (2, 3.5)]), ("float64", (2, 2), [0, 1, 2, 3.5])),
                (UserList([UserList([1]), [2]]), ("int64", (2, 1), [1, 2])),
                (range(3), ("int64", (3,), [0, 1, 2])),
                (deque([1.5, 2]), ("float64", (2,), [1.5, 2])),
        ):
            with self.subTest(x):
                self.assertEqual(plain(x), expected)

    def test_complex_only_where_it_is_asked_for(self):
        for x in (1j, [1j], [[1j]], [1, 2j]):
            self.assertEqual(view(x, "x", also_complex=True).dtype, "complex128")
            with self.assertRaises(InputError) as caught:
                view(x, "name")
            self.assertEqual((caught.exception.argument, caught.exception.need),
                             ("name", "real numbers"))
        with self.assertRaises(InputError):
            one(1j, "x")

    def test_texts_of_bytes_are_no_numbers(self):
        for x in ([b"ab"], [[b"a", b"b"]], (1, b"a")):
            with self.assertRaises(InputError):
                view(x)

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


class Masked(array):
    """What NumPy's masked arrays can do: their buffer does not tell of the mask."""
    dtype = "float64"

    def __new__(cls, values):
        return array.__new__(cls, "d", values)


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

    @unittest.skipUnless(ctypes, "no ctypes")
    def test_both_byte_orders(self):
        for c_type, dtype in ((ctypes.c_int16, "int16"), (ctypes.c_uint32, "uint32"),
                              (ctypes.c_int64, "int64"), (ctypes.c_float, "float32"),
                              (ctypes.c_double, "float64")):
            for ordered in (c_type.__ctype_le__, c_type.__ctype_be__):
                with self.subTest(ordered):
                    x = (ordered * 3)(1, 2, 100)
                    self.assertEqual(plain(x), (dtype, (3,), [1, 2, 100]))
                    self.assertEqual(plain(memoryview(x)[::-2])[2], [100, 1])

    @unittest.skipUnless(ctypes, "no ctypes")
    def test_two_dimensions_of_the_other_order(self):
        foreign = ctypes.c_float.__ctype_be__ if sys.byteorder == "little" else ctypes.c_float.__ctype_le__
        x = ((foreign * 2) * 2)((1, 2), (3, 4))
        self.assertEqual(plain(x), ("float32", (2, 2), [1, 2, 3, 4]))

    def test_complex(self):
        self.assertEqual((DTYPE["Zf", 8], DTYPE["Zd", 16]), ("complex64", "complex128"))
        self.assertEqual((DTYPE["F", 8], DTYPE["D", 16]), ("complex64", "complex128"))
        raw = struct.pack("=4f", 1, 2, 3, -4)
        self.assertEqual(numbers("complex64", raw), [1 + 2j, 3 - 4j])
        swapped = struct.pack(OTHER + "4d", 1, 2, 3, -4)
        self.assertEqual(numbers("complex128", swapped, True), [1 + 2j, 3 - 4j])

    def test_small_floats(self):
        for order, swapped in (("=", False), (OTHER, True)):
            raw = struct.pack(order + "3H", 0x3FC0, 0xC000, 0x7F80)
            self.assertEqual(list(numbers("bfloat16", raw, swapped)), [1.5, -2.0, float("inf")])
        self.assertEqual(list(numbers("float8_e4m3fn", b"\x38\x7e")), [1.0, 448.0])

    def test_masks(self):
        for mask, whole in ((memoryview(b"\0\1").cast("?"), False), ([False, False], True),
                            (False, True), (True, False)):
            x = Masked([1.0, 2.0])
            x.mask = mask
            with self.subTest(mask):
                if whole:
                    self.assertEqual(plain(x)[2], [1.0, 2.0])
                else:
                    with self.assertRaises(InputError) as caught:
                        view(x)
                    self.assertEqual(caught.exception.got, "a masked array")

    def test_dates_of_numpy_are_bytes_in_its_buffers(self):
        class Bytes(bytearray):
            dtype = Loose(kind="M")
        with self.assertRaises(InputError):
            view(Bytes(b"12345678"))
        Bytes.dtype = Loose(kind="u")
        self.assertEqual(plain(Bytes(b"\1")), ("uint8", (1,), [1]))

    @unittest.skipUnless(ctypes, "no ctypes")
    def test_structures_are_refused(self):
        class Pair(ctypes.Structure):
            _fields_ = [("a", ctypes.c_int), ("b", ctypes.c_float)]
        with self.assertRaises(InputError):
            view((Pair * 2)())

    @unittest.skipIf(ctypes is None or ctypes.sizeof(ctypes.c_longdouble) == 8,
                     "no ctypes; or a long double is a double here")
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
        values = [0.0, -0.0, 1.0, -2.5, 65504.0, 6e-8, float("inf")]
        for order, swapped in (("=", False), (OTHER, True)):
            raw = struct.pack("%s%de" % (order, len(values)), *values)
            exact = struct.unpack("%s%de" % (order, len(values)), raw)
            self.assertEqual(tuple(numbers("float16", raw, swapped)), exact)


class Loose:
    """An object with one ability only."""

    def __init__(self, **abilities):
        self.__dict__.update(abilities)


class TestOtherLibraries(unittest.TestCase):

    def test_numbers_by_one_method(self):
        for x, expected in ((Loose(item=lambda: 2 ** 60 + 1), ("int64", (), [2 ** 60 + 1])),
                            (Loose(item=lambda: 0.5), ("float64", (), [0.5])),
                            (Loose(item=lambda: True), ("bool", (), [True])),
                            (Loose(item=lambda: 1j), ("complex128", (), [1j])),
                            (Loose(__index__=lambda: 2 ** 60 + 1), ("int64", (), [2 ** 60 + 1])),
                            (Loose(__float__=lambda: 0.5), ("float64", (), [0.5]))):
            self.assertEqual(plain(x), expected)

    def test_a_whole_number_stays_one(self):
        both = Loose(__index__=lambda: 2 ** 60 + 1, __float__=lambda: float(2 ** 60))
        self.assertEqual(plain(both), ("int64", (), [2 ** 60 + 1]))
        both = Loose(item=lambda: 2 ** 60 + 1, __float__=lambda: float(2 ** 60))
        self.assertEqual(plain(both), ("int64", (), [2 ** 60 + 1]))

    def test_item_that_gives_no_number(self):
        x = Loose(__float__=lambda: 0.5)
        x.item = lambda: x                      # as numpy.longdouble
        self.assertEqual(plain(x), ("float64", (), [0.5]))

    def test_tried(self):
        with self.assertRaises(InputError) as caught:
            view(None)
        names = [name for name, _ in CONVERTERS]
        self.assertEqual(caught.exception.got, "None; tried " + ", ".join(names))
        self.assertEqual(names, [
            "number", "list", "buffer", "torch", "__array__", "array interface", "DLPack",
            "tolist", "item", "__index__", "__float__", "sequence"])

    def test_cause(self):
        def fail(text):
            def method():
                raise KeyError(text)
            return method
        with self.assertRaises(InputError) as caught:
            view(Loose(tolist=fail("first\nline"), item=fail("second")))
        self.assertTrue(caught.exception.got.endswith("sequence; tolist: KeyError: 'first\\nline'"),
                        caught.exception.got)

    def test_a_method_that_fails_is_passed_over(self):
        def fail():
            raise OSError("no")
        self.assertEqual(plain(Loose(tolist=fail, item=fail, __float__=lambda: 0.5))[2], [0.5])

    def test_no_error_of_the_machine_is_passed_over(self):
        def fail():
            raise MemoryError
        with self.assertRaises(MemoryError):
            view(Loose(tolist=fail))

    def test_tolist(self):
        self.assertEqual(plain(Loose(tolist=lambda: [[1], [2]])), ("int64", (2, 1), [1, 2]))

    def test_numbers_of_other_libraries(self):
        self.assertEqual(plain(Decimal("0.5"))[2], [0.5])
        self.assertEqual(plain(Fraction(1, 4))[2], [0.25])
        self.assertEqual(plain(Fraction(1, 3)), ("float64", (), [1 / 3]))
        self.assertEqual(plain(Decimal("0.1")), ("float64", (), [0.1]))
        self.assertEqual(plain(Decimal(2 ** 53 + 3))[2], [2.0 ** 53 + 4])   # to the even one
        self.assertEqual(plain([Decimal(1), Fraction(1, 2)]), ("float64", (2,), [1.0, 0.5]))

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
        for x in (None, "3", "", object(), {}, {1}, [None], ["a"], [1, "a"], tolist, view,
                  type, Loose(tolist=lambda: "text"), array("u", "ab") if sys.version_info < (3, 13) else ""):
            with self.subTest(repr(x)):
                with self.assertRaises(InputError) as caught:
                    view(x, "values")
                self.assertEqual(caught.exception.argument, "values")
                self.assertIn("real numbers", caught.exception.need)


class TestFloat(unittest.TestCase):

    def test_is_float(self):
        for dtype in ("float16", "float32", "float64", "bfloat16", "float8_e5m2"):
            self.assertTrue(is_float(dtype))
        for dtype in ("bool", "int8", "uint64", "complex64"):
            self.assertFalse(is_float(dtype))


class TestOne(unittest.TestCase):

    def test_one(self):
        for x in (5, [5], ((5,),), array("h", [5]), b"\x05", Loose(tolist=lambda: [[5]]), Fraction(5),
                  Loose(item=lambda: 5), Loose(__index__=lambda: 5)):
            self.assertEqual(one(x, "x"), 5)

    def test_none_or_many(self):
        for x, shape in (([], "(0,)"), ([1, 2], "(2,)"), (b"ab", "(2,)"), ([[1], [2]], "(2, 1)")):
            with self.assertRaises(InputError) as caught:
                one(x, "scalar_value")
            self.assertEqual(caught.exception.need, "one number")
            self.assertIn("of shape " + shape, caught.exception.got)


if __name__ == "__main__":
    unittest.main()
