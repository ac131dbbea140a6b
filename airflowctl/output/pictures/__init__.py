"""Pictures made of letters: a graph, a grid, bars over time."""
