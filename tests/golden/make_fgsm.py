#!/usr/bin/env python3
"""Writes fgsm.json beside this file: PyTorch's FGSM on a small CNN, for the tests of lib/Fgsm/Attacks.

    python3 tests/golden/make_fgsm.py          (written with Debian's python3-torch 1.13)

The model, 8x8 images to 10 classes, starts from seed `model_seed`; the images are torch.rand(6, 1, 8, 8) after seed
`image_seed`. The gradient of the summed cross-entropy is computed in float64, so that its sign does not depend on the
machine that ran this script, and rounded to float32. Tensors are float32, little-endian, in base64:
    gradient      with respect to the images
    cases         a list of {"eps", "targeted", "adversarial"}: clip(x +- eps * sign(gradient), 0, 1) in float32
"""
import base64
import json
import pathlib
import struct

import torch
from torch import nn

HERE = pathlib.Path(__file__).parent
MODEL_SEED, IMAGE_SEED, LABELS = 42, 7, [3, 1, 4, 1, 5, 9]


def encode(t):
    values = t.detach().flatten().tolist()
    return base64.b64encode(struct.pack(f"<{len(values)}f", *values)).decode()


torch.manual_seed(MODEL_SEED)
model = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(64, 10)).double()
torch.manual_seed(IMAGE_SEED)
x = torch.rand(6, 1, 8, 8)
y = torch.tensor(LABELS)

images = x.double().requires_grad_()
loss = nn.functional.cross_entropy(model(images), y, reduction="sum")
gradient, = torch.autograd.grad(loss, images)


def fgsm(eps, targeted):
    step = eps * gradient.sign().float()
    return (x - step if targeted else x + step).clamp(0, 1)


cases = [dict(eps=eps, targeted=targeted, adversarial=encode(fgsm(eps, targeted))) for eps in (8 / 255, 0.3) for targeted in (False, True)]
out = dict(model_seed=MODEL_SEED, image_seed=IMAGE_SEED, labels=LABELS, gradient=encode(gradient), cases=cases)
(HERE / "fgsm.json").write_text(json.dumps(out, indent=1) + "\n")
print(f"smallest |gradient| {gradient.abs().min():.2e}, largest {gradient.abs().max():.2e}, zeros {(gradient == 0).sum()}")
