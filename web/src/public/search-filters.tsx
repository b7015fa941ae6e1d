import type { SearchView, SiteFacet } from '@sanjiang/contract/site.search'
import { addressOf, toggled } from './search.address.ts'
import { FACET_WORDS, SORT_WORDS, valueWord } from './search.words.ts'

interface FacetProps {
  readonly view: SearchView
  readonly facet: SiteFacet
}

/** One filter: its values are links, because a form would have to be sent for every look. */
const Facet = ({ view, facet: { facet, values } }: FacetProps) => {
  const chosen = values.filter((one) => one.is_chosen).length
  return (
    <details className="facet">
      <summary>
        {FACET_WORDS[facet]}
        {chosen > 0 && `（已选 ${chosen}）`}
      </summary>
      <ul>
        {values.map(({ code, count, is_chosen }) => (
          <li key={code}>
            <a
              href={addressOf(toggled(view, facet, code))}
              rel="nofollow"
              {...(is_chosen ? { 'aria-current': 'true' as const } : {})}
            >
              {is_chosen && <span aria-hidden="true">✓ </span>}
              {valueWord(facet, code)}
            </a>{' '}
            <span className="count">{count}</span>
          </li>
        ))}
      </ul>
    </details>
  )
}

/** A filter that tells nothing apart is not offered. */
const isUseful = ({ values }: SiteFacet, total: number): boolean =>
  values.some(({ is_chosen, count }) => is_chosen || count < total)

export const Filters = ({ view }: { readonly view: SearchView }) => {
  const useful = view.facets.filter((facet) => isUseful(facet, view.total))
  return useful.length === 0 ? null : (
    <nav className="filters" aria-label="筛选">
      {useful.map((facet) => (
        <Facet key={facet.facet} view={view} facet={facet} />
      ))}
    </nav>
  )
}

/** What is chosen, each to be taken back by itself. */
export const Choices = ({ view }: { readonly view: SearchView }) => {
  const chosen = Object.entries(view.chosen).flatMap(([facet, codes]) => codes.map((code) => ({ facet, code })))
  return chosen.length === 0 ? null : (
    <ul className="choices" aria-label="已选条件">
      {chosen.map(({ facet, code }) => (
        <li key={`${facet} ${code}`}>
          <a href={addressOf(toggled(view, facet, code))} rel="nofollow">
            {FACET_WORDS[facet]}：{valueWord(facet, code)} <span aria-hidden="true">✕</span>
            <span className="only-read">，去掉这个条件</span>
          </a>
        </li>
      ))}
      {chosen.length > 1 && (
        <li>
          <a href={addressOf({ ...view, from: 0, chosen: {} })}>清除全部条件</a>
        </li>
      )}
    </ul>
  )
}

export const Sorts = ({ view }: { readonly view: SearchView }) => {
  const offered = view.q ? (['relevance', 'newest', 'name'] as const) : (['newest', 'name'] as const)
  return (
    <nav className="sorts" aria-label="排序">
      <span className="meta">排序</span>
      {offered.map((sort) => (
        <a
          key={sort}
          href={addressOf({ ...view, from: 0, sort })}
          rel="nofollow"
          {...(sort === view.sort ? { 'aria-current': 'true' as const } : {})}
        >
          {SORT_WORDS[sort]}
        </a>
      ))}
    </nav>
  )
}
