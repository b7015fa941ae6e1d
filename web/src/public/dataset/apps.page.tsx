import type { DatasetAppsView } from '@sanjiang/contract/site.dataset'
import { DatasetFrame } from './top.tsx'

export const AppsPage = ({ top, apps }: DatasetAppsView) => (
  <DatasetFrame top={top} tab="apps">
    <h2>用它做的应用</h2>
    {apps.length === 0 ? (
      <p>还没有人登记用这个数据集做的应用。</p>
    ) : (
      <ul className="cards">
        {apps.map(({ number, title, text }) => (
          <li key={number} className="card">
            <h3>
              <a href={`/showcase/${number}`}>{title}</a>
            </h3>
            <p>{text}</p>
          </li>
        ))}
      </ul>
    )}
    <p>
      <a href="/showcase">应用展示</a>：看别人做了什么，登记您的应用。
    </p>
  </DatasetFrame>
)
