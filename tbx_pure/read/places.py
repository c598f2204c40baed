"""Where the value of an event stands, found without decoding what is in it.

Records of one histogram or picture differ in wall time, step, lengths and payload, and are alike in
what stands around it: so what is known of one holds for all of its *kind*.
"""
from collections import namedtuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional, Tuple

WALL, STEP, SUMMARY = b"\x09\x10\x2a"   # keys in an event
VALUE = TAG = 0x0A                      # in a summary, and in a value
LEN = 2
MOST = 8                                # bytes of a usual varint
BEHIND = 512                            # bytes behind a payload: more are one themselves


class Place(namedtuple("Place", "kind step_end start")):
    """Where the only value of an event stands: up to the end of the data.

    kind:      the bytes before its payload, tag and key, and those behind it, such as metadata
    step_end:  position in data after the step; 9 if there is none
    start:     that of the value
    """


def place_in(data: bytes) -> "Optional[Place]":
    """Return the Place in an event of the usual form, or None.

    Usual is a wall time, a step, and a summary of one value: a tag, one payload, and the rest.
    """
    if len(data) < 11 or data[0] != WALL:
        return None
    step_end = _varint(data, 10)[1] if data[9] == STEP else 9
    summary = _inside(data, step_end, SUMMARY)
    start = _inside(data, summary, VALUE)
    if not start or start + 1 >= len(data) or data[start] != TAG or data[start + 1] > 0x7F:
        return None
    key = start + 2 + data[start + 1]
    if key >= len(data) or data[key] > 0x7F or data[key] & 7 != LEN:
        return None
    size, payload = _varint(data, key + 1)
    end = payload + size
    if not payload or not 0 <= len(data) - end <= BEHIND:
        return None
    return Place((data[start:key + 1], data[end:]), step_end, start)


def _inside(data, pos, key):
    """Return where the field at `pos` begins, which goes to the end of the data; 0 if not so."""
    if not pos or pos >= len(data) or data[pos] != key:
        return 0
    length, start = _varint(data, pos + 1)
    return start if start + length == len(data) else 0


def _varint(data, pos) -> "Tuple[int, int]":
    """Return (number, its end); (0, 0) if it is longer than is usual, or not all there."""
    number = 0
    for i, byte in enumerate(data[pos:pos + MOST]):
        number |= (byte & 0x7F) << 7 * i
        if byte < 0x80:
            return number, pos + i + 1
    return 0, 0
