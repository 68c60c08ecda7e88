"""Moved to `detente.checks`."""

from detente.checks import above_nought, all_finite, estimable, numbers, one_of, probability, whole

__all__ = ["above_nought", "all_finite", "estimable", "numbers", "one_of", "probability", "whole"]
