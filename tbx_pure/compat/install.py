"""install() and uninstall(): the old module paths of modules.py, importable; and their versions.

A finder on sys.meta_path makes each module when it is imported, before any other finder looks.
"""
import importlib
import os
import re
import sys
import threading
from importlib.machinery import ModuleSpec
from types import ModuleType

from .base import SummaryWriter as Base
from .dialects import dialect_of
from .keras_callbacks import MODULES as OF_KERAS, Callbacks
from .modules import (FAMILIES, LISTENED_TO, PACKAGES, TABLE, VERSIONS, contents,
                      distribution_files, source, source_file)
from .writer import SummaryWriter
from ..errors import InputError, naming

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, Optional

PACKAGE = __name__.rpartition(".compat.")[0]
LOCK = threading.RLock()


def install(tensorboard: bool = False, force: bool = False,
            dialect: "Optional[str]" = None, keras: bool = False) -> None:
    """Let `import tensorboardX` and `import torch.utils.tensorboard` give this package.

    Ours comes before one that is installed, but has to come before it is imported.  Of torch, only
    torch.utils.tensorboard is ours: torch itself has to be there.  Asking once more does no harm.

    tensorboard:  be the package tensorboard too: as much of it as writing needs
    force:        take the place of a real one that is imported already, until uninstall(); what has
                  been imported from it by name stays as it is
    dialect:      "tensorboardX" or "torch": what a SummaryWriter writes that is imported from
                  tensorboardX or from here; torch's own writes torch's in any case
    keras:        be keras.callbacks.TensorBoard, and that of tensorflow.keras, too; what has been
                  imported from there by name stays as it is
    Raises InputError if a real one is imported already.
    """
    if dialect is not None:
        with naming("install", dialect):
            dialect_of(dialect)
    with LOCK:
        finder = _installed() or Finder()
        added = [family for family in FAMILIES
                 if family not in finder.families and (tensorboard or family != "tensorboard")]
        if not force:
            _refuse([family for family in added if sys.modules.get(family) is not None])
        if finder not in sys.meta_path:
            sys.meta_path.insert(0, finder)
        for family in added:
            finder.take(family)
        if keras and finder.callbacks is None:
            finder.callbacks = Callbacks()
        if dialect is not None:
            SummaryWriter.DIALECT = dialect


def uninstall() -> None:
    """Undo install(): what was importable, and what was imported, is so again.

    Objects that have been made with ours go on working.
    """
    with LOCK:
        finder = _installed()
        if finder is not None:
            sys.meta_path.remove(finder)
            for family in list(finder.families):
                finder.give_back(family)
            if finder.callbacks is not None:
                finder.callbacks.give_back()
            SummaryWriter.DIALECT = Base.DIALECT


def _installed():
    return next((finder for finder in sys.meta_path if isinstance(finder, Finder)), None)


def _refuse(imported):
    for family in imported:
        raise InputError(family, "not to be imported yet: install() first, or force=True",
                         "a module from %s" % getattr(sys.modules[family], "__file__", "elsewhere"),
                         "install()")


class Finder:
    """Finds, makes and loads the modules of the families that are installed."""

    def __init__(self) -> None:
        self.families = {}              # type: Dict[str, Dict[str, Any]]   # modules set aside
        self.callbacks = None           # type: Optional[Callbacks]

    # ---- families ----

    def take(self, family: str) -> None:
        """Answer for `family` from now on; set aside what has been imported of it, for ours."""
        before = self.families[family] = {name: sys.modules.pop(name) for name in list(sys.modules)
                                          if _within(name, family)}
        if before.get(family) is not None:
            importlib.import_module(family)     # ours is then the attribute of torch.utils

    def give_back(self, family: str) -> None:
        """Forget our modules of `family`, and put back what was there before."""
        before = self.families.pop(family)
        for name in list(sys.modules):
            if _within(name, family) and _finder_of(sys.modules[name]) is self:
                del sys.modules[name]
        sys.modules.update(before)
        _hide(family)
        if family in before:
            _show(family, before[family])

    # ---- importing ----

    def find_spec(self, name: str, path: "Any" = None, target: "Any" = None) -> "Any":
        """Return the spec of a module of ours; None for what is not our business.

        Raises ModuleNotFoundError for one that we lack: the real one's must not be mixed with ours.
        """
        if self.callbacks is not None and name in OF_KERAS:
            others = [finder for finder in sys.meta_path if finder is not self]
            return self.callbacks.find_spec(name, path, others)
        if not any(_within(name, family) for family in list(self.families)):
            return None
        if name not in TABLE:
            raise ModuleNotFoundError("%s, which stands in for it, has no module %r"
                                      % (PACKAGE, name), name=name)
        spec = ModuleSpec(name, self, origin=source_file(name),     # type: ignore
                          is_package=name in PACKAGES)
        spec.has_location = True
        return spec

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return Alias(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        names = contents(module.__name__)
        module.__dict__.update(names, __all__=[name for name in names if name[0] != "_"])

    def invalidate_caches(self) -> None:
        """Do nothing: there are none."""

    # ---- versions ----

    def find_distributions(self, context: "Any" = None) -> "Iterator[Any]":
        """Yield the distributions we stand in for, as importlib.metadata asks for them."""
        wanted = getattr(context, "name", None)
        if context is not None and "path" in vars(context):
            return                      # of certain directories, in which we are not
        for name in VERSIONS:
            if name in self.families and (wanted is None or _folded(wanted) == _folded(name)):
                yield _distribution(name)


class Alias(ModuleType):
    """One of the old modules."""

    def __getattr__(self, name: str) -> "Any":
        """Return a submodule that nobody has imported by name: the real package imports its own."""
        path = "%s.%s" % (self.__name__, name)
        if path in TABLE:
            return importlib.import_module(path)
        raise AttributeError("module %r has no attribute %r" % (self.__name__, name))

    def __setattr__(self, name: str, value: "Any") -> None:
        """Set an attribute; if a tracker puts a class of its own here, our writers take that."""
        ModuleType.__setattr__(self, name, value)
        if name[:2] != "__" and self.__name__ in LISTENED_TO:
            setattr(source(LISTENED_TO[self.__name__]), name, value)


def _hide(family):
    """Take a module out of the package it stands in, such as torch.utils."""
    parent, _, name = family.rpartition(".")
    if name in vars(sys.modules.get(parent, object)):
        delattr(sys.modules[parent], name)


def _show(family, module):
    parent, _, name = family.rpartition(".")
    if parent in sys.modules:
        setattr(sys.modules[parent], name, module)


def _within(name, family):
    return name == family or name.startswith(family + ".")


def _finder_of(module):
    return getattr(getattr(module, "__spec__", None), "loader", None)


def _folded(name):
    return re.sub("[-_.]+", "-", name).lower()


def _distribution(name):
    """Return what importlib.metadata, or its backport for older Pythons, takes for `name`."""
    metadata = sys.modules.get("importlib.metadata") or sys.modules["importlib_metadata"]
    files = distribution_files(name)

    class Distribution(metadata.Distribution):
        def read_text(self, filename):
            return files.get(filename)

        def locate_file(self, path):
            return os.path.join(os.path.dirname(os.path.abspath(__file__)), path)
    return Distribution()
