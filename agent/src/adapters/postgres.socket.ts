import { Socket } from 'node:net'

const READ_BYTES = 256 * 1024

/**
 * Reads into one buffer for life. Node makes a new one of 64 KiB for every read, most of them for the eight kilobytes that
 * PostgreSQL sends at a time; collecting those cost as much as reading the rows.
 */
export class LendingSocket extends Socket {
  /** While true, listeners see the buffer itself and must be done with it when they return; else each piece is a copy. */
  lends = false

  constructor() {
    super({
      onread: {
        buffer: Buffer.allocUnsafeSlow(READ_BYTES),
        callback: (size, bytes) => {
          const piece = Buffer.from(bytes.buffer, bytes.byteOffset, size)
          this.emit('data', this.lends ? piece : Buffer.from(piece))
          return true
        },
      },
    })
  }
}

/** What pg makes its connection of; below TLS the buffer is not ours to lend. */
export const openSocket = (config?: { readonly ssl?: unknown }): Socket =>
  config === undefined || config.ssl ? new Socket() : new LendingSocket()
