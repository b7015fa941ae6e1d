import { sql } from 'kysely'
import { ELEMENT_NAME } from './item.rules.ts'

/** Codes of an item's data element (`i.data_element`), by the standard it names or by its own name; null where there is no such list. */
export const ELEMENT_CODES = sql<readonly string[] | null>`(select e.codes from catalog.published_element e
  where e.element in (i.data_element, substring(i.data_element from ${sql.lit(ELEMENT_NAME)})) limit 1)`.as('codes')
