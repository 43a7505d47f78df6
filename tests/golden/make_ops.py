#!/usr/bin/env python3
"""Writes ops.json, optim.json, schedulers.json and step.json beside this file: what PyTorch computes, for the tests of lib/Tensors.

    python3 tests/golden/make_ops.py           (written with Debian's python3-torch 1.13)

Inputs are float32. PyTorch computes with them in float64 and the results are rounded to float32, so that they are
nearer to the truth than any float32 engine and do not depend on the machine that ran this script.

A tensor is {"shape", "dtype", "data"}: its values little-endian, row by row, in base64. Two shorter forms:
    {"shape", "seed", "low", "high"}       float32 that torch.manual_seed(seed); empty(shape).uniform_(low, high) draws
    {"shape", "dtype", "every", "data", "sum"}   only every so-maniest value of the flattened tensor, and the sum of all

ops.json    a list of {"op", "args", "inputs", "outputs"}, and where it can be differentiated "upstream" (the gradient that
            flows into the first output) and "grads" (one for each input; null where the input is not a float)
optim.json  a list of {"op", "args", "groups", "start", "gradients", "trajectory"}: two parameters, the gradients of 5 steps, the
            parameters after each step; with "groups" each parameter is in a group of its own, which has these options
schedulers.json  a list of {"op", "args", "optimiser", "options", "lrs", "momenta"}: of two groups, at first and after each of 12
            steps; a momentum is Adam's beta1 too
step.json   one training step of report B's CNN, seed 42: see cnn_step below
"""
import base64
import json
import math
import pathlib
import struct

import torch
import torch.nn.functional as F

HERE = pathlib.Path(__file__).parent
CODES = {torch.float32: "f", torch.float64: "f", torch.int64: "q", torch.bool: "?"}
NAMES = {torch.float32: "float32", torch.float64: "float32", torch.int64: "int64", torch.bool: "bool"}


def encode(values, dtype):
    return base64.b64encode(struct.pack(f"<{len(values)}{CODES[dtype]}", *values)).decode()


def pack(t, limit=250):
    """The tensor as JSON; of one with more than `limit` values only about 100."""
    values = t.detach().flatten().tolist()
    out = dict(shape=list(t.shape), dtype=NAMES[t.dtype])
    if len(values) > limit:
        every = len(values) // 100
        while math.gcd(every, len(values)) != 1:
            every += 1
        out.update(every=every, sum=sum(values))
        values = values[::every]
    return dict(out, data=encode(values, t.dtype))


class Input:
    """A float32 tensor from a seed of its own, or from given values."""
    seeds = 0

    def __init__(self, *shape, low=-2.0, high=2.0, values=None):
        if values is not None:
            self.tensor = torch.tensor(values, dtype=torch.float32).reshape(shape)
            self.json = pack(self.tensor)
            return
        Input.seeds += 1
        torch.manual_seed(Input.seeds)
        self.tensor = torch.empty(shape).uniform_(low, high)
        self.json = dict(shape=list(shape), seed=Input.seeds, low=low, high=high)


class Given:
    """A tensor of whole numbers or truth values."""

    def __init__(self, values, dtype=torch.int64):
        self.tensor = torch.tensor(values, dtype=dtype)
        self.json = pack(self.tensor)


cases = []


def case(op, f, *inputs, **args):
    """Runs f(*tensors, **args) and its gradient. A list in args is a list for PyTorch too."""
    tensors = [i.tensor.double().requires_grad_() if i.tensor.dtype == torch.float32 else i.tensor for i in inputs]
    result = f(*tensors, **args)
    outputs = [result] if isinstance(result, torch.Tensor) else list(result)
    one = dict(op=op, args=args, inputs=[i.json for i in inputs], outputs=[pack(o) for o in outputs])
    if outputs[0].requires_grad:
        upstream = Input(*outputs[0].shape, low=-1.0, high=1.0)
        floats = [t for t in tensors if t.requires_grad]
        grads = iter(torch.autograd.grad(outputs[0], floats, upstream.tensor.double(), allow_unused=True))
        grads = [next(grads) if t.requires_grad else None for t in tensors]
        one.update(upstream=upstream.json, grads=[None if g is None else pack(g) for g in grads])
    cases.append(one)


