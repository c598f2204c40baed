"""The C side of DLPack: a tensor in memory, handed over as a pointer in a capsule.

https://dmlc.github.io/dlpack/latest/c_api.html  The one module that imports ctypes at its top;
dlpack.py imports it when there is a capsule to take.
"""
import ctypes
from contextlib import contextmanager
from ctypes import POINTER, c_int32, c_int64, c_uint8, c_uint16, c_uint32, c_uint64, c_void_p

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator


class Unreadable(Exception):
    """Why a tensor cannot be taken."""


class DLTensor(ctypes.Structure):
    _fields_ = [
        ("data",        c_void_p),
        ("device_type", c_int32),
        ("device_id",   c_int32),
        ("ndim",        c_int32),
        ("code",        c_uint8),           # of an element: what kind of number,
        ("bits",        c_uint8),           # how many bits,
        ("lanes",       c_uint16),          # how many numbers
        ("shape",       POINTER(c_int64)),
        ("strides",     POINTER(c_int64)),  # in elements; NULL: nothing between them
        ("byte_offset", c_uint64),          # of the first element, from data
    ]


class DLManagedTensor(ctypes.Structure):
    _fields_ = [
        ("dl_tensor",   DLTensor),
        ("manager_ctx", c_void_p),          # the producer's own
        ("deleter",     c_void_p),
    ]
    major = 0


class DLManagedTensorVersioned(ctypes.Structure):
    _fields_ = [
        ("major",       c_uint32),
        ("minor",       c_uint32),
        ("manager_ctx", c_void_p),
        ("deleter",     c_void_p),
        ("flags",       c_uint64),
        ("dl_tensor",   DLTensor),
    ]


MAJOR = 1                                   # with another one, all but the deleter may be elsewhere
DELETER = ctypes.PYFUNCTYPE(None, c_void_p)             # as NumPy and torch call it: with the GIL

#   a capsule's name       what it points to          its name when that is taken
FORMS = {
    b"dltensor":            (DLManagedTensor,          b"used_dltensor"),
    b"dltensor_versioned":  (DLManagedTensorVersioned, b"used_dltensor_versioned"),
}


def _function(name, result, *arguments):
    """Return a function of Python's C API; an error it sets is raised."""
    return ctypes.PYFUNCTYPE(result, ctypes.py_object, *arguments)((name, ctypes.pythonapi))


get_name = _function("PyCapsule_GetName", ctypes.c_char_p)
get_pointer = _function("PyCapsule_GetPointer", c_void_p, ctypes.c_char_p)
set_name = _function("PyCapsule_SetName", ctypes.c_int, ctypes.c_char_p)


@contextmanager
def taken(capsule: "Any") -> "Iterator[DLTensor]":
    """In the with-block, own the tensor of a capsule; at its end the producer takes it back.

    Raises Unreadable if it has been taken before, or is of a version that we do not know.
    """
    name = get_name(capsule)
    if name not in FORMS:
        raise Unreadable("a capsule named %r" % name)
    form, used = FORMS[name]
    address = get_pointer(capsule, name)
    managed = form.from_address(address)
    set_name(capsule, used)
    try:
        if managed.major > MAJOR:
            raise Unreadable("version %d.%d of DLPack" % (managed.major, managed.minor))
        yield managed.dl_tensor
    finally:
        if managed.deleter:
            DELETER(managed.deleter)(address)
