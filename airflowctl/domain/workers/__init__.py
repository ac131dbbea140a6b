"""What runs tasks: edge workers, or machines that the tasks name."""
