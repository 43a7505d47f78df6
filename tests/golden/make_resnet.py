#!/usr/bin/env python3
"""Writes resnet.json beside this file: torchvision's resnet18 on images and weights of a formula, for the tests of lib/Fgsm/Models.

    python3 tests/golden/make_resnet.py     (written with Debian's python3-torch 1.13 and python3-torchvision 0.14)

noise(i, k) is the fraction of 43758.5453 sin(12.9898 i + k), less 0.5. Entry i of tensor k (in the order of the state dictionary, from
0) is noise(i, k) times sqrt(24 / inputs of an output), or 0.1 for biases and normalisations, plus 1 for the weight of a normalisation
and running_var. Images are 0.5 + noise(i, -1). Written down are the names and shapes of the state dictionary, and the first logits of
two images of 64x64 in eval mode.
"""
import json
import pathlib

import numpy
import torch
import torchvision


def noise(shape, k):
    fraction = numpy.modf(43758.5453 * numpy.sin(12.9898 * numpy.arange(numpy.prod(shape, dtype=int)) + k))[0]
    return (fraction - 0.5).reshape(shape)


model = torchvision.models.resnet18()
state = model.state_dict()
for k, (name, entry) in enumerate(state.items()):
    if name.endswith("num_batches_tracked"):
        continue
    values = noise(entry.shape, k) * (0.1 if entry.ndim == 1 else (24 / entry[0].numel()) ** 0.5)
    if name.endswith("running_var") or name.endswith("weight") and entry.ndim == 1:
        values = 1 + values
    entry.copy_(torch.from_numpy(values.astype("float32")))
model.eval()
images = 0.5 + noise((2, 3, 64, 64), -1)
with torch.no_grad():
    logits = model(torch.from_numpy(images.astype("float32")))
text = json.dumps({"shapes": {name: list(entry.shape) for name, entry in state.items()},
                   "logits": [[round(float(v), 5) for v in row[:20]] for row in logits]}, indent=1)
(pathlib.Path(__file__).parent / "resnet.json").write_text(text + "\n")
