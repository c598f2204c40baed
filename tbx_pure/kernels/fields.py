"""wire.fields without a call for each number: the usual field by hand, the rest by the plain twin.

Usual is a field whose key is one byte and that ends where it may.  At the first that is not, be it
a large number, a group or damage, the plain twin takes over from there, and tells what is wrong.
"""
import sys

VARINT, I64, LEN, I32 = 0, 1, 2, 5
LONGEST = 10                            # bytes of a varint


def make(plain):
    if sys.implementation.name == "pypy":
        return lambda buf, pos, end: plain(buf, pos, end)       # which compiles the calls away

    def fields(buf, pos, end):
        at = pos
        while end - at > 1:
            key, first, start = buf[at], buf[at + 1], at + 1
            wire = key & 7
            if not 8 <= key <= 0x7F:
                break
            if wire == LEN:
                start += 1
                if first > 0x7F:
                    first, shift, more = first & 0x7F, 7, True
                    while more and start < end and shift < 7 * LONGEST:
                        byte = buf[start]
                        first |= (byte & 0x7F) << shift
                        more, shift, start = byte > 0x7F, shift + 7, start + 1
                    if more:
                        break
                pos = start + first
            elif wire == VARINT:
                pos = start + 1
                if first > 0x7F:
                    while pos < end and buf[pos] > 0x7F:
                        pos += 1
                    pos += 1
                    if pos - start > LONGEST:
                        break
            elif wire == I32:
                pos = start + 4
            elif wire == I64:
                pos = start + 8
            else:
                break
            if pos > end:
                break
            yield key >> 3, wire, at, start, pos
            at = pos
        for field in plain(buf, at, end):
            yield field
    return fields
