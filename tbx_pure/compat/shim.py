"""The directory site/, which goes on PYTHONPATH, and the settings it needs.  See its own files."""
import os
import pkgutil

from .keras_callbacks import MODULES
from .modules import VERSIONS, distribution_files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, Mapping, Optional

PACKAGE = __name__.rpartition(".compat.")[0]
HERE = os.path.dirname(os.path.abspath(__file__))
SITE = os.path.join(HERE, "site")
VARIABLE = "TBX_PURE_SHIM"
MARK = "tbx_pure_shim.py"               # what a directory that is a shim has


def location() -> str:
    """Return the directory, or zip file, on sys.path that this copy of the package is in."""
    path = os.path.dirname(HERE)
    for _ in PACKAGE.split("."):
        path = os.path.dirname(path)
    return path


def settings(tensorboard: bool, dialect: "Optional[str]", keras: bool = False) -> str:
    """Return the text that tells a shim where this package is and how to install it."""
    lines = [PACKAGE, location()]
    lines += ["tensorboard="] * tensorboard
    lines += ["dialect=" + dialect] if dialect else []
    lines += ["keras=" + " ".join(MODULES)] * keras
    return "\n".join(lines) + "\n"


def environment(now: "Mapping[str, str]", tensorboard: bool, dialect: "Optional[str]",
                keras: bool = False) -> "Dict[str, str]":
    """Return the variables that let processes find this package, given those there are now."""
    paths = [path for path in now.get("PYTHONPATH", "").split(os.pathsep) if path and path != SITE]
    return {"PYTHONPATH": os.pathsep.join([SITE] + paths),
            VARIABLE: settings(tensorboard, dialect, keras).rstrip("\n")}


def contents(tensorboard: bool, dialect: "Optional[str]",
             keras: bool = False) -> "Dict[str, str]":
    """Return the files of a shim: {path: text}."""
    files = {name: _site_file(name) for name in (MARK, "sitecustomize.py")}
    files["settings.txt"] = settings(tensorboard, dialect, keras)
    for name in VERSIONS:
        if tensorboard or name != "tensorboard":
            files.update(_package(name))
    return files


def _package(name):
    folder = "%s-%s.dist-info/" % (name, VERSIONS[name])
    files = {folder + file: text for file, text in distribution_files(name).items()}
    files[name + "/__init__.py"] = _site_file("tensorboardX/__init__.py")
    record = sorted(files) + [folder + "RECORD"]
    return dict(files, **{folder + "RECORD": "".join("%s,,\n" % file for file in record)})


def _site_file(name):
    package = __name__.rpartition(".")[0]
    return (pkgutil.get_data(package, "site/" + name) or b"").decode("utf-8")
