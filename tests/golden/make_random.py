#!/usr/bin/env python3
"""Writes random.json beside this file: what PyTorch's CPU generator draws, for the tests of lib/Tensors/Random.

    python3 tests/golden/make_random.py        (written with Debian's python3-torch 1.13, which has no MKL)

random.json is a list of cases. Every case has
    op      what was called, with its arguments in args and the seed in seed
    n       how many values were drawn
    first   the first values, last the last 4: floats as the hexadecimal of their 32 bits, integers as they are
    sha256  of all values: float32 or int64, little-endian
    state   sha256 of torch.get_rng_state() afterwards; for normal with the kept second value (bytes 5024 to 5031) zeroed,
            for its last bits depend on the C library
"""
import hashlib
import json
import math
import pathlib
import struct

import torch

HERE = pathlib.Path(__file__).parent


def raw(t):
    """The tensor's values as little-endian bytes."""
    values = t.detach().flatten().tolist()
    code = {torch.float32: "f", torch.int64: "q"}[t.dtype]
    return struct.pack(f"<{len(values)}{code}", *values)


def plain(t):
    values = t.detach().flatten()
    return [struct.pack(">f", v).hex() for v in values.tolist()] if t.dtype == torch.float32 else [int(v) for v in values.tolist()]


def digest(data):
    return hashlib.sha256(data).hexdigest()


def state():
    return digest(bytes(torch.get_rng_state().tolist()))


def state_without_kept_normal():
    data = bytearray(torch.get_rng_state().tolist())
    data[5024:5032] = bytes(8)
    return digest(data)


def case(op, seed, args, t, first=8):
    return dict(op=op, seed=seed, args=args, n=t.numel(), first=plain(t.flatten()[:first]), last=plain(t.flatten()[-4:]), sha256=digest(raw(t)), state=state())


def draws():
    for seed in (0, 1, 42, 2**31, 2**40 + 7, 2**64 - 1):
        torch.manual_seed(seed)
        yield case("randint", seed, [0, 2**32 - 1], torch.empty(1500, dtype=torch.int64).random_(0, 2**32 - 1))
    for n in (1, 7, 624, 1000):
        for low, high in ((0, 1), (-1, 1), (-0.2, 0.2), (0.1, 0.7), (-1 / math.sqrt(3136), 1 / math.sqrt(3136))):
            torch.manual_seed(42)
            yield case("uniform", 42, [low, high], torch.empty(n).uniform_(low, high))
    for p in (0.0, 1e-3, 0.3, 0.5, 1 / 3, 0.8, 1.0):
        torch.manual_seed(3)
        torch.rand(1)  # so that the pairs of draws straddle the generator's blocks
        yield case("bernoulli", 3, [p], torch.empty(1001).bernoulli_(p))
    for p in (0.1, 0.5):
        torch.manual_seed(4)
        yield case("dropout", 4, [p], torch.nn.functional.dropout(torch.ones(1000), p, True))
    for n in (1, 2, 100, 10_000, 59_999, 60_000, 60_001, 100_000):
        torch.manual_seed(5)
        yield case("randperm", 5, [], torch.randperm(n))
    for low, high in ((0, 10), (-5, 6), (0, 2**31), (0, 2**32 - 1), (0, 2**32), (-2**40, 2**41), (-2**63, 2**63 - 1)):
        torch.manual_seed(6)
        yield case("randint", 6, [low, high], torch.empty(500, dtype=torch.int64).random_(low, high))


def normals():
    """All values, for these agree to rounding only. Several calls, so that the cached second value is used and kept."""
    for sizes, mean, std in (([1], 0, 1), ([15], 0, 1), ([3, 4, 1, 2], 0.5, 2), ([16], 0, 1), ([17], 0, 1), ([3, 20, 2], -1, 0.1), ([400], 0, 1)):
        torch.manual_seed(7)
        values = torch.cat([torch.empty(n).normal_(mean, std) for n in sizes])
        yield dict(op="normal", seed=7, args=[mean, std], sizes=sizes, n=values.numel(), first=plain(values), state=state_without_kept_normal())


def layers():
    """The starting weights of report B's first layers and two more, in the order in which they are drawn."""
    torch.manual_seed(42)
    made = [("Conv2d(1, 32, 5)", torch.nn.Conv2d(1, 32, 5, padding=2), 25), ("Conv2d(32, 64, 5)", torch.nn.Conv2d(32, 64, 5), 800),
            ("Linear(3136, 1024)", torch.nn.Linear(3136, 1024), 3136), ("Linear(1024, 10)", torch.nn.Linear(1024, 10), 1024)]
    for name, layer, fan_in in made:
        for part in ("weight", "bias"):
            c = case("layer", 42, [fan_in], getattr(layer, part))
            yield dict(c, op=f"{name}.{part}")


cases = [*draws(), *normals(), *layers()]
(HERE / "random.json").write_text("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]\n")
print(f"{len(cases)} cases")
