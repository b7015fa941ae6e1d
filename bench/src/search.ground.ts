import type pg from 'pg'
import { demoResources } from '../../server/seeds/demo/resources.ts'
import { seedCtx } from '../../server/seeds/house.ts'
import { loadReference } from '../../server/seeds/reference/load.ts'
import type { OpenHouse } from '../../server/src/kernel/house.ts'
import { importPublished } from '../../server/src/modules/catalog/index.ts'
import { importPeople } from '../../server/src/modules/identity/index.ts'

export const PASSWORD = 'Qinghai-2017-bench'
export const USERNAME = 'bench.consumer'
const POLICE = '6300003007'

// Towns the demo province's own entries do not name, each with a year: a copy is told from its original by words that can be searched.
const PLACES =
  '上新庄 多巴 鲁沙尔 田家寨 李家山 拦隆口 共和 土门关 甘河滩 汉东 大才 群加 海子沟 西堡 桥头 城关 塔尔 东峡 黄家寨 长宁 景阳 多林 新庄 青林 青山 逊让 极乐 石山 宝库 斜沟 良教 向化 桦林 朔北 波航 日月 寺寨 和平'.split(
    ' ',
  )

const prefixOf = (copy: number): string =>
  `${2000 + (copy % 18)}年${PLACES[copy % PLACES.length]}${copy >= PLACES.length ? copy : ''}`

const COPIED =
  'version, provider_organ_id, division_code, class_code, name_en, summary, source_system_name, format_category, format_type, share_type, share_condition, share_basis, share_method_category, share_method_type, open_type, open_condition, update_cycle, keywords, audience_path, item_count, attached_methods, first_published_on, published_on'
const ITEM_COPIED =
  'seq, name, name_en, data_type, length, is_key, is_required, share_type, share_condition, withheld_basis, open_type, sensitivity, mask_rule, data_element'

// Copies exist for searching alone: they stand in the tables search reads, with no history behind them.
const copy = async (client: pg.ClientBase, number: number): Promise<void> => {
  const prefix = prefixOf(number)
  await client.query(
    `insert into catalog.entry (resource_id, code, name, ${COPIED})
     select md5(resource_id::text || $1)::uuid, left(code, -6) || lpad((right(code, 6)::integer + $1::integer * 5000)::text, 6, '0'),
            $2 || name, ${COPIED}
     from base_entry`,
    [String(number), prefix],
  )
  await client.query(
    `insert into catalog.item (item_id, resource_id, ${ITEM_COPIED})
     select md5(item_id::text || $1)::uuid, md5(resource_id::text || $1)::uuid, ${ITEM_COPIED} from base_item`,
    [String(number)],
  )
}

const multiply = async (client: pg.ClientBase, size: number): Promise<void> => {
  await client.query(`set session_replication_role = replica;
    create temp table base_entry as select * from catalog.entry; create temp table base_item as select * from catalog.item`)
  const { rows } = await client.query<{ count: number }>('select count(*)::integer as count from base_entry')
  const copies = Math.ceil(size / rows[0]!.count) - 1
  for (let number = 1; number <= copies; number += 1) await copy(client, number)
  await client.query(`
    delete from catalog.item where resource_id in (select resource_id from catalog.entry offset ${size});
    delete from catalog.entry where resource_id in (select resource_id from catalog.entry offset ${size})`)
}

/** `size` entries: the demo province by the real import, multiplied; a person to search as. */
export const fill = async (house: OpenHouse, client: pg.ClientBase, size: number): Promise<number> => {
  await loadReference(house, () => undefined)
  const ctx = await seedCtx(house)
  const rows = Array.from(demoResources(), ({ key, compiled_on, ...draft }) => ({
    key,
    draft,
    published_on: compiled_on,
  }))
  const startedAt = performance.now()
  const { published, refused } = await importPublished(ctx, rows)
  const perSecond = (published.length / (performance.now() - startedAt)) * 1000
  if (refused.length > 0) throw new Error(`the import refused ${refused.length} entries`)
  await multiply(client, size)
  await client.query('vacuum analyze')
  const roles = [{ role: 'consumer', organ_id: POLICE }] as const
  await importPeople(ctx, [{ username: USERNAME, name: '测试', organ_id: POLICE, password: PASSWORD, roles }])
  return perSecond
}
