import type { HarvestKind } from '@sanjiang/contract/catalog'
import { CkanReader } from './ckan.reader.ts'
import { DcatReader } from './dcat.reader.ts'
import type { SourceHttp } from './http.ts'
import type { Reader } from './portrait.ts'
import { nodeIdentity, SanjiangReader } from './sanjiang.reader.ts'

interface Place {
  readonly kind: HarvestKind
  readonly url: string
  readonly etag: string | null
}

/** A reader of the source's kind; `limit` records a page where only a look is wanted. */
export const openReader = (
  http: SourceHttp,
  { kind, url, etag }: Place,
  { dataDir, limit }: { readonly dataDir: string; readonly limit?: number },
): Reader => {
  if (kind === 'ckan') return new CkanReader(http, url, limit)
  if (kind === 'dcat') return new DcatReader(http, url, limit)
  return new SanjiangReader(http, url, { identity: nodeIdentity(dataDir), etag, limit })
}
