#!/usr/bin/env python3
"""Writes pgd.json beside this file: PyTorch's PGD on a small CNN, for the tests of lib/Fgsm/Attacks.

    python3 tests/golden/make_pgd.py          (written with Debian's python3-torch 1.13)

Model, images and labels are those of make_fgsm.py. The random start is torch.empty_like(x).uniform_(-eps, eps) after seed
`start_seed`. Gradients are computed in float64, so that their signs do not depend on the machine that ran this script;
images are float32, little-endian, in base64.
"""
import base64
import json
import pathlib
import struct

import torch
from torch import nn

HERE = pathlib.Path(__file__).parent
MODEL_SEED, IMAGE_SEED, START_SEED, LABELS = 42, 7, 5, [3, 1, 4, 1, 5, 9]


def encode(t):
    values = t.detach().flatten().tolist()
    return base64.b64encode(struct.pack(f"<{len(values)}f", *values)).decode()


torch.manual_seed(MODEL_SEED)
model = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(64, 10)).double()
torch.manual_seed(IMAGE_SEED)
x = torch.rand(6, 1, 8, 8)
y = torch.tensor(LABELS)


def pgd(eps, alpha, steps, random_start):
    adversarial = x.clone()
    if random_start:
        torch.manual_seed(START_SEED)
        adversarial = (adversarial + torch.empty_like(x).uniform_(-eps, eps)).clamp(0, 1)
    for _ in range(steps):
        images = adversarial.double().requires_grad_()
        gradient, = torch.autograd.grad(nn.functional.cross_entropy(model(images), y, reduction="sum"), images)
        adversarial = adversarial + alpha * gradient.sign().float()
        adversarial = (x + (adversarial - x).clamp(-eps, eps)).clamp(0, 1)
    return adversarial


cases = [
    dict(eps=eps, alpha=alpha, steps=steps, random_start=start, adversarial=encode(pgd(eps, alpha, steps, start)))
    for eps, alpha, steps in ((8 / 255, 2 / 255, 10), (0.3, 0.04, 20))
    for start in (False, True)
]
out = dict(model_seed=MODEL_SEED, image_seed=IMAGE_SEED, start_seed=START_SEED, labels=LABELS, cases=cases)
(HERE / "pgd.json").write_text(json.dumps(out, indent=1) + "\n")
