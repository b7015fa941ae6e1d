import * as t from 'typebox'
import {
  ADAPTER_KINDS,
  Binding,
  DATA_TYPES,
  DRIFT_KINDS,
  FEED_MODES,
  FILE_FORMATS,
  ItemName,
  QUESTION_KINDS,
  Relation,
  RUN_KINDS,
  TARGET_KINDS,
  Trouble,
} from './exchange.terms.ts'
import { RowCondition } from './sharing.terms.ts'
import { Id, Instant, nullable } from './values.ts'

/**
 * The agents' door (`EXCHANGE_PORT`): agents dial out to it, nothing dials in. Every request but enrolment and sign-in
 * carries `authorization: Bearer TOKEN`; every one may be sent again. Refusals are problem+json as everywhere.
 */
export const DOOR = {
  prefix: '/agent/v1',
  /** POST Enrolment → Enrolled */
  enrolments: '/agent/v1/enrolments',
  /** POST DoorSignIn → DoorSession */
  sessions: '/agent/v1/sessions',
  /** POST Report → Assignment; waits up to `wait_seconds` for a newer one. */
  assignment: '/agent/v1/assignment',
  /**
   * PUT frames, one after another, the first being `seq` (at most `put_max_bytes`, or one frame) → Head. Taken in order:
   * those the log has with the same digest are acknowledged, the others appended; 409 `out_of_order` when the first is
   * not at the head. An agent keeps one such request per feed under way and fills the next meanwhile.
   */
  chunk: (feedId: string, seq: number) => `/agent/v1/feeds/${feedId}/chunks/${seq}`,
  /** GET → Head. A count: the log's next chunk carries `seq === head`. */
  head: (feedId: string) => `/agent/v1/feeds/${feedId}/head`,
  /** POST Supplied (signed root over chunks the log has); told again, or overlapping what was told, it is acknowledged → Head */
  supplied: (feedId: string) => `/agent/v1/feeds/${feedId}/supplied`,
  /** POST Rejected; a row is told once per run, rule and `sealed_key` however often it arrives. */
  rejects: (feedId: string) => `/agent/v1/feeds/${feedId}/rejects`,
  /**
   * GET ?from=SEQ&run=RUN → frames with `seq >= from`, one after another, until the log's end or `frames_max_bytes`; 204
   * when there is nothing yet. `run`: the base run. A delivered header has two fields more: `subscription_id`, and
   * `after`, the seq of the frame delivered before it (−1 for the first behind a base run's `begin` or a rewind): a
   * reader that stands elsewhere has missed one.
   */
  frames: (subscriptionId: string) => `/agent/v1/subscriptions/${subscriptionId}/frames`,
  /** POST Accepted (signed root) */
  accepted: (subscriptionId: string) => `/agent/v1/subscriptions/${subscriptionId}/accepted`,
  /** POST Answer */
  answer: (questionId: string) => `/agent/v1/questions/${questionId}/answer`,
  /**
   * Files as they are (ADR 0004). A provider's agent asks which parts the centre lacks (POST Digests → Digests), PUTs those
   * (`u32 length ‖ SHA-256 ‖ bytes` one after another, the recipe among them), and closes the file (POST FileLine → {}; 409
   * `parts_missing` when some are not there). Each may be said again.
   */
  partsMissing: (feedId: string) => `/agent/v1/feeds/${feedId}/parts/missing`,
  parts: (feedId: string) => `/agent/v1/feeds/${feedId}/parts`,
  file: (feedId: string, recipe: string) => `/agent/v1/feeds/${feedId}/files/${recipe}`,
  /**
   * GET → the recipe; with ?from=PART&count=N → those parts (`u32 length ‖ bytes`), at most `frames_max_bytes`. Answered when a row
   * with this recipe is visible under the grant as it is now.
   */
  fetch: (subscriptionId: string, recipe: string) => `/agent/v1/subscriptions/${subscriptionId}/files/${recipe}`,
  /** POST Digests of recipes → {}: these files are whole at the consumer, so they may go when everybody has them. */
  fetched: (subscriptionId: string) => `/agent/v1/subscriptions/${subscriptionId}/fetched`,
  session_seconds: 900,
  clock_skew_seconds: 300,
  max_frame_bytes: 34 * 1_048_576,
  frames_max_bytes: 16 * 1_048_576,
  put_max_bytes: 16 * 1_048_576,
} as const

