import { AdapterFault } from './adapter.ts'

/** `16/B374D848` as 16 hex digits, which ascend as text. */
export const lsnText = (lsn: string): string =>
  lsn
    .split('/')
    .map((half) => half.padStart(8, '0'))
    .join('')
    .toUpperCase()

/** The 8 bytes of a position as the server sends them. */
export const lsnAt = (bytes: Buffer, at: number): string =>
  bytes.readBigUInt64BE(at).toString(16).toUpperCase().padStart(16, '0')

/** A position as SQL writes it. */
export const lsnSql = (position: string): string => {
  const parts = /^([0-9A-F]{8})([0-9A-F]{8})$/.exec(position)
  if (parts === null) throw new AdapterFault('stream_lost', `“${position}”不是变更日志的位置,需要重新全量读取`)
  return `${parts[1]?.replace(/^0+(?=.)/, '')}/${parts[2]?.replace(/^0+(?=.)/, '')}`
}

/** PostgreSQL counts microseconds from 2000 on. */
const EPOCH_MS = Date.UTC(2000, 0, 1)

/** An instant of the log, to the millisecond. */
export const instantAt = (bytes: Buffer, at: number): string =>
  new Date(EPOCH_MS + Number(bytes.readBigInt64BE(at) / 1000n)).toISOString()