def convolutions():
    def conv(x, w, b=None, stride=1, padding=0):
        return F.conv2d(x, w, b, stride, padding)
    #        N   C   H   W   O  kernel  stride  padding
    shapes = [(1, 1, 1, 1, 1, (1, 1), 1, 0), (2, 4, 6, 6, 3, (1, 1), 1, 0), (2, 2, 9, 8, 5, (1, 1), 2, 0), (1, 1, 7, 7, 2, (3, 3), 1, 0),
              (2, 3, 8, 9, 4, (3, 3), 1, 1), (3, 5, 10, 6, 7, (3, 3), 2, 0), (2, 3, 7, 7, 4, (3, 3), 2, 1), (1, 3, 6, 6, 4, (3, 3), 1, 2),
              (1, 2, 5, 5, 3, (5, 5), 1, 0), (2, 3, 11, 8, 6, (5, 5), 2, 2), (1, 2, 3, 3, 3, (5, 5), 1, 2), (2, 3, 8, 9, 4, (3, 5), 1, 1),
              (3, 17, 13, 11, 33, (3, 3), 1, 1), (2, 16, 15, 15, 48, (5, 5), 1, 2), (5, 7, 19, 17, 13, (5, 5), 1, 2),
              (2, 1, 28, 28, 32, (5, 5), 1, 2), (2, 32, 14, 14, 64, (5, 5), 1, 2), (1, 1, 28, 28, 32, (3, 3), 1, 0), (1, 32, 26, 26, 64, (3, 3), 1, 0)]
    for n, c, h, w, o, k, stride, padding in shapes:
        bound = 1 / math.sqrt(c * k[0] * k[1])
        weight = dict(low=-bound, high=bound)
        case("conv2d", conv, Input(n, c, h, w), Input(o, c, *k, **weight), Input(o, **weight), stride=stride, padding=padding)
    case("conv2d", conv, Input(2, 3, 6, 7), Input(4, 3, 3, 3), stride=1, padding=1)
    for n, c, h, w, k, stride in ((1, 1, 2, 2, 2, 2), (2, 3, 8, 8, 2, 2), (2, 3, 7, 9, 2, 2), (2, 2, 9, 8, 3, 2), (1, 3, 11, 11, 3, 2), (2, 1, 7, 7, 3, 3), (2, 2, 6, 6, 3, 1), (2, 5, 28, 28, 2, 2)):
        case("max_pool2d", lambda x, kernel, stride: F.max_pool2d(x, kernel, stride), Input(n, c, h, w), kernel=k, stride=stride)
    ties = [((i * 7 + j * 3) // 4) % 3 - 1 for i in range(8) for j in range(8)]
    for k, stride in ((2, 2), (3, 2)):
        case("max_pool2d", lambda x, kernel, stride: F.max_pool2d(x, kernel, stride), Input(1, 1, 8, 8, values=ties), kernel=k, stride=stride)


def products():
    for a, b in (([5], [5]), ([3, 4], [4]), ([4], [4, 3]), ([3, 4], [4, 5]), ([1, 7], [7, 1]), ([2, 3, 4], [4, 5]), ([2, 3, 4], [2, 4, 5]), ([1, 3, 4], [6, 4, 2]),
                 ([2, 1, 3, 4], [5, 4, 2]), ([2, 3, 4], [4]), ([4], [2, 4, 3]), ([65, 257], [257, 33]), ([130, 70], [70, 90])):
        case("matmul", torch.matmul, Input(*a), Input(*b))
    for n, i, o in ((1, 3, 2), (4, 7, 5), (33, 130, 65), (4, 3136, 17)):
        bound = 1 / math.sqrt(i)
        case("linear", F.linear, Input(n, i), Input(o, i, low=-bound, high=bound), Input(o, low=-bound, high=bound))
    case("linear", F.linear, Input(4, 7), Input(5, 7))
    case("linear", F.linear, Input(2, 3, 4), Input(5, 4), Input(5))


def elementwise():
    binary = dict(add=torch.add, sub=torch.sub, mul=torch.mul, div=torch.div)
    for op, f in binary.items():
        for a, b in (([3, 4], [3, 4]), ([3, 4], [4]), ([3, 1], [1, 4]), ([2, 3, 4], [3, 1]), ([], [3]), ([5], [1]), ([2, 1, 3], [4, 1]), ([7, 33], [33]), ([6, 8, 5, 7], [8, 1, 1])):
            low = 0.5 if op == "div" else -2.0
            case(op, f, Input(*a), Input(*b, low=low))
        case(op + "_scalar", lambda x, scalar: f(x, scalar), Input(2, 5), scalar=0.75)
        case("scalar_" + op, lambda x, scalar: f(torch.tensor(scalar, dtype=x.dtype), x), Input(2, 5, low=0.5), scalar=0.75)
    special = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -3.0, 1e-30, -1e-30]
    for op, f in dict(relu=torch.relu, neg=torch.neg, abs=torch.abs, sign=torch.sign, exp=torch.exp).items():
        case(op, f, Input(2, 5, values=special))
        case(op, f, Input(3, 37))
    case("log", torch.log, Input(3, 37, low=0.01, high=5.0))
    case("sqrt", torch.sqrt, Input(3, 37, low=0.01, high=5.0))
    case("clamp", lambda x, min, max: x.clamp(min, max), Input(3, 37), min=-0.75, max=1.25)
    case("clamp", lambda x, min, max: x.clamp(min, max), Input(2, 5, values=special), min=-0.5, max=0.5)
    for name in ("eq", "ne", "lt", "le", "gt", "ge"):
        case(name, getattr(torch, name), Input(2, 5, values=special), Input(5, values=[0, 1, 1, -1, 0.5]))
    mask = [[True, False, True], [False, False, True]]
    case("where", torch.where, Given(mask, torch.bool), Input(2, 3), Input(2, 3))
    case("where", torch.where, Given(mask, torch.bool), Input(3), Input(2, 1))


def reductions():
    case("sum", torch.sum, Input(3, 4, 5))
    case("mean", torch.mean, Input(3, 4, 5))
    for dim, keepdim in (([0], False), ([1], True), ([-1], False), ([0, 2], False), ([1, 2], True), ([0, 1, 2], False)):
        case("sum_dim", lambda x, dim, keepdim: x.sum(dim, keepdim), Input(3, 4, 5), dim=dim, keepdim=keepdim)
        case("mean_dim", lambda x, dim, keepdim: x.mean(dim, keepdim), Input(3, 4, 5), dim=dim, keepdim=keepdim)
    case("sum", torch.sum, Input(100, 333, low=0.0, high=1.0))
    ties = [1.0, 3.0, 3.0, 0.0, 2.0, 2.0, -1.0, -1.0, -1.0, 5.0, 5.0, 5.0]
    for values in (dict(), dict(values=ties)):
        case("max", torch.max, Input(3, 4, **values))
        case("min", torch.min, Input(3, 4, **values))
        case("argmax", torch.argmax, Input(3, 4, **values))
        for dim, keepdim in ((0, False), (1, True), (-1, False)):
            case("max_dim", lambda x, dim, keepdim: torch.max(x, dim, keepdim), Input(3, 4, **values), dim=dim, keepdim=keepdim)
            case("min_dim", lambda x, dim, keepdim: torch.min(x, dim, keepdim), Input(3, 4, **values), dim=dim, keepdim=keepdim)
            case("argmax_dim", lambda x, dim, keepdim: torch.argmax(x, dim, keepdim), Input(3, 4, **values), dim=dim, keepdim=keepdim)
    for k, dim, largest in ((1, -1, True), (3, -1, True), (5, 1, True), (2, 0, True), (2, -1, False)):
        case("topk", lambda x, k, dim, largest: torch.topk(x, k, dim, largest), Input(4, 10), k=k, dim=dim, largest=largest)


def losses():
    for op, f in dict(softmax=F.softmax, log_softmax=F.log_softmax).items():
        for shape, dim in (([4, 10], 1), ([4, 10], 0), ([2, 3, 5], 1), ([2, 3, 5], -1), ([7], 0), ([37, 33], 1)):
            case(op, lambda x, dim: f(x, dim), Input(*shape, low=-6.0, high=6.0), dim=dim)
        case(op, lambda x, dim: f(x, dim), Input(3, 4, values=[0, 0, 0, 0, 1000, -1000, 999, 0, 88, 89, -104, 1e4]), dim=1)
    labels = Given([3, 1, 4, 1, 5, 9, 2, 6])
    for reduction in ("mean", "sum", "none"):
        case("cross_entropy", lambda x, y, reduction: F.cross_entropy(x, y, reduction=reduction), Input(8, 10, low=-6.0, high=6.0), labels, reduction=reduction)
        case("nll_loss", lambda x, y, reduction: F.nll_loss(x, y, reduction=reduction), Input(8, 10), labels, reduction=reduction)
        case("mse_loss", lambda x, y, reduction: F.mse_loss(x, y, reduction=reduction), Input(4, 5), Input(4, 5), reduction=reduction)
    sure = [50.0 if j == i else -40.0 for i in range(3) for j in range(4)]
    case("cross_entropy", lambda x, y, reduction: F.cross_entropy(x, y, reduction=reduction), Input(3, 4, values=sure), Given([0, 1, 0]), reduction="mean")


def movement():
    case("cat", lambda a, b, dim: torch.cat([a, b], dim), Input(2, 3), Input(4, 3), dim=0)
    case("cat", lambda a, b, dim: torch.cat([a, b], dim), Input(2, 3, 2), Input(2, 1, 2), dim=1)
    case("cat", lambda a, b, dim: torch.cat([a, b], dim), Input(2, 3), Input(2, 2), dim=-1)
    for dim in (0, 1, -1):
        case("stack", lambda a, b, dim: torch.stack([a, b], dim), Input(2, 3), Input(2, 3), dim=dim)
        case("index_select", lambda x, i, dim: x.index_select(dim, i), Input(3, 4, 5), Given([2, 0, 2, 1]), dim=dim)
    case("gather", lambda x, i, dim: x.gather(dim, i), Input(3, 4), Given([[0, 3, 3], [1, 1, 1]]), dim=1)
    case("gather", lambda x, i, dim: x.gather(dim, i), Input(3, 4), Given([[0, 2, 1, 0], [2, 2, 2, 0]]), dim=0)
    case("flatten", lambda x, start, end: x.flatten(start, end), Input(2, 3, 4), start=1, end=-1)
    case("flatten", lambda x, start, end: x.flatten(start, end), Input(2, 3, 4), start=0, end=1)
    case("reshape", lambda x, shape: x.reshape(shape), Input(2, 3, 4), shape=[4, -1])
    case("reshape", lambda x, shape: x.transpose(0, 1).reshape(shape), Input(2, 3, 4), shape=[6, 4])
    cases[-1]["op"] = "transpose_reshape"
    case("transpose", lambda x, dim0, dim1: x.transpose(dim0, dim1), Input(2, 3, 4), dim0=0, dim1=2)
    case("transpose", lambda x, dim0, dim1: x.transpose(dim0, dim1), Input(5, 3), dim0=0, dim1=-1)
    case("permute", lambda x, dims: x.permute(dims), Input(2, 3, 4), dims=[2, 0, 1])
    case("permute", lambda x, dims: x.permute(dims), Input(2, 3, 4, 2), dims=[0, -1, 1, 2])


def edges():
    """NaN and infinities, whole numbers and truth values, tensors of no dimensions, tensors of no elements."""
    nan, inf = math.nan, math.inf
    odd = [nan, 1.0, -inf, 2.0, inf, -1.0, 0.0, nan, -0.0, 3.0, 3.0, -2.0]
    unary = dict(sign=torch.sign, abs=torch.abs, neg=torch.neg, exp=torch.exp, log=torch.log, sqrt=torch.sqrt, sum=torch.sum, argmax=torch.argmax)
    for op, f in unary.items():
        case(op, f, Input(3, 4, values=odd))
    case("clamp", lambda x, min, max: x.clamp(min, max), Input(3, 4, values=odd), min=-0.5, max=0.5)
    for dim in (0, 1):
        case("max_dim", lambda x, dim, keepdim: torch.max(x, dim, keepdim), Input(3, 4, values=odd), dim=dim, keepdim=False)
        case("argmax_dim", lambda x, dim, keepdim: torch.argmax(x, dim, keepdim), Input(3, 4, values=odd), dim=dim, keepdim=False)
    case("max_pool2d", lambda x, kernel, stride: F.max_pool2d(x, kernel, stride), Input(1, 1, 4, 4, values=[nan, 1, -inf, -inf, 2, 3, -inf, -inf, 0, -0.0, inf, nan, 5, 5, nan, inf]), kernel=2, stride=2)
    masked = [1.0, -inf, 2.0, -inf, -inf, 0.0, 0.0, 0.0, -inf, nan, 1.0, 2.0]
    case("softmax", lambda x, dim: F.softmax(x, dim), Input(3, 4, values=masked), dim=1)
    case("log_softmax", lambda x, dim: F.log_softmax(x, dim), Input(3, 4, values=masked), dim=1)
    for op, f in dict(add=torch.add, mul=torch.mul, div=torch.div, eq=torch.eq, lt=torch.lt, ge=torch.ge).items():
        case(op, f, Input(12, values=odd), Input(12, values=odd[::-1]))
        case(op, f, Given([7, -2, 2**24 + 1]), Given([2, 3, 2**24]))
        case(op, f, Given([7, -2, 0]), Input(3, values=[0.5, -2.0, 1.0]))
        case(op, f, Given([True, False, True], torch.bool), Given([3, 0, 1]))
        case(op, f, Input(), Input(low=0.5))
        case(op, f, Input(0, 3), Input(3))
    case("sub", torch.sub, Given([[1, 2], [3, 4]]), Given([1, -1]))

    whole = Given([[16777217, 16777216, -5], [16777216, 16777217, -6]])
    truth = Given([[True, False, True], [False, False, True]], torch.bool)
    for t in (whole, truth):
        case("sum", torch.sum, t)
        case("sum_dim", lambda x, dim, keepdim: x.sum(dim, keepdim), t, dim=[1], keepdim=True)
        case("cat", lambda a, b, dim: torch.cat([a, b], dim), t, t, dim=1)
        case("stack", lambda a, b, dim: torch.stack([a, b], dim), t, t, dim=-1)
        case("index_select", lambda x, i, dim: x.index_select(dim, i), t, Given([2, 0]), dim=1)
        case("gather", lambda x, i, dim: x.gather(dim, i), t, Given([[2], [1]]), dim=1)
        case("permute", lambda x, dims: x.permute(dims), t, dims=[1, 0])
        case("flatten", lambda x, start, end: x.flatten(start, end), t, start=0, end=-1)
        case("where", torch.where, truth, t, t)
    case("max", torch.max, whole)
    case("argmax", torch.argmax, whole)

    for op in ("sum", "mean", "max", "min", "argmax"):
        case(op, getattr(torch, op), Input())
    case("softmax", lambda x, dim: F.softmax(x, dim), Input(), dim=0)
    case("flatten", lambda x, start, end: x.flatten(start, end), Input(), start=0, end=-1)
    case("reshape", lambda x, shape: x.reshape(shape), Input(), shape=[1, 1])
    case("sum", torch.sum, Input(0, 3))
    case("mean", torch.mean, Input(0, 3))
    case("sum_dim", lambda x, dim, keepdim: x.sum(dim, keepdim), Input(0, 3), dim=[0], keepdim=False)
    case("matmul", torch.matmul, Input(2, 0), Input(0, 3))
    case("matmul", torch.matmul, Input(0, 2), Input(2, 3))
    case("linear", F.linear, Input(0, 2), Input(3, 2), Input(3))
    case("cat", lambda a, b, dim: torch.cat([a, b], dim), Input(0, 3), Input(2, 3), dim=0)
    case("index_select", lambda x, i, dim: x.index_select(dim, i), Input(2, 3), Given([], torch.int64), dim=0)
    case("relu", torch.relu, Input(0, 3))
    case("max_pool2d", lambda x, kernel, stride: F.max_pool2d(x, kernel, stride), Input(0, 2, 4, 4), kernel=2, stride=2)
    case("conv2d", lambda x, w, stride, padding: F.conv2d(x, w, None, stride, padding), Input(0, 2, 4, 4), Input(3, 2, 3, 3), stride=1, padding=1)


def extremes():
    """NaN wins every maximum and minimum, and whole numbers are compared as such: 2^24 + 1 is no float32."""
    nan, inf = math.nan, math.inf
    odd = [nan, 1.0, -inf, 2.0, inf, -1.0, 0.0, nan, -0.0, 3.0, 3.0, -2.0]
    for op, f in dict(relu=torch.relu, max=torch.max, min=torch.min).items():
        case(op, f, Input(3, 4, values=odd))
    whole = Given([[16777217, 16777216, -5], [16777216, 16777217, -6]])
    for t in (Input(3, 4, values=odd), whole):
        for dim in (0, 1):
            case("max_dim", lambda x, dim, keepdim: torch.max(x, dim, keepdim), t, dim=dim, keepdim=False)
            case("min_dim", lambda x, dim, keepdim: torch.min(x, dim, keepdim), t, dim=dim, keepdim=False)
            case("argmax_dim", lambda x, dim, keepdim: torch.argmax(x, dim, keepdim), t, dim=dim, keepdim=False)
    case("topk", lambda x, k, dim, largest: torch.topk(x, k, dim, largest), Input(1, 6, values=[1.0, nan, 3.0, -inf, inf, 2.0]), k=6, dim=-1, largest=True)
    case("topk", lambda x, k, dim, largest: torch.topk(x, k, dim, largest), Input(1, 6, values=[1.0, nan, 3.0, -inf, inf, 2.0]), k=6, dim=-1, largest=False)


def powers_and_order():
    nan, inf = math.nan, math.inf
    case("pow", torch.pow, Input(3, 7, low=0.05, high=4.0), Input(7, low=-3.0, high=3.0))
    case("pow", torch.pow, Input(4, 1, low=0.05, high=4.0), Input(3))
    bases = [0.0, -0.0, 1.0, -1.0, 2.0, -2.0, 0.5, -0.5, inf, -inf, nan, 3.0]
    exponents = [0.0, 1.0, 2.0, 3.0, -1.0, -2.0, 0.5, -0.5, 1.5, inf, -inf, nan, 65.0]
    with torch.no_grad():
        grid = [(b, e) for b in bases for e in exponents]
        result = torch.pow(torch.tensor([b for b, _ in grid]).double(), torch.tensor([e for _, e in grid]).double())
        cases.append(dict(op="pow", args={}, inputs=[Input(len(grid), values=[b for b, _ in grid]).json, Input(len(grid), values=[e for _, e in grid]).json],
                          outputs=[pack(result)]))
    for exponent in (0.0, 0.5, 1.0, 2.0, 3.0, -1.0, -2.5):
        case("pow_scalar", lambda x, exponent: torch.pow(x, exponent), Input(3, 37, low=0.25, high=2.5), exponent=exponent)
    case("pow_scalar", lambda x, exponent: torch.pow(x, exponent), Input(3, 97, low=0.25, high=2.5), exponent=70.0)
    for exponent in (2.0, 3.0, -3.0):
        case("pow_scalar", lambda x, exponent: torch.pow(x, exponent), Input(3, 7, low=-2.5, high=-0.25), exponent=exponent)

    odd = [nan, 1.0, -inf, 2.0, inf, -1.0, 0.0, nan, -0.0, 3.0, 3.0, -2.0]
    for descending in (False, True):
        for dim in (0, 1, -1):
            case("sort", lambda x, dim, descending: torch.sort(x, dim=dim, descending=descending, stable=True)[:2], Input(4, 5, 3), dim=dim, descending=descending)
        case("sort", lambda x, dim, descending: torch.sort(x, dim=dim, descending=descending, stable=True)[:2], Input(12, values=odd), dim=0, descending=descending)
    for dim in (0, 1, -1):
        case("cumsum", torch.cumsum, Input(4, 5, 3), dim=dim)
    case("cumsum", torch.cumsum, Given([[3, 2**40, -1], [5, 6, 7]]), dim=1)
    case("cumsum", torch.cumsum, Given([[True, False, True], [True, True, True]], torch.bool), dim=1)
    case("cumsum", torch.cumsum, Input(), dim=0)


def pads_and_copies():
    def pad(x, pad, mode, value):
        return F.pad(x, pad, mode, value) if mode == "constant" else F.pad(x, pad, mode)
    for p, value in (([1, 2], 0.0), ([1, 0, 0, 3], 0.5), ([2, 1, 1, 2, 0, 1], -1.0), ([-1, 2], 0.0), ([-1, -1, 2, -2], 0.0), ([0, 0], 0.0)):
        case("pad", pad, Input(2, 3, 4, 5), pad=p, mode="constant", value=value)
    for mode in ("reflect", "replicate", "circular"):
        for p in ([1, 2, 2, 0], [3, 3, 1, 1]):
            case("pad", pad, Input(2, 3, 4, 5), pad=p, mode=mode, value=0.0)
    case("pad", pad, Given([[1, 2], [3, 4]]), pad=[1, 1], mode="constant", value=7.0)
    for dims in ([0], [1, 2], [-1], [0, 1, 2]):
        case("flip", lambda x, dims: x.flip(dims), Input(2, 3, 4), dims=dims)
    case("flip", lambda x, dims: x.flip(dims), Given([[1, 2], [3, 4]]), dims=[1])
    for sizes in ([2, 3], [1, 1], [2, 1, 3], [0, 2]):
        case("repeat", lambda x, sizes: x.repeat(sizes), Input(2, 3), sizes=sizes)
    case("repeat", lambda x, sizes: x.repeat(sizes), Input(), sizes=[3])
    for classes in (-1, 7):
        case("one_hot", lambda x, num_classes: F.one_hot(x, num_classes), Given([[0, 4], [2, 2]]), num_classes=classes)
    case("bmm", torch.bmm, Input(3, 4, 5), Input(3, 5, 2))
    case("bmm", torch.bmm, Input(1, 70, 33), Input(1, 33, 65))

    def kl_div(x, t, log_target, reduction):
        return F.kl_div(x, t, log_target=log_target, reduction=reduction)
    for reduction in ("mean", "sum", "none"):
        case("kl_div", kl_div, Input(3, 5), Input(3, 5, low=0.05, high=1.0), log_target=False, reduction=reduction)
        case("kl_div", kl_div, Input(3, 5), Input(3, 5), log_target=True, reduction=reduction)
    zeros = torch.tensor([0.0, 0.25, 0.75], dtype=torch.float32)
    x = Input(3)
    cases.append(dict(op="kl_div", args=dict(log_target=False, reduction="sum"), inputs=[x.json, pack(zeros)],
                      outputs=[pack(kl_div(x.tensor.double(), zeros.double(), False, "sum"))]))


OPTIMISERS = {"SGD": torch.optim.SGD, "Adam": torch.optim.Adam, "AdamW": torch.optim.AdamW}


def optimisers():
    for op, args, groups in (("SGD", dict(lr=0.1), None), ("SGD", dict(lr=0.01, momentum=0.9), None), ("SGD", dict(lr=0.05, momentum=0.9, weight_decay=0.01), None),
                             ("SGD", dict(lr=0.05, momentum=0.8, weight_decay=0.1, nesterov=True), None), ("SGD", dict(lr=0.05, momentum=0.8, dampening=0.5), None),
                             ("SGD", dict(lr=0.1, weight_decay=0.1), None),
                             ("Adam", dict(), None), ("Adam", dict(lr=0.01, weight_decay=0.1), None), ("Adam", dict(lr=0.02, betas=[0.8, 0.95], eps=1e-4), None),
                             ("AdamW", dict(weight_decay=0), None), ("AdamW", dict(lr=0.01, weight_decay=0.1), None), ("AdamW", dict(lr=0.05, betas=[0.8, 0.95], eps=1e-4, weight_decay=0.5), None),
                             ("SGD", dict(lr=0.05, momentum=0.9, weight_decay=0.1, nesterov=True), [dict(), dict(lr=0.01, weight_decay=0)]),
                             ("SGD", dict(lr=0.05, momentum=0.9, weight_decay=0.1), [dict(momentum=0.5, nesterov=True), dict(momentum=0, lr=0.2)]),
                             ("SGD", dict(lr=0.05, momentum=0.9), [dict(dampening=0.5), dict()]),
                             ("Adam", dict(lr=0.01), [dict(betas=[0.8, 0.95], eps=1e-4), dict(lr=0.1, weight_decay=0.1)]),
                             ("AdamW", dict(lr=0.01, weight_decay=0.5), [dict(betas=[0.8, 0.95], eps=1e-4), dict(lr=0.1, weight_decay=0)])):
        start = [Input(3, 4), Input(37)]
        gradients = [[Input(3, 4), Input(37)] for _ in range(5)]
        parameters = [i.tensor.double().requires_grad_() for i in start]
        optimiser = OPTIMISERS[op](parameters if groups is None else [dict(g, params=[p]) for g, p in zip(groups, parameters)], **args)
        trajectory = []
        for step in gradients:
            for p, g in zip(parameters, step):
                p.grad = g.tensor.double()
            optimiser.step()
            trajectory.append([pack(p) for p in parameters])
        yield dict(op=op, args=args, **({} if groups is None else dict(groups=groups)), start=[i.json for i in start], gradients=[[i.json for i in s] for s in gradients], trajectory=trajectory)


def schedulers():
    sgd = ("SGD", dict(lr=0.1, momentum=0.9))
    for op, args, (optimiser, options) in (
            ("StepLR", dict(step_size=3), sgd), ("StepLR", dict(step_size=1, gamma=0.7), sgd), ("LambdaLR", dict(), sgd),
            ("CosineAnnealingLR", dict(T_max=12), sgd), ("CosineAnnealingLR", dict(T_max=3, eta_min=0.01), sgd), ("CosineAnnealingLR", dict(T_max=1), sgd),
            ("OneCycleLR", dict(max_lr=0.5, total_steps=12), sgd), ("OneCycleLR", dict(max_lr=0.5, epochs=5, steps_per_epoch=4), sgd),
            ("OneCycleLR", dict(max_lr=0.5, total_steps=12, anneal_strategy="linear", pct_start=0.25), sgd),
            ("OneCycleLR", dict(max_lr=0.5, total_steps=12, pct_start=0.0), sgd),
            ("OneCycleLR", dict(max_lr=0.5, total_steps=12, three_phase=True, base_momentum=0.5, max_momentum=0.8), sgd),
            ("OneCycleLR", dict(max_lr=0.5, total_steps=12, three_phase=True, anneal_strategy="linear", div_factor=10, final_div_factor=100), sgd),
            ("OneCycleLR", dict(max_lr=0.5, total_steps=12, cycle_momentum=False), sgd),
            ("OneCycleLR", dict(max_lr=[0.5, 0.05], total_steps=12, base_momentum=[0.8, 0.6], max_momentum=[0.9, 0.7]), sgd),
            ("OneCycleLR", dict(max_lr=0.01, total_steps=12), ("Adam", dict(lr=0.001))), ("OneCycleLR", dict(max_lr=0.01, total_steps=12), ("AdamW", dict(lr=0.001)))):
        groups = [dict(params=[torch.zeros(1, requires_grad=True)]), dict(params=[torch.zeros(1, requires_grad=True)], lr=0.02)]
        made = OPTIMISERS[optimiser](groups, **options)
        # The factor of LambdaLR is without a power or an exponential, so that the test can write it down.
        scheduler = getattr(torch.optim.lr_scheduler, op)(made, **args, **(dict(lr_lambda=lambda epoch: 1 / (1 + epoch)) if op == "LambdaLR" else {}))
        lrs, momenta = [], []
        for step in range(13):
            if step:
                made.step()
                scheduler.step()
            lrs.append(scheduler.get_last_lr())
            momenta.append([g["betas"][0] if "betas" in g else g["momentum"] for g in made.param_groups])
        yield dict(op=op, args=args, optimiser=optimiser, options=options, lrs=lrs, momenta=momenta)


def cnn_step():
    """Report B's CNN made right after manual_seed(42); x from its own seed; manual_seed(123) before the forward pass, for the
    dropout mask; then loss, gradients, and a step of SGD(0.01, momentum 0.9). At last the changed model in eval mode:
    its logits, and the gradient of its loss with respect to x."""
    torch.manual_seed(42)
    nn = torch.nn
    model = nn.Sequential(nn.Conv2d(1, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
                          nn.Flatten(), nn.Linear(3136, 1024), nn.ReLU(), nn.Dropout(0.5), nn.Linear(1024, 10)).double()
    optimiser = torch.optim.SGD(model.parameters(), 0.01, 0.9)
    images, labels = Input(4, 1, 28, 28, low=0.0, high=1.0), Given([3, 1, 4, 1])
    x = images.tensor.double()
    torch.manual_seed(123)
    logits = model.train()(x)
    loss = F.cross_entropy(logits, labels.tensor)
    loss.backward()
    out = dict(x=images.json, y=labels.json, logits=pack(logits), loss=loss.item(), parameters=[])
    gradients = [p.grad.clone() for p in model.parameters()]
    optimiser.step()
    for (name, p), g in zip(model.named_parameters(), gradients):
        out["parameters"].append(dict(name=name, shape=list(p.shape), gradient_norm=g.norm().item(), gradient=pack(g),
                                      sum=p.sum().item(), sum_of_squares=p.square().sum().item()))
    x.requires_grad_()
    after = model.eval()(x)
    grad = torch.autograd.grad(F.cross_entropy(after, labels.tensor), x)[0]
    return dict(out, eval_logits=pack(after), input_gradient=pack(grad))


def write(name, lines):
    (HERE / name).write_text("[\n" + ",\n".join(json.dumps(line, separators=(",", ":")) for line in lines) + "\n]\n")


if __name__ == "__main__":
    for group in (convolutions, products, elementwise, reductions, losses, movement, edges, extremes, powers_and_order, pads_and_copies):
        group()
    write("ops.json", cases)
    # Seeds of their own, so that a new case above changes nothing here.
    Input.seeds = 1000
    write("optim.json", list(optimisers()))
    write("schedulers.json", list(schedulers()))
    Input.seeds = 2000
    (HERE / "step.json").write_text(json.dumps(cnn_step(), indent=1) + "\n")
    print(f"{len(cases)} ops")
