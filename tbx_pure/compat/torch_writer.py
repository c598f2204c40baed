"""torch.utils.tensorboard.writer.  See writer.py."""
from . import base, files
from .dialects import DIALECTS

__all__ = ["EventFileWriter", "FileWriter", "SummaryWriter"]


class EventFileWriter(files.EventFileWriter):
    __doc__ = files.EventFileWriter.__doc__
    SOURCE = DIALECTS["torch"].source


class FileWriter(files.FileWriter):
    __doc__ = files.FileWriter.__doc__
    GRAPH_TAG = "step1"

    def _event_file_writer(self, *arguments, **options):
        return EventFileWriter(*arguments, **options)


class SummaryWriter(base.SummaryWriter):
    __doc__ = base.SummaryWriter.__doc__
    DIALECT = "torch"

    def _file_writer(self, *arguments, **options):
        return FileWriter(*arguments, **options)
