"""Fast twins of plain functions: the one wing for ugly code.

A kernel is one file here and one row in KERNELS.  Its docstring states the mathematics and why it
is right; tests/test_kernels.py holds it equal to its plain twin over random and edge inputs.  It
imports only the standard library and ..errors.

    "crc32c.crc32c"  the plain function: its module in the spine and its name
    make(plain)      returns the kernel; called once, at import, so it must build nothing large
"""

#   plain function     makes its kernel
KERNELS = {
}       # type: dict
