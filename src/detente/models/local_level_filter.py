"""Kalman filter and smoother of a scalar local level, and the Laplace approximation for counts built on it."""

from __future__ import annotations

import math

import numpy as np

from detente.models.compiled import compiled
from detente.uncertainty import Array

UNSEEN = 1e12


@compiled()
def smooth(z: Array, noise: Array, step: float, start: float, spread: float) -> tuple[Array, Array, float]:
    """Smoothed mean and variance of the level given z_t ~ N(level_t, noise_t), and the log likelihood.

    level_0 ~ N(start, spread); a noise of UNSEEN or more marks a period that wasn't seen.
    """
    n = len(z)
    mean, variance = np.empty(n), np.empty(n)
    ahead, wide = start, spread
    value = 0.0
    for t in range(n):
        if noise[t] >= UNSEEN:
            mean[t], variance[t] = ahead, wide
        else:
            total = wide + noise[t]
            error = z[t] - ahead
            gain = wide / total
            mean[t] = ahead + gain * error
            variance[t] = wide * (1 - gain)
            value -= 0.5 * (math.log(2 * math.pi * total) + error * error / total)
        ahead, wide = mean[t], variance[t] + step
    for t in range(n - 2, -1, -1):
        gain = variance[t] / (variance[t] + step)
        mean[t] += gain * (mean[t + 1] - mean[t])
        variance[t] += gain * gain * (variance[t + 1] - variance[t] - step)
    return mean, variance, value


@compiled()
def laplace(
    y: Array, exposure: Array, family: int, step: float, extra: float, start: float, spread: float
) -> tuple[Array, Array, float]:
    """Level, its variance, and the log marginal likelihood; family 0 binomial, 1 Poisson, 2 Gaussian.

    For counts, `extra` is the variance of the noise on the linear scale; for the Gaussian, y / exposure has the
    error variance extra / exposure and is to be of the order of 1 (UNSEEN is a variance no series of that order has).
    """
    n = len(y)
    z, noise = np.zeros(n), np.full(n, UNSEEN)
    if family == 2:
        for t in range(n):
            if exposure[t] > 0:
                z[t], noise[t] = y[t] / exposure[t], max(extra, 1e-12) / exposure[t]
        return smooth(z, noise, step, start, spread)
    eta = np.full(n, start)
    own = np.zeros(n)
    level, variance, value = np.zeros(n), np.zeros(n), 0.0
    for _ in range(50):
        for t in range(n):
            if exposure[t] > 0:
                if family == 0:
                    p = 1 / (1 + math.exp(-eta[t]))
                    rate, own[t] = exposure[t] * p, max(exposure[t] * p * (1 - p), 1e-9)
                else:
                    rate = exposure[t] * math.exp(eta[t])
                    own[t] = max(rate, 1e-9)
                z[t] = eta[t] + (y[t] - rate) / own[t]
                noise[t] = 1 / own[t] + extra
        level, variance, value = smooth(z, noise, step, start, spread)
        largest = 0.0
        for t in range(n):
            moved = level[t]
            if exposure[t] > 0:
                moved += extra / noise[t] * (z[t] - level[t])
            # Far steps of the first rounds are cut, else exp overflows.
            change = min(max(moved - eta[t], -3.0), 3.0)
            eta[t] += change
            largest = max(largest, abs(change))
        if largest < 1e-6:
            break
    for t in range(n):
        if exposure[t] > 0:
            if family == 0:
                soft = max(eta[t], 0.0) + math.log1p(math.exp(-abs(eta[t])))
                likely = y[t] * eta[t] - exposure[t] * soft
            else:
                likely = y[t] * (eta[t] + math.log(exposure[t])) - exposure[t] * math.exp(eta[t])
            # Replace the pseudo-observation's density by the count's own.
            error = z[t] - eta[t]
            value += likely + 0.5 * (math.log(2 * math.pi / own[t]) + error * error * own[t])
    return level, variance, value
