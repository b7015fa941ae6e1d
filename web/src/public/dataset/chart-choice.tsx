import type { ChartPreview } from '@sanjiang/contract/site.preview'

interface PickProps {
  readonly name: string
  readonly title: string
  readonly chosen: string
  readonly options: readonly (readonly [value: string, title: string])[]
}

const Pick = ({ name, title, chosen, options }: PickProps) => (
  <div className="pick">
    <label htmlFor={name}>{title}</label>
    <select id={name} name={name} defaultValue={chosen}>
      {options.map(([value, text]) => (
        <option key={value} value={value}>
          {text}
        </option>
      ))}
    </select>
  </div>
)

interface ChartChoiceProps {
  readonly path: string
  readonly chart: ChartPreview
}

const picksOf = ({ measure, measures, category, categories, slices, splits, split }: ChartPreview): PickProps[] => [
  ...(measures.length > 1
    ? [
        {
          ...{ name: 'measure', title: '画哪个数', chosen: measure },
          options: measures.map(({ name, title }) => [name, title] as const),
        },
      ]
    : []),
  ...(categories.length > 1
    ? [
        {
          ...{ name: 'by', title: '按什么比较', chosen: category },
          options: categories.map(({ name, title }) => [name, title] as const),
        },
      ]
    : []),
  ...(splits.length > 0
    ? [
        {
          ...{ name: 'split', title: '并排比较', chosen: split?.name ?? '' },
          options: [['', '不并排'] as const, ...splits.map(({ name, title }) => [name, `各${title}`] as const)],
        },
      ]
    : []),
  ...slices.map(({ name, title, values, chosen, can_all }) => ({
    ...{ name: `only_${name}`, title, chosen: chosen ?? '' },
    options: [
      ...(can_all ? [['', '全部'] as const] : []),
      ...values.map((value) => [value, value || '（空）'] as const),
    ],
  })),
]

/** Which series is drawn: a form, for a page without a script draws one at a time. */
export const ChartChoice = ({ path, chart }: ChartChoiceProps) => {
  const picks = picksOf(chart)
  return picks.length === 0 ? null : (
    <form className="picks" action={path} method="get" aria-label="画什么">
      <input type="hidden" name="as" value="chart" />
      {picks.map((pick) => (
        <Pick key={pick.name} {...pick} />
      ))}
      <button type="submit">画图</button>
    </form>
  )
}
