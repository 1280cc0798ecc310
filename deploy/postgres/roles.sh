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
-- No large objects and temporary tables, which have no policies. The owner may, or a dump could not be restored.
REVOKE TEMPORARY ON DATABASE anqi FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea), lo_put(oid, bigint, bytea), lowrite(integer, bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea), lo_put(oid, bigint, bytea), lowrite(integer, bytea) TO anqi_owner;
SQL
