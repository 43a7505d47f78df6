#!/usr/bin/env python3
"""Writes layers.json, norms.json and modules.json beside this file: what PyTorch computes, for the layers of lib/Tensors.

    python3 tests/golden/make_layers.py        (written with Debian's python3-torch 1.13)

layers.json  a list of ops as in ops.json: see make_ops.py, whose helpers this script uses. "constants" are inputs without a gradient
norms.json   a list of {"args", "x", "upstream", "outputs", "gradients", "state"}: BatchNorm2d made right after manual_seed(0), its
             weight and bias drawn, then three steps in training (running statistics move, num_batches_tracked counts) and
             one in evaluation. outputs and gradients (of x, weight and bias) are of each step, state is state_dict() at the end
modules.json a list of {"name", "shape", "output", "gradient"}: a module made right after manual_seed(5), in training; x and then the
             upstream gradient are what rand draws after manual_seed(6)
"""
import math

import torch
import torch.nn.functional as F

import make_ops
from make_ops import Given, Input, case, cases, pack, write

make_ops.Input.seeds = 3000


def batch_norms():
    def batch_norm(x, w=None, b=None, mean=None, var=None, training=True, eps=1e-5):
        return F.batch_norm(x, mean, var, w, b, training, 0.1, eps)
    for shape in ([2, 3, 4, 5], [3, 5, 7, 7], [9, 17, 6, 5], [1, 2, 3, 3], [4, 40, 1, 1], [2, 33, 40, 3]):
        c = shape[1]
        case("batch_norm", batch_norm, Input(*shape), Input(c), Input(c), training=True)
        x, w, b, mean, var = Input(*shape), Input(c), Input(c), Input(c), Input(c, low=0.2, high=2.0)
        case("batch_norm_eval", lambda x, w, b, training: batch_norm(x, w, b, mean.tensor.double(), var.tensor.double(), training),
             x, w, b, training=False)
        cases[-1]["constants"] = [mean.json, var.json]
    case("batch_norm", batch_norm, Input(4, 3, 5, 5), training=True)
    case("batch_norm", batch_norm, Input(5, 4), Input(4), Input(4), training=True)
    case("batch_norm", batch_norm, Input(2, 3, 6), Input(3), Input(3), training=True)
    # A mean that is large against the spread.
    case("batch_norm", batch_norm, Input(4, 3, 5, 5, low=99.0, high=101.0), Input(3), Input(3), training=True, eps=1e-3)


