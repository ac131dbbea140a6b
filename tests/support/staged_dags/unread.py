"""f_import: a Dag that never could be read."""

# mypy: ignore-errors

import pandas_not_installed as pd
from airflow.sdk import DAG

with DAG("f_import", schedule=None):
    pd.read()
