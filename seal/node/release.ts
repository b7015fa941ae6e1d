/** Smaller ones may lie in memory that they share with others (Buffer.poolSize). */
const OWN_BYTES = 128 * 1024

/**
 * Gives a large buffer's memory back at once. The collector hears of it only as a number: left to itself it marks the whole
 * heap for every 64 MiB of such buffers, which at 1 MiB a chunk was four tenths of what the agents' door did. Only for who
 * alone holds it; whoever looks later finds nothing in it.
 */
export const release = ({ buffer }: Uint8Array): void => {
  if (buffer instanceof ArrayBuffer && buffer.byteLength >= OWN_BYTES) buffer.transfer(0)
}
