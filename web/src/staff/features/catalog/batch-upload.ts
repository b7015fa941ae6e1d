import { BATCH_FILE_BYTES, BATCH_PIECE_BYTES, openBatch, putBatchPiece, readBatch } from '@sanjiang/contract/catalog'
import { hex, pureHasher } from '@sanjiang/seal'
import { call } from '../../api.ts'

// The browser's own hashing exists on https and localhost only; an intranet over http computes it in script.
const digestOf = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> =>
  hex(crypto.subtle ? new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)) : pureHasher('sha256').hash(bytes))

const base64 = (bytes: Uint8Array): string => {
  let text = ''
  for (let start = 0; start < bytes.length; start += 8192)
    text += String.fromCharCode(...bytes.subarray(start, start + 8192))
  return btoa(text)
}

const TRIES = 4

const patiently = async <T>(work: () => Promise<T>): Promise<T> => {
  for (let left = TRIES; ; left -= 1) {
    try {
      return await work()
    } catch (error) {
      if (left <= 1) throw error
      await new Promise((resolve) => setTimeout(resolve, 1000))
    }
  }
}

export const FILE_TYPES = '.xlsx,.csv'

/** Why a file need not even be sent; undefined when it may be. */
export const unfit = ({ name, size }: File): string | undefined => {
  if (/\.xls$/i.test(name)) return '这是旧版 .xls 文件，请在 Excel 或 WPS 中另存为 .xlsx 后再上传。'
  if (!/\.(xlsx|csv|txt)$/i.test(name)) return '请上传 .xlsx 或 .csv 文件。'
  if (size === 0) return '文件是空的。'
  return size > BATCH_FILE_BYTES ? `文件超过 ${BATCH_FILE_BYTES / 1_048_576} MB，请分成几个文件。` : undefined
}

/** Sends a file in pieces, each tried again if the line drops, and has it read; returns the batch. */
export const upload = async (file: File, onProgress: (share: number) => void): Promise<string> => {
  const bytes = new Uint8Array(await file.arrayBuffer())
  const { batch_id } = await call(openBatch, {
    body: { file_name: file.name, file_bytes: bytes.length, file_sha256: await digestOf(bytes) },
  })
  const count = Math.ceil(bytes.length / BATCH_PIECE_BYTES)
  for (let seq = 0; seq < count; seq += 1) {
    const piece = bytes.subarray(seq * BATCH_PIECE_BYTES, (seq + 1) * BATCH_PIECE_BYTES)
    await patiently(() => call(putBatchPiece, { params: { id: batch_id, seq }, body: { base64: base64(piece) } }))
    onProgress((seq + 1) / count)
  }
  await call(readBatch, { params: { id: batch_id } })
  return batch_id
}
