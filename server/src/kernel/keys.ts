import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

// Written whole under another name, then linked: whoever looks sees no file or all of it, and the first one wins.
const createOnce = (file: string, text: string): void => {
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, text, { mode: 0o600 })
  try {
    linkSync(draft, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

const loaded = new Map<string, Buffer>()

/**
 * A 32-byte key of this node in `<dataDir>/keys/<name>.key` (0600), made at first use; never in the database. When two
 * processes make it at once, the one that comes second reads the first's.
 */
export const nodeKey = (dataDir: string, name: string): Buffer => {
  const file = join(dataDir, 'keys', `${name}.key`)
  const known = loaded.get(file)
  if (known) return known
  mkdirSync(join(dataDir, 'keys'), { recursive: true, mode: 0o700 })
  if (!existsSync(file)) createOnce(file, randomBytes(32).toString('base64'))
  const key = Buffer.from(readFileSync(file, 'utf8'), 'base64')
  if (key.length !== 32) throw new Error(`密钥文件损坏: ${file}`)
  loaded.set(file, key)
  return key
}

const SECRETS = 'secrets'

/** AES-256-GCM under the node's key: what the database keeps of a shared secret. */
export const sealSecret = (dataDir: string, text: string): string => {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', nodeKey(dataDir, SECRETS), nonce)
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64')
}

/** Opens what `sealSecret` sealed; throws when it was changed or another node's key sealed it. */
export const openSecret = (dataDir: string, sealed: string): string => {
  const bytes = Buffer.from(sealed, 'base64')
  const decipher = createDecipheriv('aes-256-gcm', nodeKey(dataDir, SECRETS), bytes.subarray(0, 12))
  decipher.setAuthTag(bytes.subarray(12, 28))
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8')
}
