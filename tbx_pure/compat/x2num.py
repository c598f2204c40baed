"""Any tensor as the array that the helper functions of this wing return and take."""
import sys

from ..tensor import Tensor, view

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def make_np(x: "Any") -> "Any":
    """Return `x` as a NumPy array if NumPy has been imported, else as a tbx_pure.tensor.Tensor.

    x:  whatever the methods of SummaryWriter take as a tensor; a NumPy array is returned as it is
    Raises InputError if x holds no numbers.
    """
    return x if _is_array(x) else as_array(view(x))


def as_array(tensor: Tensor) -> "Any":
    """Return a Tensor as a NumPy array if NumPy has been imported, else as it is."""
    numpy = sys.modules.get("numpy")
    if numpy is None:
        return tensor
    dtype = tensor.dtype if hasattr(numpy, tensor.dtype) or tensor.dtype == "bool" else "float32"
    return numpy.array(tensor.values, dtype=dtype).reshape(tensor.shape)


def _is_array(x):
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(x, numpy.ndarray)
