#!/usr/bin/env python3
"""Writes auto_attack.json beside this file: what the official AutoAttack does to a small CNN, for the tests of lib/Fgsm/Attacks.

    git clone https://github.com/fra31/auto-attack
    PYTHONPATH=auto-attack python3 tests/golden/make_auto_attack.py          (written with Debian's python3-torch 1.13)

The task: 8x8 images of ten random patterns under noise. The network is trained here for a second; its weights are in the file, float32,
little-endian, in base64. Test images are drawn by torch.manual_seed(image_seed): rand(10, 1, 8, 8) are the patterns; randn(200, 1, 8, 8)
the noise, times 0.3; image i shows pattern i % 10, clipped to [0, 1]. Each attack runs alone, with seed 0, on all images at once;
"fooled" says for each image whether it was turned, "standard" is the ensemble; "square_turned" is how many Square turns with five seeds.
"""
import base64
import json
import pathlib
import struct
import types

import torch
from torch import nn
from autoattack import AutoAttack

HERE = pathlib.Path(__file__).parent
IMAGE_SEED, COUNT = 11, 200


def encode(t):
    values = t.detach().flatten().tolist()
    return base64.b64encode(struct.pack(f"<{len(values)}f", *values)).decode()


torch.manual_seed(IMAGE_SEED)
patterns = torch.rand(10, 1, 8, 8)
labels = torch.arange(COUNT) % 10
images = (patterns[labels] + 0.3 * torch.randn(COUNT, 1, 8, 8)).clamp(0, 1)

torch.manual_seed(42)
model = nn.Sequential(nn.Conv2d(1, 6, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 12, 3, padding=1), nn.ReLU(),
                      nn.Flatten(), nn.Linear(192, 24), nn.ReLU(), nn.Linear(24, 10))
optimizer = torch.optim.Adam(model.parameters(), 0.003)
for _ in range(300):
    y = torch.randint(0, 10, (128,))
    x = (patterns[y] + 0.3 * torch.randn(128, 1, 8, 8)).clamp(0, 1)
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), y).backward()
    optimizer.step()
model.eval()

clean = (model(images).argmax(1) == labels)
cases = []
for norm, eps in (("Linf", 0.07), ("L2", 0.4)):
    case = dict(norm=norm, eps=eps, fooled={})
    for attack in ("apgd-ce", "apgd-dlr", "apgd-t", "fab-t", "square", "standard"):
        chosen = dict(version="standard") if attack == "standard" else dict(version="custom", attacks_to_run=[attack])
        auto = AutoAttack(model, norm=norm, eps=eps, seed=0, verbose=False, device="cpu", **chosen)
        auto.apgd.n_restarts = 1
        adversarial = auto.run_standard_evaluation(images, labels, bs=COUNT)
        fooled = model(adversarial).argmax(1) != labels
        case["fooled"][attack] = "".join("01"[f] for f in fooled.int().tolist())
        print(norm, eps, attack, "robust", (~fooled).float().mean().item())
    # Square draws the same squares for the whole batch: how many images it turns depends on the seed.
    case["square_turned"] = []
    for seed in range(5):
        auto.square.seed = seed
        adversarial = auto.square.perturb(images[clean], labels[clean])
        case["square_turned"].append(((~clean).sum() + (model(adversarial).argmax(1) != labels[clean]).sum()).item())
    # The smallest changes that FAB finds for the first images when no eps is enough for it.
    auto.fab.eps, auto.fab.targeted, auto.fab.seed = 1e-9, True, 0
    lengths = []
    for i in range(20):
        best = float("inf")
        for target in range(2, 11):
            auto.fab.target_class = target
            adversarial = auto.fab.attack_single_run(images[i:i + 1], labels[i:i + 1], is_targeted=True)
            change = (adversarial - images[i]).flatten()
            if (model(adversarial).argmax(1) != labels[i]).item():
                best = min(best, change.abs().max().item() if norm == "Linf" else change.norm().item())
        lengths.append(best if clean[i] else 0.0)
    case["fab_lengths"] = lengths
    cases.append(case)
print("clean", clean.float().mean().item())

out = dict(image_seed=IMAGE_SEED, count=COUNT, weights={name: encode(p) for name, p in model.state_dict().items()}, cases=cases)
(HERE / "auto_attack.json").write_text(json.dumps(out, indent=1) + "\n")
