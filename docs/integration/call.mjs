// One governed call with nothing but Node: sign in, sign, call, keep the receipt. Copy it; nothing of it needs this repository.
//   GATEWAY=http://127.0.0.1:8081 CLIENT_ID=… KEY_FILE=client.key RESOURCE=302015001/000007 \
//   PURPOSE='business_collaboration;办理低保' CASE=QH-2017-1 OFFICER=卓玛 QUERY='?id=…' node call.mjs
import { createHash, createHmac, createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'

const {
  GATEWAY,
  CLIENT_ID,
  KEY_FILE,
  RESOURCE,
  PURPOSE,
  CASE = '',
  OFFICER,
  QUERY = '',
  METHOD = 'GET',
  BODY = '',
} = process.env
const sha256 = (data) => createHash('sha256').update(data)
const seconds = () => Math.floor(Date.now() / 1000)
const json = async (answer) => ({ status: answer.status, headers: answer.headers, body: await answer.json() })

// 1. Sign in at one gateway process: it gives a nonce, the private key signs it, a session with a secret comes back.
const privateKey = createPrivateKey(readFileSync(KEY_FILE))
const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' })
const key_id = sha256(spki).digest('hex').slice(0, 16)
const { nonce } = (await json(await fetch(`${GATEWAY}/gateway/v1/challenge`))).body
const created = seconds()
const claim = ['sanjiang-sign-in/1', CLIENT_ID, key_id, nonce, created].join('\n')
const signature = sign(null, Buffer.from(claim), privateKey).toString('base64')
const body = JSON.stringify({ client_id: CLIENT_ID, key_id, nonce, created, signature })
const signedIn = await json(await fetch(`${GATEWAY}/gateway/v1/sessions`, { method: 'POST', body }))
if (signedIn.status !== 201) throw new Error(JSON.stringify(signedIn.body))
const session = signedIn.body

// 2. Sign the call (RFC 9421). The counter grows with every call of the session; Chinese is percent-encoded.
const [code, duty] = PURPOSE.split(';')
const path = `/gateway/v1/${RESOURCE.replace('/', '-')}`
const covered = {
  'content-digest': `sha-256=:${sha256(BODY).digest('base64')}:`,
  'sanjiang-purpose': `${code};${encodeURIComponent(duty)}`,
  'sanjiang-case': encodeURIComponent(CASE),
  'sanjiang-officer': encodeURIComponent(OFFICER),
  'sanjiang-counter': '1',
}
const names = ['@method', '@path', '@query', ...Object.keys(covered)].map((name) => `"${name}"`).join(' ')
const params = `(${names});created=${seconds()};keyid="${session.session_id}";alg="hmac-sha256"`
const base = [
  `"@method": ${METHOD}`,
  `"@path": ${path}`,
  `"@query": ${QUERY || '?'}`,
  ...Object.entries(covered).map(([name, value]) => `"${name}": ${value}`),
  `"@signature-params": ${params}`,
].join('\n')
const mac = createHmac('sha256', Buffer.from(session.secret, 'base64')).update(base).digest('base64')

// 3. Call, and keep the two receipt headers: with them anyone can prove later that this call was made.
const answer = await json(
  await fetch(GATEWAY + path + QUERY, {
    method: METHOD,
    headers: { ...covered, 'signature-input': `sj=${params}`, signature: `sj=:${mac}:` },
    body: METHOD === 'POST' ? BODY : undefined,
  }),
)
console.log(JSON.stringify(answer.body))
console.error(
  `${answer.status} receipt ${answer.headers.get('sanjiang-receipt')} leaf ${answer.headers.get('sanjiang-leaf')}`,
)
process.exitCode = answer.status === 200 ? 0 : 1
