"""A model, or a dict of tensors -> their values, each with its tag."""
from ..errors import InputError, shown
from ..plugins import checked_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Tuple


def named(named_values: "Any", prefix: str, gradients: bool) -> "List[Tuple[str, Any]]":
    """Return pairs of a tag and values of a dict, of such pairs, or of a torch module.

    prefix:     put before each tag
    gradients:  a value that has its gradient as .grad is followed by it, the tag by ".grad"
    Raises InputError if it is none of these, or there is no value.
    """
    checked_text(prefix, "prefix")
    given = named_values
    if hasattr(given, "named_parameters"):
        given = given.named_parameters()
    elif hasattr(given, "items"):
        given = given.items()
    try:
        pairs = [(name, values) for name, values in given]
    except (TypeError, ValueError, NotImplementedError) as e:   # the last: a buffer of 2 dimensions
        raise InputError("named_values", "a dict, pairs of a tag and values, or a model",
                         shown(named_values)) from e
    if not pairs:                       # a generator that was used before has nothing left
        raise InputError("named_values", "at least one pair", "none")
    with_gradients = []
    for name, values in pairs:
        tag = prefix + checked_text(name, "named_values")
        with_gradients.append((tag, values))
        if gradients and getattr(values, "grad", None) is not None:
            with_gradients.append((tag + ".grad", values.grad))
    return with_gradients
