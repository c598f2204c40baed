"""Floats of 16 and 8 bits: bit pattern <-> value, exactly.

    sign (1 bit)   exponent e   fraction n

    e > 0:  (1 + n / 2**fraction) * 2**(e - bias)
    e = 0:  n / 2**fraction * 2**(1 - bias)

What stands above the largest pattern is infinity or no number.  IEEE 754-2008 (float16); OCP 8-bit
Floating Point Specification 1.0 (e5m2, e4m3fn); https://arxiv.org/abs/2206.02915 (fnuz: finite, no
negative zero, whose pattern is the NaN).
"""
import struct
from collections import namedtuple
from functools import lru_cache
from math import copysign, frexp, inf, isinf, ldexp, nan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Sequence

Format = namedtuple("Format", "size exponent fraction bias largest beyond nan")

#   dtype                       bytes, bits of e and n   bias  patterns: largest number, what is
#                                                              beyond it, NaN
FORMATS = {
    "float16":           Format(2, 5, 10,                15,   0x7BFF, 0x7C00, 0x7E00),
    "bfloat16":          Format(2, 8, 7,                 127,  0x7F7F, 0x7F80, 0x7FC0),
    "float8_e5m2":       Format(1, 5, 2,                 15,   0x7B, 0x7C, 0x7E),
    "float8_e4m3fn":     Format(1, 4, 3,                 7,    0x7E, 0x7F, 0x7F),
    "float8_e5m2fnuz":   Format(1, 5, 2,                 16,   0x7F, 0x80, 0x80),
    "float8_e4m3fnuz":   Format(1, 4, 3,                 8,    0x7F, 0x80, 0x80),
    "float8_e4m3b11fnuz": Format(1, 4, 3,                11,   0x7F, 0x80, 0x80),
}


def value(dtype: str, pattern: int) -> float:
    """Return the number whose bits are `pattern`."""
    form = FORMATS[dtype]
    sign = 1 << form.exponent + form.fraction
    rest = pattern & sign - 1
    if pattern == form.nan or rest > form.largest:
        x = inf if rest == form.beyond != form.nan else nan
    else:
        e, n = divmod(rest, 1 << form.fraction)
        x = ldexp(n + (1 << form.fraction) if e else n, max(e, 1) - form.bias - form.fraction)
    return -x if pattern & sign else x


def pattern(dtype: str, x: float) -> int:
    """Return the bits of the number nearest to `x`; of two that are as near, of the even one.

    What rounds beyond the largest number is infinity, or NaN where there is none, as in ml_dtypes;
    torch 2.13.0 has float8_e4m3fn stop at the largest number instead.
    """
    form = FORMATS[dtype]
    if x != x:
        bits = form.nan
    elif isinf(x):
        bits = form.beyond
    else:
        e = max(frexp(x)[1] - 1 + form.bias, 1) if x else 1
        n = round(ldexp(abs(x), form.fraction + form.bias - e))         # its leading 1 adds 1 to e
        bits = min((e - 1 << form.fraction) + n, form.beyond)
    signed = bits | 1 << form.exponent + form.fraction
    return signed if copysign(1.0, x) < 0 and signed != form.nan else bits


def decode(dtype: str, raw: "Any", order: str = "<") -> "Sequence[float]":
    """Return the numbers whose patterns stand in the bytes `raw`, in this byte order."""
    if FORMATS[dtype].size == 1:
        return list(map(_values(dtype).__getitem__, raw))
    if dtype == "float16":
        return struct.unpack("%s%de" % (order, len(raw) // 2), raw)
    whole = bytearray(2 * len(raw))     # a bfloat16 is the upper half of a float32
    upper = 2 if order == "<" else 0
    whole[upper::4], whole[upper + 1::4] = raw[::2], raw[1::2]
    return struct.unpack("%s%df" % (order, len(raw) // 2), whole)


def encode(dtype: str, values: "Sequence[float]") -> "Sequence[int]":
    """Return the pattern of each number."""
    n = len(values)
    try:
        if dtype == "float16":
            return struct.unpack("<%dH" % n, struct.pack("<%de" % n, *values))
        if dtype == "bfloat16":
            halves = struct.unpack("<%dH" % (2 * n), struct.pack("<%df" % n, *values))
            if not any(halves[::2]):    # nothing to round
                return halves[1::2]
    except OverflowError:               # struct makes no infinity of what is too large
        pass
    return [pattern(dtype, x) for x in values]


@lru_cache(maxsize=None)
def _values(dtype):
    return [value(dtype, pattern) for pattern in range(256)]
