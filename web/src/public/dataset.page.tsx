import { LICENCES } from '@sanjiang/contract/opendata'
import type { SiteView } from '@sanjiang/contract/site'
import { CYCLE_WORDS, OPEN_WORDS, TYPE_WORDS } from './words.ts'

export const DatasetPage = ({ content, released_on, release_no }: Extract<SiteView, { page: 'dataset' }>) => (
  <article>
    <h1>{content.title}</h1>
    <p className="meta">
      {content.organ_name} · {content.theme_title}
    </p>
    <p>{content.summary}</p>
    <dl className="facts">
      <dt>怎样使用</dt>
      <dd>
        {OPEN_WORDS[content.open_type]}
        {content.open_condition && `：${content.open_condition}`}
      </dd>
      <dt>许可</dt>
      <dd>{LICENCES.titles[content.licence]}</dd>
      <dt>更新</dt>
      <dd>{CYCLE_WORDS[content.update_cycle ?? ''] ?? '未说明'}</dd>
      <dt>发布</dt>
      <dd>
        {released_on}（第 {release_no} 次）
      </dd>
      <dt>联系</dt>
      <dd>{content.contact}</dd>
    </dl>
    <h2>字段</h2>
    <table>
      <thead>
        <tr>
          <th scope="col">名称</th>
          <th scope="col">英文名</th>
          <th scope="col">类型</th>
          <th scope="col">长度</th>
        </tr>
      </thead>
      <tbody>
        {content.items.map(({ name, name_en, data_type, length }) => (
          <tr key={name_en}>
            <th scope="row">{name}</th>
            <td>{name_en}</td>
            <td>{TYPE_WORDS[data_type ?? ''] ?? '未说明'}</td>
            <td>{length ?? '不限'}</td>
          </tr>
        ))}
      </tbody>
    </table>
    {content.keywords.length > 0 && <p className="meta">关键词：{content.keywords.join('、')}</p>}
  </article>
)

export const TombstonePage = ({
  title,
  organ_name,
  withdrawn_on,
  reason,
}: Extract<SiteView, { page: 'tombstone' }>) => (
  <article>
    <h1>{title}</h1>
    <p className="notice">
      这个数据集已于 {withdrawn_on} 由{organ_name}撤回。理由：{reason}
    </p>
    <p>
      地址保留，以便引用过它的人知道发生了什么。<a href="/search">查找其他数据集</a>
    </p>
  </article>
)
