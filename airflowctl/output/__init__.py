"""From results and errors to text: data on stdout, everything else on stderr."""
