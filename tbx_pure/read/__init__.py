"""The way back: files -> records -> events, by the same tables that wrote them."""
from .events import events
from .follow import follow
from .run import Run
from .runs import Runs
