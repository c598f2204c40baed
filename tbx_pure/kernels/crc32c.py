"""crc32c.crc32c by folding: the data as one polynomial, brought down with shifts and XORs.

The CRC is the remainder of the data, as a polynomial over GF(2), by the generator P.  P divides
some polynomials of few terms, x^a + x^b + x^c + 1, so that modulo P

    x^a = x^b + x^c + 1         and, squared k times,       x^(a 2^k) = x^(b 2^k) + x^(c 2^k) + 1

Where data has the terms x^d of degrees d = a and more, w of them can be replaced at once, as long
as none of the new ones is among them: w <= a - b.  In a Python integer whose lowest bit is the
highest degree, that is: take the w lowest bits off, and XOR them in again at a - b - w, a - c - w
and a - w.
Each such step costs a few passes in C over what is left, so the next one is that with the largest
w.  Four terms reach down to some 5,700 bits, six terms to 209; the plain twin does those.
tests/test_kernels.py divides RELATIONS by P.

Zeros in front of data, before what the CRC is begun with, have no effect: they make few lengths of
many, so that the steps for a length are nearly always known.

Of long data, a bits are held at a time, which the first relation squared three times makes whole
bytes: their w = a - b lowest bits go up, and as many bits come in behind.  The cache holds all.
"""
import sys

LONG = 1 << 15                          # bytes that are held in part only
FEW = 96                                # bytes that the plain twin does sooner
LEAST = {4: 200, 6: 50}                 # bits: a shorter step of so many terms does not pay
ROUND = 256                             # bits: lengths are rounded up to so many, or 1/16
ALL = 0xFFFFFFFF

RELATIONS = ((14867, 318, 278, 0), (5685, 1362, 426, 0),
             (1059, 88, 85, 43, 4, 0), (290, 136, 113, 107, 32, 0), (209, 144, 54, 39, 14, 0))
PROGRAMS = {}       # type: dict        # {n: the steps that bring n bits down}


def make(plain):
    if sys.implementation.name == "pypy":
        return lambda data, crc=0: plain(data, crc)     # its loops are faster than its integers

    def crc32c(data, crc=0):
        size = len(data)
        if size < FEW:
            return plain(data, crc)
        if size > LONG:
            return fold(*stream(data, crc ^ ALL))
        return fold(int.from_bytes(data, "little") ^ crc ^ ALL, 8 * size)

    def fold(n, bits):
        rest = -bits & max(ROUND, 1 << max(bits.bit_length() - 4, 0)) - 1
        n, bits = n << rest, bits + rest
        long, short, left = PROGRAMS.get(bits) or program(bits)
        for w, mask, first, second, third in long:
            low = n & mask
            n = n >> w ^ low << first ^ low << second ^ low << third
        for w, mask, first, second, third, fourth, fifth in short:
            low = n & mask
            n = n >> w ^ low << first ^ low << second ^ low << third ^ low << fourth ^ low << fifth
        pad = -left & 7
        return plain((n << pad).to_bytes((left + pad) // 8, "little"), ALL)
    return crc32c


def stream(data, crc):
    """Return (n, its bits): what is left of the data, and has the same remainder."""
    a, b, c = [8 * exponent for exponent in RELATIONS[0][:3]]
    place, step, end = a // 8, (a - b) // 8, len(data)
    mask = (1 << a - b) - 1
    n = int.from_bytes(data[:place], "little") ^ crc
    while place + step <= end:
        low = n & mask
        more = int.from_bytes(data[place:place + step], "little")
        n = n >> a - b ^ low ^ low << b - c ^ (low ^ more) << b
        place += step
    return n | int.from_bytes(data[place:], "little") << a, a + 8 * (end - place)


def program(bits):
    """Return (steps of four terms, steps of six terms, how many bits they leave)."""
    made, left = {4: [], 6: []}, bits
    for terms, steps in made.items():
        scaled = [[exponent << scale for exponent in relation] for scale in range(bits.bit_length())
                  for relation in RELATIONS if len(relation) == terms]
        while True:
            scaled = [relation for relation in scaled if relation[0] < left]
            w, relation = max([(min(relation[0] - relation[1], left - relation[0]), relation)
                               for relation in scaled], default=(0, None))
            if w < LEAST[terms]:
                break
            degree, *others = relation
            steps.append((w, (1 << w) - 1) + tuple(degree - other - w for other in others))
            left -= w
    if len(PROGRAMS) >= 256:
        PROGRAMS.clear()
    PROGRAMS[bits] = made[4], made[6], left
    return PROGRAMS[bits]
