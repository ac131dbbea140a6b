"""scripts/demo: a local Airflow with four days of runs, and a shell or a story in front of it."""
