"""Scripts that call the classic `airflow`: their calls, what becomes of each, and the line of today."""
