#!/bin/sh
# Registers the namespaces that COURSE_NAMESPACES lists (words, separated by spaces). One-shot job of
# docker-compose.yml; runs in temporalio/admin-tools, finds the server by TEMPORAL_ADDRESS.
#
# Safe to run at every start: a namespace that exists is left as it is.
set -eu

TRIES=60

# again COMMAND...   runs a command until it succeeds, a second apart, at most TRIES times in this whole job
try=1
again() {
    until "$@"; do
        if [ "$try" -ge "$TRIES" ]; then
            echo "Gave up after $TRIES tries: $*" >&2
            exit 1
        fi
        try=$((try + 1))
        sleep 1
    done
}

exists() {
    temporal operator namespace describe --namespace "$1" --command-timeout 5s >/dev/null 2>&1
}

register() {
    exists "$1" && return
    # Another start of this job may have been quicker: what counts is that the namespace is there.
    temporal operator namespace create --namespace "$1" --retention "$COURSE_RETENTION" --command-timeout 5s || exists "$1"
}

# The port opens before the server can serve: ask for its health, not for its port.
again temporal operator cluster health --command-timeout 5s
for namespace in $COURSE_NAMESPACES; do
    again register "$namespace"
    echo "Namespace $namespace is there."
done
