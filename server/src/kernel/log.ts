import { type Logger, pino } from 'pino'

export type Log = Logger

// Never in a log: secrets, and anything that identifies a citizen.
const REDACTED = [
  'password',
  'secret',
  'totp',
  'citizen_id',
  'cookie',
  'authorization',
  '*.password',
  '*.secret',
  '*.totp',
  '*.citizen_id',
]

export const makeLog = (role: string, level: string): Log =>
  pino({ level, base: { role, pid: process.pid }, redact: REDACTED, timestamp: pino.stdTimeFunctions.isoTime })
