"""The work of Works.cs as a PyTorch user writes it.

Reads a line "<work> <times>", does the work that often, answers with the milliseconds of one time; until the input ends.
"""
import os
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

EPS = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5]


def report_b():
    return nn.Sequential(
        nn.Conv2d(1, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(64 * 7 * 7, 1024), nn.ReLU(), nn.Dropout(0.5), nn.Linear(1024, 10))


def report_e():
    return nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.ReLU(),
        nn.Flatten(), nn.Linear(64 * 24 * 24, 128), nn.ReLU(), nn.Linear(128, 10))


def sgd(model):
    return torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)


def train_step(model, optimizer, x, y):
    optimizer.zero_grad()
    F.cross_entropy(model(x), y).backward()
    optimizer.step()


def fgsm(model, x, y, eps):
    mode = model.training
    model.eval()
    x = x.clone().requires_grad_()
    gradient, = torch.autograd.grad(F.cross_entropy(model(x), y), x)
    model.train(mode)
    return (x + eps * gradient.sign()).clamp(0, 1).detach()


def half_adversarial(model, x, y, eps=8 / 255):
    half = len(x) // 2
    return torch.cat([x[:half], fgsm(model, x[half:], y[half:], eps)])


def accuracy(model, x, y):
    with torch.no_grad():
        return (model(x).argmax(1) == y).float().mean().item()


def sweep(model, x, y, eps, batch=500):
    model.eval()
    for i in range(0, len(x), batch):
        images, labels = x[i:i + batch], y[i:i + batch]
        accuracy(model, images, labels)
        for e in eps:
            accuracy(model, fgsm(model, images, labels, e), labels)


def fit(model, optimizer, x, y, epochs, adversarial=False, batch=128):
    model.train()
    for _ in range(epochs):
        order = torch.randperm(len(x))
        for i in range(0, len(x), batch):
            chosen = order[i:i + batch]
            images, labels = x[chosen], y[chosen]
            if adversarial:
                images = half_adversarial(model, images, labels)
            train_step(model, optimizer, images, labels)


def whole_report_b(share=1):
    (x, y), (test_x, test_y) = data(60_000 // share), data(10_000 // share)
    eps = [2 / 255, 4 / 255, 8 / 255]
    for epochs, adversarial in ((5, False), (8, True)):
        model = report_b()
        fit(model, sgd(model), x, y, epochs, adversarial)
        sweep(model, test_x, test_y, eps)


def data(count):
    return torch.rand(count, 1, 28, 28), torch.randint(10, (count,))


def training(model, optimizer, batch, adversarial=False):
    x, y = data(batch)
    return lambda: fit(model, optimizer, x, y, 1, adversarial, batch)


def evaluation(model, run, count):
    x, y = data(count)

    def evaluate():
        model.eval()
        run(model, x, y)
    return evaluate


def works():
    b, e = report_b(), report_e()
    return {
        "train-step": training(b, sgd(b), 128),
        "adversarial-step": training(b, sgd(b), 128, adversarial=True),
        "forward": evaluation(b, accuracy, 1000),
        "fgsm": evaluation(b, lambda model, x, y: fgsm(model, x, y, 0.1), 1000),
        "sweep": evaluation(b, lambda model, x, y: sweep(model, x, y, EPS), 1000),
        "full-sweep": evaluation(b, lambda model, x, y: sweep(model, x, y, EPS), 10_000),
        "report-e-step": training(e, torch.optim.Adam(e.parameters(), lr=1e-3), 64),
        "report-b": whole_report_b,
        "report-b-tenth": lambda: whole_report_b(10),
    }


def main():
    torch.manual_seed(42)
    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    table = works()
    print(torch.__version__, flush=True)
    for line in sys.stdin:
        name, times = line.split()
        start = time.perf_counter()
        for _ in range(int(times)):
            table[name]()
        print(1000 * (time.perf_counter() - start) / int(times), flush=True)


main()
