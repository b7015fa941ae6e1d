const OID = { text: 25, bytea: 17, int4: 23, timestamptz: 1184 } as const
const HEADER = 20
/** A UTF-16 unit takes at most three bytes as UTF-8. */
const WIDEST = 3
const EPOCH_MS = Date.UTC(2000, 0, 1)
const WORD = 4_294_967_296

/**
 * One-dimensional arrays in PostgreSQL's binary form. As text every quote of a JSON body would be escaped here and
 * unescaped there: 1,000 receipts of 1 KB cost 9 ms of CPU that way and 1 ms this way, in the process that serves calls.
 */
const header = (oid: number, count: number, length: number): Buffer => {
  const bytes = Buffer.allocUnsafe(HEADER + length)
  bytes.writeInt32BE(1, 0)
  bytes.writeInt32BE(1, 4)
  bytes.writeInt32BE(oid, 8)
  bytes.writeInt32BE(count, 12)
  bytes.writeInt32BE(1, 16)
  return bytes
}

export const textArray = (values: readonly (string | null)[]): Buffer => {
  let room = 0
  for (const value of values) room += 4 + (value === null ? 0 : WIDEST * value.length)
  const bytes = header(OID.text, values.length, room)
  let at = HEADER
  for (const value of values) {
    const size = value === null ? -1 : bytes.write(value, at + 4)
    bytes.writeInt32BE(size, at)
    at += 4 + Math.max(size, 0)
  }
  return bytes.subarray(0, at)
}

/** Bytes given as hex. */
export const hexBytesArray = (values: readonly string[]): Buffer => {
  let room = 0
  for (const value of values) room += 4 + value.length / 2
  const bytes = header(OID.bytea, values.length, room)
  let at = HEADER
  for (const value of values) {
    at = bytes.writeInt32BE(value.length / 2, at)
    at += bytes.write(value, at, 'hex')
  }
  return bytes
}

/** Text that is UTF-8 already. */
export const encodedTextArray = (values: readonly Uint8Array[]): Buffer => {
  let room = 0
  for (const value of values) room += 4 + value.length
  const bytes = header(OID.text, values.length, room)
  let at = HEADER
  for (const value of values) {
    at = bytes.writeInt32BE(value.length, at)
    bytes.set(value, at)
    at += value.length
  }
  return bytes
}

export const integerArray = (values: readonly number[]): Buffer => {
  const bytes = header(OID.int4, values.length, 8 * values.length)
  let at = HEADER
  for (const value of values) at = bytes.writeInt32BE(value, bytes.writeInt32BE(4, at))
  return bytes
}

/** Instants as milliseconds since 1970; PostgreSQL counts microseconds since 2000. */
export const instantArray = (values: readonly number[]): Buffer => {
  const bytes = header(OID.timestamptz, values.length, 12 * values.length)
  let at = HEADER
  for (const value of values) {
    const micros = (value - EPOCH_MS) * 1000
    at = bytes.writeInt32BE(Math.floor(micros / WORD), bytes.writeInt32BE(8, at))
    at = bytes.writeUInt32BE(((micros % WORD) + WORD) % WORD, at)
  }
  return bytes
}
