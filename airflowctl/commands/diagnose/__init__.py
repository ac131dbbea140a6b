"""Why a run failed, waits or does not start."""

MODULES = ("asking",)  # in the order of help
