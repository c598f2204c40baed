"""Any bytes give what they hold, or FormatError; and nothing else, in linear time and memory.

    mutate.py    bytes -> other bytes, that go wrong deep inside: messages field by field, records, PNG
                 chunks, texts
    targets.py   what is read: its seeds, its mutation, and what must be true of any bytes

    python3 -m tests.fuzz --cases 10000 --seed 1        # so many of each target
    python3 -m tests.fuzz --only messages --seed 1 --first 4711 --cases 1       # one case again

A failure names target, seed and number, which give the same bytes on every Python from 3.6 on, and
the bytes.  What it has found stands in tests/test_fuzz.py or in spec/vectors/.
"""
