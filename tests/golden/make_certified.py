#!/usr/bin/env python3
"""Writes certified.json beside this file: bounds of auto_LiRPA on small networks, for the tests of lib/Fgsm/Certified.

    git clone https://github.com/Verified-Intelligence/auto_LiRPA && git -C auto_LiRPA checkout d2592c1
    PYTHONPATH=auto_LiRPA python3 tests/golden/make_certified.py          (written with Debian's python3-torch 1.13)

Each network has PyTorch's first weights after seed `model_seed`; the running statistics of batch normalisation are set below. Labels are the
predicted classes. A margin is the lower bound of the label's logit minus the highest other one, within eps and within [0, 1].
CROWN takes the tighter of linear and interval bounds for the values that go into a ReLU.
"""
import json
import pathlib

import torch
from auto_LiRPA import BoundedModule, BoundedTensor, PerturbationLpNorm
from torch import nn

HERE = pathlib.Path(__file__).parent
MODEL_SEED, IMAGE_SEED = 42, 7


def normalization(mean, variance, **options):
    norm = nn.BatchNorm2d(len(mean), **options)
    norm.running_mean.copy_(torch.tensor(mean))
    norm.running_var.copy_(torch.tensor(variance))
    return norm


def linear():
    return nn.Sequential(nn.Flatten(), nn.Linear(64, 20), nn.ReLU(), nn.Linear(20, 15), nn.ReLU(), nn.Linear(15, 5)), (1, 8, 8)


def pooled():
    return nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(64, 12), nn.ReLU(),
                         nn.Linear(12, 5)), (1, 8, 8)


def normalized():
    # (x - mean) / std is what auto_LiRPA does not know; a batch normalisation is the same.
    normalize = normalization([0.2, 0.4], [0.5 ** 2, 0.25 ** 2], eps=0)
    norm = normalization([0.1, -0.2, 0.3, -0.4], [0.5, 1, 1.5, 2])
    return nn.Sequential(normalize, nn.Conv2d(2, 4, 4, stride=2, padding=1), norm, nn.ReLU(), nn.Conv2d(4, 3, (3, 2)), nn.ReLU(),
                         nn.Flatten(), nn.Linear(18, 5)), (2, 8, 8)


class Residual(nn.Module):
    def __init__(self, body, shortcut=None):
        super().__init__()
        self.body, self.shortcut = body, shortcut

    def forward(self, x):
        return self.body(x) + (x if self.shortcut is None else self.shortcut(x))


def residual():
    first, last = nn.Conv2d(1, 3, 3, padding=1), nn.Linear(64, 5)
    same = Residual(nn.Sequential(nn.Conv2d(3, 3, 3, padding=1), nn.ReLU(), nn.Conv2d(3, 3, 3, padding=1)))
    half = Residual(nn.Sequential(nn.Conv2d(3, 4, 3, stride=2, padding=1), nn.ReLU(), nn.Conv2d(4, 4, 3, padding=1)),
                    nn.Conv2d(3, 4, 1, stride=2))
    return nn.Sequential(first, nn.ReLU(), same, nn.ReLU(), half, nn.ReLU(), nn.Flatten(), last), (1, 8, 8)


def margins(model, x, y, eps, method, references=None):
    ball = PerturbationLpNorm(norm=float("inf"), x_L=(x - eps).clamp(0, 1), x_U=(x + eps).clamp(0, 1))
    rows = torch.stack([torch.eye(5)[label] - torch.eye(5)[[k for k in range(5) if k != label]] for label in y.tolist()])
    bounded = BoundedModule(model, x, bound_opts={"conv_mode": "matrix"}, verbose=False)
    lower, _ = bounded.compute_bounds(
        x=(BoundedTensor(x, ball),), C=rows, method=method, reference_bounds=references, bound_upper=False)
    nodes = [node for node in bounded._modules.values() if getattr(node, "lower", None) is not None]
    return lower.amin(1).tolist(), {node.name: (node.lower, node.upper) for node in nodes}


cases = []
for build in (linear, pooled, normalized, residual):
    torch.set_default_dtype(torch.float32)
    torch.manual_seed(MODEL_SEED)
    model, shape = build()
    model = model.double().eval()
    torch.manual_seed(IMAGE_SEED)
    x = torch.rand(4, *shape).double()
    # auto_LiRPA's pooling makes tensors of the default type.
    torch.set_default_dtype(torch.float64)
    y = model(x).argmax(1)
    for eps in (0.01, 0.03, 0.1):
        with torch.no_grad():
            ibp, intervals = margins(model, x, y, eps, "IBP")
            crown_ibp, _ = margins(model, x, y, eps, "IBP+backward")
            crown, _ = margins(model, x, y, eps, "backward", intervals)
        cases.append(dict(network=build.__name__, eps=eps, labels=y.tolist(), ibp=ibp, crown_ibp=crown_ibp, crown=crown))
out = dict(model_seed=MODEL_SEED, image_seed=IMAGE_SEED, cases=cases)
(HERE / "certified.json").write_text(json.dumps(out, indent=1) + "\n")
