// Takes announcements and pulls what is new, with nothing but Node. Copy it; nothing of it needs this repository.
//   DOOR=http://127.0.0.1:8082 SUBSCRIPTION=… KEY_FILE=client.key SECRET=whsec_… PORT=9000 node push.mjs
// Without PORT it pulls once what there is and ends. Rows go to standard output; yours go where you keep them.
import { createHash, createHmac, createPrivateKey, createPublicKey, sign, timingSafeEqual } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'

const { DOOR, SUBSCRIPTION, KEY_FILE, SECRET = '', PORT } = process.env
const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest()
const privateKey = createPrivateKey(readFileSync(KEY_FILE))
const key_id = sha256(createPublicKey(privateKey).export({ format: 'der', type: 'spki' }))
  .toString('hex')
  .slice(0, 16)
const signed = (text) => sign(null, Buffer.from(text), privateKey).toString('base64')

// 1. Is the announcement the platform's, and fresh? During a change of secrets there are two signatures; one must hold.
const isGenuine = (headers, body) => {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures = '' } = headers
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > 300) return false
  const key = Buffer.from(SECRET.replace('whsec_', ''), 'base64')
  const wanted = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest()
  return signatures.split(' ').some((one) => {
    const given = Buffer.from(one.replace('v1,', ''), 'base64')
    return given.length === wanted.length && timingSafeEqual(given, wanted)
  })
}

// 2. Every request is signed (RFC 9421). The counter must grow from request to request: the clock's milliseconds do.
let counter = 0
const ask = async (method, path, body = '') => {
  counter = Math.max(counter + 1, Date.now())
  const digest = `sha-256=:${sha256(body).toString('base64')}:`
  const names = '"@method" "@path" "@query" "content-digest" "sanjiang-counter"'
  const params = `(${names});created=${Math.floor(Date.now() / 1000)};keyid="${key_id}";alg="ed25519"`
  const base = [
    `"@method": ${method}`,
    `"@path": ${path}`,
    '"@query": ?',
    `"content-digest": ${digest}`,
    `"sanjiang-counter": ${counter}`,
    `"@signature-params": ${params}`,
  ].join('\n')
  const headers = {
    'content-digest': digest,
    'sanjiang-counter': String(counter),
    'signature-input': `sj=${params}`,
    signature: `sj=:${signed(base)}:`,
  }
  return fetch(DOOR + path, { method, headers, body: method === 'POST' ? body : undefined })
}

// 3. Chunk by chunk: fetch, check, keep, and only then acknowledge. Killed in between, the same chunk comes again.
const pull = async () => {
  for (;;) {
    const answer = await ask('GET', `/pull/v1/subscriptions/${SUBSCRIPTION}/chunks/next`)
    if (answer.status === 204) return
    const bytes = Buffer.from(await answer.arrayBuffer())
    if (answer.status !== 200) throw new Error(bytes.toString())
    const digest = sha256(bytes)
    if (answer.headers.get('content-digest') !== `sha-256=:${digest.toString('base64')}:`) throw new Error('damaged')
    const [first, ...rows] = bytes.toString().trimEnd().split('\n')
    const { kind, seq } = JSON.parse(first)
    if (kind === 'begin') console.error(`chunk ${seq}: everything anew until its end`)
    for (const row of rows) console.log(row)
    const root = sha256(Buffer.of(0), digest).toString('hex')
    const word = ['sanjiang-chunks-accepted', SUBSCRIPTION, seq, seq, root].join('\n')
    const said = JSON.stringify({ seq, rows: rows.length, signature: signed(word) })
    const done = await ask('POST', `/pull/v1/subscriptions/${SUBSCRIPTION}/accepted`, said)
    if (done.status !== 200) throw new Error(await done.text())
    console.error(`chunk ${seq} ${kind} receipt ${answer.headers.get('sanjiang-receipt')}`)
  }
}

// One pull after another; what is announced meanwhile is pulled after.
let pulling = Promise.resolve()
const pullNext = () => {
  pulling = pulling.then(pull).catch((error) => console.error(error.message))
  return pulling
}

await (PORT ? pullNext() : pull())
if (PORT)
  createServer(async (request, response) => {
    let body = ''
    for await (const piece of request) body += piece
    const isOurs = isGenuine(request.headers, body)
    // Answer at once, work afterwards: the platform waits ten seconds and counts only a 2xx.
    response.writeHead(isOurs ? 204 : 401).end()
    if (isOurs) void pullNext()
  }).listen(Number(PORT), () => console.error(`listening on ${PORT}`))
