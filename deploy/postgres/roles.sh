#!/bin/sh
# Runs once, in an empty data folder. Two roles: one migrates and owns, one works and can do no more than that.
set -eu
psql --set=ON_ERROR_STOP=1 --username postgres --dbname postgres \
     --set=owner="$ANQI_OWNER_PASSWORD" --set=app="$ANQI_APP_PASSWORD" <<'SQL'
CREATE ROLE anqi_owner LOGIN PASSWORD :'owner';
CREATE ROLE anqi_app LOGIN PASSWORD :'app';
CREATE DATABASE anqi OWNER anqi_owner;
\connect anqi
ALTER DEFAULT PRIVILEGES FOR ROLE anqi_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO anqi_app;
ALTER DEFAULT PRIVILEGES FOR ROLE anqi_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO anqi_app;
SQL
