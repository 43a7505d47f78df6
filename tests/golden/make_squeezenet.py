#!/usr/bin/env python3
"""Writes squeezenet.json beside this file: SqueezeNet 1.1 of Caffe's release on ten images, for the tests of lib/Fgsm/Models.

    python3 tests/golden/make_squeezenet.py IMAGENET_SUBSET     (written with Debian's python3-torch 1.13 and python3-pil)

IMAGENET_SUBSET has val/WNID/*.JPEG, classes.txt and squeezenet_v1.1.safetensors. Of each class the first file is taken, resized to
227x227 by Pillow's bilinear filter; pixels are blue, green, red times 255 less (104, 117, 123). Written down are, for each image, its
folder, the class found, and its logit.
"""
import json
import pathlib
import struct
import sys

import numpy
import torch
from PIL import Image
from torch.nn import functional as F

HERE, FOLDER = pathlib.Path(__file__).parent, pathlib.Path(sys.argv[1])

with open(FOLDER / "squeezenet_v1.1.safetensors", "rb") as file:
    header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
    data = file.read()
weights = {name: torch.from_numpy(numpy.frombuffer(data[slice(*entry["data_offsets"])], "<f4").copy()).reshape(entry["shape"])
           for name, entry in header.items() if name != "__metadata__"}


def conv(x, name, **options):
    return F.relu(F.conv2d(x, weights[name + ".weight"], weights[name + ".bias"], **options))


def fire(x, number):
    x = conv(x, f"fire{number}/squeeze1x1")
    return torch.cat([conv(x, f"fire{number}/expand1x1"), conv(x, f"fire{number}/expand3x3", padding=1)], 1)


def pool(x):
    return F.max_pool2d(x, 3, 2, ceil_mode=True)


def network(x):
    x = pool(conv(x, "conv1", stride=2))
    x = pool(fire(fire(x, 2), 3))
    x = pool(fire(fire(x, 4), 5))
    for number in (6, 7, 8, 9):
        x = fire(x, number)
    return conv(x, "conv10", padding=1).mean((2, 3))


cases = []
for folder in sorted((FOLDER / "val").iterdir()):
    image = Image.open(sorted(folder.iterdir())[0]).convert("RGB").resize((227, 227), Image.BILINEAR)
    x = torch.from_numpy(numpy.asarray(image).astype("float32")).flip(2).permute(2, 0, 1) - torch.tensor([104.0, 117, 123]).reshape(3, 1, 1)
    logits = network(x[None])[0]
    cases.append(dict(folder=folder.name, found=int(logits.argmax()), logit=float(f"{logits.max():.6g}")))
(HERE / "squeezenet.json").write_text(json.dumps(cases, indent=1) + "\n")
