"""tensorboardX.writer, and tbx_pure's own: a tracker that listens to one listens to the other.

What stands here under a name is what is used: a tracker may put a class of its own in its place.
"""
from . import base, files
from .files import DummyFileWriter, EventFileWriter

__all__ = ["DummyFileWriter", "EventFileWriter", "FileWriter", "SummaryWriter"]


class FileWriter(files.FileWriter):
    __doc__ = files.FileWriter.__doc__

    def _event_file_writer(self, *arguments, **options):
        return EventFileWriter(*arguments, **options)


class SummaryWriter(base.SummaryWriter):
    __doc__ = base.SummaryWriter.__doc__

    def _file_writer(self, *arguments, **options):
        return FileWriter(*arguments, **options)
