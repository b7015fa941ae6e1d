import { createHash } from 'node:crypto'
import type { PublicGround } from './public-ground.ts'

const MEDIA: Readonly<Record<string, string>> = {
  csv: 'text/csv',
  json: 'application/json',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  geojson: 'application/geo+json',
}

/** Files of a dataset's current edition as the inside leaves them, each of one small part. */
export const layFiles = async (ground: PublicGround, datasetId: string, formats: readonly string[]): Promise<void> => {
  for (const format of formats) {
    const body = Buffer.from(`${datasetId} ${format}`)
    const digest = createHash('sha256').update(body).digest('hex')
    await ground.sql(
      `with f as (insert into site.file (dataset_id, edition_no, format, media_type, bytes, sha256, bom_sha256)
         select $1, edition_no, $2, $3, $4, $5, case when $2 = 'csv' then $5 end from site.edition where dataset_id = $1 and is_current returning *)
       insert into site.file_part (dataset_id, edition_no, format, part_no, body) select dataset_id, edition_no, format, 0, $6 from f`,
      [datasetId, format, MEDIA[format] ?? 'application/octet-stream', body.length, digest, body],
    )
  }
}
