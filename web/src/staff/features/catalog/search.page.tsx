import { addressOf } from '@sanjiang/contract/call'
import { exportSearch, SEARCH_ORDERS, type SearchHit, type SearchResult } from '@sanjiang/contract/catalog'
import { Button, Drawer, Select } from 'antd'
import { useState } from 'react'
import { PageHead } from '../../../ui/page-head.tsx'
import { ErrorAlert } from '../../../ui/states.tsx'
import { useCan } from '../../session.ts'
import { PageLoading } from '../../shell/page-states.tsx'
import { SuggestBox } from '../../shell/search-box.tsx'
import { ClassTree } from './class-tree.tsx'
import { ChosenFacets, FacetList } from './facet-list.tsx'
import { type Search, useSearch, useSearchQuery } from './search.query.ts'
import { SearchExplain } from './search-explain.tsx'
import { SearchHitCard } from './search-hit.tsx'
import { SearchNothing } from './search-nothing.tsx'
import { SearchReadingNote } from './search-reading.tsx'
import './search.css'

const Box = ({ search }: { search: Search }) => (
  <SuggestBox
    key={search.q}
    id="words"
    label="检索词"
    initial={search.q}
    className="search-box"
    placeholder="资源名称、信息项、部门、代码，或一句话；支持拼音与首字母"
    onSearch={search.setQuery}
  >
    <Button type="primary" htmlType="submit" size="large">
      检索
    </Button>
  </SuggestBox>
)

const ResultHead = ({ result, search, onFilter }: { result: SearchResult; search: Search; onFilter: () => void }) => (
  <div className="result-head">
    <p aria-live="polite">
      共 <b>{result.total}</b> 条{search.q && <>，检索“{search.q}”</>}
    </p>
    <div className="row">
      <Button className="only-narrow" onClick={onFilter}>
        筛选{search.count > 0 && `（${search.count}）`}
      </Button>
      <label htmlFor="order" className="hidden">
        排序
      </label>
      <Select
        id="order"
        value={search.order ?? (search.q ? 'relevance' : 'newest')}
        onChange={search.setOrder}
        options={SEARCH_ORDERS.codes.map((value) => ({ value, label: SEARCH_ORDERS.titles[value] }))}
        style={{ width: '8.5rem' }}
      />
      <Button
        href={addressOf(exportSearch, { query: { q: search.q || undefined, order: search.order, ...search.chosen } })}
        download
        disabled={result.total === 0}
      >
        导出 XLSX
      </Button>
    </div>
  </div>
)

const Filters = ({ result, search }: { result: SearchResult; search: Search }) => (
  <>
    <ClassTree
      chosen={search.chosen.class?.[0] ?? null}
      onChoose={search.setClass}
      isCounted={search.q === '' && Object.keys(search.chosen).every((facet) => facet === 'class')}
    />
    <FacetList facets={result.facets} search={search} />
  </>
)

export const SearchPage = () => {
  const search = useSearch()
  const query = useSearchQuery(search)
  const [isOpen, setOpen] = useState(false)
  const [explained, setExplained] = useState<SearchHit | null>(null)
  const canExplain = useCan('catalog.resource.publish') && search.q !== ''
  if (query.isPending) return <PageLoading />
  if (query.isError)
    return (
      <div className="page">
        <PageHead title="查找数据" />
        <ErrorAlert error={query.error} />
      </div>
    )
  const first = query.data.pages[0]!
  const rows = query.data.pages.flatMap((page) => page.rows)
  return (
    <div className="page">
      <PageHead title="查找数据" sub="检索全省已发布的政务信息资源；找到后逐项申请。" />
      <Box search={search} />
      <div className="search-split">
        <aside className="search-side" aria-label="筛选">
          <Filters result={first} search={search} />
        </aside>
        <section aria-label="检索结果" aria-busy={query.isPlaceholderData}>
          <ResultHead result={first} search={search} onFilter={() => setOpen(true)} />
          <ChosenFacets facets={first.facets} search={search} />
          {search.q !== '' && <SearchReadingNote result={first} />}
          {rows.length === 0 && <SearchNothing result={first} search={search} />}
          {rows.map((hit) => (
            <SearchHitCard
              key={hit.resource_id}
              hit={hit}
              terms={first.terms}
              onExplain={canExplain ? () => setExplained(hit) : undefined}
            />
          ))}
          {query.hasNextPage && (
            <Button block loading={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
              再列 10 条（已列 {rows.length} 条）
            </Button>
          )}
        </section>
      </div>
      <Drawer title="筛选" placement="left" size={320} open={isOpen} onClose={() => setOpen(false)}>
        <Filters result={first} search={search} />
      </Drawer>
      <SearchExplain hit={explained} q={search.q} onClose={() => setExplained(null)} />
    </div>
  )
}
