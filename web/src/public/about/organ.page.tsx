import type { OrgansView, OrganView } from '@sanjiang/contract/site.about'
import { Contact } from '../contact.tsx'
import { DatasetCard } from '../dataset-card.tsx'
import { Scroll } from '../scroll.tsx'

export const OrgansPage = ({ organs }: OrgansView) => (
  <>
    <h1>提供部门</h1>
    <p className="meta">{organs.length > 0 ? `${organs.length} 个部门开放了数据。` : '还没有部门开放数据。'}</p>
    {organs.length > 0 && (
      <Scroll label="提供部门，可左右滚动">
        <table className="rows">
          <thead>
            <tr>
              <th scope="col">部门</th>
              <th scope="col" className="number">
                数据集
              </th>
              <th scope="col" className="number">
                数据行
              </th>
              <th scope="col">最近发布</th>
            </tr>
          </thead>
          <tbody>
            {organs.map(({ name, datasets, rows, newest_on }) => (
              <tr key={name}>
                <th scope="row" className="short">
                  <a href={`/organs/${encodeURIComponent(name)}`}>{name}</a>
                </th>
                <td className="number">{datasets}</td>
                <td className="number">{rows.toLocaleString('zh-CN')}</td>
                <td className="kept">{newest_on}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    )}
  </>
)

export const OrganPage = ({ organ, contacts, datasets, late, threads }: OrganView) => (
  <>
    <nav className="crumbs" aria-label="所在位置">
      <a href="/organs">提供部门</a>
    </nav>
    <h1>{organ.name}</h1>
    <dl className="figures">
      <div>
        <dt>开放的数据集</dt>
        <dd>{organ.datasets}</dd>
      </div>
      <div>
        <dt>数据行</dt>
        <dd>{organ.rows.toLocaleString('zh-CN')}</dd>
      </div>
      <div>
        <dt>已晚更新</dt>
        <dd>{late}</dd>
      </div>
      <div>
        <dt>意见：已答复 / 办理中</dt>
        <dd>
          {threads.answered} / {threads.waiting}
        </dd>
      </div>
    </dl>
    <h2>联系</h2>
    <ul>
      {contacts.map((contact) => (
        <li key={contact}>
          <Contact text={contact} />
        </li>
      ))}
    </ul>
    <h2>数据集</h2>
    <ul className="cards">
      {datasets.map((one) => (
        <DatasetCard key={one.slug} heading="h3" {...one} />
      ))}
    </ul>
  </>
)
