"""What Airflow's runs, tasks, logs and failures are, for the commands about them."""
