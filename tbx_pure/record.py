"""TFRecord framing: how one event after another is laid in a file.  spec/1-records.md

    offset   size  field
    0        8     n, the length of data: uint64, little-endian
    8        4     masked CRC-32C of those 8 bytes
    12       n     data
    12 + n   4     masked CRC-32C of data
"""
import struct

from .crc32c import crc32c, masked
from .errors import FormatError, InputError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional, Tuple

LENGTH = struct.Struct("<Q")
CRC = struct.Struct("<I")
HEADER_SIZE = LENGTH.size + CRC.size
MAX_LENGTH = 2 ** 31 - 1                # of data: no reader takes a longer event


def frame(data: bytes) -> bytes:
    """Return `data` as one record.  [record-1]

    Raises InputError if it is too long for any reader.  [record-8]
    """
    if len(data) > MAX_LENGTH:
        raise InputError("data", "at most %d bytes" % MAX_LENGTH, "%d" % len(data))
    length = LENGTH.pack(len(data))
    return b"".join((length, CRC.pack(masked(crc32c(length))),
                     data, CRC.pack(masked(crc32c(data)))))


def unframe(buf: bytes, pos: int = 0) -> "Optional[Tuple[bytes, int]]":
    """Return (data, end) of the record that starts at `pos`, or None if it is not all there yet.

    None means wait, not error: a writer may be in the middle of it.  [record-6]
    Raises FormatError if a checksum is wrong, or the length is more than any event has.
    [record-2, record-3, record-8]
    """
    start = pos + HEADER_SIZE
    if len(buf) < start:
        return None
    _check(buf, pos, pos + LENGTH.size, "length", "record-2")
    length, = LENGTH.unpack_from(buf, pos)
    if length > MAX_LENGTH:
        raise FormatError("length %d is more than any event has" % length, pos, "record-8")
    end = start + length
    if len(buf) < end + CRC.size:
        return None
    _check(buf, start, end, "data", "record-3")
    return buf[start:end], end + CRC.size


def _check(buf, start, end, what, rule):
    stored, = CRC.unpack_from(buf, end)
    computed = masked(crc32c(buf[start:end]))
    if stored != computed:
        raise FormatError("%s has checksum %08x, its bytes give %08x" % (what, stored, computed),
                          start, rule)