/** Text an agent signs; one per act, so that no signature can be used for another. */
export const doorText = {
  enrol: (token: string, publicKey: string) => `sanjiang-agent-enrol\n${token}\n${publicKey}`,
  signIn: (one: { agent_id: string; epoch: number; proposal: string; created: number }) =>
    `sanjiang-agent-sign-in\n${one.agent_id}\n${one.epoch}\n${one.proposal}\n${one.created}`,
  /** `root`: RFC 6962 root over the digests of chunks `from`…`to`, hex. */
  supplied: (one: { feed_id: string; from: number; to: number; root: string }) =>
    `sanjiang-chunks-supplied\n${one.feed_id}\n${one.from}\n${one.to}\n${one.root}`,
  accepted: (one: { subscription_id: string; from: number; to: number; root: string }) =>
    `sanjiang-chunks-accepted\n${one.subscription_id}\n${one.from}\n${one.to}\n${one.root}`,
} as const

const Hex = (bytes: number) => t.String({ pattern: `^[0-9a-f]{${bytes * 2}}$` })
const Signature = t.String({ maxLength: 200 })
const Seq = t.Integer({ minimum: 0 })

/** `public_key`: Ed25519, raw 32 bytes, base64. */
export const Enrolment = t.Object({
  token: t.String({ minLength: 20, maxLength: 200 }),
  public_key: t.String({ maxLength: 100 }),
  signature: Signature,
  version: t.String({ maxLength: 64 }),
})
export const Enrolled = t.Object({
  agent_id: Id,
  organ_id: t.String(),
  organ_name: t.String(),
  name: t.String(),
  epoch: t.Integer(),
})

export const DoorSignIn = t.Object({
  agent_id: Id,
  /** The epoch held; the answer's is the one from now on, and what chunk headers carry (an older one from the spool is fine). */
  epoch: t.Integer({ minimum: 0 }),
  /** A process makes one and repeats it to renew its session. Written to disk before it is sent; the same proposal gets the same answer again. */
  proposal: t.String({ minLength: 16, maxLength: 64 }),
  created: t.Integer(),
  version: t.String({ maxLength: 64 }),
  signature: Signature,
})
export const DoorSession = t.Object({ token: t.String(), epoch: t.Integer(), expires_at: Instant })

export const WantedItem = t.Object({
  item: ItemName,
  data_type: DATA_TYPES.schema,
  length: nullable(t.Integer()),
  is_key: t.Boolean(),
  is_required: t.Boolean(),
  /** No two rows of a snapshot may have the same value. */
  is_unique: t.Optional(t.Boolean()),
  /** Check algorithm of the item's data element: `citizen_id`, `credit_code`, …; null for none. */
  check: nullable(t.String()),
  /** Code list and bounds of the data element, where it has them; bounds are canonical text, both included. */
  codes: t.Optional(t.Array(t.String())),
  min: t.Optional(t.String()),
  max: t.Optional(t.String()),
  mask_rule: t.String(),
})
export type WantedItem = t.Static<typeof WantedItem>

/** A feed as the agent shall read it. `bindings` holds the union of what grants need, in the order of the lines. */
export const WantedFeed = t.Object({
  feed_id: Id,
  version: t.Integer(),
  connection: t.String(),
  relation: t.String(),
  bindings: t.Array(Binding),
  items: t.Array(WantedItem),
  mode: FEED_MODES.schema,
  cursor_item: nullable(ItemName),
  /** Its column, which orders the reading even where nobody is granted the item. */
  cursor_column: t.Optional(nullable(t.String())),
  interval_seconds: t.Integer(),
  reject_threshold: t.Number(),
  is_reading: t.Boolean(),
  /** Runs ordered and not finished, oldest first; a `changes` run never finishes. */
  runs: t.Array(
    t.Object({
      run_id: Id,
      kind: RUN_KINDS.schema,
      after: nullable(t.String()),
      keys: t.Optional(t.Array(t.String())),
    }),
  ),
  head: Seq,
})
export type WantedFeed = t.Static<typeof WantedFeed>

/** Which items of the rows say a file's path, content, size and time; null where the grant does not give it unmasked. */
export const FileRoles = t.Object({
  path: nullable(ItemName),
  content: nullable(ItemName),
  size: nullable(ItemName),
  modified: nullable(ItemName),
})
export type FileRoles = t.Static<typeof FileRoles>

