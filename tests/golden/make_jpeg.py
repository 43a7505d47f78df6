#!/usr/bin/env python3
"""Writes jpeg.json beside this file: images before and after JPEG, by Pillow, for the tests of lib/Fgsm/Defences.

    python3 tests/golden/make_jpeg.py     (written with Debian's python3-pil 9.4)

Pixel (c, y, x) is 128 + 90 sin(0.5 x + 0.3 y + c) + 30 cos(1.7 x y / (1 + c)), rounded. Written down are, of a grey and a colour image,
the bytes [C, H, W] before and after a file of each quality with Pillow's default subsampling, 4:2:0.
"""
import io
import json
import pathlib

import numpy
from PIL import Image

cases = []
for channels, height, width, quality in [(1, 28, 28, 75), (1, 28, 28, 20), (3, 32, 32, 75), (3, 24, 33, 40)]:
    c, y, x = numpy.mgrid[:channels, :height, :width]
    pixels = numpy.rint(128 + 90 * numpy.sin(0.5 * x + 0.3 * y + c) + 30 * numpy.cos(1.7 * x * y / (1 + c))).astype("uint8")
    file = io.BytesIO()
    Image.fromarray(pixels[0] if channels == 1 else pixels.transpose(1, 2, 0)).save(file, "JPEG", quality=quality)
    back = numpy.asarray(Image.open(file)).reshape(height, width, channels).transpose(2, 0, 1)
    cases.append({"shape": [channels, height, width], "quality": quality,
                  "pixels": pixels.flatten().tolist(), "back": back.flatten().tolist()})
(pathlib.Path(__file__).parent / "jpeg.json").write_text(json.dumps(cases, indent=1) + "\n")
