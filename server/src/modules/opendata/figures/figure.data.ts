import type { FigureCode } from '@sanjiang/contract/opendata'
import { type RawBuilder, sql } from 'kysely'

export type FigureRow = Readonly<Record<string, string | number | null>>

/** What is computed: numbers over published views alone, never a name of a person. */
export interface FigureDefinition {
  /** English names of the items, in the order of the numbers. */
  readonly columns: readonly string[]
  readonly query: RawBuilder<FigureRow>
}

const SHARE = sql.raw(
  `case share_type when 'unconditional' then '无条件共享' when 'conditional' then '有条件共享' else '不予共享' end`,
)
const OPEN = sql.raw(`case content->>'open_type' when 'unconditional' then '无条件开放' else '有条件开放' end`)

export const DEFINITIONS: Readonly<Record<FigureCode, FigureDefinition>> = {
  catalogue: {
    columns: ['provider_name', 'share_type', 'resource_count', 'item_count', 'openable_count'],
    query: sql<FigureRow>`
      select r.provider_name, ${SHARE} as share_type, count(*)::int as resource_count,
        coalesce(sum(i.items), 0)::int as item_count,
        (count(*) filter (where r.open_type in ('unconditional', 'conditional')))::int as openable_count
      from catalog.published_resource r
      left join (select resource_id, count(*) as items from catalog.published_item group by 1) i using (resource_id)
      where r.division_code like '__0000'
      group by 1, 2 order by 1, 2`,
  },
  requests: {
    columns: ['month', 'submitted_count', 'decided_count', 'granted_count', 'average_days'],
    query: sql<FigureRow>`
      select to_char(submitted_on, 'YYYY-MM') as month, count(*)::int as submitted_count, count(decided_on)::int as decided_count,
        (count(*) filter (where outcome in ('granted', 'partial')))::int as granted_count,
        round(avg(decided_on - submitted_on), 1) as average_days
      from sharing.published_request where submitted_on is not null group by 1 order by 1`,
  },
  systems: {
    columns: ['organ_name', 'system_count'],
    query: sql<FigureRow>`
      select o.name as organ_name, count(*)::int as system_count
      from systems.published_system s join identity.organ o using (organ_id)
      group by o.organ_id, o.name order by 2 desc, 1`,
  },
  openings: {
    columns: ['theme_title', 'open_type', 'dataset_count', 'open_item_count'],
    query: sql<FigureRow>`
      select content->>'theme_title' as theme_title, ${OPEN} as open_type, count(*)::int as dataset_count,
        sum(jsonb_array_length(content->'items'))::int as open_item_count
      from opendata.release where state = 'released' group by 1, 2 order by 1, 2`,
  },
}
