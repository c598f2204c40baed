"""zlib; where Python has none, what stands in for it in tests: it stores, and reads what was stored.

    from .everywhere.storing import zlib
"""
import struct
import unittest
from binascii import crc32

try:
    import zlib
except ImportError:
    class zlib:
        """Streams of stored blocks, RFC 1951 section 3.2.4, as far as tests of ours ask for them."""

        class error(Exception):
            pass

        crc32 = staticmethod(crc32)

        @staticmethod
        def compress(data, level=0):
            starts = range(0, len(data) or 1, 0xFFFF)
            blocks = [data[start:start + 0xFFFF] for start in starts]
            low = high = 0
            for byte in data:
                low += byte
                high += low
            return b"\x78\x01" + b"".join(
                struct.pack("<BHH", block is blocks[-1], len(block), len(block) ^ 0xFFFF) + block
                for block in blocks) + struct.pack(">HH", (high + len(data)) % 65521, (low + 1) % 65521)

        @staticmethod
        def decompress(data):
            found, at, final = [], 2, False
            while not final:
                try:
                    final, size, inverse = struct.unpack_from("<BHH", data, at)
                except struct.error:
                    raise zlib.error("cut") from None
                if final > 1:
                    raise Compressed("not here: there is no zlib")
                if size ^ inverse != 0xFFFF or at + size + 9 > len(data):
                    raise zlib.error("not stored")
                found.append(data[at + 5:at + 5 + size])
                at += 5 + size
            if zlib.compress(b"".join(found))[-4:] != data[at:at + 4]:
                raise zlib.error("checksum")
            return b"".join(found)

    class Compressed(zlib.error, unittest.SkipTest):
        """What others have made: a test that does not expect it is skipped."""
