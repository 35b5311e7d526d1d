#!/bin/sh
# Creates both databases and brings their schema to this server release. One-shot job of docker-compose.yml; runs in
# temporalio/admin-tools, takes SQL_PLUGIN, SQL_HOST, SQL_PORT, SQL_USER and SQL_PASSWORD from the environment.
#
# Safe to run at every start: "create" accepts a database that exists, "setup-schema" leaves a version above 0.0 alone,
# "update-schema" applies only what is missing. Nothing here drops anything.
set -eu

SCHEMA=/etc/temporal/schema/postgresql/v12
TRIES=60

# Measured on 1.32.0: Temporal's own programs cannot log in with a password that has one of these, and wait for ever.
case $SQL_PASSWORD in
    *[\ \"\\]*)
        echo "COURSE_DB_PASSWORD must not have a space, a double quote or a backslash, as Temporal cannot log in with" \
            "one: change it, then \`down -v\`, because the database has taken it, and \`up -d\`." >&2
        exit 1
        ;;
esac

# Creates one database. The first call also proves that PostgreSQL answers, so it is the one that waits, two minutes.
create() {
    try=1
    until temporal-sql-tool --db "$1" create; do
        if [ "$try" -ge "$TRIES" ]; then
            echo "PostgreSQL at $SQL_HOST:$SQL_PORT did not accept user $SQL_USER within $TRIES tries." >&2
            exit 1
        fi
        try=$((try + 1))
        sleep 2
    done
}

# prepare DATABASE FOLDER
prepare() {
    echo "Database $1"
    create "$1"
    temporal-sql-tool --db "$1" setup-schema -v 0.0
    temporal-sql-tool --db "$1" update-schema -d "$SCHEMA/$2/versioned"
}

prepare temporal temporal
prepare temporal_visibility visibility
echo "The schema is up to date."
