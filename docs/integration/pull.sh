#!/bin/sh
# The next chunk of a push subscription with curl and OpenSSL 3 alone. It is not acknowledged: asked again, it comes again.
#   DOOR=http://127.0.0.1:8082 SUBSCRIPTION=… KEY_FILE=client.key sh pull.sh
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
key_id=$(openssl pkey -in "$KEY_FILE" -pubout -outform DER | openssl dgst -sha256 -r | cut -c1-16)
path=/pull/v1/subscriptions/$SUBSCRIPTION/chunks/next
digest='sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:' # of the empty body
counter=$(date +%s)000
params="(\"@method\" \"@path\" \"@query\" \"content-digest\" \"sanjiang-counter\");created=$(date +%s);keyid=\"$key_id\";alg=\"ed25519\""
printf '"@method": GET\n"@path": %s\n"@query": ?\n"content-digest": %s\n"sanjiang-counter": %s\n"@signature-params": %s' \
  "$path" "$digest" "$counter" "$params" >"$work/base"
signature=$(openssl pkeyutl -sign -rawin -inkey "$KEY_FILE" -in "$work/base" | openssl base64 -A)
curl -sS "$DOOR$path" -D "$work/headers" -H "content-digest: $digest" -H "sanjiang-counter: $counter" \
  -H "signature-input: sj=$params" -H "signature: sj=:$signature:"
echo
grep -i -E '^(HTTP|content-digest|sanjiang-(receipt|leaf))' "$work/headers" | tr -d '\r' >&2
head -n 1 "$work/headers" | grep -q ' 20[04] '
