"""stable-baselines3: a few steps of A2C, and all that its logger can write."""
import sys

import gymnasium
import numpy
import torch
from matplotlib.figure import Figure as MatplotlibFigure
from stable_baselines3 import A2C
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.logger import Figure, HParam, Image, Video

NOT_STDOUT = "stdout", "log", "json", "csv"


class Walk(gymnasium.Env):
    """From 0 to 4, one to the left or to the right."""

    observation_space = gymnasium.spaces.Box(-9, 9, (1,))
    action_space = gymnasium.spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.at, self.steps = 0, 0
        return numpy.array([0], "float32"), {}

    def step(self, action):
        self.at, self.steps = self.at + 2 * int(action) - 1, self.steps + 1
        return (numpy.array([self.at], "float32"), float(self.at), abs(self.at) == 4,
                self.steps == 9, {})


class All(BaseCallback):
    def _on_training_start(self):
        self.logger.record("hparams", HParam({"rate": 7e-4, "name": "walk", "bias": True},
                                             {"rollout/ep_len_mean": 0, "train/loss": 0.0}),
                           exclude=NOT_STDOUT)

    def _on_step(self):
        if self.num_timesteps % 20 == 0:
            self.write()
        return True

    def write(self):
        random = numpy.random.RandomState(self.num_timesteps)
        figure = MatplotlibFigure(figsize=(1, 1))
        figure.add_subplot(1, 1, 1).plot([1, 3, 2])
        for key, value in {
                "all/text": "step %d" % self.num_timesteps,
                "all/float32": numpy.float32(0.1), "all/int64": numpy.int64(7), "all/bool": True,
                "all/array": random.randn(20), "all/tensor": torch.tensor([1.0, 2.0, 4.0]),
                "all/figure": Figure(figure, close=True),
                "all/image": Image(random.randint(0, 256, (4, 5, 3), "uint8"), "HWC"),
                "all/video": Video(torch.zeros(1, 3, 3, 4, 5, dtype=torch.uint8), fps=10),
        }.items():
            self.logger.record(key, value, exclude=NOT_STDOUT)


model = A2C("MlpPolicy", Walk(), n_steps=5, seed=3, device="cpu", tensorboard_log=sys.argv[1],
            policy_kwargs={"net_arch": [4]})
model.learn(60, callback=All(), log_interval=4)
model.logger.close()
