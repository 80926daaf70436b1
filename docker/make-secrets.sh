#!/usr/bin/env bash
# Makes what flink-conf/config.yaml asks for, for a trial: one authority, a key for REST and one for
# the inside, their trust stores, and the password of them all. Needs a JDK 17's keytool.
#   docker/make-secrets.sh DIRECTORY [HOST ...]
# Production takes its keys from its own authority, and renews them.
set -eu

[ $# -ge 1 ] || {
  echo "usage: make-secrets.sh DIRECTORY [HOST ...]" >&2
  exit 2
}
directory=$1
shift
[ ! -e "$directory" ] || {
  echo "make-secrets.sh: $directory is there already; remove it, or name another" >&2
  exit 1
}
names=dns:localhost,ip:127.0.0.1
for host; do
  names=$names,dns:$host
done

umask 077
mkdir -p "$directory"
cd "$directory"
head -c 24 /dev/urandom | base64 | tr -d '\n' > flink-store-password

tool() {
  keytool "$@" -storetype PKCS12 -storepass:file flink-store-password
}
# make NAME: an authority of its own that signs one certificate, then is thrown away.
make() {
  tool -genkeypair -keystore "$1-all.p12" -alias authority -keyalg RSA -keysize 3072 \
    -dname "CN=espalier $1 authority" -validity 365 -ext bc:critical=ca:true
  tool -genkeypair -keystore "$1-all.p12" -alias key -signer authority -keyalg RSA -keysize 3072 \
    -dname "CN=espalier $1" -validity 365 -ext "san=$names"
  tool -exportcert -keystore "$1-all.p12" -alias authority -file "$1-authority.crt"
  tool -importcert -noprompt -keystore "$1-trust.p12" -alias authority -file "$1-authority.crt"
  tool -delete -keystore "$1-all.p12" -alias authority
  mv "$1-all.p12" "$1-key.p12"
}
make internal
make rest
echo "wrote $directory: flink-store-password, internal-{key,trust}.p12, rest-{key,trust}.p12"
