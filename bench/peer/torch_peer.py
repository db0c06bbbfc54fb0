#!/usr/bin/env python3
"""The workloads of bench.ts as a PyTorch user would write them: flat parameter vectors and functional layers.

    apt-get install -y python3-torch libopenblas0-pthread
    OPENBLAS_NUM_THREADS=2 python3 bench/peer/torch_peer.py --threads 1 [workload ...]

One JSON line a workload: {"workload", "ms" (median of the repetitions), "threads", "blas_threads", "blas"}.
The inputs are random numbers of the shapes and scales of Fashion-MNIST; the arithmetic does not depend on them.
"""
import argparse
import json
import math
import os
import statistics
import time

import torch
from torch.nn import functional as F

SHAPES = ((512, 784), (512,), (10, 512), (10,))
COUNTS = [math.prod(s) for s in SHAPES]
BATCH = 128


def network(theta, x):
    w1, b1, w2, b2 = (part.view(shape) for part, shape in zip(theta.split(COUNTS), SHAPES))
    return F.linear(torch.relu(F.linear(x, w1, b1)), w2, b2)


def parameters():
    return torch.empty(sum(COUNTS)).uniform_(-0.036, 0.036)


def images(count):
    return torch.rand(count, 784) * 2.83 - 0.81, torch.randint(0, 10, (count,))


def bernstein(degree, t):
    return [math.comb(degree, i) * t**i * (1 - t) ** (degree - i) for i in range(degree + 1)]


def repeat(step, calls, warm_up=5, repetitions=7):
    for _ in range(warm_up):
        step()
    times = []
    for _ in range(repetitions):
        start = time.perf_counter()
        for _ in range(calls):
            step()
        times.append(1e3 * (time.perf_counter() - start) / calls)
    return statistics.median(times)


def train_step():
    """Gradient and AdamW step of 784-512-10, batch 128."""
    x, y = images(BATCH)
    model = torch.nn.Sequential(torch.nn.Linear(784, 512), torch.nn.ReLU(), torch.nn.Linear(512, 10))
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3)

    def step():
        optimiser.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimiser.step()

    return repeat(step, 60)


def curve_step():
    """SGD step of the bend of a quadratic Bezier curve between fixed ends, batch 128."""
    x, y = images(BATCH)
    start, end = parameters(), parameters()
    bend = parameters().requires_grad_()
    optimiser = torch.optim.SGD([bend], lr=0.01, momentum=0.9, weight_decay=5e-4)

    def step():
        a, b, c = bernstein(2, torch.rand(()).item())
        optimiser.zero_grad()
        F.cross_entropy(network(a * start + b * bend + c * end, x), y).backward()
        optimiser.step()

    return repeat(step, 40)


def path_step():
    """Adam step of a Bezier path with 6 free control points at 10 values of t, batch 128."""
    x, y = images(BATCH)
    control = torch.stack([parameters() for _ in range(6)]).requires_grad_()
    optimiser = torch.optim.Adam([control], lr=1e-3)

    def step():
        c = torch.tensor([bernstein(5, t) for t in torch.rand(10).tolist()])
        optimiser.zero_grad()
        losses = [F.cross_entropy(network(theta, x), y) for theta in c @ control]
        (sum(losses) / len(losses)).backward()
        optimiser.step()

    return repeat(step, 6)


def line_step():
    """AdamW step of a line learnt from scratch with the squared-cosine penalty, batch 128."""
    x, y = images(BATCH)
    a, b = parameters().requires_grad_(), parameters().requires_grad_()
    optimiser = torch.optim.AdamW([a, b], lr=1e-3)

    def step():
        t = torch.rand(()).item()
        optimiser.zero_grad()
        penalty = torch.dot(a, b) ** 2 / (torch.dot(a, a) * torch.dot(b, b))
        (F.cross_entropy(network((1 - t) * a + t * b, x), y) + penalty).backward()
        optimiser.step()

    return repeat(step, 30)


