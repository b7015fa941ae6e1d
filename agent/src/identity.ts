import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto'
import { mkdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { writeDurably } from './durable.ts'

/** What the agent must not forget: who it is and how far its epoch has come. */
export interface Identity {
  readonly agent_id: string
  readonly organ_id: string
  readonly organ_name: string
  readonly name: string
  readonly centre: string
  /** The last epoch the centre has confirmed. */
  readonly epoch: number
  /** The proposal made from `epoch` and not yet answered. */
  readonly pending: string | null
}

export class NotEnrolled extends Error {
  constructor(dir: string) {
    super(`还没有登记:状态目录 ${dir} 里没有身份,请先执行 sanjiang-agent enrol 一次性口令`)
    this.name = 'NotEnrolled'
  }
}

const keyFile = (dir: string): string => join(dir, 'agent.key')
const identityFile = (dir: string): string => join(dir, 'identity.json')

export interface AgentKey {
  /** Raw 32 bytes, base64. */
  readonly publicKey: string
  /** Base64 signature over a text. */
  sign(text: string): string
  /** 32 bytes that never leave the machine, for what only this agent may read again. */
  readonly secret: Buffer
}

const toKey = (privateKey: KeyObject): AgentKey => {
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' })
  const secret = hash('sha256', sign(null, Buffer.from('sanjiang-agent-own-secret/1'), privateKey), 'buffer')
  return {
    publicKey: spki.subarray(spki.length - 32).toString('base64'),
    sign: (text) => sign(null, Buffer.from(text), privateKey).toString('base64'),
    secret,
  }
}

/** Reads the key, refusing one that others could read too. */
export const readKey = async (dir: string): Promise<AgentKey> => {
  const file = keyFile(dir)
  const found = await stat(file).catch(() => null)
  if (found === null) throw new NotEnrolled(dir)
  if ((found.mode & 0o077) !== 0) throw new Error(`密钥 ${file} 别人也能读,请先执行 chmod 600 ${file}`)
  return toKey(createPrivateKey(await readFile(file)))
}

/** A fresh key pair, made here and never leaving: enrolment tells the centre only the public half. */
export const makeKey = async (dir: string): Promise<AgentKey> => {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const { privateKey } = generateKeyPairSync('ed25519')
  await writeDurably(keyFile(dir), privateKey.export({ type: 'pkcs8', format: 'pem' }) as string)
  return toKey(privateKey)
}

export const readIdentity = async (dir: string): Promise<Identity> => {
  const text = await readFile(identityFile(dir), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw new NotEnrolled(dir)
    throw error
  })
  return JSON.parse(text) as Identity
}

export const writeIdentity = (dir: string, identity: Identity): Promise<void> =>
  writeDurably(identityFile(dir), `${JSON.stringify(identity, null, 2)}\n`)

export const newProposal = (): string => randomBytes(16).toString('hex')
