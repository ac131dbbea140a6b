"""Why a run failed or waits."""
