"""A process of a job of torch.distributed, on the CPU: it trains a net with others and logs.

    ranks_job.py DIR                    started by torchrun, which sets RANK
    ranks_job.py DIR RANK SIZE STORE    with no such variable: torch.distributed alone knows

It writes DIR/zero and DIR/all; after torchrun its writers come before init_process_group.
"""
import os
import sys

import torch
import torch.distributed as distributed
from torch.nn.parallel import DistributedDataParallel

from tbx_pure import SummaryWriter

STEPS = 12


def writers(directory):
    return [SummaryWriter(os.path.join(directory, ranks), ranks=ranks) for ranks in ("zero", "all")]


def train(writers, number):
    """Train on data of this rank: the losses differ, the weights do not."""
    torch.manual_seed(0)
    net = DistributedDataParallel(torch.nn.Linear(3, 1))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    torch.manual_seed(1 + number)
    for step in range(STEPS):
        x = torch.randn(16, 3)
        loss = ((net(x) - x.sum(1, keepdim=True)) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        for writer in writers:
            writer.add_scalar("loss", loss, step)
            writer.add_scalar("rank", number, step)
            writer.add_scalars("weight", {"first": net.module.weight[0, 0]}, step)
            writer.add_histograms(net.module, step, gradients=True)


def main(directory, number=None, size=None, store=None):
    made = writers(directory) if store is None else []
    if store is None:
        distributed.init_process_group("gloo")
    else:
        distributed.init_process_group("gloo", init_method="file://" + store, rank=int(number),
                                       world_size=int(size))
    made = made or writers(directory)
    train(made, distributed.get_rank())
    for writer in made:
        writer.close()
    distributed.barrier()
    distributed.destroy_process_group()


main(*sys.argv[1:])
