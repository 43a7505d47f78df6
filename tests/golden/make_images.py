"""Writes images.json: small JPEG and PNG files, and the pixels that Pillow and torchvision's Resize and CenterCrop make of them."""
import base64
import io
import json
import pathlib

import numpy as np
import PIL
from PIL import Image

RESIZE, CROP = 24, 17


def picture(width, height, channels):
    y, x = np.mgrid[:height, :width]
    waves = [128 + 120 * np.sin(x / (2.0 + c) + c) * np.cos(y / (3.0 + c)) for c in range(channels)]
    return np.stack(waves, -1).astype(np.uint8)


def encoded(array, mode, format, **options):
    image = Image.fromarray(array.squeeze(), mode)
    file = io.BytesIO()
    (image.quantize(32) if options.pop("palette", False) else image).save(file, format, **options)
    return file.getvalue()


def decoded(content):
    """torchvision's functional.resize and center_crop of a PIL image."""
    image = Image.open(io.BytesIO(content)).convert("RGB")
    width, height = image.size
    short, long = sorted(image.size)
    size = (RESIZE, int(RESIZE * long / short)) if width <= height else (int(RESIZE * long / short), RESIZE)
    image = image.resize(size, Image.BILINEAR)
    top, left = int(round((size[1] - CROP) / 2.0)), int(round((size[0] - CROP) / 2.0))
    return np.asarray(image.crop((left, top, left + CROP, top + CROP))).transpose(2, 0, 1)


FILES = {
    "colour, half the chroma, reduced": encoded(picture(101, 67, 3), "RGB", "JPEG", quality=85),
    "colour, full chroma, tall": encoded(picture(33, 58, 3), "RGB", "JPEG", quality=90, subsampling=0),
    "colour, progressive": encoded(picture(50, 50, 3), "RGB", "JPEG", quality=70, progressive=True),
    "colour, enlarged": encoded(picture(19, 21, 3), "RGB", "JPEG", quality=95),
    "grey": encoded(picture(40, 31, 1), "L", "JPEG", quality=85),
    "CMYK": encoded(picture(40, 30, 4), "CMYK", "JPEG", quality=90),
    "PNG": encoded(picture(45, 29, 3), "RGB", "PNG"),
    "PNG, grey": encoded(picture(30, 30, 1), "L", "PNG"),
    "PNG, palette": encoded(picture(37, 30, 3), "RGB", "PNG", palette=True),
    "PNG, opacity": encoded(picture(26, 40, 4), "RGBA", "PNG"),
}

cases = [{"name": name, "file": base64.b64encode(content).decode(), "pixels": base64.b64encode(decoded(content).tobytes()).decode()}
         for name, content in FILES.items()]
golden = {"pillow": PIL.__version__, "resize": RESIZE, "crop": CROP, "cases": cases}
pathlib.Path(__file__).with_name("images.json").write_text(json.dumps(golden, indent=1) + "\n")
