import { shelfOf } from '../shelf/shelf.ts'
import type { Site } from '../site.ts'
import { resourceId } from './ckan.package.ts'

/** Which dataset a resource belongs to; `kind` is its format in small letters, or `api`. */
export const findResource = async (
  site: Site,
  id: string,
): Promise<{ readonly dataset_id: string; readonly slug: string; readonly kind: string } | undefined> => {
  const { open } = await shelfOf(site).look()
  for (const { dataset_id, slug, formats, has_rows } of open)
    for (const kind of has_rows ? ['api', ...formats] : formats)
      if (resourceId(dataset_id, kind) === id) return { dataset_id, slug, kind }
  return undefined
}