export const WantedLoad = t.Object({
  subscription_id: Id,
  grant_id: Id,
  feed_id: Id,
  base_run_id: Id,
  target_kind: TARGET_KINDS.schema,
  connection: t.String(),
  target: t.String(),
  may_create: t.Boolean(),
  file_format: nullable(FILE_FORMATS.schema),
  columns: t.Array(
    t.Object({ name: t.String(), title: t.String(), data_type: DATA_TYPES.schema, length: nullable(t.Integer()) }),
  ),
  key: t.Array(t.String()),
  /** Where the feed's rows are files as they are. */
  file_roles: t.Optional(FileRoles),
  is_loading: t.Boolean(),
  /** Grows when the consumer asks to rewind or start over: the stored offset is then set aside. */
  generation: t.Integer(),
  from_seq: Seq,
  head: Seq,
})
export type WantedLoad = t.Static<typeof WantedLoad>

export const Question = t.Object({
  question_id: Id,
  kind: QUESTION_KINDS.schema,
  connection: t.String(),
  body: t.Unknown(),
})
export type Question = t.Static<typeof Question>

export const Assignment = t.Object({
  version: t.String(),
  feeds: t.Array(WantedFeed),
  loads: t.Array(WantedLoad),
  questions: t.Array(Question),
})
export type Assignment = t.Static<typeof Assignment>

/** What the agent knows of itself, sent with every poll. */
export const Report = t.Object({
  have: nullable(t.String()),
  wait_seconds: t.Integer({ minimum: 0, maximum: 50 }),
  backlog_bytes: t.Integer(),
  connections: t.Array(
    t.Object({
      name: t.String({ maxLength: 64 }),
      kind: ADAPTER_KINDS.schema,
      can_read: t.Boolean(),
      can_write: t.Boolean(),
      trouble: nullable(Trouble),
    }),
    { maxItems: 100 },
  ),
  feeds: t.Array(
    t.Object({
      feed_id: Id,
      /** Of the feed: what `trouble` and `drifts` were found under. Left out by agents that do not say. */
      version: t.Optional(t.Integer()),
      run_id: nullable(Id),
      /** Like a head: chunks read so far, those on the agent's disk among them. */
      spooled_seq: t.Integer(),
      rows: t.Integer(),
      estimated_rows: nullable(t.Integer()),
      lag_seconds: nullable(t.Number()),
      trouble: nullable(Trouble),
      /** The last increment found nothing by its cursor although the source was written to: rows it will never bring, and removals. */
      unmoved: t.Optional(nullable(t.Object({ run_id: Id, missed: t.Integer(), removed: t.Integer() }))),
      /** How the source differs from what it was when this version of the feed was first read; trouble `drift` says it blocks. */
      drifts: t.Optional(
        t.Array(
          t.Object({
            kind: DRIFT_KINDS.schema,
            item: nullable(t.String()),
            column: t.String(),
            was: t.String(),
            now: t.String(),
          }),
        ),
      ),
    }),
    { maxItems: 1000 },
  ),
  /** `offset`: the next chunk wanted. */
  loads: t.Array(
    t.Object({
      subscription_id: Id,
      offset: t.Integer(),
      trouble: nullable(Trouble),
      /** Files being fetched now: bytes there of bytes wanted. */
      files: t.Optional(t.Object({ files: t.Integer(), bytes: t.Integer(), done_bytes: t.Integer() })),
    }),
    { maxItems: 1000 },
  ),
})
export type Report = t.Static<typeof Report>

/** `digest` and `position` are the last chunk's; `supplied`: the first chunk not yet under a signed root. */
export const Head = t.Object({ head: Seq, supplied: Seq, digest: nullable(Hex(32)), position: nullable(t.String()) })
export type Head = t.Static<typeof Head>

export const Supplied = t.Object({ from: Seq, to: Seq, root: Hex(32), signature: Signature })
export const Accepted = t.Object({
  from: Seq,
  to: Seq,
  /** Root over the digests of the frames loaded, in order; frames passed over are not among them. */
  root: Hex(32),
  rows: t.Integer({ minimum: 0 }),
  signature: Signature,
  /** Lines the target refused: kept there, told here. */
  refused: t.Optional(
    t.Array(t.Object({ row_key: t.String({ maxLength: 200 }), reason: t.String({ maxLength: 500 }) }), {
      maxItems: 1000,
    }),
  ),
})
export type Accepted = t.Static<typeof Accepted>

