import { FACETS, type Facet } from '@sanjiang/contract/catalog'
import { Button, Checkbox } from 'antd'
import { useState } from 'react'
import type { Search } from './search.query.ts'

const SHORT = 6

interface OneFacetProps {
  readonly facet: Facet
  /** From the address, so that a checkmark answers at once and the counts follow. */
  readonly chosen: readonly string[]
  readonly onToggle: (code: string) => void
}

const OneFacet = ({ facet, chosen, onToggle }: OneFacetProps) => {
  const [isWhole, setWhole] = useState(false)
  // What is chosen stays in sight however small its count.
  const shown = facet.values.filter(({ code }, index) => isWhole || chosen.includes(code) || index < SHORT)
  const rest = facet.values.length - shown.length
  const title = FACETS.titles[facet.facet]
  return (
    <fieldset className="facet">
      <legend>{title}</legend>
      {shown.map(({ code, title: name, count }) => (
        <div key={code} className="facet-value">
          <Checkbox checked={chosen.includes(code)} onChange={() => onToggle(code)}>
            {name}
          </Checkbox>
          <span className="num">{count}</span>
        </div>
      ))}
      {(rest > 0 || isWhole) && (
        <Button type="link" size="small" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? '收起' : `另有 ${rest} 项`}
          <span className="hidden">{title}</span>
        </Button>
      )}
    </fieldset>
  )
}

interface FacetListProps {
  readonly facets: readonly Facet[]
  readonly search: Search
}

/** Within one facet choices add up, between facets they narrow; the class has its own tree. */
export const FacetList = ({ facets, search }: FacetListProps) => (
  <>
    {facets
      .filter(({ facet, values }) => facet !== 'class' && values.length > 0)
      .map((facet) => (
        <OneFacet
          key={facet.facet}
          facet={facet}
          chosen={search.chosen[facet.facet] ?? []}
          onToggle={(code) => search.toggle(facet.facet, code)}
        />
      ))}
  </>
)

/** What is chosen, above the results, each with its own way out. */
export const ChosenFacets = ({ facets, search }: { facets: readonly Facet[]; search: Search }) => {
  if (search.count === 0) return null
  const chosen = facets.flatMap(({ facet, values }) =>
    values.filter(({ is_chosen }) => is_chosen).map(({ code, title }) => ({ facet, code, title })),
  )
  return (
    <ul className="chosen" aria-label="已选条件">
      {chosen.map(({ facet, code, title }) => (
        <li key={`${facet} ${code}`}>
          <button type="button" onClick={() => search.toggle(facet, code)} aria-label={`去掉条件 ${title}`}>
            {FACETS.titles[facet]}：{title} <span aria-hidden="true">×</span>
          </button>
        </li>
      ))}
      <li>
        <button type="button" className="all" onClick={search.clear}>
          全部清除
        </button>
      </li>
    </ul>
  )
}
