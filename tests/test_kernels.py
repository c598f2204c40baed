"""Every kernel equals its plain twin; the switch turns kernels off; a missing folder is no loss."""
import os
import random
import shutil
import unittest

from tbx_pure import crc32c, twins
from tbx_pure.kernels import KERNELS
from tbx_pure.kernels import crc32c as folding
from tbx_pure.read import batches
from tbx_pure.record import frame

from . import test_batches
from .helpers import PACKAGE, PACKAGE_NAME, InDirectory, python

RANDOM = random.Random(0)
BYTES = [bytes(n) for n in range(70)] + [b"\xff" * n for n in range(70)] + [
    bytes(RANDOM.getrandbits(8) for _ in range(n)) for n in [1, 2, 3, 7, 8, 9, 63, 64, 65, 1000, 5000, 32768, 32769, 70000]
    + list(range(90, 400, 7))]

STRETCHES = [test_batches.stretch(seed) for seed in range(3)] + [
    test_batches.stretch(seed, [form], 150) for seed, form in enumerate(test_batches.FORMS)] + [
    b"", frame(b""), test_batches.stretch(3)[:-1]]
DAMAGED = bytearray(STRETCHES[0])
DAMAGED[len(DAMAGED) // 2] ^= 1
STRETCHES.append(bytes(DAMAGED))

#   plain function     arguments to compare it on: edges and random ones
CASES = {
    "crc32c.crc32c":   [(data,) for data in BYTES] + [(data, RANDOM.getrandbits(32)) for data in BYTES],
    "batches.gather":  [(buf, 0, stop, batches.look, crc32c.crc32c) for buf in STRETCHES
                        for stop in (len(buf), len(buf) // 3)],
}
PLAIN = {
    "crc32c.crc32c":   crc32c.crc32c,
    "batches.gather":  batches.gather,
}


def differences(kernel, plain, cases):
    """Return the cases on which a kernel and its plain twin differ."""
    return [case for case in cases if kernel(*case) != plain(*case)]


class TestTwins(unittest.TestCase):

    def test_every_kernel_equals_its_plain_twin(self):
        for name in KERNELS:
            with self.subTest(name):
                plain = getattr(PLAIN[name], "plain", PLAIN[name])
                self.assertEqual(differences(KERNELS[name](plain), plain, CASES[name]), [])

    def test_the_comparison_can_fail(self):
        def wrong(data, crc=0):
            return crc32c.crc32c(data, crc) ^ (len(data) == 65)
        self.assertEqual({len(case[0]) for case in differences(wrong, crc32c.crc32c,
                                                                CASES["crc32c.crc32c"])}, {65})


class TestFolding(unittest.TestCase):

    def test_relations(self):
        """Each is a multiple of the generator."""
        for relation in folding.RELATIONS:
            rest = sum(1 << exponent for exponent in relation)
            for bit in range(relation[0], 31, -1):
                if rest >> bit & 1:
                    rest ^= 0x11EDC6F41 << bit - 32
            self.assertEqual(rest, 0, relation)

    def test_programs_are_not_kept_for_ever(self):
        for n in range(100, 500):
            crc32c.crc32c(bytes(n))
        self.assertLessEqual(len(folding.PROGRAMS), 256)


KERNEL = '''
def make(plain):
    def kernel(data, crc=0):
        return 42 if data == b"is it you?" else plain(data, crc)
    return kernel
KERNELS = {"crc32c.crc32c": make}
'''
ASK = "from %s.crc32c import crc32c; print(crc32c(b'is it you?'))" % PACKAGE_NAME
PLAIN_ANSWER = str(crc32c.crc32c(b"is it you?"))


class TestSwitch(InDirectory):
    """A copy of the package with a kernel that gives itself away."""

    def setUp(self):
        InDirectory.setUp(self)
        shutil.copytree(PACKAGE, self.path(PACKAGE_NAME), ignore=shutil.ignore_patterns("__pycache__"))
        with open(self.path(PACKAGE_NAME, "kernels", "__init__.py"), "w") as f:
            f.write(KERNEL)

    def ask(self, **environment):
        inherited = {name: x for name, x in os.environ.items() if name != twins.SWITCH}
        environment = dict(inherited, PYTHONDONTWRITEBYTECODE="1", **environment)
        return python("-c", ASK, cwd=self.directory, env=environment).strip()

    def test_kernel_is_chosen(self):
        self.assertEqual(self.ask(), "42")

    def test_switched_off(self):
        self.assertEqual(self.ask(**{twins.SWITCH: "1"}), PLAIN_ANSWER)

    def test_any_other_value_does_not_switch(self):
        self.assertEqual(self.ask(**{twins.SWITCH: "0"}), "42")

    def test_wing_taken_away(self):
        shutil.rmtree(self.path(PACKAGE_NAME, "kernels"))
        self.assertEqual(self.ask(), PLAIN_ANSWER)


if __name__ == "__main__":
    unittest.main()