export const Rejected = t.Object({
  run_id: Id,
  rows: t.Array(
    t.Object({
      /** Key of the row, masked by the agent. */
      row_key: t.String({ maxLength: 200 }),
      /** Full key line, sealed by the agent with its own key, so that only it can read it again for replay. */
      sealed_key: t.String({ maxLength: 2000 }),
      item: t.String({ maxLength: 128 }),
      rule: t.String({ maxLength: 64 }),
      reason: t.String({ maxLength: 500 }),
    }),
    { minItems: 1, maxItems: 1000 },
  ),
})
export type Rejected = t.Static<typeof Rejected>

/** Questions' bodies and answers by kind. `browse` → Relation[]; `describe` → Relation; `dry_run` → DryRunAnswer; … */
export const BrowseBody = t.Object({})
export const DescribeBody = t.Object({ relation: t.String() })
export const DryRunBody = t.Object({
  relation: t.String(),
  bindings: t.Array(Binding),
  items: t.Array(WantedItem),
})
export const DryRunAnswer = t.Object({
  relation: Relation,
  rows: t.Array(t.Array(nullable(t.String()))),
  quality: t.Array(
    t.Object({ item: t.String(), rule: t.String(), message: t.String(), rows: t.Integer(), example: t.String() }),
  ),
  checked_rows: t.Integer(),
})
/** A grant as the provider's own agent applies it when it hashes its source: the same enforcement as the centre's. */
export const SideProjection = t.Object({
  items: t.Array(t.Object({ name_en: t.String(), mask_rule: t.String() })),
  row_conditions: t.Array(RowCondition),
  key: t.Array(t.String()),
  /** Where the grant's lines begin with a handle: its secret, hex. Ranges are then buckets of handles, `from` and `to` both their first digits. */
  handle_secret: nullable(Hex(32)),
})
export type SideProjection = t.Static<typeof SideProjection>
export const RangesBody = t.Object({
  /** `feed` reads the source under the grant's projection; `load` reads the target as it is. */
  of: t.Unsafe<'feed' | 'load'>(t.String({ enum: ['feed', 'load'] })),
  ref: Id,
  /** Upper bounds of ranges that follow one another, or single ranges to look at again; null: the asked side chooses. */
  bounds: nullable(t.Array(t.String())),
  only: nullable(t.Array(t.Object({ from: nullable(t.String()), to: nullable(t.String()) }))),
  /** Of a `feed` also how the ranges of `only` are cut again, to close in on what differs. */
  rows_per_range: t.Integer(),
  projection: nullable(SideProjection),
  /** Rows are kept out at the border: the source's side leaves them out too. */
  has_rejects: t.Optional(t.Boolean()),
})
/** Bounds are key lines: from one (excluded) to the next (included), the last range open. */
export const RangesAnswer = t.Object({
  ranges: t.Array(t.Object({ from: nullable(t.String()), to: nullable(t.String()), rows: t.Integer(), hash: Hex(32) })),
  /** Where the source stood, when it can tell. */
  position: nullable(t.String()),
})
/** Rows of one range or by key lines → RowsAnswer; lines leave only as the hashes of both sides, never as text. */
export const RowsBody = t.Object({
  of: t.Unsafe<'feed' | 'load'>(t.String({ enum: ['feed', 'load'] })),
  ref: Id,
  from: nullable(t.String()),
  to: nullable(t.String()),
  /** Of all these ranges in one answer; without it, of the one above. */
  only: t.Optional(t.Array(t.Object({ from: nullable(t.String()), to: nullable(t.String()) }))),
  projection: nullable(SideProjection),
  has_rejects: t.Optional(t.Boolean()),
})
export const RowsAnswer = t.Object({
  /** `handle`: under a handle, what the consumer knows the row by. */
  rows: t.Array(t.Object({ key: t.String(), handle: t.Optional(t.String()), hash: Hex(32) })),
  position: nullable(t.String()),
})
export const Answer = t.Object({ value: nullable(t.Unknown()), trouble: nullable(Trouble) })

/** SHA-256 of parts, hex. */
export const Digests = t.Object({ digests: t.Array(Hex(32), { maxItems: 4096 }) })
/** The file's row as the feed's log has it, without LF: what grants are asked about. */
export const FileLine = t.Object({ items: t.Array(ItemName, { maxItems: 300 }), line: t.String({ maxLength: 65_536 }) })
