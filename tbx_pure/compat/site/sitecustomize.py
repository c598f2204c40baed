"""Runs at the start of each Python that has this directory on PYTHONPATH; then the next such.
"""
import os
import sys
from importlib.machinery import PathFinder

import tbx_pure_shim  # type: ignore[import-not-found]


def run_next():
    """Run the sitecustomize that Python would have run if this one were not there."""
    here = os.path.dirname(os.path.abspath(__file__))
    others = [path for path in sys.path if os.path.abspath(path) != here]
    spec = PathFinder.find_spec("sitecustomize", others)
    if spec is not None and spec.loader is not None:
        from importlib.util import module_from_spec
        module = sys.modules["sitecustomize"] = module_from_spec(spec)
        spec.loader.exec_module(module)


if tbx_pure_shim.SETTINGS:
    sys.meta_path.insert(0, tbx_pure_shim.HOOK)
run_next()
