import type { Item, ResourceContent } from '@sanjiang/contract/catalog'
import { ShareTag } from '../../../ui/share-tag.tsx'
import { basisText } from './resource-metadata.tsx'
import { type TitleOf, useTitles } from './standard.query.ts'

interface Props {
  readonly items: readonly Item[]
  /** What an item inherits where it says nothing itself. */
  readonly content: Pick<ResourceContent, 'share_basis' | 'share_condition' | 'share_type'>
}

/** Under what condition, or why not: the sentence a requester needs before asking. */
const whyOf = (item: Item, { share_basis, share_condition, share_type }: Props['content']): string | null => {
  if (item.share_type === 'conditional') return item.share_condition ?? share_condition
  if (item.share_type !== 'withheld') return null
  const basis = item.withheld_basis ?? (share_type === 'withheld' ? share_basis : null)
  return basis ? basisText(basis) : null
}

const Row = ({ item, content, titleOf }: { item: Item; content: Props['content']; titleOf: TitleOf }) => {
  const why = whyOf(item, content)
  return (
    <tr className={item.share_type ?? undefined}>
      <td className="num seq">{item.seq}</td>
      <td className="lead">
        {item.name}
        {item.is_key && <span className="mini">主键</span>}
        {item.is_required && <span className="mini">必选</span>}
        {why && <small>{why}</small>}
      </td>
      <td className="mono" data-label="英文名">
        {item.name_en}
      </td>
      <td data-label="类型">
        {titleOf('data_type', item.data_type)}
        {item.length !== null && `（${item.length}）`}
      </td>
      <td data-label="共享">
        <ShareTag type={item.share_type} short />
      </td>
      <td data-label="开放">{titleOf('open_type', item.open_type)}</td>
      <td data-label="敏感">{titleOf('sensitivity', item.sensitivity)}</td>
      <td data-label="脱敏">{item.mask_rule === 'none' ? '—' : titleOf('mask_rule', item.mask_rule)}</td>
      <td data-label="数据元">{item.data_element}</td>
    </tr>
  )
}

const HEADS = ['信息项', '英文名', '类型（长度）', '共享', '开放', '敏感级别', '脱敏', '数据元']

/** Items with their own share type; on a phone each becomes a small card. */
export const ItemTable = ({ items, content }: Props) => {
  const titleOf = useTitles()
  if (items.length === 0) return <p className="nothing">没有信息项。</p>
  return (
    <table className="items">
      <caption className="hidden">信息项</caption>
      <thead>
        <tr>
          <th scope="col" className="num seq">
            <abbr title="序号">#</abbr>
          </th>
          {HEADS.map((head) => (
            <th key={head} scope="col">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {items.map((item) => (
          <Row key={item.item_id} item={item} content={content} titleOf={titleOf} />
        ))}
      </tbody>
    </table>
  )
}
