import type { DatasetPreview, DatasetPreviewView } from '@sanjiang/contract/site.dataset'
import type { MapPreview, PreviewKind } from '@sanjiang/contract/site.preview'
import { Chart } from '../draw/chart.tsx'
import { PlaceMap } from '../draw/map.tsx'
import { ChartChoice } from './chart-choice.tsx'
import { RowPages, RowSearch, RowTable } from './row-table.tsx'
import { DatasetFrame } from './top.tsx'

const KIND_WORDS: Readonly<Record<PreviewKind, string>> = { table: '表格', chart: '图表', map: '地图' }

const kindPath = (path: string, kind: PreviewKind): string => (kind === 'table' ? path : `${path}?as=${kind}`)

const Kinds = ({ path, preview }: { readonly path: string; readonly preview: DatasetPreview }) => (
  <nav className="switch" aria-label="怎样看">
    {preview.kinds.map((kind) => (
      <a key={kind} href={kindPath(path, kind)} aria-current={kind === preview.kind ? 'true' : undefined}>
        {KIND_WORDS[kind]}
      </a>
    ))}
  </nav>
)

interface MeasuresProps {
  readonly path: string
  readonly of: Pick<MapPreview, 'measure' | 'measures'>
}

const Measures = ({ path, of }: MeasuresProps) =>
  of.measures.length > 1 && (
    <nav className="switch small" aria-label="画哪个数">
      {of.measures.map(({ name, title }) => (
        <a
          key={name}
          href={`${path}?${new URLSearchParams({ as: 'map', measure: name })}`}
          aria-current={name === of.measure ? 'true' : undefined}
        >
          {title}
        </a>
      ))}
    </nav>
  )

interface ShownProps {
  readonly path: string
  readonly title: string
  readonly preview: DatasetPreview
}

const Shown = ({ path, title, preview: { table, chart, map } }: ShownProps) => {
  const isSmall = table?.columns.some(({ can_sort }) => can_sort) ?? false
  return (
    <>
      {table && (
        <>
          {isSmall && <RowSearch table={table} path={path} exportPath={path.replace(/preview$/, 'export.csv')} />}
          {(table.q === '' || table.total > 0) && (
            <>
              <RowTable table={table} caption={`${title}的数据`} path={path} />
              <RowPages table={table} path={path} />
            </>
          )}
          {!isSmall && <p className="meta">行数太多，页面上不排序、不查找；请用接口，或下载整份文件。</p>}
        </>
      )}
      {chart && (
        <>
          <ChartChoice path={path} chart={chart} />
          <Chart chart={chart} id="chart" isTableOpen />
        </>
      )}
      {map && (
        <>
          <Measures path={path} of={map} />
          <PlaceMap map={map} id="map" />
        </>
      )}
    </>
  )
}

export const PreviewPage = ({ top, preview }: DatasetPreviewView) => {
  const path = `/datasets/${encodeURIComponent(top.content.slug)}/preview`
  return (
    <DatasetFrame top={top} tab="preview">
      <h2>预览</h2>
      {preview ? (
        <>
          {preview.kinds.length > 1 && <Kinds path={path} preview={preview} />}
          <Shown path={path} title={top.content.title} preview={preview} />
        </>
      ) : (
        <p>{top.is_free ? '还没有数据可以预览。' : '数据凭使用密钥读取，不在页面上预览。'}</p>
      )}
    </DatasetFrame>
  )
}
