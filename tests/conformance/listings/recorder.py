"""Run a listing with a SummaryWriter that only notes its calls: recorder.py LISTING NOTES

The notes are JSON: [[log directory, method, arguments], ...], tensors of one number being that.
"""
import argparse
import json
import os
import runpy
import sys
from types import ModuleType

import torch
import torch.utils

CALLS = []


class SummaryWriter:
    def __init__(self, logdir=None):
        self.logdir = logdir

    def __getattr__(self, method):
        def call(*arguments):
            CALLS.append([self.logdir, method, list(map(plain, arguments))])
        return call


def plain(x):
    """Return x as JSON can hold it."""
    if isinstance(x, list):
        return list(map(plain, x))
    if isinstance(x, torch.Tensor) and x.numel() == 1:
        return x.item()
    if isinstance(x, argparse.Namespace):
        return vars(x)
    return x if isinstance(x, (int, float, str, dict)) else repr(x)


if __name__ == "__main__":
    _, listing, notes = sys.argv
    for name in "tensorboardX", "torch.utils.tensorboard":
        sys.modules[name] = ModuleType(name)
        sys.modules[name].SummaryWriter = SummaryWriter
    torch.utils.tensorboard = sys.modules["torch.utils.tensorboard"]
    sys.path[0] = os.path.dirname(listing)
    runpy.run_path(listing, run_name="__main__")
    with open(notes, "w") as file:
        json.dump(CALLS, file)
