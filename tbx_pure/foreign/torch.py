"""torch's tensors: on any device, of any layout and dtype, with or without NumPy."""
from .dlpack import from_dlpack
from .memory import WIDER, is_known, made
from .. import floats
from ..errors import InputError
from ..tensor import Tensor, from_buffer, from_tolist

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional

# NumPy has none of these, and Paddle shows the bits of bfloat16 as numbers
SMALL = floats.FORMATS.keys() - {"float16"} | {"float8_e8m0fnu"}

#   bytes of an element   makes an integer dtype of the same size, of which NumPy has one too
INTEGERS = {
    1:                    "byte",
    2:                    "short",
}


def from_torch(x: "Any", argument: str) -> "Optional[Tensor]":
    """Return what a tensor holds: without its gradient, on the CPU, dense, not quantized."""
    if isinstance(x, type) or not (hasattr(x, "detach") and hasattr(x, "cpu")):
        return None
    try:
        if _dtype(x) not in SMALL:      # those always fail, and slowly
            return from_buffer(x.detach().cpu().numpy(), argument)
    except Exception:                   # there is no NumPy, or it lacks this dtype or layout
        pass
    return _from_others(_here(x, argument), argument)


def _here(x, argument):
    if getattr(x, "is_nested", False):
        raise InputError(argument, "a tensor of one shape", "a nested tensor")
    try:
        x = x.detach()
        if str(getattr(x, "layout", "torch.strided")) != "torch.strided":
            x = x.to_dense()
        if getattr(x, "is_quantized", False):
            x = x.dequantize()
        x = x.cpu()
    except Exception as e:              # NotImplementedError for a meta tensor: there is no data
        raise InputError(argument, "a tensor that holds data", "%s: %s" % (
            type(x).__name__, str(e).partition("\n")[0])) from e
    for method in "resolve_conj", "resolve_neg":        # what is only marked as changed
        x = getattr(x, method, lambda same=x: same)()
    return x


def _from_others(x, argument):
    for convert in _from_bits if _dtype(x) in SMALL else _from_numpy, from_dlpack:
        try:
            tensor = convert(x, argument)
        except Exception:               # what is missing differs: NumPy, the dtype in it, ctypes
            continue
        if tensor is not None:
            return tensor
    return _from_list(x, argument)


def _from_numpy(x, argument):
    return from_buffer(x.numpy(), argument)


def _dtype(x):
    return str(getattr(x, "dtype", "")).rpartition(".")[2]


def _from_bits(x, argument):
    """bfloat16 and float8: NumPy shows integers with the same bits."""
    integers = getattr(x.new_empty(0), INTEGERS[x.element_size()])().dtype
    bits = x.view(integers).numpy()
    return made(_dtype(x), tuple(bits.shape), memoryview(bits).tobytes())


def _from_list(x, argument):
    """The numbers are exact; their dtype has to be restored."""
    tensor, dtype = from_tolist(x, argument), _dtype(x)
    return tensor._replace(dtype=WIDER.get(dtype, dtype)) if tensor and is_known(dtype) else tensor
