"""The errors a user can act on: each message says what is wrong, where, and what to do."""

from __future__ import annotations


class DetenteError(Exception):
    """Bad usage or bad input; the command line prints the message and exits with 2."""


class NoData(DetenteError):
    """The request is sound but the record holds nothing to answer it; exit 1."""


class NotEstimable(NoData):
    """These numbers can't answer: too few, constant, collinear, or the model is not identified by them.

    The one error of every estimator for input that is well formed but says too little; whoever asks
    prints "unknown: why" and goes on.
    """
