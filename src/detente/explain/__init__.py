"""Explaining relations: the models of `detente.models` on the series of a record.

A module a question, each with the function of its name; `digest` puts their answers together.
"""
