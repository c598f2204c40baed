"""A loss at each batch, counted on; an accuracy at each batch, its step the epoch; tensorboardX."""
import tensorboardX as tb
import torch
import torch.nn.functional as F

from given import images, loader


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = torch.nn.Conv2d(1, 4, 3, 1), torch.nn.Conv2d(4, 8, 3, 1)
        self.third, self.fourth = torch.nn.Linear(200, 16), torch.nn.Linear(16, 10)

    def forward(self, x):
        for layer in self.first, self.second:
            x = F.max_pool2d(F.relu(layer(x)), 2)
        return F.log_softmax(self.fourth(F.relu(self.third(x.view(-1, 200)))), dim=1)


net = Net()
train_loader = loader(images(1, 28, 28))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
correct = 0
writer = tb.SummaryWriter("runs")
for epoch in range(1, 11):
    for batch_idx, (data, target) in enumerate(train_loader):
        optimizer.zero_grad()
        output = net(data)
        loss = F.nll_loss(output, target)
        loss.backward()
        optimizer.step()
        correct += int((output.argmax(1) == target).sum())
        writer.add_scalar("loss", loss.item(), epoch * len(train_loader) + batch_idx)
        writer.add_scalar("accuracy", correct / len(train_loader), epoch)
writer.close()
