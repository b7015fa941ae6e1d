import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ImportedClient } from '#modules/identity/index.ts'
import { provincialOrganOf } from '../reference/organs.ts'

/** Application systems that call the gateway in the demo; `word` names the file of the private key. */
export const DEMO_CLIENTS = [
  ['mz', '010', '社会救助综合管理系统'],
  ['rs', '013', '公共就业服务信息系统'],
  ['jy', '004', '学生资助管理信息系统'],
  ['gs', '027', '企业登记管理信息系统'],
  ['zj', '016', '住房保障管理信息系统'],
  ['gt', '014', '不动产登记信息系统'],
  ['zw', '049', '一体化网上政务服务平台'],
] as const

export type ClientWord = (typeof DEMO_CLIENTS)[number][0]

const KEY_FOLDER = ['demo', 'client-keys'] as const

/** Where the private key of a demo client lies; an officer pastes it into the try-it console, a program signs with it. */
export const keyFile = (dataDir: string, word: ClientWord): string => join(dataDir, ...KEY_FOLDER, `${word}.pem`)

/** The public half, SPKI in Base64; the private key is made once and kept, so that a load that is repeated registers the same one. */
const publicKeyOf = (dataDir: string, word: ClientWord): string => {
  const file = keyFile(dataDir, word)
  mkdirSync(join(dataDir, ...KEY_FOLDER), { recursive: true, mode: 0o700 })
  if (!existsSync(file)) {
    const { privateKey } = generateKeyPairSync('ed25519')
    writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  }
  const publicKey = createPublicKey(createPrivateKey(readFileSync(file)))
  return publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
}

export const demoClients = (dataDir: string): ImportedClient[] =>
  DEMO_CLIENTS.map(([word, seq, name]) => ({
    organ_id: provincialOrganOf(seq).id,
    name,
    public_keys: [publicKeyOf(dataDir, word)],
  }))
