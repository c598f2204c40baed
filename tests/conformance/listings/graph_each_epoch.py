"""A loss and the model's graph at each of 100 epochs, flushed; in a log directory by default."""
import tensorboardX as tb
import torch.nn as nn
import torch.optim as optim

from given import regression


class LinearRegression(nn.Module):
    def __init__(self, input_size, output_size):
        super().__init__()
        self.linear = nn.Linear(input_size, output_size)

    def forward(self, x):
        return self.linear(x)


model = LinearRegression(input_size=1, output_size=1)
inputs, labels = regression(1).tensors
criterion = nn.MSELoss()
optimizer = optim.SGD(model.parameters(), lr=0.01)
writer = tb.SummaryWriter()
for epoch in range(100):
    outputs = model(inputs)
    loss = criterion(outputs, labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    writer.add_scalar("loss", loss.item(), epoch)
    writer.add_graph(model, inputs)
    writer.flush()
writer.close()
