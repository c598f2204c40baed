"""CRC-32C (Castagnoli), a table look-up for each byte, and TFRecord's mask.  spec/1-records.md"""
from .twins import fastest

POLYNOMIAL = 0x82F63B78                 # 0x1EDC6F41 with its bits in reverse: lowest bit first
MASK_DELTA = 0xA282EAD8


def _entry(byte):
    for _ in range(8):
        byte = byte >> 1 ^ (POLYNOMIAL if byte & 1 else 0)
    return byte


TABLE = tuple(map(_entry, range(256)))


@fastest
def crc32c(data: bytes, crc: int = 0) -> int:
    """Return the CRC-32C of `data`; pass an earlier result as `crc` to go on.  [record-4]"""
    table = TABLE                       # a local is looked up faster: this loop is the hot spot
    crc ^= 0xFFFFFFFF
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def masked(crc: int) -> int:
    """Rotate `crc` right by 15 bits and add a constant, modulo 2**32.  [record-5]

    A record holds CRCs; a CRC over bytes that end in their own CRC is weak, a masked one is not.
    """
    return ((crc >> 15 | crc << 17) + MASK_DELTA) & 0xFFFFFFFF
