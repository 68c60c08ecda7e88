"""Built-in cases: plain folders of facts.csv and figures.csv."""
