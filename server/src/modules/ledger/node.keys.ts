import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { base64, hmac, keyIdOf, type Mac, type NamedKey, type Signer, subjectHash } from '@sanjiang/seal'
import type { Site } from '#kernel/ctx.ts'
import { nodeKey } from '#kernel/keys.ts'
import { nodeHasher } from './node-hasher.ts'

export interface NodeSigner extends Signer {
  readonly named: NamedKey
}

/** A person or firm, as callers and providers write it. */
export interface Subject {
  readonly kind: string
  readonly value: string
}

/**
 * What this installation signs and hashes with. Kept in `DATA_DIR/keys` (0600), never in the database: whoever owns the
 * database can then change records but not the proof of what they were.
 */
export interface NodeKeys {
  readonly node_id: string
  readonly demo: boolean
  readonly dataDir: string
  /** Oldest first. A further `checkpoint-N.key` in the folder takes over, endorsed by the one before it. */
  readonly signers: readonly NodeSigner[]
  /** By version from 1; the last one hashes, all of them find. */
  readonly subjectMacs: readonly Mac[]
}

const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex')

const privateKeyOf = (seed: Buffer): KeyObject =>
  createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, seed]), format: 'der', type: 'pkcs8' })

const signerOf = (seed: Buffer): NodeSigner => {
  const key = privateKeyOf(seed)
  const raw = Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x!, 'base64url')
  const named: NamedKey = { key_id: keyIdOf(raw), alg: 'ed25519', public_key: base64(raw) }
  return { key_id: named.key_id, alg: 'ed25519', named, sign: (message) => sign(null, message, key) }
}

/** `name-1.key`, `name-2.key` … up to the first that is missing; the first is made at first use. */
const versionsOf = (dataDir: string, name: string): Buffer[] => {
  const keys = [nodeKey(dataDir, `${name}-1`)]
  const files = new Set(readdirSync(join(dataDir, 'keys')))
  while (files.has(`${name}-${keys.length + 1}.key`)) keys.push(nodeKey(dataDir, `${name}-${keys.length + 1}`))
  return keys
}

/** Opens the node's keys, making them at the first start. A demo node has its own, so that it never passes for real. */
export const openNodeKeys = ({ demo, dataDir }: Pick<Site, 'demo' | 'dataDir'>): NodeKeys => {
  const prefix = demo ? 'demo-' : ''
  const name = nodeKey(dataDir, `${prefix}node`).toString('hex').slice(0, 16)
  return {
    node_id: `${demo ? 'demo' : 'node'}-${name}`,
    demo,
    dataDir,
    signers: versionsOf(dataDir, `${prefix}checkpoint`).map(signerOf),
    subjectMacs: versionsOf(dataDir, `${prefix}subject`).map((key) => hmac(nodeHasher('sha256'), key)),
  }
}

const MAX_VALUE = 128
const isNamed = ({ value }: Subject): boolean => value.trim() !== ''
const hashWith = (mac: Mac, version: number, { kind, value }: Subject): string =>
  subjectHash(mac, version, { kind, id: value.trim().slice(0, MAX_VALUE) })

/** Keyed hashes under the newest key, for sealing. Blank values are nobody and left out. */
export const subjectHashes = ({ subjectMacs }: NodeKeys, subjects: readonly Subject[]): string[] =>
  subjects.filter(isNamed).map((subject) => hashWith(subjectMacs.at(-1)!, subjectMacs.length, subject))

/** What one subject may have been sealed as: one hash per key version. */
export const subjectHashesEver = ({ subjectMacs }: NodeKeys, subject: Subject): string[] =>
  isNamed(subject) ? subjectMacs.map((mac, index) => hashWith(mac, index + 1, subject)) : []
