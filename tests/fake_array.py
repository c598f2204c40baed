"""An array that computes, for tests where NumPy is not installed.

It has NumPy's methods that kernels/borrowed.py calls, for one dimension, slowly.  Results are rounded
to their dtype, as array.array does of float32; a comparison gives numbers that are 0 and 1.
tests/conformance/against_numpy.py has the same kernels on NumPy's own arrays.
"""
import math
import operator
import sys
from array import array
from bisect import bisect_left, bisect_right
from collections import namedtuple

from tbx_pure.kernels.borrowed import DTYPES

TYPECODES = {dtype[-2:]: letter for letter, dtype in DTYPES.items() if letter != "?"}

DType = namedtuple("DType", "str kind itemsize")


class Real(float):

    def item(self):
        return float(self)


class Whole(int):

    def item(self):
        return int(self)


class Array(array):

    def __array__(self):
        return self

    @property
    def dtype(self):
        name = DTYPES[self.typecode]
        return DType(name, name[1], self.itemsize)

    @property
    def nbytes(self):
        return len(self) * self.itemsize

    def reshape(self, *shape):
        return self if shape == (-1,) else Rows(self, shape[1])

    # -- elements --

    def __getitem__(self, key):
        if isinstance(key, Array):
            return Array(self.typecode, [x for x, chosen in zip(self, key) if chosen])
        found = array.__getitem__(self, key)
        return Array(self.typecode, found) if isinstance(key, slice) else found

    def __setitem__(self, key, value):
        if isinstance(key, slice):
            array.__setitem__(self, key, value)
            return
        if isinstance(key, int):
            array.__setitem__(self, key, value)
            return
        for i, chosen in enumerate(key):
            if chosen:
                array.__setitem__(self, i, value)

    def copy(self):
        return Array(self.typecode, self)

    def astype(self, dtype):
        typecode = TYPECODES[dtype[-2:]]
        made = Array(typecode, self if typecode in "fd" else map(int, self))
        if dtype[0] == "<" and sys.byteorder == "big":
            made.byteswap()             # its bytes are what is looked at then
        return made

    def view(self, dtype):
        made = Array(TYPECODES[dtype[-2:]])
        made.frombytes(self.tobytes())
        return made

    # -- arithmetic --

    def _each(self, other, operation, typecode=None):
        others = other if isinstance(other, Array) else [other] * len(self)
        return Array(typecode or self.typecode, map(operation, self, others))

    def __add__(self, other):
        return self._each(other, operator.add)

    def __sub__(self, other):
        return self._each(other, operator.sub)

    def __mul__(self, other):
        return self._each(other, operator.mul)

    def __eq__(self, other):
        return self._each(other, operator.eq, "B")

    def __ne__(self, other):
        return self._each(other, operator.ne, "B")

    def __lt__(self, other):
        return self._each(other, operator.lt, "B")

    def __gt__(self, other):
        return self._each(other, operator.gt, "B")

    def __and__(self, other):
        return self._each(other, operator.and_)

    def __or__(self, other):
        return self._each(other, operator.or_)

    def clip(self, low, high):
        return Array(self.typecode, [min(max(x, low), high) for x in self])

    def round(self):
        return Array(self.typecode, map(round, self))

    # -- all of them --

    def _number(self, x):
        return Real(x) if self.typecode in "fd" else Whole(x)

    def min(self):
        return self._number(math.nan if any(x != x for x in self) else min(self))

    def max(self):
        return self._number(math.nan if any(x != x for x in self) else max(self))

    def sum(self):
        total = 0
        for x in self:                  # sum() of Python 3.12 is more exact than NumPy's
            total += x
        return self._number(total)

    def all(self):
        return all(self)

    def any(self):
        return any(self)

    def argmax(self):
        return self.index(max(self))

    def dot(self, other):
        return (self * other).sum()

    def sort(self, kind=None):
        self[:] = Array(self.typecode, sorted(self, key=lambda x: (x != x, x)))

    def searchsorted(self, wanted, side="left"):
        end = sum(x == x for x in self)
        bisect = bisect_left if side == "left" else bisect_right
        if isinstance(wanted, float):
            return bisect(self, wanted, 0, end)
        return Array("q", [bisect(self, x, 0, end) for x in wanted])


class Rows:
    """Two dimensions, as far as they are needed."""

    def __init__(self, flat, columns):
        self.flat, self.columns = flat, columns

    def __getitem__(self, key):
        _, chosen = key
        rows = [self.flat[i:i + self.columns][chosen] for i in range(0, len(self.flat), self.columns)]
        return Array(self.flat.typecode, [x for row in rows for x in row])
