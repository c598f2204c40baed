"""Lets a Python that has this directory on PYTHONPATH import tensorboardX etc. from tbx_pure.

Small, as every such Python runs it: tbx_pure is imported when somebody asks for what it stands for.
`python -m tbx_pure shim` copies this directory and adds settings.txt; `python -m tbx_pure run` puts
this one on the PYTHONPATH of the processes that are started from it, and the settings beside it.

Settings are lines: the package's name, the directory it is imported from, options of install().
"""
import io
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
VARIABLE = "TBX_PURE_SHIM"              # of the environment, if there is no settings.txt


def read_settings():
    """Return (package, location, options), the options as {name: text}; None if there are none."""
    try:
        with io.open(os.path.join(HERE, "settings.txt"), encoding="utf-8") as f:
            text = f.read()
    except EnvironmentError:            # none, or inside a zip
        text = os.environ.get(VARIABLE, "")
    lines = text.rstrip("\n").split("\n")
    options = dict(line.split("=", 1) for line in lines[2:])
    return (lines[0], lines[1], options) if text else None


SETTINGS = read_settings()
FAMILIES = ["tensorboardX", "torch.utils.tensorboard"] if SETTINGS else []
if SETTINGS and "tensorboard" in SETTINGS[2]:
    FAMILIES.append("tensorboard")
if SETTINGS:
    FAMILIES += SETTINGS[2].get("keras", "").split()


def load():
    """Import the package from where it is, and let it install itself."""
    package, location, options = SETTINGS
    if HOOK in sys.meta_path:
        sys.meta_path.remove(HOOK)
    sys.path.insert(0, location)
    try:
        __import__(package + ".compat.install")
    except ImportError as e:
        if (package + ".").startswith("%s." % getattr(e, "name", "")):
            e.msg += ": it was in %s when this was set up" % location
            e.args = (e.msg,)           # which PyPy shows
        raise
    finally:
        sys.path.remove(location)
    sys.modules[package + ".compat.install"].install(
        tensorboard="tensorboard" in options, dialect=options.get("dialect"),
        keras="keras" in options)


class Hook:
    """Waits on sys.meta_path for the first question that is ours to answer, then makes way."""

    def find_spec(self, name, path=None, target=None):
        """Answer for a module."""
        if name not in FAMILIES:
            return None
        load()
        return sys.meta_path[0].find_spec(name, path, target)

    def find_distributions(self, context=None):
        """Answer for a version."""
        asked = {} if context is None else vars(context)
        name = asked.get("name")
        if "path" in asked or name and name.lower() not in [family.lower() for family in FAMILIES]:
            return iter(())
        load()
        return sys.meta_path[0].find_distributions(context)

    def invalidate_caches(self):
        """Do nothing: there are none."""


HOOK = Hook()
