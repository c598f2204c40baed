"""The tensor plugin: any tensor, for programs that read event files.  spec/5-tensors.md"""
from . import checked_text
from ..tensor import Tensor, view
from ..tensor_proto import shape_of, tensor_proto, tensor_values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict


def tensors(tag: str, tensor: "Any") -> "Dict[str, Any]":
    """Return the summary of one tensor, as torch's add_tensor writes it.

    tag:     its name, as it is
    tensor:  numbers of any dtype and shape, also complex ones
    Raises InputError if it holds something else, or more than 2 GiB.
    """
    proto = tensor_proto(view(tensor, "tensor", also_complex=True), "tensor")
    return {"value": [{"tag": checked_text(tag, "tag"), "tensor": proto,
                       "metadata": {"plugin_data": {"plugin_name": "tensor"}}}]}


def read(value: "Dict[str, Any]") -> Tensor:
    """Return the tensor in a Summary.Value; its dtype may also be "string"."""
    return tensor_values(value["tensor"])


def describe(value: "Dict[str, Any]") -> str:
    return "%s of shape %s" % (value["tensor"].get("dtype", "DT_INVALID"),
                               shape_of(value["tensor"]))
