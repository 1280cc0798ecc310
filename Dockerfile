# The image of web, worker, beat and migrate. No server inside, no test package, no root.

FROM node:24.11.1-slim AS front
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --omit=dev
COPY . .
RUN node front/build.mjs

FROM python:3.11.14-slim
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 LC_ALL=C.UTF-8 LOG_FORMAT=json STATIC_HASHED=1
WORKDIR /app
COPY requirements-production.lock ./
RUN pip install --no-cache-dir --no-deps --require-hashes -r requirements-production.lock
COPY --from=front /app/node_modules node_modules
COPY . .
COPY --from=front /app/front/built front/built
# Without addresses the settings make up keys in DATA_DIR; none of them stays in the image.
RUN DATA_DIR=/tmp/build python manage.py translations --compile \
 && DATA_DIR=/tmp/build python manage.py collectstatic --no-input --verbosity 0 \
 && rm -rf /tmp/build \
 && useradd --system --uid 10001 anqi && mkdir /data && chown anqi /data
USER anqi
VOLUME /data
EXPOSE 8000
CMD ["python", "-m", "config.web"]
