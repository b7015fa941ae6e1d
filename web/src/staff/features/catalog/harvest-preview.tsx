import { HARVEST_OUTCOMES, type HarvestPreview as Preview, previewHarvest } from '@sanjiang/contract/catalog'
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { Nothing } from '../../../ui/listing.tsx'
import { Facts, StateTag, type Tone } from '../../../ui/page-head.tsx'
import { Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { FindingList } from './finding-list.tsx'
import { useTitles } from './standard.query.ts'

type Shown = Preview['records'][number]

const toneOf = ({ outcome }: Shown): Tone =>
  outcome === 'failed' ? 'bad' : outcome === 'refused' ? 'wait' : outcome === 'same' ? 'calm' : 'good'

const Draft = ({ one }: { one: Shown }) => {
  const titleOf = useTitles()
  const { draft } = one
  if (!draft) return <p className="muted">没有转换结果。</p>
  return (
    <Facts
      of={[
        ['名称', draft.name],
        ['提供方', one.provider_name],
        ['分类', draft.class_code],
        ['摘要', draft.summary],
        ['格式', `${titleOf('format_category', draft.format_category)} · ${draft.format_type ?? ''}`],
        ['共享类型', titleOf('share_type', draft.share_type)],
        ['开放类型', titleOf('open_type', draft.open_type)],
        ['更新周期', titleOf('update_cycle', draft.update_cycle)],
        ['关键词', draft.keywords?.join('、')],
        ['信息项', draft.items?.length ? draft.items.map(({ name }) => name).join('、') : null],
      ]}
    />
  )
}

const Record = ({ one }: { one: Shown }) => (
  <article className="harvest-pair" aria-label={one.title}>
    <h3>
      {one.title || one.record_key} <StateTag tone={toneOf(one)}>{HARVEST_OUTCOMES.titles[one.outcome]}</StateTag>
    </h3>
    {one.message && (
      <p>
        {one.message} <span className="muted mono small">{one.pointer}</span>
      </p>
    )}
    <div className="sides">
      <div>
        <h4>来源原文{one.publisher_name && `（发布机构：${one.publisher_name}）`}</h4>
        <pre>{one.original}</pre>
      </div>
      <div>
        <h4>转换为本目录条目</h4>
        <Draft one={one} />
        {one.findings.length > 0 && <FindingList findings={one.findings} />}
      </div>
    </div>
  </article>
)

/** What the first records would become, before anything is written. */
export const HarvestPreview = ({ id }: { id: string }) => {
  const query = useQuery({
    queryKey: ['catalog', 'harvest', 'preview', id],
    queryFn: () => call(previewHarvest, { params: { id }, body: { limit: 10 } }),
    staleTime: 60_000,
    retry: false,
  })
  return (
    <>
      <div className="row between">
        <p className="muted">读来源的前 10 条，按现在的设置转换并检查；什么也不写入。</p>
        <Button onClick={() => query.refetch()} loading={query.isFetching}>
          再读一次
        </Button>
      </div>
      <Loaded query={query} isEmpty={({ records }) => records.length === 0} empty={<Nothing>来源是空的</Nothing>}>
        {({ records, total, notes }) => (
          <>
            {total !== null && <p>来源自称共有 {total} 条。</p>}
            {notes.map((note) => (
              <p key={note} className="muted">
                {note}
              </p>
            ))}
            {records.map((one, index) => (
              <Record key={one.record_key ?? index} one={one} />
            ))}
          </>
        )}
      </Loaded>
    </>
  )
}
