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
