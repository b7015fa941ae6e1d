import { type Explanation, explainHit, HOWS, type SearchHit } from '@sanjiang/contract/catalog'
import { useQuery } from '@tanstack/react-query'
import { Drawer } from 'antd'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { PageLoading } from '../../shell/page-states.tsx'

const round = (value: number): string => value.toFixed(2)

const Ways = ({ word }: { word: Explanation['words'][number] }) => (
  <section>
    <h3>
      “{word.text}” <small>稀有程度 {round(word.rarity)}</small>
    </h3>
    {word.ways.length === 0 && <p>目录里没有这个词。</p>}
    {word.ways.map((way) => (
      <details key={`${way.how} ${way.text}`} open={way.score > 0}>
        <summary>
          {HOWS.titles[way.how]}：<b>{way.text}</b>
          <span className="num">
            含 {Math.round(way.share * 100)}% × {way.factor}，得 {round(way.score)}
          </span>
        </summary>
        <ul>
          {way.grams.map(({ gram, rarity, fields }) => (
            <li key={gram}>
              <b>{gram}</b>（{round(rarity)}）{fields.length > 0 ? `在${fields.join('、')}` : '不在这个条目里'}
            </li>
          ))}
        </ul>
      </details>
    ))}
  </section>
)

const Body = ({ data }: { data: Explanation }) => (
  <div className="explain">
    <p>
      {data.place === null ? '按这些词找不到它。' : `不加筛选时排在第 ${data.place} 位，共 ${data.total} 条。`}
      {data.reading.dropped.length > 0 && `没有去找的词：${data.reading.dropped.join('、')}。`}
    </p>
    <table className="plain">
      <caption className="hidden">得分的组成</caption>
      <tbody>
        {data.parts.map(({ title, score }) => (
          <tr key={title}>
            <th scope="row">{title}</th>
            <td className="num">{round(score)}</td>
          </tr>
        ))}
        <tr>
          <th scope="row">合计</th>
          <td className="num">
            <b>{round(data.score)}</b>
          </td>
        </tr>
      </tbody>
    </table>
    {data.words.map((word) => (
      <Ways key={word.text} word={word} />
    ))}
  </div>
)

interface Props {
  readonly hit: SearchHit | null
  readonly q: string
  readonly onClose: () => void
}

/** 为什么排在这里: for those who keep the synonyms, so that they see what a change of words would do. */
export const SearchExplain = ({ hit, q, onClose }: Props) => {
  const query = useQuery({
    queryKey: ['catalog', 'explain', hit?.resource_id, q],
    queryFn: () => call(explainHit, { params: { id: hit!.resource_id }, query: { q } }),
    enabled: hit !== null,
  })
  return (
    <Drawer title={hit ? `为什么排在这里：${hit.name}` : ''} size={520} open={hit !== null} onClose={onClose}>
      {query.isLoading && <PageLoading />}
      {query.isError && <ErrorAlert error={query.error} />}
      {query.data && <Body data={query.data} />}
    </Drawer>
  )
}
