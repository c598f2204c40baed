"""What a model is called with, and returns: tensors in dicts, lists, tuples and dataclasses."""
from collections.abc import Mapping
from copy import copy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterator, List, Optional, Tuple


def parts(x: "Any") -> "Optional[List[Tuple[Any, Any]]]":
    """Return the (key, value) pairs of a container; None if `x` is none."""
    if isinstance(x, Mapping):
        return list(x.items())
    if isinstance(x, (list, tuple)):
        return list(enumerate(x))
    if hasattr(x, "__dataclass_fields__") and not isinstance(x, type):
        return [(name, getattr(x, name)) for name in x.__dataclass_fields__]
    return None


def leaves(x: "Any", path: "Tuple[Any, ...]" = ()) -> "Iterator[Tuple[Tuple[Any, ...], Any]]":
    """Yield (keys that lead to it, value) of all that is no container."""
    inside = parts(x)
    if inside is None:
        yield path, x
    for key, value in inside or ():
        yield from leaves(value, path + (key,))


def rebuilt(x: "Any", change: "Callable[[Any], Any]") -> "Any":
    """Return containers like `x` that hold change(leaf) for each leaf, in the order of leaves."""
    inside = parts(x)
    if inside is None:
        return change(x)
    changed = [(key, rebuilt(value, change)) for key, value in inside]
    if isinstance(x, dict):             # what its class takes, such as a defaultdict's, may be else
        x = copy(x)
        for key, value in changed:
            x[key] = value
        return x
    if isinstance(x, Mapping):
        return type(x)(dict(changed))   # type: ignore[call-arg]
    if not isinstance(x, (list, tuple)):
        x = copy(x)
        for key, value in changed:      # it may be frozen, or have slots
            object.__setattr__(x, key, value)
        return x
    values = [value for _, value in changed]
    return type(x)(*values) if hasattr(x, "_fields") else type(x)(values)
