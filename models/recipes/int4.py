"""INT4 as the exporter writes it: blocks of 32 along the input dimension, symmetric, round to nearest.

For each block the element of largest magnitude m (with its sign) gives scale = m / -8, so it falls on -8 exactly;
q = clamp(rint(w * (1 / scale)), -8, 7), everything in float32, halves to even; w' = q * scale. A block of zeros has
scale 0 and q = 0.
"""

import torch

BLOCK = 32


def dequantised(weight):
    """What the device computes with instead of `weight` [outputs, inputs]; inputs is a multiple of 32."""
    blocks = weight.detach().reshape(weight.shape[0], -1, BLOCK)
    largest = blocks.gather(2, blocks.abs().argmax(2, keepdim=True))
    scale = largest / -8.0
    inverse = torch.where(scale == 0, torch.zeros_like(scale), 1.0 / scale)
    return ((blocks * inverse).round().clamp(-8, 7) * scale).reshape(weight.shape)


def searched(weight):
    """The same for a base whose quantiser searched: the scale stretched and shrunk by up to a fifth, for the levels of each the
    scale of least squares, and of all these the pair with the smallest squared error."""
    blocks = weight.detach().float().reshape(weight.shape[0], -1, BLOCK)
    largest = blocks.gather(2, blocks.abs().argmax(2, keepdim=True))
    nearest = largest / -8.0

    def levels(scale):
        inverse = torch.where(scale == 0, torch.zeros_like(scale), 1.0 / scale)
        return (blocks * inverse).round().clamp(-8, 7)

    def error(scale, at):
        return (blocks.double() - (scale * at).double()).pow(2).sum(2, keepdim=True)

    best = nearest * levels(nearest)
    least = error(nearest, levels(nearest))
    for i in range(-16, 17):
        at = levels((nearest.double() * (1 + 0.2 * i / 16)).float())
        squares = at.double().pow(2).sum(2, keepdim=True)
        scale = ((blocks.double() * at.double()).sum(2, keepdim=True) / squares.clamp(min=1)).float()
        off = error(scale, at)
        better = off < least
        best, least = torch.where(better, scale * at, best), torch.where(better, off, least)
    return best.reshape(weight.shape)


def freeze(model, rounded=dequantised):
    """Replaces each matrix of the model by its dequantised form and stops its training."""
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() == 2:
                parameter.copy_(rounded(parameter))
            parameter.requires_grad_(False)
