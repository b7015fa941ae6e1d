import { randomBytes } from 'node:crypto'

const LARGEST_COUNT = 0xfff

// Milliseconds and the 12 bits after them of the last id (RFC 9562 §6.2, method 1).
let last = 0
let count = 0

const nextStamp = (): void => {
  const now = Date.now()
  if (now > last) {
    last = now
    count = randomBytes(1)[0]! // leaves room for 3,840 more in this millisecond
  } else if (count < LARGEST_COUNT) count += 1
  else {
    last += 1
    count = 0
  }
}

/**
 * A UUID v7 (RFC 9562): 48 bits of Unix milliseconds, a counter, then random bits. Ids of one process ascend in the order
 * they were made, also within a millisecond and when the clock steps back, so a list by id is a list by time. Made in the
 * application because PostgreSQL 15–17 have no `uuidv7()`.
 */
export const newId = (): string => {
  nextStamp()
  const bytes = randomBytes(16)
  bytes.writeUIntBE(last, 0, 6)
  bytes.writeUInt16BE(0x7000 | count, 6)
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
