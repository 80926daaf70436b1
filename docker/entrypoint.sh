#!/usr/bin/env bash
# Starts what a container is to be. Flink reads its settings from a file, and a password does not
# belong in one that is shipped: a copy of the settings is made that only this user can read, with
# the store password, which is mounted as a file, in the place of its name.
set -eu

fail() {
  printf 'espalier: %s\n' "$1" >&2
  exit 1
}

home=${FLINK_HOME:-/opt/flink}
shipped=${FLINK_CONF_DIR:-$home/conf}
secret=${ESPALIER_FLINK_STORE_PASSWORD_FILE:-/run/secrets/flink-store-password}
main=io.espalier.cli.JobMain
job=${ESPALIER_JOB_CONFIG:-/etc/espalier/job.yaml}
name="\${ESPALIER_FLINK_STORE_PASSWORD}"

prepare() {
  umask 077
  FLINK_CONF_DIR=$(mktemp -d "${TMPDIR:-/tmp}/espalier-conf.XXXXXX")
  export FLINK_CONF_DIR
  cp -RL "$shipped"/. "$FLINK_CONF_DIR"
  chmod -R u+w "$FLINK_CONF_DIR"
  settings=$FLINK_CONF_DIR/config.yaml
  [ -f "$settings" ] || fail "there is no $shipped/config.yaml"
  # A JVM that does not find its filter of deserialisation starts without one, silently.
  for filter in $(sed -n 's/.*-Djava.security.properties=\([^ ]*\).*/\1/p' "$settings" | sort -u); do
    [ -r "$filter" ] || fail "$shipped/config.yaml names $filter, which cannot be read"
  done
  text=$(cat "$settings")
  case $text in
    *"$name"*)
      [ -r "$secret" ] ||
        fail "$shipped/config.yaml wants a store password, $secret cannot be read; mount the secret there or name its file in ESPALIER_FLINK_STORE_PASSWORD_FILE"
      password=$(cat "$secret")
      case $password in
        '' | *[!A-Za-z0-9._~+/=-]*)
          fail "$secret is empty or holds more than letters, digits and . _ ~ + / = -"
          ;;
      esac
      printf '%s\n' "${text//"$name"/"$password"}" > "$settings"
      ;;
  esac
}

case ${1:-help} in
  jobmanager)
    shift
    prepare
    # After -- all is the job's; Flink's parser would take --config for the start of --configDir.
    exec "$home/bin/standalone-job.sh" start-foreground --job-classname "$main" \
      "$@" -- --config "$job"
    ;;
  taskmanager)
    shift
    prepare
    exec "$home/bin/taskmanager.sh" start-foreground "$@"
    ;;
  help)
    cat << HELP
usage: entrypoint.sh jobmanager [-Dkey=value ...]    the JobManager, with the job in $job
       entrypoint.sh taskmanager [-Dkey=value ...]   a TaskManager
       entrypoint.sh COMMAND ...                     anything else, with the settings prepared
HELP
    ;;
  *)
    # The Kubernetes operator's own command, through kubernetes.entry.path.
    prepare
    exec "$@"
    ;;
esac