def pools():
    def average(x, kernel, stride, padding, ceil, include, divisor):
        return F.avg_pool2d(x, kernel, stride, padding, ceil, include, divisor)
    for shape, kernel, stride, padding, ceil, include, divisor in (
            ([2, 3, 6, 8], [2, 2], None, [0, 0], False, True, None), ([1, 2, 7, 9], [3, 3], [2, 2], [1, 1], False, True, None),
            ([1, 2, 7, 9], [3, 3], [2, 2], [1, 1], True, True, None), ([1, 17, 7, 8], [3, 3], [2, 2], [1, 1], True, False, None),
            ([2, 2, 8, 8], [3, 2], [3, 1], [1, 0], True, True, 5), ([2, 5, 6, 6], [3, 3], [1, 1], [0, 0], False, True, None),
            ([3, 6, 6], [2, 3], [2, 2], [1, 1], True, True, None), ([1, 1, 5, 5], [2, 2], [3, 3], [0, 0], True, False, None)):
        case("avg_pool2d", average, Input(*shape), kernel=kernel, stride=stride, padding=padding, ceil=ceil, include=include, divisor=divisor)
    for shape, size in (([2, 3, 8, 8], [1, 1]), ([1, 17, 7, 9], [3, 4]), ([2, 2, 5, 4], [5, 4]), ([1, 2, 3, 3], [7, 5]), ([3, 6, 5], [2, 2])):
        case("adaptive_avg_pool2d", lambda x, size: F.adaptive_avg_pool2d(x, size), Input(*shape), size=size)

    def largest(x, kernel, stride, padding, dilation, ceil):
        return F.max_pool2d(x, kernel, stride, padding, dilation, ceil)
    ties = [((i * 7 + j * 3) // 4) % 3 - 1 for i in range(8) for j in range(8)]
    odd = [math.nan, 1, -math.inf, -math.inf, 2, 3, -math.inf, -math.inf, 0, -0.0, math.inf, math.nan, 5, 5, math.nan, math.inf]
    for given, kernel, stride, padding, dilation, ceil in (
            (Input(2, 3, 7, 9), [3, 3], [2, 2], [1, 1], [1, 1], False), (Input(2, 3, 7, 9), [3, 3], [2, 2], [1, 1], [1, 1], True),
            (Input(1, 17, 8, 8), [3, 3], [2, 2], [0, 0], [1, 1], True), (Input(1, 2, 9, 10), [3, 2], [2, 3], [1, 0], [2, 1], False),
            (Input(1, 2, 9, 10), [3, 3], [2, 2], [1, 1], [2, 3], True), (Input(3, 5, 5), [2, 2], None, [1, 1], [1, 1], True),
            (Input(1, 1, 8, 8, values=ties), [3, 3], [2, 2], [1, 1], [1, 1], True),
            (Input(1, 1, 4, 4, values=odd), [3, 3], [1, 1], [1, 1], [1, 1], False)):
        case("max_pool2d_whole", largest, given, kernel=kernel, stride=stride, padding=padding, dilation=dilation, ceil=ceil)


def convolutions():
    def conv(x, w, b, stride, padding, dilation, groups):
        return F.conv2d(x, w, b, stride, padding, dilation, groups)
    #        N  C  H  W  O  kernel  stride  padding  dilation  groups
    for n, c, h, w, o, kernel, stride, padding, dilation, groups in (
            (2, 3, 9, 8, 4, (3, 3), (1, 1), (2, 2), (2, 2), 1), (1, 2, 11, 9, 3, (3, 2), (2, 1), (1, 2), (2, 3), 1),
            (2, 9, 12, 10, 10, (3, 3), (1, 1), (1, 1), (2, 2), 1), (2, 4, 6, 7, 6, (3, 3), (1, 1), (1, 1), (1, 1), 2),
            (9, 18, 7, 6, 20, (3, 3), (1, 1), (1, 1), (1, 1), 2), (2, 6, 7, 7, 9, (3, 3), (2, 2), (1, 1), (1, 1), 3),
            (2, 8, 5, 5, 8, (1, 1), (1, 1), (0, 0), (1, 1), 4), (2, 5, 9, 8, 5, (3, 3), (1, 1), (1, 1), (1, 1), 5),
            (10, 19, 11, 13, 19, (3, 3), (1, 1), (1, 1), (1, 1), 19), (2, 17, 11, 9, 17, (3, 3), (2, 2), (1, 1), (1, 1), 17),
            (1, 33, 9, 10, 33, (5, 5), (1, 1), (2, 2), (1, 1), 33), (1, 3, 12, 9, 3, (3, 2), (1, 2), (0, 3), (2, 1), 3),
            (1, 4, 7, 8, 4, (3, 3), (1, 1), (3, 4), (1, 1), 4), (2, 3, 6, 6, 6, (3, 3), (1, 1), (1, 1), (1, 1), 3)):
        bound = dict(low=-1 / math.sqrt(c // groups * kernel[0] * kernel[1]), high=1 / math.sqrt(c // groups * kernel[0] * kernel[1]))
        case("conv2d_whole", conv, Input(n, c, h, w), Input(o, c // groups, *kernel, **bound), Input(o, **bound),
             stride=stride, padding=padding, dilation=dilation, groups=groups)

    def transposed(x, w, b, stride, padding, more, dilation, groups):
        return F.conv_transpose2d(x, w, b, stride, padding, more, groups, dilation)
    for n, c, h, w, o, kernel, stride, padding, more, dilation, groups in (
            (2, 3, 5, 4, 4, (3, 3), (1, 1), (0, 0), (0, 0), (1, 1), 1), (2, 4, 5, 6, 3, (3, 3), (2, 2), (1, 1), (1, 1), (1, 1), 1),
            (1, 9, 6, 7, 10, (3, 3), (1, 1), (1, 1), (0, 0), (1, 1), 1), (1, 2, 4, 5, 3, (4, 2), (2, 3), (1, 0), (0, 2), (1, 1), 1),
            (2, 6, 4, 4, 4, (3, 3), (2, 2), (1, 1), (0, 1), (1, 1), 2), (1, 3, 4, 5, 2, (3, 3), (1, 1), (1, 1), (1, 1), (2, 2), 1),
            (1, 5, 6, 5, 5, (3, 3), (2, 1), (1, 1), (1, 0), (1, 1), 5), (1, 4, 3, 3, 5, (2, 2), (1, 1), (0, 0), (1, 1), (3, 2), 1)):
        bound = dict(low=-1 / math.sqrt(o // groups * kernel[0] * kernel[1]), high=1 / math.sqrt(o // groups * kernel[0] * kernel[1]))
        case("conv_transpose2d", transposed, Input(n, c, h, w), Input(c, o // groups, *kernel, **bound), Input(o, **bound),
             stride=stride, padding=padding, more=more, dilation=dilation, groups=groups)


def activations():
    special = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -3.0, 1e-30, -1e-30, 20.0, -20.0, 88.0, -88.0]
    odd = [math.nan, math.inf, -math.inf, 1e30, -1e30, 0.0]
    ops = dict(sigmoid=torch.sigmoid, tanh=torch.tanh, erf=torch.erf, silu=F.silu, gelu=F.gelu,
               gelu_tanh=lambda x: F.gelu(x, approximate="tanh"), leaky_relu=lambda x: F.leaky_relu(x, 0.2))
    for op, f in ops.items():
        # None of these numbers is so near to 0 that leaky_relu's kink shows in finite differences.
        for given in (Input(2, 7, values=special), Input(3, 36, low=-7.0, high=6.0), Input(0, 3), Input()):
            case(op, f, given)
        if op in ("sigmoid", "tanh", "erf", "leaky_relu"):
            case(op, f, Input(6, values=odd))
    for p, shape in ((0.3, [3, 37, 4, 5]), (0.5, [2, 5, 3])):
        case("dropout2d", lambda x, p, seed: (torch.manual_seed(seed), F.dropout2d(x, p))[1], Input(*shape), p=p, seed=11)
    for shape, normal, affine in (([4, 7], [7], True), ([2, 3, 5], [3, 5], True), ([3, 37, 33], [33], True), ([6, 5], [5], False)):
        parameters = [Input(*normal), Input(*normal)] if affine else []
        case("layer_norm", lambda x, *wb, shape: F.layer_norm(x, shape, *wb), Input(*shape), *parameters, shape=normal)


def losses():
    def entropy(x, y, w=None, ignore=-100, reduction="mean", smoothing=0.0):
        return F.cross_entropy(x, y, w, ignore_index=ignore, reduction=reduction, label_smoothing=smoothing)
    labels, some = Given([3, 1, 4, 1, 5, 9, 2, 6]), Given([3, 1, -100, 1, 5, 9, 2, -100])
    for reduction in ("mean", "sum", "none"):
        for smoothing in (0.0, 0.2, 1.0):
            for given, ignore in ((labels, -100), (some, -100), (labels, 1)):
                case("cross_entropy_whole", entropy, Input(8, 10, low=-6.0, high=6.0), given,
                     ignore=ignore, reduction=reduction, smoothing=smoothing)
                w = Input(10, low=0.1, high=2.0)
                case("cross_entropy_weighted", lambda x, y, ignore, reduction, smoothing:
                     entropy(x, y, w.tensor.double(), ignore, reduction, smoothing), Input(8, 10, low=-6.0, high=6.0), given,
                     ignore=ignore, reduction=reduction, smoothing=smoothing)
                cases[-1]["constants"] = [w.json]
        w = Input(10, low=0.1, high=2.0)
        case("nll_loss_weighted", lambda x, y, reduction: F.nll_loss(x, y, w.tensor.double(), reduction=reduction), Input(8, 10), some,
             reduction=reduction)
        cases[-1]["constants"] = [w.json]


def norms():
    for shape, args in (([4, 3, 5, 6], dict()), ([4, 3, 5, 6], dict(momentum=0.3, eps=1e-3)), ([2, 17, 4, 4], dict(momentum=None)),
                        ([4, 3, 5, 6], dict(affine=False)), ([4, 3, 5, 6], dict(track_running_stats=False))):
        layer = torch.nn.BatchNorm2d(shape[1], **args).double()
        parameters = [Input(*p.shape) for p in layer.parameters()]
        for p, given in zip(layer.parameters(), parameters):
            p.data.copy_(given.tensor)
        one = dict(args=args, parameters=[p.json for p in parameters], x=[], upstream=[], outputs=[], gradients=[])
        for step in range(4):
            layer.train(step < 3)
            x, upstream = Input(*shape, low=-2.0 + step, high=2.0), Input(*shape, low=-1.0, high=1.0)
            leaf = x.tensor.double().requires_grad_()
            y = layer(leaf)
            gradients = torch.autograd.grad(y, [leaf, *layer.parameters()], upstream.tensor.double())
            one["x"].append(x.json)
            one["upstream"].append(upstream.json)
            one["outputs"].append(pack(y))
            one["gradients"].append([pack(g) for g in gradients])
        one["state"] = [[name, pack(t)] for name, t in layer.state_dict().items()]
        yield one


def modules():
    nn = torch.nn
    image = [3, 4, 7, 6]
    made = dict(
        BatchNorm2d=(lambda: nn.BatchNorm2d(4, eps=1e-3, momentum=0.2), image), BatchNorm2d_without_affine=(lambda: nn.BatchNorm2d(4, affine=False), image),
        BatchNorm2d_without_statistics=(lambda: nn.BatchNorm2d(4, track_running_stats=False), image),
        AvgPool2d=(lambda: nn.AvgPool2d(3, 2, 1, ceil_mode=True, count_include_pad=False), image), AvgPool2d_pair=(lambda: nn.AvgPool2d((2, 3), (1, 2)), image),
        AdaptiveAvgPool2d=(lambda: nn.AdaptiveAvgPool2d(3), image), AdaptiveAvgPool2d_pair=(lambda: nn.AdaptiveAvgPool2d((1, 4)), image),
        MaxPool2d=(lambda: nn.MaxPool2d(3, 2, 1, 1, ceil_mode=True), image), MaxPool2d_pair=(lambda: nn.MaxPool2d((3, 2), (2, 1), dilation=(1, 2)), image),
        Conv2d_dilated=(lambda: nn.Conv2d(4, 6, 3, padding=2, dilation=2, bias=False), image), Conv2d_grouped=(lambda: nn.Conv2d(4, 6, (3, 2), (2, 1), (1, 0), groups=2), image),
        Conv2d_depthwise=(lambda: nn.Conv2d(4, 4, 3, padding=1, groups=4), image), ConvTranspose2d=(lambda: nn.ConvTranspose2d(4, 6, 3, 2, 1, 1, groups=2), image),
        GELU=(nn.GELU, image), GELU_tanh=(lambda: nn.GELU(approximate="tanh"), image), SiLU=(nn.SiLU, image), Sigmoid=(nn.Sigmoid, image), Tanh=(nn.Tanh, image),
        LeakyReLU=(lambda: nn.LeakyReLU(0.2), image), Softmax=(lambda: nn.Softmax(1), image), LogSoftmax=(lambda: nn.LogSoftmax(1), image), Identity=(nn.Identity, image),
        LayerNorm=(lambda: nn.LayerNorm([7, 6]), image), LayerNorm_last=(lambda: nn.LayerNorm(6, eps=1e-3, elementwise_affine=False), image))
    for name, (make, shape) in made.items():
        torch.manual_seed(5)
        module = make().double()
        torch.manual_seed(6)
        x = torch.rand(shape).double().requires_grad_()
        y = module(x)
        gradient = torch.autograd.grad(y, x, torch.rand(y.shape).double())[0]
        yield dict(name=name, shape=shape, output=short(y), gradient=short(gradient))


def short(t):
    """Every seventh value, with seven digits."""
    return [float(f"{v:.7g}") for v in t.detach().flatten().tolist()[::7]]


for group in (batch_norms, pools, convolutions, activations, losses):
    group()
write("layers.json", cases)
Input.seeds = 4000
write("norms.json", list(norms()))
write("modules.json", list(modules()))
print(f"{len(cases)} ops")
