"""Why a run failed, waits or does not start."""
