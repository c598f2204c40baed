"""MMEngine: its Visualizer, and a Runner that logs to it."""
import sys

import numpy
import torch
from mmengine.config import Config
from mmengine.model import BaseModel
from mmengine.runner import Runner
from mmengine.visualization import Visualizer

BACKENDS = [{"type": "TensorboardVisBackend"}]


class Model(BaseModel):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(4, 1)

    def forward(self, x, y, mode):
        return {"loss": torch.nn.functional.mse_loss(self.layer(x), y)}


def collate(samples):
    return {"x": torch.stack([x for x, _ in samples]), "y": torch.stack([y for _, y in samples])}


random = numpy.random.RandomState(3)
visualizer = Visualizer("all", vis_backends=BACKENDS, save_dir=sys.argv[1])
visualizer.add_config(Config({"a": 1, "b": {"c": [0, 1]}, "name": "tiny"}))
for step in range(3):
    visualizer.add_image("picture", random.randint(0, 256, (4, 5, 3), "uint8"), step)
    visualizer.add_scalar("array", numpy.array(0.1), step)
    visualizer.add_scalars({"tensor": torch.tensor([0.5]), "float64": numpy.float64(step)}, step)
visualizer.close()

torch.manual_seed(3)
data = [(torch.randn(4), torch.randn(1)) for _ in range(8)]
runner = Runner(
    Model(), work_dir=sys.argv[1], experiment_name="run", log_level="WARNING",
    train_dataloader={"dataset": data, "batch_size": 2, "num_workers": 0,
                      "sampler": {"type": "DefaultSampler", "shuffle": False},
                      "collate_fn": collate},
    train_cfg={"by_epoch": True, "max_epochs": 2},
    optim_wrapper={"optimizer": {"type": "SGD", "lr": 0.1}},
    default_hooks={"logger": {"type": "LoggerHook", "interval": 1}, "checkpoint": None},
    visualizer={"type": "Visualizer", "vis_backends": BACKENDS},
    randomness={"seed": 3}, env_cfg={"mp_cfg": {"mp_start_method": "fork"}})
runner.train()
