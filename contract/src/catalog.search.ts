import * as t from 'typebox'
import { QUALITY_LEVELS } from './catalog.quality.ts'
import { SHARE_TYPES } from './catalog.resource.ts'
import { endpoint } from './endpoint.ts'
import { ById, coded, Id, IsoDate, input, nullable } from './values.ts'

export const SEARCH_ORDERS = coded({ relevance: '相关度', newest: '最近发布', name: '名称' })

/** How the words were met: all of them, most of them, by pinyin, with one character read otherwise, by code, or no words given. */
export const MATCHES = coded({
  every: '全部',
  all: '全部词',
  partial: '部分词',
  pinyin: '拼音',
  typo: '近似',
  code: '代码',
  none: '无',
})

export const FACETS = coded({
  provider: '提供部门',
  region: '地区',
  class: '分类',
  share_type: '共享类型',
  open_type: '开放属性',
  format: '格式',
  update_cycle: '更新周期',
  attached: '挂接',
  quality: '质量级',
})

/** Data seen to be as new as the update cycle promises, or older (C14); unseen where nothing is attached that could tell. */
export const TIMELINESS = coded({ on_time: '按期', overdue: '逾期', unseen: '未见数据' })

const codes = (max: number) => t.Optional(t.Array(t.String({ minLength: 1, maxLength: max }), { maxItems: 50 }))

export const SEARCH_FILTERS = {
  q: t.Optional(t.String({ maxLength: 200 })),
  /** Organ ids; an organ's whole subtree counts. */
  provider: codes(10),
  /** Division codes, six digits; a prefecture covers its counties. */
  region: codes(6),
  /** Class codes of any level; a node covers everything below it. */
  class: codes(24),
  share_type: codes(64),
  open_type: codes(64),
  format: codes(64),
  update_cycle: codes(64),
  /** `api`, `table`, `file`, `push`; `none`: not attached. */
  attached: codes(16),
  /** `A` to `D`; `none`: not judged yet. */
  quality: codes(8),
}

/** The ways in which a word may be met besides standing there as it was typed. */
export const HOWS = coded({
  itself: '原词',
  beginning: '词头',
  synonym: '同义词',
  organ: '部门名称',
  place: '地区',
  pinyin: '拼音',
  initials: '首字母',
  homophone: '同音字',
  typo: '改一字',
})

/** How a query was understood. */
export const SearchReading = t.Object({
  words: t.Array(
    t.Object({
      text: t.String(),
      /** A word like 信息 counts for little and may be missing. */
      is_general: t.Boolean(),
      ways: t.Array(t.Object({ how: HOWS.schema, text: t.String() })),
    }),
  ),
  /** What people say around what they look for: 哪里、有没有. Not searched. */
  dropped: t.Array(t.String()),
})
export type SearchReading = t.Static<typeof SearchReading>

export const SearchHit = t.Object({
  resource_id: Id,
  code: t.String(),
  name: t.String(),
  summary: t.String(),
  provider_organ_id: t.String(),
  provider_name: t.String(),
  division_code: t.String(),
  class_code: t.String(),
  class_title: t.String(),
  share_type: SHARE_TYPES.schema,
  open_type: t.String(),
  format_category: t.String(),
  format_type: t.String(),
  update_cycle: t.String(),
  attached_methods: t.Array(t.String()),
  item_count: t.Integer(),
  version: t.Integer(),
  published_on: IsoDate,
  quality_level: nullable(QUALITY_LEVELS.schema),
  /** Newest day of data that a feed has seen. */
  updated_on: nullable(IsoDate),
  timeliness: TIMELINESS.schema,
  /** Grants in force. */
  grant_count: t.Integer(),
  /** Last day somebody called it or took delivery. */
  used_on: nullable(IsoDate),
  /** False where only most of the words stand in it. */
  holds_all: t.Boolean(),
  matched_items: t.Array(
    t.Object({ item_id: Id, name: t.String(), name_en: t.String(), share_type: SHARE_TYPES.schema }),
  ),
})
export type SearchHit = t.Static<typeof SearchHit>

export const Facet = t.Object({
  facet: FACETS.schema,
  values: t.Array(t.Object({ code: t.String(), title: t.String(), count: t.Integer(), is_chosen: t.Boolean() })),
})
export type Facet = t.Static<typeof Facet>

export const SearchResult = t.Object({
  rows: t.Array(SearchHit),
  next: nullable(t.String()),
  total: t.Integer(),
  match: MATCHES.schema,
  /** What to highlight. */
  terms: t.Array(t.String()),
  reading: SearchReading,
  facets: t.Array(Facet),
  /** Nearest words when nothing was found. */
  nearest: t.Array(t.String()),
  /** When filters leave nothing: how many there would be without each of them. */
  without: t.Array(t.Object({ facet: FACETS.schema, total: t.Integer() })),
})
export type SearchResult = t.Static<typeof SearchResult>

