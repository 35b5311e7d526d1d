#!/bin/sh
# Registers the namespaces that COURSE_NAMESPACES lists (words, separated by spaces). One-shot job of
# docker-compose.yml; runs in temporalio/admin-tools, finds the server by TEMPORAL_ADDRESS.
#
# Safe to run at every start: a namespace that exists is left as it is.
set -eu

# again TRIES COMMAND...   runs a command until it succeeds, a second apart, at most TRIES times; says why it gave up
again() {
    tries=$1
    shift
    try=1
    until said=$("$@" 2>&1); do
        if [ "$try" -ge "$tries" ]; then
            printf '%s\nGave up after %s tries: %s\n' "$said" "$tries" "$*" >&2
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

echo "Waiting for the server at $TEMPORAL_ADDRESS."
# The port opens before the server can serve: ask for its health, not for its port. The server itself waits for its
# schema, up to two minutes.
again 180 temporal operator cluster health --command-timeout 5s
for namespace in $COURSE_NAMESPACES; do
    again 30 register "$namespace"
    echo "Namespace $namespace is there."
done
