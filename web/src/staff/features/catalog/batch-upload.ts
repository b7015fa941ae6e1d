import { BATCH_PIECE_BYTES, openBatch, putBatchPiece, readBatch } from '@sanjiang/contract/catalog'
import { digestOf, sendPieces } from '../../../ui/piece-upload.ts'
import { call } from '../../api.ts'

/** Sends a file in pieces and has it read; returns the batch. */
export const upload = async (file: File, onProgress: (share: number) => void): Promise<string> => {
  const bytes = new Uint8Array(await file.arrayBuffer())
  const { batch_id } = await call(openBatch, {
    body: { file_name: file.name, file_bytes: bytes.length, file_sha256: await digestOf(bytes) },
  })
  await sendPieces(bytes, {
    pieceBytes: BATCH_PIECE_BYTES,
    put: (seq, base64) => call(putBatchPiece, { params: { id: batch_id, seq }, body: { base64 } }),
    onProgress,
  })
  await call(readBatch, { params: { id: batch_id } })
  return batch_id
}
