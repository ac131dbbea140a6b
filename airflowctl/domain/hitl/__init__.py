"""Human in the loop: questions of tasks, and their answers."""
