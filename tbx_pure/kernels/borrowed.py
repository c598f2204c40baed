"""Arithmetic of the array that a user passed: its own methods do the heavy work.

Values are a memoryview where a Tensor shows an array's memory, and its .obj is that array: NumPy's,
as arrays of torch, JAX, TensorFlow, pandas ... are converted to one.  Nothing is imported; an array
that lacks a method, or raises, leaves the work to the plain twin.  A result is the plain twin's,
to the last bit, because each method used gives one rounding or none:

sort, searchsorted, minimum and maximum, clipping, comparing: none at all
times a power of 2, rounding to a whole number, cutting off the fraction: as Python
times 255, of float32: one rounding more than float64 has, which makes no whole number of what is
    below one.  To show that, it is enough to try the largest float32 below each i / 255, as
    rounding keeps the order; tests/test_kernels.py does
a sum: none, see parts() and in_halves()
"""
import sys
from array import array as numbers_of
from math import frexp, fsum, inf, isfinite
from operator import mul

FEW = 64                                # values for which a loop is as quick
BLOCK_BITS = 13                         # of what is summed: BLAS starts threads for 10,000 products
BLOCK = 1 << BLOCK_BITS
FEW_TO_ADD = 400                        # values that fsum() adds as soon
PIECE = 1 << 15                         # values at a time: they stay in the cache
MAX_SQUARED = 1e150                     # no square beyond it is a finite float64
LARGEST_BELOW_2_31 = 2.0 ** 31 - 128    # of float32
NEARLY_1 = 1 - 2.0 ** -24               # beyond it, times 2^31 may round to 2^31

ORDER = "<" if sys.byteorder == "little" else ">"
#   format of a memoryview    dtype of the array whose memory it shows
DTYPES = {
    "?": "|b1",       "B": "|u1",       "b": "|i1",
    "H": ORDER + "u2", "h": ORDER + "i2", "I": ORDER + "u4", "i": ORDER + "i4",
    "Q": ORDER + "u8", "q": ORDER + "i8", "f": ORDER + "f4", "d": ORDER + "f8",
}


KEPT = {}           # type: dict         # see _as_array()


def array_of(values):
    """Return the array of one dimension whose memory `values` shows; None if there is none."""
    if type(values) is not memoryview or len(values) < FEW:
        return None
    if not (hasattr(values.obj, "__array__") and values.c_contiguous):
        return None
    array = values.obj.__array__().reshape(-1)          # not of a subclass, which may have its ways
    same = array.dtype.str == DTYPES.get(values.format) and array.nbytes == values.nbytes
    return array if same else None


def borrowing(work):
    """Return a make(): `work` on the array instead of the values, where there is one."""
    def make(plain):
        def kernel(values, *others):
            try:
                array = array_of(values)
                found = None if array is None else work(array, *others)
            except Exception:           # the methods of another library's object may raise anything
                found = None
            return plain(values, *others) if found is None else found
        return kernel
    return make


def _blocks(array, size):
    return [array[start:start + size] for start in range(0, len(array), size)]


# ---- numbers ----

@borrowing
def extremes(array):
    return array.min().item(), array.max().item()


@borrowing
def float32(array, argument):
    if array.dtype.kind == "f" and (
            array.dtype.itemsize == 4 or not (-3e38 < array.min() and array.max() < 3e38)):
        return None         # nothing to do, or NumPy would warn of infinities
    return memoryview(array.astype("f4"))


# ---- pictures ----

@borrowing
def scaled(array, dtype):
    """media.pixels.scaled: zero for NaN, clipped to 0 to 1, times 255."""
    done = [_scaled(block) for block in _blocks(array, PIECE)]
    data, nans, beyond = zip(*done)
    return b"".join(data), sum(nans), any(beyond)


def _scaled(block):
    low, high = block.min(), block.max()
    nans = 0
    if not low <= high:                 # NaN
        where = block != block
        nans = int(where.sum())
        block = block.copy()
        block[where] = 0
        low, high = block.min(), block.max()
    if low < 0 or high > 1:
        block = block.clip(0, 1)
    beyond = bool(low < -1 / 255 or high > 256 / 255)
    return (block * 255.0).astype("u1").tobytes(), nans, beyond


# ---- sound ----

@borrowing
def rounded(array, width):
    """media.wav.rounded, of finite values from -1 to 1."""
    high = array.max()
    if not (-1 <= array.min() and high <= 1):
        return None
    pieces = [_rounded(block, width, high) for block in _blocks(array, PIECE)]
    return b"".join(pieces), 0, False