export const search = endpoint({
  method: 'GET',
  path: '/catalog/search',
  permission: 'catalog.resource.read',
  summary: '检索已发布目录：词语、拼音、首字母、代码前缀、信息项名；分面带计数（同一分面内多选为“或”，分面之间为“且”）',
  query: input({
    ...SEARCH_FILTERS,
    order: t.Optional(SEARCH_ORDERS.schema),
    after: t.Optional(t.String({ maxLength: 512 })),
    limit: t.Optional(t.Integer({ minimum: 1, maximum: 50, default: 10 })),
  }),
  response: SearchResult,
})

export const Explanation = t.Object({
  reading: SearchReading,
  /** Place among the hits without filters, from 1; `null`: not found by these words. */
  place: nullable(t.Integer()),
  total: t.Integer(),
  score: t.Number(),
  words: t.Array(
    t.Object({
      text: t.String(),
      /** How rare the word is, which is how much it says. */
      rarity: t.Number(),
      ways: t.Array(
        t.Object({
          how: HOWS.schema,
          text: t.String(),
          factor: t.Number(),
          /** Share of the word that stands in the entry, by rarity. */
          share: t.Number(),
          score: t.Number(),
          grams: t.Array(t.Object({ gram: t.String(), rarity: t.Number(), fields: t.Array(t.String()) })),
        }),
      ),
    }),
  ),
  /** What the score is made of; adds up to it. */
  parts: t.Array(t.Object({ title: t.String(), score: t.Number() })),
})
export type Explanation = t.Static<typeof Explanation>

export const explainHit = endpoint({
  method: 'GET',
  path: '/catalog/resources/:id/explain',
  permission: 'catalog.resource.publish',
  summary: '为什么排在这里：检索词怎样被理解、在哪些字段命中、得分由哪些部分组成',
  params: ById,
  query: input({ q: t.String({ minLength: 1, maxLength: 200 }) }),
  response: Explanation,
})

export const SUGGESTION_KINDS = coded({ resource: '资源', item: '信息项', organ: '部门', class: '分类' })

export const suggest = endpoint({
  method: 'GET',
  path: '/catalog/suggest',
  permission: 'catalog.resource.read',
  summary: '输入提示：资源、信息项、部门、分类',
  query: input({ q: t.String({ minLength: 1, maxLength: 50 }) }),
  response: t.Array(
    t.Object({
      kind: SUGGESTION_KINDS.schema,
      /** resource_id, organ_id, class code; for an item its name. */
      id: t.String(),
      text: t.String(),
      hint: t.String(),
    }),
  ),
})

export const ItemHolder = t.Object({
  item_id: Id,
  item_name: t.String(),
  resource_id: Id,
  resource_code: t.String(),
  resource_name: t.String(),
  provider_organ_id: t.String(),
  provider_name: t.String(),
  share_type: SHARE_TYPES.schema,
  /** In a base-class resource: this is where the item is to be had from (一数一源). */
  is_base: t.Boolean(),
})
export type ItemHolder = t.Static<typeof ItemHolder>

export const listHolders = endpoint({
  method: 'POST',
  path: '/catalog/item-holders',
  permission: 'catalog.resource.read',
  summary: '一数一源：同样的信息项已由哪些部门的哪些资源提供（每项至多五个，基础类在前）',
  body: input({
    items: t.Array(input({ name: t.String({ maxLength: 500 }), name_en: t.Optional(t.String({ maxLength: 128 })) }), {
      maxItems: 300,
    }),
    /** The entry being compiled, which is not its own duplicate. */
    resource_id: t.Optional(nullable(Id)),
  }),
  response: t.Object({
    holders: t.Array(ItemHolder),
    /** Entries that hold most of the items given: probably the same data. */
    overlaps: t.Array(
      t.Object({
        resource_id: Id,
        code: t.String(),
        name: t.String(),
        provider_organ_id: t.String(),
        provider_name: t.String(),
        shared_count: t.Integer(),
        item_count: t.Integer(),
      }),
    ),
  }),
})

export const exportResource = endpoint({
  method: 'GET',
  path: '/catalog/resources/:id/export',
  permission: 'catalog.resource.read',
  summary: '已发布条目的 JSON-LD（DCAT）',
  params: ById,
  response: t.String(),
  produces: 'application/ld+json; charset=utf-8',
})

/** Words that mean the same to whoever searches: 社保、社会保险. */
export const SynonymGroup = input({
  words: t.Array(t.String({ minLength: 2, maxLength: 30, pattern: '^\\S+$' }), {
    minItems: 2,
    maxItems: 12,
    uniqueItems: true,
  }),
})

export const listSynonyms = endpoint({
  method: 'GET',
  path: '/catalog/synonyms',
  permission: 'catalog.standard.read',
  summary: '检索用的同义词组',
  response: t.Array(t.Object({ words: t.Array(t.String()) })),
})

export const replaceSynonyms = endpoint({
  method: 'PUT',
  path: '/catalog/synonyms',
  permission: 'catalog.resource.publish',
  summary: '维护同义词组（整体替换）',
  body: input({ groups: t.Array(SynonymGroup, { maxItems: 500 }) }),
  response: t.Array(t.Object({ words: t.Array(t.String()) })),
})
