/** Lines as bodies of at most `chunkBytes`, one alone where it is longer. */
export function* bodiesOf(
  lines: Iterable<Buffer>,
  chunkBytes: number,
): Generator<{ readonly body: Buffer; readonly rows: number }> {
  let buffer = Buffer.allocUnsafe(chunkBytes)
  let used = 0
  let rows = 0
  for (const line of lines) {
    if (used > 0 && used + line.length > chunkBytes) {
      yield { body: buffer.subarray(0, used), rows }
      buffer = Buffer.allocUnsafe(chunkBytes)
      used = 0
      rows = 0
    }
    if (line.length > chunkBytes) yield { body: Buffer.from(line), rows: 1 }
    else {
      used += line.copy(buffer, used)
      rows++
    }
  }
  if (rows > 0) yield { body: buffer.subarray(0, used), rows }
}
