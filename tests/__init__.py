"""The tests.  A machine that is busy must not look like a disk that is slow: bursts are of many adds.

Nor does one look whether its file is still there, once a second, for that is an operation more.
"""
from tbx_pure import lasting

lasting.BUSY = lasting.SLOW = lasting.LOOK = 60.0       # seconds; tests/reliability sets them back where it looks
