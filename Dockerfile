# One image for all roles: docker run IMAGE web | worker | beat | bot | migrate | manage COMMAND …
# PostgreSQL and Redis (or Valkey) are given by DATABASE_URL and REDIS_URL: see compose.yaml and docs/operations.md.
ARG PYTHON_IMAGE=python:3.11-slim-bookworm

FROM ${PYTHON_IMAGE} AS build

ENV PATH=/opt/venv/bin:$PATH \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1

RUN python -m venv /opt/venv
COPY requirements.txt /tmp/
RUN pip install --require-hashes -r /tmp/requirements.txt

WORKDIR /app
COPY . .
# No .env of a developer, no database: nothing of the build is an installation's.
RUN python -m config.translations compile \
    && ROP_ENV_FILE='' STATIC_ROOT=/app/static python manage.py collectstatic --no-input \
    && python -m compileall -q -j 0 .

FROM ${PYTHON_IMAGE}

# A number, so that Kubernetes' runAsNonRoot can see that it is not 0. The code belongs to root: nobody changes it.
RUN groupadd --gid 10001 rop \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/rop --shell /usr/sbin/nologin rop \
    && install --directory --owner=10001 --group=10001 --mode=0700 \
       /var/lib/rop /var/lib/rop/media /var/lib/rop/mail

COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app

ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    BIND=0.0.0.0:8000 \
    LOG_FORMAT=json \
    MAIL_DIR=/var/lib/rop/mail \
    MEDIA_ROOT=/var/lib/rop/media \
    PROMETHEUS_MULTIPROC_DIR=/tmp/metrics \
    ROP_ENV_FILE='' \
    ROP_RUN_DIR=/var/lib/rop \
    STATIC_ROOT=/app/static

WORKDIR /app
USER 10001:10001
VOLUME /var/lib/rop
EXPOSE 8000

# Each role ends by itself after SIGTERM, when it has finished what is in hand.
STOPSIGNAL SIGTERM
# Of the web role; the others have theirs in compose.yaml (the same probe with their name).
HEALTHCHECK --interval=15s --timeout=10s --start-period=60s --retries=3 CMD ["python", "-m", "config.probe", "web"]

ENTRYPOINT ["python", "-m", "config.role"]
CMD ["web"]
