# The service as an image: dependencies by hash, the wheel on top, no compiler, no root.
#   docker build -t rbc-assess .
#   docker run -p 8000:8000 -v rbc:/var/lib/rbc -e RBC_SECRET_KEY_FILE=/run/secrets/rbc rbc-assess
FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_INPUT=1
WORKDIR /build
COPY requirements.lock requirements-build.lock ./
RUN python -m venv /opt/rbc && /opt/rbc/bin/pip install --require-hashes -r requirements.lock \
 && python -m venv /opt/build && /opt/build/bin/pip install --require-hashes -r requirements-build.lock
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY questionnaires questionnaires
COPY migrations migrations
COPY src src
# Compiled here, because the running service may write nowhere but to its data.
RUN /opt/build/bin/python -m hatchling build -t wheel -d /build/dist \
 && /opt/rbc/bin/pip install --no-index --no-deps /build/dist/*.whl \
 && /opt/rbc/bin/pip uninstall --yes pip \
 && /opt/rbc/bin/python -m compileall -q /opt/rbc/lib

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /var/lib/rbc --create-home --shell /usr/sbin/nologin rbc
COPY --from=build /opt/rbc /opt/rbc
ENV PATH=/opt/rbc/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    RBC_DATA_DIR=/var/lib/rbc RBC_HOST=0.0.0.0 RBC_PORT=8000
USER 10001
WORKDIR /var/lib/rbc
VOLUME /var/lib/rbc
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s --retries=3 CMD ["python", "-c", \
    "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['RBC_PORT'] + '/livez', timeout=2)"]
ENTRYPOINT ["rbc-assess"]
CMD ["serve"]
