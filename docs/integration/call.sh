#!/bin/sh
# One governed call with curl and OpenSSL 3 alone: sign in, sign, call, keep the receipt. For trying out and for old servers;
# the session's secret stands on openssl's command line for a moment, so run it where nobody else looks.
#   GATEWAY=http://127.0.0.1:8081 CLIENT_ID=… KEY_FILE=client.key RESOURCE=302015001/000007 \
#   PURPOSE='business_collaboration;办理低保' CASE=QH-2017-1 OFFICER=卓玛 QUERY='?id=…' sh call.sh
set -eu
CASE=${CASE:-} QUERY=${QUERY:-} METHOD=${METHOD:-GET} BODY=${BODY:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

base64_sha256() { openssl dgst -sha256 -binary | openssl base64 -A; }
member() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }
# Percent-encoded UTF-8, as encodeURIComponent writes it.
encode() {
  for byte in $(printf %s "$1" | od -An -v -tx1); do
    case $byte in
      3[0-9] | 4[1-9a-f] | 5[0-9a] | 6[1-9a-f] | 7[0-9a] | 2d | 2e | 5f | 7e) printf "\\$(printf %03o "0x$byte")" ;;
      *) printf %%%s "$byte" | tr a-f A-F ;;
    esac
  done
}

# 1. Sign in at one gateway process: it gives a nonce, the private key signs five lines, a session with a secret comes back.
key_id=$(openssl pkey -in "$KEY_FILE" -pubout -outform DER | openssl dgst -sha256 -r | cut -c1-16)
nonce=$(curl -sS "$GATEWAY/gateway/v1/challenge" | member nonce)
created=$(date +%s)
printf 'sanjiang-sign-in/1\n%s\n%s\n%s\n%s' "$CLIENT_ID" "$key_id" "$nonce" "$created" >"$work/claim"
signature=$(openssl pkeyutl -sign -rawin -inkey "$KEY_FILE" -in "$work/claim" | openssl base64 -A)
session=$(curl -sS "$GATEWAY/gateway/v1/sessions" -H 'content-type: application/json' -d \
  "{\"client_id\":\"$CLIENT_ID\",\"key_id\":\"$key_id\",\"nonce\":\"$nonce\",\"created\":$created,\"signature\":\"$signature\"}")
session_id=$(printf %s "$session" | member session_id)
[ -n "$session_id" ] || { printf '%s\n' "$session" >&2; exit 1; }
secret=$(printf %s "$session" | member secret | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \n')

# 2. Sign the call (RFC 9421): nine lines, HMAC-SHA256 under the session's secret.
path=/gateway/v1/$(printf %s "$RESOURCE" | tr / -)
digest="sha-256=:$(printf %s "$BODY" | base64_sha256):"
purpose="${PURPOSE%%;*};$(encode "${PURPOSE#*;}")"
case_no=$(encode "$CASE")
officer=$(encode "$OFFICER")
params="(\"@method\" \"@path\" \"@query\" \"content-digest\" \"sanjiang-purpose\" \"sanjiang-case\" \"sanjiang-officer\" \"sanjiang-counter\")"
params="$params;created=$(date +%s);keyid=\"$session_id\";alg=\"hmac-sha256\""
printf '"@method": %s\n"@path": %s\n"@query": %s\n"content-digest": %s\n"sanjiang-purpose": %s\n"sanjiang-case": %s\n"sanjiang-officer": %s\n"sanjiang-counter": 1\n"@signature-params": %s' \
  "$METHOD" "$path" "${QUERY:-?}" "$digest" "$purpose" "$case_no" "$officer" "$params" >"$work/base"
mac=$(openssl dgst -sha256 -mac HMAC -macopt "hexkey:$secret" -binary "$work/base" | openssl base64 -A)

# 3. Call, and keep the two receipt headers. A header without a value is sent as `name;`.
case_header="sanjiang-case: $case_no"
[ -n "$case_no" ] || case_header='sanjiang-case;'
[ "$METHOD" = GET ] || set -- --data-binary "$BODY" -H 'content-type: application/json'
curl -sS -X "$METHOD" "$GATEWAY$path$QUERY" -D "$work/headers" -H "content-digest: $digest" -H "sanjiang-purpose: $purpose" \
  -H "$case_header" -H "sanjiang-officer: $officer" -H 'sanjiang-counter: 1' -H "signature-input: sj=$params" -H "signature: sj=:$mac:" "$@"
echo
grep -i -E '^(HTTP|sanjiang-(receipt|leaf))' "$work/headers" | tr -d '\r' >&2
head -n 1 "$work/headers" | grep -q ' 200 '
