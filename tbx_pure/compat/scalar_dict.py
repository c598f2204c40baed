"""What add_scalars has written -> lists and JSON, as of tensorboardX's export_scalars_to_json."""
import json
import os

from ..plugins.scalars import shortest
from ..read.events import events
from ..tensor_proto import tensor_values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Collection, Dict, List


def curves(paths: "Dict[str, int]", tags: "Collection[str]") -> "List[List[Any]]":
    """Return [seconds, step, value] of each point with one of these tags, in a run's files.

    paths:  {file: offset of the first record that counts}
    """
    return [[event.get("wall_time", 0.0), event.get("step", 0), _number(value)]
            for path, start in paths.items() for event in _events_from(path, start)
            for value in event.get("summary", {}).get("value", []) if value["tag"] in tags]


def _events_from(path, start):
    found = events(path)
    return (event for event in found if found.offset >= start)


def _number(value):
    if "simple_value" in value:
        x = value["simple_value"]
    else:
        x = tensor_values(value["tensor"]).values[0]
    return float(shortest(x))           # 0.1, of which float32 keeps 0.10000000149011612


def write(path: "Any", found: "Dict[str, List[List[Any]]]") -> None:
    """Write JSON that every reader takes: numbers that JSON lacks as texts."""
    shown = json.loads(json.dumps(found), parse_constant=str)      # "NaN", "Infinity", "-Infinity"
    with open(os.fspath(path), "w", encoding="utf-8") as file:
        json.dump(shown, file, allow_nan=False)
