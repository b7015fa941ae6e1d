import type { Citation } from '@sanjiang/contract/site.citation'
import type { DatasetPreview, DatasetTop, DatasetView } from '@sanjiang/contract/site.dataset'
import type { ChartPreview } from '@sanjiang/contract/site.preview'
import { Chart } from '../draw/chart.tsx'
import { PlaceMap } from '../draw/map.tsx'
import { Code } from '../scroll.tsx'
import { RowTable } from './row-table.tsx'
import { DatasetFrame } from './top.tsx'

const FIRST_ROWS = 5

const OtherViews = ({ chart: { slices, splits }, path }: { readonly chart: ChartPreview; readonly path: string }) =>
  slices.length > 0 && (
    <ul>
      <li>
        <a href={`${path}?as=chart`}>换{slices.map(({ title }) => title).join('、')}看</a>
      </li>
      {splits.map(({ name, title }) => (
        <li key={name}>
          <a href={`${path}?${new URLSearchParams({ as: 'chart', split: name })}`}>各{title}并排比较</a>
        </li>
      ))}
    </ul>
  )

const Drawn = ({ drawing, path }: { readonly drawing: DatasetPreview; readonly path: string }) => (
  <>
    {drawing.map && <PlaceMap map={drawing.map} id="map" />}
    {drawing.chart && <Chart chart={drawing.chart} id="chart" />}
    {drawing.chart && <OtherViews chart={drawing.chart} path={path} />}
  </>
)

const Rows = ({ top, preview, drawing }: Pick<DatasetView, 'top' | 'preview' | 'drawing'>) => {
  const base = `/datasets/${encodeURIComponent(top.content.slug)}`
  if (!preview?.table)
    return (
      <p>
        {top.is_free
          ? '这个数据集目前只开放了说明和字段，数据送出后在这里预览。'
          : '数据凭使用密钥读取，不在页面上预览。'}
        {top.is_free && <a href={`${base}/questions/new`}>问什么时候有数据</a>}
      </p>
    )
  return (
    <>
      <RowTable
        table={{ ...preview.table, rows: preview.table.rows.slice(0, FIRST_ROWS) }}
        caption={`${top.content.title}的前几行`}
      />
      <p className="meta">
        共 {top.row_count?.toLocaleString('zh-CN')} 行、{preview.table.columns.length} 个字段。
        <a href={`${base}/preview`}>预览更多行</a>
      </p>
      {drawing && <Drawn drawing={drawing} path={`${base}/preview`} />}
    </>
  )
}

const Cite = ({ citation }: { readonly citation: Citation }) => (
  <section aria-labelledby="cite">
    <h2 id="cite">怎样引用</h2>
    <p className="copy">{citation.gbt7714}</p>
    <details>
      <summary>BibTeX</summary>
      <Code text={citation.bibtex} label="BibTeX 引用" />
    </details>
  </section>
)

const Follow = ({ top }: { readonly top: DatasetTop }) => {
  const base = `/datasets/${encodeURIComponent(top.content.slug)}`
  return (
    <section aria-labelledby="follow">
      <h2 id="follow">关注与机器可读</h2>
      <ul>
        <li>
          <a href={`${base}/feed.atom`}>更新订阅（Atom）</a>：每送出新的一版，订阅里多一条
        </li>
        <li>
          描述信息：<a href={`${base}.jsonld`}>JSON-LD</a>、<a href={`${base}.ttl`}>Turtle</a>（DCAT-AP 3）
        </li>
      </ul>
    </section>
  )
}

const Feedback = ({ top, threads, apps }: Pick<DatasetView, 'top' | 'threads' | 'apps'>) => {
  const base = `/datasets/${encodeURIComponent(top.content.slug)}`
  return (
    <section aria-labelledby="feedback">
      <h2 id="feedback">大家怎么用</h2>
      <ul>
        <li>
          <a href={`${base}/questions`}>提问与纠错</a>：已答复 {threads.answered} 件，办理中 {threads.waiting} 件
        </li>
        <li>
          <a href={`${base}/apps`}>用它做的应用</a>：{apps} 个
        </li>
      </ul>
    </section>
  )
}

export const OverviewPage = ({ top, preview, drawing, citation, threads, apps }: DatasetView) => (
  <DatasetFrame top={top} tab="overview">
    <section aria-labelledby="rows">
      <h2 id="rows">看一看数据</h2>
      <Rows top={top} preview={preview} drawing={drawing} />
    </section>
    <Feedback top={top} threads={threads} apps={apps} />
    {citation && <Cite citation={citation} />}
    <Follow top={top} />
    <p className="meta">
      {top.released_on} 第 {top.release_no} 次发布
      {top.content.keywords.length > 0 && `；关键词：${top.content.keywords.join('、')}`}
    </p>
  </DatasetFrame>
)
