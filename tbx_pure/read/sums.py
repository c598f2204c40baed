"""The checksum of any stretch of a file, at a cost that does not grow with its length.

Whoever looks for sound records in a damaged stretch meets lengths that may all be lies, each with a
right checksum.  To go over the bytes of each claim would take time with the square of the file.  So
each byte is gone over once: the CRC from a fixed origin is noted every STRIDE bytes, and

    crc(a + b) = crc(a) times x^(8 len(b)), XOR crc(b)          for all bytes a and b

gives that of the stretch b from those of a and a + b.
"""
from array import array

from ..crc32c import TABLE, crc32c

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List
    from .window import Window

STRIDE = 256
POWERS = []             # type: List[List[int]]         # entry k: times x^(8 * 2^k), see _power


class Sums:
    """The checksums of stretches of a window, asked for from left to right.

    end:  bytes before this offset have been gone over; it only grows
    """

    def __init__(self, window: "Window") -> None:
        self.window = window
        self.origin = self.end = 0
        self.marks = array("L", [0])    # the CRC of the bytes from origin to origin + i * STRIDE

    def crc(self, start: int, end: int) -> int:
        """Return the CRC-32C of the bytes from offset `start` to `end`, both in the window."""
        if start >= self.end:           # begin anew: no byte is gone over twice
            self.origin = self.end = start
            self.marks = array("L", [0])
        return self._upto(end) ^ zeros_after(self._upto(start), end - start)

    def _upto(self, offset):
        """The CRC of the bytes from the origin to `offset`."""
        number, rest = divmod(offset - self.origin, STRIDE)
        while len(self.marks) <= number:
            self.marks.append(crc32c(self.window.bytes(self.end, self.end + STRIDE),
                                     self.marks[-1]))
            self.end += STRIDE
        return crc32c(self.window.bytes(offset - rest, offset), self.marks[number])


def zeros_after(crc: int, n: int) -> int:
    """Return `crc` times x^(8n), modulo the polynomial: the step of n bytes, all of them 0."""
    bit = 0
    while n:
        if n & 1:
            crc = _times(_power(bit), crc)
        n, bit = n >> 1, bit + 1
    return crc


def _times(matrix, crc):
    """Apply a linear map, given as what becomes of each bit."""
    product = 0
    for column in matrix:
        if crc & 1:
            product ^= column
        crc >>= 1
    return product


def _power(k):
    while len(POWERS) <= k:
        POWERS.append([_times(POWERS[-1], column) for column in POWERS[-1]] if POWERS else
                      [TABLE[1 << i & 0xFF] ^ 1 << i >> 8 for i in range(32)])
    return POWERS[k]
