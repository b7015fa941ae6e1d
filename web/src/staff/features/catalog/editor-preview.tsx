import { findSources, listHolders, type ResourceDetail } from '@sanjiang/contract/catalog'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { Link } from 'react-router'
import { ShareTag } from '../../../ui/share-tag.tsx'
import { call } from '../../api.ts'
import type { Draft } from './draft.ts'
import type { Checked } from './editor.model.ts'
import { FindingList } from './finding-list.tsx'
import { ReferButton } from './resource-sources.tsx'
import { useTitles } from './standard.query.ts'

/** As it will look to whoever searches. */
const Card = ({ resource, draft }: { resource: ResourceDetail; draft: Draft }) => {
  const titleOf = useTitles()
  return (
    <article className="preview-card" aria-label="检索结果预览">
      <header>
        <b>{draft.name?.trim() || '（未命名）'}</b>
        <ShareTag type={draft.share_type} short />
      </header>
      <p className="muted">{resource.provider_name}</p>
      <p className="preview-summary">{draft.summary?.trim() || '（还没有摘要）'}</p>
      <p className="muted">
        {draft.items.length} 项 · {titleOf('update_cycle', draft.update_cycle)}更新 ·{' '}
        {titleOf('format_category', draft.format_category)}
      </p>
      <ul className="preview-items">
        {draft.items.slice(0, 6).map((item) => (
          <li key={item.key} className={item.share_type ?? undefined}>
            {item.name || '…'}
          </li>
        ))}
        {draft.items.length > 6 && <li>等 {draft.items.length} 项</li>}
      </ul>
    </article>
  )
}

const useLater = <T,>(value: T, ms: number): T => {
  const [later, setLater] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setLater(value), ms)
    return () => clearTimeout(timer)
  }, [value, ms])
  return later
}

/** 一数一源: who already provides the same items, so that nothing is collected twice. */
/** What some department already leads is referred to, not collected again. */
const Led = ({ id, names }: { id: string; names: string }) => {
  const { data = [] } = useQuery({
    queryKey: ['catalog', 'source-check', id, names],
    queryFn: () => call(findSources, { body: { names: names.split('\n').slice(0, 300), resource_id: id } }),
    enabled: names !== '',
    placeholderData: (before) => before,
  })
  if (data.length === 0) return null
  return (
    <ul className="tight" aria-label="已有牵头部门的信息项">
      {data.map((source) => (
        <li key={source.item_name}>
          <b>{source.item_name}</b> 已由{source.organ_name}牵头提供（
          <Link to={`/catalog/resources/${source.resource_id}`}>{source.resource_name}</Link>），
          {source.is_referring ? '本条目已引用。' : '请引用。'}{' '}
          {source.item_id !== source.source_item_id && <ReferButton id={id} source={source} />}
        </li>
      ))}
    </ul>
  )
}

const Holders = ({ id, draft }: { id: string; draft: Draft }) => {
  const names = draft.items.flatMap(({ name }) => (name?.trim() ? [name.trim()] : [])).join('\n')
  const asked = useLater(names, 1200)
  const { data } = useQuery({
    queryKey: ['catalog', 'holders', id, asked],
    queryFn: () => call(listHolders, { body: { items: asked.split('\n').map((name) => ({ name })), resource_id: id } }),
    enabled: asked !== '',
    placeholderData: (before) => before,
  })
  if (!data || (data.holders.length === 0 && data.overlaps.length === 0)) return <Led id={id} names={asked} />
  const byName = [...Map.groupBy(data.holders, ({ item_name }) => item_name)]
  return (
    <section className="holders">
      <h3>一数一源</h3>
      <Led id={id} names={asked} />
      {data.overlaps.slice(0, 3).map((one) => (
        <p key={one.resource_id} className="overlap">
          与 <Link to={`/catalog/resources/${one.resource_id}`}>{one.name}</Link>（{one.provider_name}）有{' '}
          {one.shared_count} 项相同，可能是同一数据。
        </p>
      ))}
      {data.overlaps.length > 3 && <p>另有 {data.overlaps.length - 3} 条相近的条目。</p>}
      <ul className="tight">
        {byName.slice(0, 8).map(([name, [first]]) => (
          <li key={name}>
            <b>{name}</b> 已由{first!.provider_name}的{' '}
            <Link to={`/catalog/resources/${first!.resource_id}`}>{first!.resource_name}</Link> 提供
            {first!.is_base && '（基础信息）'}
          </li>
        ))}
      </ul>
      <p className="muted small">如非本部门业务产生，应向数据源申请，不重复采集。</p>
    </section>
  )
}

export const EditorPreview = ({
  resource,
  draft,
  checked,
}: {
  resource: ResourceDetail
  draft: Draft
  checked: Checked
}) => (
  <aside className="editor-preview" aria-label="预览与检查">
    <h2>检索结果中这样显示</h2>
    <Card resource={resource} draft={draft} />
    <Holders id={resource.resource_id} draft={draft} />
    <details>
      <summary>规则检查（{checked.findings.length}）</summary>
      <FindingList findings={checked.findings} />
    </details>
  </aside>
)
