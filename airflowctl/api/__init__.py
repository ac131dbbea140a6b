"""The REST API of Airflow 3."""