def neural_curve_step():
    """AdamW step of a curve whose weight matrices a tanh network 1-10-20-40 makes, biases apart, batch 128."""
    x, y = images(BATCH)
    shapes = SHAPES[0], SHAPES[2]
    layers = [1, 10, 20, 40]

    def curve(count):
        hidden = [m for i, o in zip(layers, layers[1:]) for m in (torch.nn.Linear(i, o), torch.nn.Tanh())]
        return torch.nn.Sequential(*hidden, torch.nn.Linear(layers[-1], count))

    curves = [curve(math.prod(shape)) for shape in shapes]
    biases = [torch.zeros(shape, requires_grad=True) for shape in (SHAPES[1], SHAPES[3])]
    optimiser = torch.optim.AdamW([*curves[0].parameters(), *curves[1].parameters(), *biases], lr=1e-3)

    def weights(t):
        place = torch.full((1, 1), float(t))
        return [g(place) for g in curves]

    def step():
        optimiser.zero_grad()
        w1, w2 = (w.view(shape) for w, shape in zip(weights(torch.rand(()).item()), shapes))
        outputs = F.linear(torch.relu(F.linear(x, w1, biases[0])), w2, biases[1])
        a, b = (torch.cat([w.flatten() for w in weights(t)]) for t in (0, 1))
        penalty = torch.dot(a, b) ** 2 / (torch.dot(a, a) * torch.dot(b, b))
        (F.cross_entropy(outputs, y) + penalty).backward()
        optimiser.step()

    return repeat(step, 2, warm_up=2, repetitions=3)


def plane_point():
    """Loss and error of one point of a plane on 10,000 images."""
    x, y = images(10_000)
    origin, u, v = parameters(), parameters(), parameters()

    @torch.no_grad()
    def step():
        a, b = torch.rand(2).tolist()
        outputs = network(origin + a * u + b * v, x)
        F.cross_entropy(outputs, y).item()
        (outputs.argmax(1) != y).float().mean().item()

    return repeat(step, 4, warm_up=2)


def tiny_grad():
    """Gaussian log-likelihood of an 8-50-50-1 network at 300 points and its gradient in 5 coordinates."""
    shapes = ((50, 8), (50,), (50, 50), (50,), (1, 50), (1,))
    counts = [math.prod(s) for s in shapes]
    x, y = torch.randn(300, 8), torch.randn(300, 1)
    basis = 0.1 * torch.randn(5, sum(counts))
    z = torch.randn(5, requires_grad=True)

    def step():
        z.grad = None
        w1, b1, w2, b2, w3, b3 = (part.view(shape) for part, shape in zip((z @ basis).split(counts), shapes))
        hidden = torch.relu(F.linear(torch.relu(F.linear(x, w1, b1)), w2, b2))
        (0.5 * (F.linear(hidden, w3, b3) - y).square().sum()).backward()

    return repeat(step, 200)


def curvature_points():
    """Curvature at a point of a Bezier path of degree 5 from tangents by finite differences, D = 407,050."""
    control = torch.stack([parameters() for _ in range(6)])
    h = 1e-3

    def step():
        t = 0.05 + 0.9 * torch.rand(()).item()
        before, here, after = (torch.tensor(bernstein(5, s)) @ control for s in (t - h, t, t + h))
        d1, d2 = here - before, after - here
        n1, n2 = d1.norm(), d2.norm()
        ((d2 / n2 - d1 / n1).norm() / (0.5 * (n1 + n2))).item()

    return repeat(step, 15)


WORKLOADS = (train_step, curve_step, path_step, line_step, neural_curve_step, plane_point, tiny_grad, curvature_points)


def blas():
    with open("/proc/self/maps", encoding="utf-8") as maps:
        text = maps.read()
    return next((name for name in ("openblas", "mkl", "blis") if name in text), "reference")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workloads", nargs="*")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.manual_seed(0)
    torch.set_num_threads(options.threads)
    for workload in WORKLOADS:
        if not options.workloads or workload.__name__ in options.workloads:
            line = {
                "workload": workload.__name__,
                "ms": workload(),
                "threads": options.threads,
                "blas_threads": os.environ.get("OPENBLAS_NUM_THREADS"),
                "blas": blas(),
                "torch": torch.__version__,
            }
            print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
