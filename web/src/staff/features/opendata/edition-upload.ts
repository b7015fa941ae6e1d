import { EDITION_PIECE_BYTES, openEdition, putEditionPiece, readEdition } from '@sanjiang/contract/opendata'
import { digestOf, sendPieces } from '../../../ui/piece-upload.ts'
import { call } from '../../api.ts'

interface Upload {
  readonly resource_id: string
  readonly data_on: string
  readonly note?: string
  /** Kept for a release to come, not sent under the one in force. */
  readonly waits: boolean
}

/** Sends a file in pieces and has it read cell by cell; returns the edition. */
export const uploadEdition = async (
  file: File,
  given: Upload,
  onProgress: (share: number) => void,
): Promise<string> => {
  const bytes = new Uint8Array(await file.arrayBuffer())
  const { edition_id } = await call(openEdition, {
    body: { ...given, file_name: file.name, file_bytes: bytes.length, file_sha256: await digestOf(bytes) },
  })
  await sendPieces(bytes, {
    pieceBytes: EDITION_PIECE_BYTES,
    put: (seq, base64) => call(putEditionPiece, { params: { id: edition_id, seq }, body: { base64 } }),
    onProgress,
  })
  await call(readEdition, { params: { id: edition_id } })
  return edition_id
}
