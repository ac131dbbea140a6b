# airflowctl in an image of its own, with the packages of the lock file:
#   docker build -t airflowctl .
#   docker run --rm -it -e AIRFLOWCTL_URL=https://airflow.example.org -e AIRFLOW_CLI_TOKEN airflowctl dags list
# A shell in it keeps nothing: mount a folder on /home/airflowctl for environments and histories.
FROM python:3.13-slim-bookworm AS build
WORKDIR /source
COPY . .
RUN python -m venv /opt/airflowctl \
    && /opt/airflowctl/bin/pip install --no-cache-dir --no-deps --require-hashes \
        -r scripts/local_airflow/requirements-runtime.txt \
    && /opt/airflowctl/bin/pip install --no-cache-dir --no-deps .

FROM python:3.13-slim-bookworm
RUN useradd --create-home --uid 10001 airflowctl
COPY --from=build /opt/airflowctl /opt/airflowctl
ENV PATH=/opt/airflowctl/bin:$PATH \
    AIRFLOWCTL_STORE=memory
USER 10001
WORKDIR /home/airflowctl
ENTRYPOINT ["airflowctl"]
