import { MASK_RULES, REFUSAL_REASONS, type RequestItem } from '@sanjiang/contract/sharing'
import { Link } from 'react-router'
import { type Column, Listing } from '../../../ui/listing.tsx'
import { ItemStateTag, ShareTypeTag } from './sharing.words.tsx'

const maskText = ({ mask_rule, catalog_mask_rule }: RequestItem): string =>
  mask_rule === catalog_mask_rule
    ? MASK_RULES.titles[mask_rule]
    : `${MASK_RULES.titles[mask_rule]}（目录登记：${MASK_RULES.titles[catalog_mask_rule]}）`

const COLUMNS: readonly Column<RequestItem>[] = [
  {
    title: '信息项',
    kind: 'lead',
    render: ({ name, name_en }) => (
      <>
        {name} <span className="muted mono">{name_en}</span>
      </>
    ),
  },
  { title: '共享类型', render: ({ share_type }) => <ShareTypeTag type={share_type} /> },
  { title: '脱敏', render: maskText },
  { title: '状态', render: ({ state }) => <ItemStateTag state={state} /> },
  {
    title: '说明',
    render: ({ reason_code, reason_text, grant_id }) =>
      reason_code ? (
        <>
          {REFUSAL_REASONS.titles[reason_code]}：{reason_text}
        </>
      ) : (
        grant_id && <Link to={`/sharing/grants/${grant_id}`}>授权</Link>
      ),
  },
]

export const RequestItems = ({ items }: { items: readonly RequestItem[] }) => (
  <Listing caption="申请的信息项" rows={items} columns={COLUMNS} rowKey={({ item_id }) => item_id} />
)
