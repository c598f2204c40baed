"""A file -> its records.  spec/1-records.md"""
from ..errors import FormatError
from ..record import unframe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO, Iterator, Tuple

CHUNK = 1 << 16


def records(file: "BinaryIO") -> "Iterator[Tuple[int, bytes]]":
    """Yield (offset, data) of each whole record of a file open for reading bytes.

    Ends where the file ends, be it inside a record: a writer may be in it still.  [record-6]
    Raises FormatError, with the offset in the file, at a record with a wrong checksum.
    """
    buf, base = b"", 0                  # buf holds the file from base on, up to what has been read
    while True:
        chunk = file.read(max(CHUNK, len(buf)))         # doubling: a large record in linear time
        if not chunk:
            return
        buf, pos = buf + chunk, 0
        while True:
            try:
                record = unframe(buf, pos)
            except FormatError as e:
                raise FormatError(e.message, base + e.pos, e.rule) from None
            if record is None:
                break
            yield base + pos, record[0]
            pos = record[1]
        buf, base = buf[pos:], base + pos
