#!/bin/sh
# Run once by the postgres image, on an empty volume: the database with its two roles. The owner migrates; the
# application gets its rights from the migrations, and can neither alter a table nor rewrite history.
set -eu

psql --no-psqlrc --quiet -v ON_ERROR_STOP=1 \
    -v owner_password="$ROP_OWNER_PASSWORD" -v app_password="$ROP_APP_PASSWORD" \
    --username "$POSTGRES_USER" --dbname postgres <<'SQL'
CREATE ROLE rop_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'owner_password';
CREATE ROLE rop_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'app_password';
CREATE DATABASE rop OWNER rop_owner;
REVOKE ALL ON DATABASE rop FROM PUBLIC;
GRANT CONNECT ON DATABASE rop TO rop_app;
SQL
