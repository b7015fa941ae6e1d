import type { TombstoneView } from '@sanjiang/contract/site.dataset'

export const TombstonePage = ({ title, organ_name, withdrawn_on, reason }: TombstoneView) => (
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
