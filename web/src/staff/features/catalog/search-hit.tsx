import { type SearchHit, TIMELINESS } from '@sanjiang/contract/catalog'
import { Link } from 'react-router'
import { Highlight } from '../../../ui/highlight.tsx'
import { StateTag } from '../../../ui/page-head.tsx'
import { ShareTag } from '../../../ui/share-tag.tsx'
import { methodsText } from './catalog.words.tsx'
import { LevelTag } from './quality.words.tsx'
import { useTitles } from './standard.query.ts'

const MatchedItems = ({ hit, terms }: { hit: SearchHit; terms: readonly string[] }) => (
  <ul className="matched" aria-label="命中的信息项">
    {hit.matched_items.map((item) => (
      <li key={item.item_id} className={item.share_type}>
        <Highlight text={item.name} terms={terms} /> <small>{item.name_en}</small>
      </li>
    ))}
  </ul>
)

const Updated = ({ hit }: { hit: SearchHit }) =>
  hit.updated_on === null ? (
    <span className="muted">未见数据</span>
  ) : (
    <>
      数据到 {hit.updated_on}{' '}
      <StateTag tone={hit.timeliness === 'overdue' ? 'bad' : 'good'}>{TIMELINESS.titles[hit.timeliness]}</StateTag>
    </>
  )

const Used = ({ hit: { grant_count, used_on } }: { hit: SearchHit }) =>
  grant_count === 0 && used_on === null ? (
    <span className="muted">尚无授权</span>
  ) : (
    <>
      {grant_count} 份授权{used_on === null ? '，尚未取用' : `，最近取用 ${used_on}`}
    </>
  )

/** One entry found: what it is, whose, how open, how fresh, how to be had, and which items matched. */
export const SearchHitCard = ({
  hit,
  terms,
  onExplain,
}: {
  hit: SearchHit
  terms: readonly string[]
  onExplain?: (() => void) | undefined
}) => {
  const titleOf = useTitles()
  return (
    <article className="hit">
      <header>
        <h2>
          <Link to={`/catalog/resources/${hit.resource_id}`}>
            <Highlight text={hit.name} terms={terms} />
          </Link>
        </h2>
        <span className="hit-tags">
          {!hit.holds_all && <small className="partly">只含部分词</small>}
          <ShareTag type={hit.share_type} />
          <span className="level">
            质量 <LevelTag level={hit.quality_level} />
          </span>
        </span>
      </header>
      <p className="hit-whose">
        <span>
          <Highlight text={hit.provider_name} terms={terms} />
        </span>
        <span className="mono">{hit.code}</span>
        <span>{hit.class_title}</span>
      </p>
      <p className="hit-summary">
        <Highlight text={hit.summary} terms={terms} />
      </p>
      {hit.matched_items.length > 0 && <MatchedItems hit={hit} terms={terms} />}
      <dl className="hit-facts">
        <div>
          <dt>信息项</dt>
          <dd>{hit.item_count} 项</dd>
        </div>
        <div>
          <dt>更新</dt>
          <dd>
            {titleOf('update_cycle', hit.update_cycle)}，<Updated hit={hit} />
          </dd>
        </div>
        <div>
          <dt>使用</dt>
          <dd>
            <Used hit={hit} />
          </dd>
        </div>
        <div>
          <dt>挂接</dt>
          <dd>{methodsText(hit.attached_methods)}</dd>
        </div>
        <div>
          <dt>格式</dt>
          <dd>{titleOf('format_category', hit.format_category)}</dd>
        </div>
        <div>
          <dt>开放</dt>
          <dd>{titleOf('open_type', hit.open_type)}</dd>
        </div>
        <div>
          <dt>发布</dt>
          <dd>
            {hit.published_on} 第{hit.version}版
          </dd>
        </div>
      </dl>
      {onExplain && (
        <button type="button" className="why" onClick={onExplain}>
          为什么排在这里<span className="hidden">：{hit.name}</span>
        </button>
      )}
    </article>
  )
}
