import './demand.css'

interface FacetProps {
  readonly label: string
  readonly values: readonly { readonly code: string; readonly title: string; readonly count?: number }[]
  readonly chosen: string | undefined
  readonly onChoose: (code: string | undefined) => void
}

/** Counted choices; the chosen one, pressed again, is given up. */
export const FacetRow = ({ label, values, chosen, onChoose }: FacetProps) => (
  <ul className="facet-row" aria-label={label}>
    {values.map(({ code, title, count }) => (
      <li key={code}>
        <button
          type="button"
          aria-pressed={code === chosen}
          onClick={() => onChoose(code === chosen ? undefined : code)}
        >
          {title} {count}
        </button>
      </li>
    ))}
  </ul>
)
