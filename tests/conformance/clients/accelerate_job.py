"""Accelerate: its tracker, which finds the writer's distribution as well as its module."""
import sys

import numpy
from accelerate import Accelerator

accelerator = Accelerator(cpu=True, log_with="tensorboard", project_dir=sys.argv[1])
accelerator.init_trackers("project", config={"rate": 0.1, "layers": 3, "name": "tiny",
                                             "bias": True, "nothing": None})
random = numpy.random.RandomState(3)
for step in range(3):
    accelerator.log({"loss": 1 / (step + 1), "count": step, "note": "step *%d*" % step,
                     "both": {"train": 0.5 * step, "validation": 0.25}}, step=step)
    accelerator.log({"without a step": 1.5 * step})
tracker = accelerator.get_tracker("tensorboard")
tracker.log_images({"pictures": random.randint(0, 256, (3, 4, 5, 3), "uint8")}, step=1,
                   dataformats="NHWC")
tracker.tracker.add_hparams({"rate": 0.2, "name": "tiny", "bias": False}, {"hp/loss": 0.5})
accelerator.end_training()
