import type { Spine } from '../shelf/shelf.store.ts'
import { shelfOf } from '../shelf/shelf.ts'
import type { Site } from '../site.ts'
import { resourceId } from './ckan.package.ts'

/** Resources by their ids, worked out once for as long as the dataset stays as it is: an id is a hash, and there are many. */
const known = new WeakMap<Spine, ReadonlyMap<string, string>>()

const kindsOf = (spine: Spine): ReadonlyMap<string, string> => {
  const before = known.get(spine)
  if (before) return before
  const { dataset_id, formats, has_rows } = spine
  const kinds = new Map((has_rows ? ['api', ...formats] : formats).map((kind) => [resourceId(dataset_id, kind), kind]))
  known.set(spine, kinds)
  return kinds
}

/** Which dataset a resource belongs to; `kind` is its format in small letters, or `api`. */
export const findResource = async (
  site: Site,
  id: string,
): Promise<{ readonly dataset_id: string; readonly slug: string; readonly kind: string } | undefined> => {
  const { open } = await shelfOf(site).look()
  for (const spine of open) {
    const kind = kindsOf(spine).get(id)
    if (kind !== undefined) return { dataset_id: spine.dataset_id, slug: spine.slug, kind }
  }
  return undefined
}
