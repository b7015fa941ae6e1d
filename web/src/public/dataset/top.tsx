import { DATASET_TABS, type DatasetTab, type DatasetTop, type UpdateState } from '@sanjiang/contract/site.dataset'
import type { ReactNode } from 'react'
import { Contact } from '../contact.tsx'
import { CYCLE_WORDS, LICENCE_WORDS, OPEN_WORDS } from '../words.ts'

const datasetPath = (slug: string, tab: DatasetTab = 'overview'): string =>
  `/datasets/${encodeURIComponent(slug)}${tab === 'overview' ? '' : `/${tab}`}`

/** A date is not broken over lines. */
const Day = ({ on }: { readonly on: string }) => <span className="kept">{on}</span>

/** When the data were renewed and when they will be; lateness is said, not hidden. */
const UpdateLine = ({ update: { cycle, data_on, due_on, days_late } }: { readonly update: UpdateState }) => {
  const words = CYCLE_WORDS[cycle ?? ''] ?? '更新周期未说明'
  if (data_on === null) return <>{words}；目前只开放了说明，还没有数据</>
  return (
    <>
      {words}；数据截至 <Day on={data_on} />
      {due_on && days_late === 0 && (
        <>
          ，下次应在 <Day on={due_on} />
        </>
      )}
      {due_on && days_late > 0 && (
        <>
          ，
          <strong className="late">
            应在 <Day on={due_on} /> 更新，已晚 {days_late} 天
          </strong>
        </>
      )}
    </>
  )
}

const Quality = ({ quality }: Pick<DatasetTop, 'quality'>) =>
  quality && (
    <details className="quality">
      <summary>质量：{quality.title}</summary>
      <ul>
        {quality.reasons.map(({ text, is_good }) => (
          <li key={text}>
            {is_good ? '做到' : '欠缺'}：{text}
          </li>
        ))}
      </ul>
    </details>
  )

interface TabsProps {
  readonly slug: string
  readonly current: DatasetTab
}

const Tabs = ({ slug, current }: TabsProps) => (
  <nav className="tabs" aria-label="这个数据集">
    <ul>
      {Object.entries(DATASET_TABS).map(([tab, title]) => (
        <li key={tab}>
          <a href={datasetPath(slug, tab as DatasetTab)} aria-current={tab === current ? 'page' : undefined}>
            {title}
          </a>
        </li>
      ))}
    </ul>
  </nav>
)

interface DatasetFrameProps {
  readonly top: DatasetTop
  readonly tab: DatasetTab
  readonly children: ReactNode
}

const Brief = ({ content, update }: Pick<DatasetTop, 'content' | 'update'>) => (
  <dl className="brief">
    <div>
      <dt>提供部门</dt>
      <dd>
        <a href={`/organs/${encodeURIComponent(content.organ_name)}`}>{content.organ_name}</a>
      </dd>
    </div>
    <div>
      <dt>更新</dt>
      <dd>
        <UpdateLine update={update} />
      </dd>
    </div>
    <div>
      <dt>许可</dt>
      <dd>
        <a href={`/licences/${content.licence}`}>{LICENCE_WORDS[content.licence]}</a>
      </dd>
    </div>
    <div>
      <dt>咨询</dt>
      <dd>
        <Contact text={content.contact} />
      </dd>
    </div>
  </dl>
)

/** On the other tabs two lines, so that what the tab is about is in sight on a phone. */
const Short = ({ content, update }: Pick<DatasetTop, 'content' | 'update'>) => (
  <p className="meta">
    {content.organ_name} · <UpdateLine update={update} />
  </p>
)

/** What stands above every tab: what it is, whose, how fresh; the first tells under what licence and how good as well. */
export const DatasetFrame = ({ top, tab, children }: DatasetFrameProps) => {
  const { content, update, quality, is_free } = top
  const isFirst = tab === 'overview'
  return (
    <article className="dataset">
      <nav className="crumbs" aria-label="所在位置">
        <a href="/search">全部数据集</a>
        <span aria-hidden="true">›</span>
        <a href={`/search?theme=${encodeURIComponent(content.theme_title)}`}>{content.theme_title}</a>
      </nav>
      <h1>{content.title}</h1>
      {isFirst && <p className="lead">{content.summary}</p>}
      {isFirst ? <Brief content={content} update={update} /> : <Short content={content} update={update} />}
      {!is_free && (
        <p className="notice">
          {OPEN_WORDS.conditional}
          {content.open_condition && `：${content.open_condition.replace(/。$/, '')}`}。
          <a href={`/apply/${encodeURIComponent(content.slug)}`}>申请使用</a>
        </p>
      )}
      {isFirst && <Quality quality={quality} />}
      <Tabs slug={content.slug} current={tab} />
      {children}
    </article>
  )
}
