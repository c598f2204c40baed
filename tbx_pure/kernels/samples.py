"""media.wav.rounded, of values from -1 to 1: float64 rounds them, and shows the whole number.

From 2^52 to 2^53 a float64 has no fraction: its lowest bit is 1.  So y + 1.5 * 2^52, for |y| up to
2^31, is y rounded to a whole number, a half to an even one as round() has it, and its lower 32 bits
are that number, negative ones as their complement.  x * 2^31 is exact.  Of x from 1 - 2^-31 on, the
plain twin makes 2^31 - 1; so does this, by taking all of them for 1 - 2^-31.

Where the sum is rounded twice, to the 64 bits of an x87 and then to 53, the plain twin does it all.
"""
import sys
from array import array

FEW = 64                                # values that the plain twin does as soon
LARGEST = 1 - 2.0 ** -31
WHOLE = 1.5 * 2.0 ** 52
ABOVE_HALF = 0.5 + 2.0 ** -30


def make(plain):
    if WHOLE + ABOVE_HALF == WHOLE:     # rounded to a half first
        return lambda values, width: plain(values, width)

    def rounded(values, width):
        if len(values) < FEW:
            return plain(values, width)
        numbers = values.tolist() if hasattr(values, "tolist") else values
        total, low, high = sum(numbers), min(numbers), max(numbers)
        if not (total == total and -1 <= low and high <= 1):
            return plain(values, width)
        if high > LARGEST:
            numbers = [x if x < LARGEST else LARGEST for x in numbers]
        return upper(array("d", [x * 2.0 ** 31 + WHOLE for x in numbers]), width), 0, False
    return rounded


def upper(numbers, width):
    """Return the upper bytes of the lower 32 bits, the lowest first."""
    if sys.byteorder == "big":
        numbers.byteswap()
    raw, out = numbers.tobytes(), bytearray(len(numbers) * width)
    for i in range(width):
        out[i::width] = raw[4 - width + i::8]
    return bytes(out)
