"""The data sets that the field has collected about states and pairs: a module each, read into two tables.

`dated_facts` has what happened on a day or lasted from one to another (an alliance, a dispute, an exercise);
`indicators` has yearly values of a state or of a pair (trade, capabilities). See `detente.sources.context.rows`.
"""