def _rounded(block, width, high):
    if width == 4:
        block = block.astype("f8")
    samples = (block * 2.0 ** 31).round()
    if high > NEARLY_1:
        largest = LARGEST_BELOW_2_31 if block.dtype.itemsize == 4 else 2.0 ** 31 - 1
        samples = samples.clip(-2.0 ** 31, largest)
    samples = samples.astype("<i4")
    if width == 3:
        return samples.view("u1").reshape(-1, 4)[:, 1:].tobytes()
    return samples.view("<i%d" % width)[4 // width - 1::4 // width].tobytes()


# ---- distributions ----

@borrowing
def count(array, edges, between):
    """histogram.count: sorted numbers are counted by looking up the edges."""
    if callable(edges):
        return None
    kept, left_out = array, {}
    ordered = _sorted(array)
    if not (isfinite(ordered[0]) and isfinite(ordered[-1])):
        ends = [int(ordered.searchsorted(*end)) for end in (
            (-inf, "right"), (inf, "left"), (inf, "right"))]
        counts = zip(("NaN", "+inf", "-inf"), (len(array) - ends[2], ends[2] - ends[1], ends[0]))
        left_out = {reason: n for reason, n in counts if n}
        ordered = ordered[ends[0]:ends[1]]
        if not len(ordered):
            return None
        kept = array[(array > -inf) & (array < inf)]
    low, high = float(ordered[0]), float(ordered[-1])
    if not max(-low, high) < MAX_SQUARED:
        return None
    if not low:                         # 0 or -0, which sorting does not tell apart
        low = float(kept[(kept == 0).argmax()])
    if not high:
        high = float(kept[::-1][(kept[::-1] == 0).argmax()])
    first, end = between(edges, low, high)
    below = ordered.searchsorted(_as_array(edges)[first:end])
    if end == len(edges):
        below[-1] = ordered.searchsorted(edges[-1], "right")
    counts = (below[1:] - below[:-1]).astype("f8").tolist()
    total, squares = _sums(ordered, array.dtype.str[1:] == "f4")
    return (len(ordered), low, high, total, squares,
            edges, first, int(below[0]), counts, left_out)


def _as_array(edges):
    """Return edges as an array; of a tuple, such as the default ones, it is kept for next time."""
    kept = KEPT.get("edges")
    if kept is None or kept[0] is not edges:
        kept = edges, numbers_of("d", edges)
        if type(edges) is tuple:
            KEPT["edges"] = kept
    return kept[1]


def _sorted(array):
    """Return the numbers sorted, as float64; NaN is last."""
    ordered = array.copy()
    ordered.sort()
    return ordered.astype("f8")


def _sums(ordered, is_float32):
    """Return the sum, and that of the squares as rounded, each as exact as fsum() makes it."""
    if len(ordered) < FEW_TO_ADD:
        numbers = ordered.tolist()
        return fsum(numbers), fsum(map(mul, numbers, numbers))
    sums, squares = [], []
    for block in _blocks(ordered, BLOCK):
        halves = is_float32 and in_halves(block)
        if halves:
            upper, lower = halves
            sums += (upper.sum(), lower.sum())
            squares += (upper.dot(upper), upper.dot(lower), upper.dot(lower), lower.dot(lower))
        else:
            largest = max(-float(block[0]), float(block[-1]))
            sums += parts(block, largest)
            squares += parts(block * block, largest * largest)
    return fsum(sums), fsum(squares)


def in_halves(block):
    """Split x of a sorted block, float32 as float64, in u + v; None if they differ too much.

    With 2^(f-1) <= |x| < 2^e and e - f <= 15: u is x rounded to a multiple of 2^(e-20), or of
    2^(e-19) where x > 0, see parts(); so |v| <= 2^(e-20), and v, like x, is a multiple of 2^(f-24).
    A sum of 2^13 products u u, u v or v v then has 2 * 20 + 13 bits, or fewer: it is exact.
    """
    first, last = float(block[0]), float(block[-1])
    if not first * last > 0:
        return None
    f, e = sorted((frexp(first)[1], frexp(last)[1]))
    if e - f > 15:
        return None
    unit = 2.0 ** (e + 33)
    upper = (block + unit) - unit
    return upper, block - upper


def parts(block, largest):
    """Return a few numbers whose sum is exactly that of a block of float64.

    largest:  the largest |x|, or more

    With |x| < 2^e for each, and u = 2^(e + BLOCK_BITS): (x + u) - u is x rounded to a multiple of
    2^(e + BLOCK_BITS - 53), and x less that is exact too, as both are multiples of x's last bit
    and not larger than x.  The sum of all these, in any order, is a multiple of it of at most
    2^(e + BLOCK_BITS): 53 bits hold it.  What is left of each x is at most half of such a multiple,
    u / 2^53, so that it has lost 39 bits; and so on.
    """
    found = []
    while largest:
        unit = 2.0 ** (frexp(largest)[1] + BLOCK_BITS)
        upper = (block + unit) - unit
        found.append(upper.sum())
        block = block - upper
        largest = unit * 2.0 ** -53 if block.any() else 0.0
    return found


@borrowing
def tally(array, predictions, weights, n):
    """plugins.pr_curves.tally, of labels that are 0 and 1, predictions from 0 to 1, no weights.

    Places and labels as one number of 16 bits each, which sort by counting.
    """
    probabilities = array_of(predictions.values)
    if weights is not None or probabilities is None or probabilities.dtype.kind != "f":
        return None
    if not (0 <= probabilities.min() and probabilities.max() <= 1):
        return None
    if not ((array == 0) | (array == 1)).all():
        return None
    codes = (probabilities * float(n - 1)).astype("u2")
    codes = codes + codes + array.astype("u2")
    codes.sort(kind="stable")
    below = codes.searchsorted(range(2 * n + 1)).tolist()
    counts = [float(right - left) for left, right in zip(below, below[1:])]
    return counts[1::2], counts[::2], 0
