"""CRC-32C and its mask.  spec/1-records.md: record-4, record-5"""
import random
import unittest

from tbx_pure import crc32c as module
from tbx_pure.crc32c import masked

from .vectors import load, unhex

VECTORS = load("crc32c")["crcs"]

# the function, and the plain one where a kernel stands in for it
CRCS = {module.crc32c, getattr(module.crc32c, "plain", module.crc32c)}


def bit_by_bit(data):
    """CRC-32C as spec/1-records.md puts it in words, with no table."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


class TestCrc(unittest.TestCase):
    def test_vectors(self):                                                 # record-4
        for case in VECTORS:
            data = unhex(case["data"]) * case["times"]
            for crc32c in CRCS:
                with self.subTest(case["id"], crc=crc32c):
                    self.assertEqual("%08x" % crc32c(data), case["crc"])
                    self.assertEqual(crc32c(bytearray(data)), crc32c(data))
                    self.assertEqual(crc32c(memoryview(data)), crc32c(data))

    def test_goes_on_from_an_earlier_result(self):                          # record-4
        for case in VECTORS:
            data = (unhex(case["data"]) * case["times"])[:300]
            for crc32c in CRCS:
                for cut in range(0, len(data) + 1, 7):
                    with self.subTest(case["id"], cut=cut):
                        self.assertEqual(crc32c(data[cut:], crc32c(data[:cut])), crc32c(data))

    def test_is_the_polynomial_division(self):                              # record-4
        rng = random.Random(1)
        for n in list(range(70)) + [255, 256, 257]:
            data = bytes(rng.getrandbits(8) for _ in range(n))
            for crc32c in CRCS:
                self.assertEqual(crc32c(data), bit_by_bit(data), data)

    def test_polynomial_is_the_reflected_one(self):                         # record-4
        self.assertEqual(int("{:032b}".format(0x1EDC6F41)[::-1], 2), module.POLYNOMIAL)

    def test_every_single_byte_error_is_found(self):                        # record-2, record-3
        data = bytearray(b"tensorboard")
        right = module.crc32c(data)
        for i, byte in enumerate(bytes(data)):
            for data[i] in set(range(256)) - {byte}:
                self.assertNotEqual(module.crc32c(data), right)
            data[i] = byte


class TestMask(unittest.TestCase):
    def test_vectors(self):                                                 # record-5
        for case in VECTORS:
            with self.subTest(case["id"]):
                self.assertEqual("%08x" % masked(int(case["crc"], 16)), case["masked"])

    def test_can_be_undone(self):                                           # record-5
        rng = random.Random(2)
        edges = [0, 1, 0x7FFF, 0x8000, 0xFFFFFFFF]
        for crc in edges + [rng.getrandbits(32) for _ in range(500)]:
            m = masked(crc)
            self.assertTrue(0 <= m < 2 ** 32)
            rotated = (m - 0xA282EAD8) % 2 ** 32
            self.assertEqual((rotated << 15 | rotated >> 17) % 2 ** 32, crc)


if __name__ == "__main__":
    unittest.main()
