"""The steps of each kind of data in event files: the fields of `tensorboard --inspect`."""
from array import array

from ..errors import FormatError
from ..messages import SUMMARY
from ..record import CRC, HEADER_SIZE
from .batches import CHUNK, batches
from .index import HEAD, SPAN, VALUE_HEAD, located
from .records import scan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple
    from .records import Damage

VALUES = located(SUMMARY, value=[SPAN])

#   member of a Value    kind, as --inspect names it
KIND_OF_VALUE = {
    "simple_value":      "scalars",
    "histo":             "histograms",
    "image":             "images",
    "audio":             "audio",
    "tensor":            "tensor",
}
KIND_OF_SESSION = {"START": "sessionlog:start", "STOP": "sessionlog:stop",
                   "CHECKPOINT": "sessionlog:checkpoint"}
KINDS = ("audio", "graph", "histograms", "images", "scalars", "sessionlog:checkpoint",
         "sessionlog:start", "sessionlog:stop", "tensor")
IN_FULL = "sessionlog:start", "sessionlog:stop"         # all of their steps are told


class Inspection:
    """What is in some files, read one after another by add().

    wants:   None, or a function of a tag: only of tags for which it is true
    steps:   {kind: the steps of all its values, in file order}
    tags:    {kind: set of tags}
    damage, torn:  lists of Damage
    """

    def __init__(self, wants: "Optional[Callable[[str], bool]]" = None) -> None:
        self.wants = wants
        self.steps = {kind: array("q") for kind in KINDS}
        self.tags = {}                  # type: Dict[str, set]
        self.damage, self.torn = [], []         # type: List[Damage], List[Damage]

    def add(self, source: "Any", progress: "Optional[Callable[[int], Any]]" = None) -> None:
        """Read a file; raises OSError if it cannot be.

        progress:  called with the number of bytes that have been read, now and then
        """
        found = {}                      # type: Dict[str, List[Tuple[Sequence[int], Sequence[int]]]]
        with scan(source, chunk=CHUNK) as records:
            for offset, data, points in batches(records):
                step, kinds = self._kinds(records, offset, data)
                part = (points.positions, points.steps) if points else ([offset], [step])
                for kind in kinds:
                    found.setdefault(kind, []).append(part)
                if progress:
                    progress(records.end)
        for kind, parts in found.items():
            self.steps[kind].extend(_in_order(parts))
        self.damage += records.damage
        self.torn += [records.torn] if records.torn else []

    def _kinds(self, records, offset, data):
        """Return (step, the kind of each thing in a record); what breaks a rule joins the damage.
        """
        first = offset + HEADER_SIZE
        try:
            event = HEAD.decode(data)
            spans = [span for start, end in event.get("summary", ())
                     for span in VALUES.decode(data, start, end).get("value", ())]
        except FormatError as e:
            records.add_damage(_moved(e, first), offset, first + len(data) + CRC.size)
            return 0, []
        kinds = []
        for start, end in spans:
            try:
                kinds += self._of_value(VALUE_HEAD.decode(data, start, end))
            except FormatError as e:
                records.add_damage(_moved(e, first), first + start, first + end)
        if self.wants is None:
            kinds += ["graph"] * ("graph_def" in event)
            kinds += filter(None, [KIND_OF_SESSION.get(event.get("session_log", {}).get("status"))])
        return event.get("step", 0), kinds

    def _of_value(self, value):
        tag = value.get("tag", "")
        if self.wants is None or self.wants(tag):
            for member in value.keys() & KIND_OF_VALUE.keys():
                kind = KIND_OF_VALUE[member]
                self.tags.setdefault(kind, set()).add(tag)
                yield kind

    def rows(self) -> "Dict[str, Optional[Dict[str, Any]]]":
        """Return {kind: what is told of its steps}; None if there is nothing of that kind."""
        return {kind: told(steps, kind in IN_FULL) for kind, steps in self.steps.items()}


def told(steps: "array", in_full: bool = False) -> "Optional[Dict[str, Any]]":
    """Return what --inspect tells of steps in file order; None if there are none."""
    if not steps:
        return None
    back = [(a, b) for a, b in zip(steps, steps[1:]) if b < a]
    if in_full:
        return {"steps": list(steps), "outoforder_steps": back}
    return {"first_step": steps[0], "last_step": steps[-1], "max_step": max(steps),
            "min_step": min(steps), "num_steps": len(set(steps)), "outoforder_steps": back}


def _in_order(parts):
    """Return the steps of [(positions, steps)] by position."""
    positions = [position for part, _ in parts for position in part]
    steps = [step for _, part in parts for step in part]
    return [steps[i] for i in sorted(range(len(steps)), key=positions.__getitem__)]


def _moved(error, by):
    return FormatError(error.message, by + error.pos, error.rule)
