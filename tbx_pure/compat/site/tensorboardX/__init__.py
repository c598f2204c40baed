"""Becomes tbx_pure's tensorboardX: for a Python that was started with -S, without sitecustomize."""
import importlib
import sys

import tbx_pure_shim  # type: ignore[import-not-found]

del sys.modules[__name__]
tbx_pure_shim.load()
importlib.import_module(__name__)       # import then returns what stands in sys.modules
