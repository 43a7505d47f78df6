#!/usr/bin/env python3
"""Writes objectives.json beside this file: one step of training with each objective, for the tests of lib/Fgsm/Training.

    python3 tests/golden/make_objectives.py          (written with Debian's python3-torch 1.13)

Model, images and labels are those of make_fgsm.py; each objective begins from the model's first weights and from seed `start_seed`,
and takes one step of SGD with rate 0.1. Losses are the mean over the batch. Everything is computed in float64 but for the random
numbers; weights are float32, little-endian, in base64, all parameters one after the other.
"""
import base64
import json
import pathlib
import struct

import torch
from torch import nn
from torch.nn import functional as F

HERE = pathlib.Path(__file__).parent
MODEL_SEED, TEACHER_SEED, IMAGE_SEED, START_SEED, LABELS = 42, 43, 7, 5, [3, 1, 4, 1, 5, 9]
EPS, RATE = 0.1, 0.1


def encode(model):
    values = torch.cat([p.detach().flatten() for p in model.parameters()]).tolist()
    return base64.b64encode(struct.pack(f"<{len(values)}f", *values)).decode()


def network(seed):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(64, 10)).double()


torch.manual_seed(IMAGE_SEED)
x = torch.rand(6, 1, 8, 8)
y = torch.tensor(LABELS)


def uniform(low, high):
    return torch.empty_like(x).uniform_(low, high).double()


def sign(loss, images):
    return torch.autograd.grad(loss, images)[0].sign()


def label_smoothing(model):
    return F.cross_entropy(model(x.double()), y, label_smoothing=0.1)


def fgsm_rs(model):
    start = (x + uniform(-EPS, EPS)).clamp(0, 1).requires_grad_()
    delta = (start - x + 1.25 * EPS * sign(F.cross_entropy(model(start), y), start)).clamp(-EPS, EPS)
    return F.cross_entropy(model((x + delta.detach()).clamp(0, 1)), y)


def fgsm_rs_mnist(model):
    delta = uniform(-EPS, EPS).requires_grad_()
    delta = (delta + 1.25 * EPS * sign(F.cross_entropy(model(x + delta), y), delta)).clamp(-EPS, EPS).detach()
    return F.cross_entropy(model((x + delta).clamp(0, 1)), y)


def n_fgsm(model):
    start = (x + uniform(-2 * EPS, 2 * EPS)).clamp(0, 1).requires_grad_()
    return F.cross_entropy(model((start + EPS * sign(F.cross_entropy(model(start), y), start)).clamp(0, 1).detach()), y)


def trades(model, beta=6, steps=3):
    p = F.softmax(model(x.double()), 1).detach()
    adversarial = (x + uniform(-EPS, EPS)).clamp(0, 1)
    for _ in range(steps):
        adversarial.requires_grad_()
        moved = adversarial + EPS / 4 * sign(F.kl_div(F.log_softmax(model(adversarial), 1), p, reduction="sum"), adversarial)
        adversarial = (x + (moved - x).clamp(-EPS, EPS)).clamp(0, 1).detach()
    logits = model(x.double())
    robust = F.kl_div(F.log_softmax(model(adversarial), 1), F.softmax(logits, 1), reduction="batchmean")
    return F.cross_entropy(logits, y) + beta * robust


def distillation(model):
    teacher = network(TEACHER_SEED)
    soft = F.softmax(teacher(x.double()) / 20, 1).detach()
    return -(soft * F.log_softmax(model(x.double()) / 20, 1)).sum(1).mean()


def free(model, optimizer, replays=3):
    delta = torch.zeros_like(x).double()
    for _ in range(replays):
        images = (x + delta).clamp(0, 1).requires_grad_()
        optimizer.zero_grad()
        loss = F.cross_entropy(model(images), y)
        loss.backward()
        delta = (delta + EPS * images.grad.sign()).clamp(-EPS, EPS)
        optimizer.step()
    return loss


cases = []
for objective in (label_smoothing, fgsm_rs, fgsm_rs_mnist, n_fgsm, trades, distillation, free):
    model = network(MODEL_SEED)
    optimizer = torch.optim.SGD(model.parameters(), RATE)
    torch.manual_seed(START_SEED)
    if objective is free:
        loss = free(model, optimizer)
    else:
        loss = objective(model)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    cases.append(dict(name=objective.__name__, loss=loss.item(), weights=encode(model)))
out = dict(model_seed=MODEL_SEED, teacher_seed=TEACHER_SEED, image_seed=IMAGE_SEED, start_seed=START_SEED, labels=LABELS, cases=cases)
(HERE / "objectives.json").write_text(json.dumps(out, indent=1) + "\n")
