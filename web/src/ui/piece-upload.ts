import { hex, pureHasher } from '@sanjiang/seal'

// The browser's own hashing exists on https and localhost only; an intranet over http computes it in script.
export const digestOf = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> =>
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

interface Sending {
  readonly pieceBytes: number
  readonly put: (seq: number, base64: string) => Promise<unknown>
  readonly onProgress: (share: number) => void
}

/** Sends bytes piece by piece, each tried again if the line drops. */
export const sendPieces = async (bytes: Uint8Array, { pieceBytes, put, onProgress }: Sending): Promise<void> => {
  const count = Math.ceil(bytes.length / pieceBytes)
  for (let seq = 0; seq < count; seq += 1) {
    const piece = bytes.subarray(seq * pieceBytes, (seq + 1) * pieceBytes)
    await patiently(() => put(seq, base64(piece)))
    onProgress((seq + 1) / count)
  }
}

export const FILE_TYPES = '.xlsx,.csv'

/** Why a file need not even be sent; undefined when it may be. */
export const unfit = ({ name, size }: File, most: number): string | undefined => {
  if (/\.xls$/i.test(name)) return '这是旧版 .xls 文件，请在 Excel 或 WPS 中另存为 .xlsx 后再上传。'
  if (!/\.(xlsx|csv|txt)$/i.test(name)) return '请上传 .xlsx 或 .csv 文件。'
  if (size === 0) return '文件是空的。'
  return size > most ? `文件超过 ${most / 1_048_576} MB，请分成几个文件。` : undefined
}
