import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { nodeEd25519Signer, nodeHasher, nodeSignatureCheck, nodeTextMac } from '../node/index.ts'
import {
  checkSm2,
  fromHex,
  type HashAlg,
  hex,
  hmac,
  pureEd25519Signer,
  pureHasher,
  pureSignatureCheck,
  sm2Signer,
  textMac,
  utf8,
} from '../src/index.ts'
import { newSigner } from './sample-node.ts'

const ALGS: readonly HashAlg[] = ['sha256', 'sm3']
const hashers = (alg: HashAlg) => [pureHasher(alg), nodeHasher(alg)]

test('SHA-256 and SM3 give the answers of FIPS 180-4 and GB/T 32905 (C2)', () => {
  const answers: Record<HashAlg, Record<string, string>> = {
    sha256: {
      '': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      abc: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    },
    sm3: {
      abc: '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0',
      ['abcd'.repeat(16)]: 'debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732',
    },
  }
  for (const alg of ALGS)
    for (const [text, answer] of Object.entries(answers[alg]))
      for (const { hash } of hashers(alg)) assert.equal(hex(hash(utf8(text))), answer)
})

// RFC 8032 §7.1, tests 1 to 3.
const ED25519 = [
  [
    '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    '',
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  ],
  [
    '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    '72',
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  ],
  [
    'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    'af82',
    '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  ],
] as const

test('Ed25519 signs and verifies as RFC 8032 has it (C3)', async () => {
  for (const [secret, publicKey, message, signature] of ED25519) {
    const signer = pureEd25519Signer(fromHex(secret))
    assert.equal(hex(signer.public_key), publicKey)
    assert.equal(hex(await signer.sign(fromHex(message))), signature)
    const part = {
      alg: 'ed25519',
      public_key: fromHex(publicKey),
      message: fromHex(message),
      signature: fromHex(signature),
    } as const
    for (const check of [pureSignatureCheck, nodeSignatureCheck]) {
      assert.equal(await check(part), true)
      assert.equal(await check({ ...part, message: utf8('other') }), false)
    }
  }
})

// Made by `openssl dgst -sm3 -sign key.pem -sigopt distid:1234567812345678` (OpenSSL 3.0), r‖s taken out of the DER.
const SM2 = {
  secret: '1380afbb8adf29fcd72fe281a7a9afaf5551cbd2fcf41e8bd53776a8bc699310',
  public_key:
    '04241c3d3050c51126619fdfc035d22dff091ffab39496420337cd39dd8486f673bc6b25840bddde84e6a23b57a67da61199e779ed7794c610de588f1d4c2d9ca5',
  message: '三江 checkpoint',
  signature:
    '704ddfd218db46c3a03a48618e13c2500bdedcbe9fff8c3618858d20b7eb04dd0f62e7176ae26a85db155d75837ef86777f4f7634223a254c28fe1dc5650af9f',
}

test('an SM2 signature that OpenSSL made verifies here, and no other (C3)', async () => {
  assert.equal(hex(sm2Signer(fromHex(SM2.secret)).public_key), SM2.public_key)
  const part = {
    alg: 'sm2',
    public_key: fromHex(SM2.public_key),
    message: utf8(SM2.message),
    signature: fromHex(SM2.signature),
  } as const
  assert.equal(await checkSm2(part), true)
  assert.equal(await checkSm2({ ...part, message: utf8('三江 Checkpoint') }), false)
  assert.equal(await checkSm2({ ...part, signature: part.signature.with(63, 0) }), false)
  assert.equal(await checkSm2({ ...part, public_key: part.public_key.slice(1) }), false)
})

const derInteger = (bytes: Uint8Array): string => {
  const text = hex(bytes).replace(/^(00)+(?=.)/, '')
  const positive = Number.parseInt(text.slice(0, 2), 16) > 127 ? `00${text}` : text
  return `02${(positive.length / 2).toString(16).padStart(2, '0')}${positive}`
}

const openssl = (args: readonly string[]) => spawnSync('openssl', args, { encoding: 'utf8' })
const leftOut = openssl(['version']).status === 0 ? false : '没有 openssl 命令'

test('OpenSSL agrees with our SM3 and verifies our SM2 signatures (C3)', { skip: leftOut }, async () => {
  const dir = mkdtempSync(join(tmpdir(), 'sanjiang-openssl-'))
  const put = (name: string, bytes: Uint8Array): string => {
    writeFileSync(join(dir, name), bytes)
    return join(dir, name)
  }
  try {
    const signer = sm2Signer(fromHex(SM2.secret))
    const spki = `3059301306072a8648ce3d020106082a811ccf5501822d034200${hex(signer.public_key)}`
    const key = put('key.der', fromHex(spki))
    for (const text of ['', 'abc', '青海省三江源'.repeat(40)]) {
      const file = put('message', utf8(text))
      const told = openssl(['dgst', '-sm3', '-r', file]).stdout.split(' ')[0]
      for (const { hash } of hashers('sm3')) assert.equal(hex(hash(utf8(text))), told)
      const raw = await signer.sign(utf8(text))
      const body = derInteger(raw.subarray(0, 32)) + derInteger(raw.subarray(32))
      const der = put('signature', fromHex(`30${(body.length / 2).toString(16).padStart(2, '0')}${body}`))
      const id = ['-sigopt', 'distid:1234567812345678']
      const judged = openssl(['dgst', '-sm3', '-verify', key, '-keyform', 'DER', ...id, '-signature', der, file])
      assert.match(judged.stdout, /Verified OK/, judged.stderr)
    }
  } finally {
    rmSync(dir, { recursive: true })
  }
})

test('what the browser computes is what the server computes (C3)', async () => {
  const bytes = fc.uint8Array({ maxLength: 400 })
  for (const alg of ALGS)
    fc.assert(
      fc.property(
        bytes,
        fc.uint8Array({ minLength: 1, maxLength: 200 }),
        fc.string({ unit: 'binary' }),
        (message, key, text) => {
          const [pure, node] = [pureHasher(alg), nodeHasher(alg)]
          assert.deepEqual(new Uint8Array(node.hash(message)), new Uint8Array(pure.hash(message)))
          assert.equal(hex(hmac(node, key)(message)), hex(hmac(pure, key)(message)))
          assert.equal(nodeTextMac(alg, key)(text), textMac(pure, key)(text))
        },
      ),
      { numRuns: 60 },
    )
  const signer = newSigner()
  await fc.assert(
    fc.asyncProperty(bytes, fc.nat(63), fc.integer({ min: 0, max: 255 }), async (message, at, byte) => {
      const genuine = await signer.sign(message)
      const signature = genuine.with(at, byte)
      const part = { alg: 'ed25519', public_key: signer.public_key, message, signature } as const
      const judged = await pureSignatureCheck(part)
      assert.equal(await nodeSignatureCheck(part), judged)
      assert.equal(judged, genuine[at] === byte)
    }),
    { numRuns: 40 },
  )
})

test("a node's key reads the same however it is kept, and anything else is refused (C3)", () => {
  assert.throws(() => nodeEd25519Signer('not a key'))
  assert.throws(() => pureHasher('md5' as HashAlg), { code: 'unknown_alg' })
})
