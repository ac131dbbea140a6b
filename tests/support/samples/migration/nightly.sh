#!/bin/bash
# Starts the nightly run, and tells the team what it found.
set -euo pipefail

command -v airflow >/dev/null || { echo "airflow is not installed" >&2; exit 1; }
airflow db check

for dag in $(airflow dags list | awk 'NR>2 {print $1}'); do
  airflow dags unpause "$dag" >/dev/null
done

if ! airflow dags list-import-errors | grep -q "No data found"; then
  echo "a Dag file is broken" >&2
fi

RUN_ID=$(airflow dags list-runs -d etl -o json | jq -r '.[0].run_id')
airflow dags trigger etl \
  --conf "{\"day\": \"$(date +%F)\"}" \
  -e "$(date +%F)"
airflow variables get etl_limit
docker exec web bash -c "airflow pools list -o plain | awk '{print \$2}'"
airflow connections export /tmp/connections.json
airflow "$@"
