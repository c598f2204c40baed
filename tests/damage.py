"""Every cut, flipped bit, deleted and inserted byte of every golden file: minutes, run by name.

    python3 -m unittest tests.damage
"""
import unittest

from .damaged import FILES, KINDS, Golden


class TestEveryGoldenFile(unittest.TestCase):

    def test_all(self):
        tried = 0
        for path in FILES:
            golden = Golden(path)
            for kind in KINDS:
                for what, found, wanted in kind(golden):
                    tried += 1
                    if found != wanted:
                        self.assertEqual(found, wanted, (golden.name, kind.__name__, what))
        self.assertGreater(tried, 100000)


if __name__ == "__main__":
    unittest.main()
