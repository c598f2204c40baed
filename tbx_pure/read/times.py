"""When the events of a file were written."""
import math

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List, Sequence, Tuple


class Times:
    """The wall times of a file: (offset, time) of its first finite one and of its last.

    lacking, infinite:  how many events have none (NaN), and an infinite one
    """

    def __init__(self) -> None:
        self.first, self.newest = (math.inf, math.nan), (-math.inf, math.nan)
        self.lacking = self.infinite = 0

    def add(self, offsets: "Sequence[int]", wall_times: "Sequence[float]") -> None:
        """Add events, of which the first and the last are so in the file, too."""
        rows = [(offsets[0], wall_times[0])]            # type: List[Tuple[float, float]]
        rows.append((offsets[-1], wall_times[-1]))
        if not all(map(math.isfinite, wall_times)):
            self.lacking += sum(map(math.isnan, wall_times))
            self.infinite += sum(map(math.isinf, wall_times))
            rows = [row for row in zip(offsets, wall_times) if math.isfinite(row[1])]
        self.first, self.newest = min([self.first] + rows), max([self.newest] + rows)
