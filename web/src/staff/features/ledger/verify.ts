import type { Checkpoint, ConsistencyProof, InclusionProof } from '@sanjiang/contract/ledger'
import {
  checkpointHash,
  checkpointMessage,
  fromHex,
  type Checkpoint as Head,
  hex,
  judgeSignatures,
  leafHash,
  parseCanonical,
  parseEntry,
  pureHasher,
  pureSignatureCheck,
  readCheckpoint,
  type Signature,
  type SignatureState,
  type Trust,
  utf8,
  verifyConsistency,
  verifyInclusion,
} from '@sanjiang/seal'

/** One thing that was checked, with the numbers it was checked by. */
export interface Step {
  readonly title: string
  readonly ok: boolean
  /** What it means, in a sentence. */
  readonly says: string
  readonly numbers: readonly (readonly [label: string, value: string])[]
}

export interface EntryText {
  readonly log_id: string
  readonly seq: number
  /** What the list shows, or what a kept receipt says. */
  readonly leaf: string
  readonly body: string
  readonly hash_alg: string
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const hasherOf = (alg: string) => pureHasher(alg as 'sha256' | 'sm3')

const leafStep = ({ leaf, body, hash_alg }: EntryText): { step: Step; computed: string } => {
  const computed = hex(leafHash(hasherOf(hash_alg), utf8(body)))
  const ok = computed === leaf
  return {
    computed,
    step: {
      title: '原文的杂凑',
      ok,
      says: ok ? '由原文逐字节算出的叶杂凑，与账本所列一致。' : '由原文算出的叶杂凑与账本所列不符：原文或叶被改动。',
      numbers: [
        ['原文', `${utf8(body).length} 字节`],
        [`${hash_alg === 'sm3' ? 'SM3' : 'SHA-256'}(0x00 ‖ 原文)`, computed],
        ['账本所列', leaf],
      ],
    },
  }
}

const placeStep = ({ log_id, seq, body }: EntryText): Step => {
  const title = '条目自述的位置'
  try {
    const said = parseEntry(body)
    const ok = said.log_id === log_id && said.seq === seq
    return {
      title,
      ok,
      says: ok ? '原文自己写明它属于这个日志、是这一条。' : '原文自述的位置与所查的不同：条目被调换或重新编号。',
      numbers: [
        ['自述', `${said.log_id} 第 ${said.seq} 条`],
        ['所查', `${log_id} 第 ${seq} 条`],
      ],
    }
  } catch (error) {
    return { title, ok: false, says: `原文不是台账条目：${reasonOf(error)}`, numbers: [] }
  }
}

const inclusionStep = (proof: InclusionProof, leaf: string): Step => {
  const ok = verifyInclusion(hasherOf(proof.hash_alg), {
    leaf: fromHex(leaf),
    index: proof.seq,
    size: proof.size,
    proof: proof.path.map(fromHex),
    root: fromHex(proof.root),
  })
  return {
    title: '包含证明',
    ok,
    says: ok
      ? `从这片叶起，与 ${proof.path.length} 个兄弟节点逐层相杂凑，恰得 ${proof.size} 条日志的树根。`
      : '由这片叶和证明路径算不出树根：条目不在所签署的日志里，或已被改动。',
    numbers: [
      ['位置', `第 ${proof.seq} 条，共 ${proof.size} 条`],
      ['路径', `${proof.path.length} 个节点`],
      ['树根', proof.root],
    ],
  }
}

/** The checkpoint's own text, read strictly; what it says is believed only once its signature holds. */
const readBody = (checkpoint: Checkpoint): Head =>
  readCheckpoint(parseCanonical(checkpoint.body) as Record<string, unknown>)

const headStep = (checkpoint: Checkpoint, log: { log_id: string; size: number; root: string }): Step => {
  const title = '检查点写明此树根'
  try {
    const said = readBody(checkpoint)
    const head = said.heads.find(({ log_id }) => log_id === log.log_id)
    const hash = checkpointHash(hasherOf(said.hash_alg), said)
    const ok =
      head?.size === log.size && head.root === log.root && hash === checkpoint.hash && said.no === checkpoint.no
    return {
      title,
      ok,
      says: ok
        ? `第 ${said.no} 号检查点写明：此日志有 ${log.size} 条，树根如上。`
        : '检查点所写的条数、树根或其自身杂凑与证明不符。',
      numbers: [
        ['检查点', `第 ${said.no} 号，${said.at}`],
        ['所写条数', head ? `${head.size}` : '未列此日志'],
        ['所写树根', head?.root ?? '—'],
        ['检查点杂凑', hash],
      ],
    }
  } catch (error) {
    return { title, ok: false, says: `检查点原文不合规范：${reasonOf(error)}`, numbers: [] }
  }
}

const SIGNATURE_SAYS: Record<SignatureState, string> = {
  valid: '签名成立，出自所信任的节点密钥。',
  wrong: '签名不成立：检查点系伪造，或签后被改动。',
  out_of_term: '签名所用密钥不在有效期内。',
  unknown_key: '签名出自未知密钥：密钥被更换，或检查点系伪造。',
}

const signatureStep = async (checkpoint: Checkpoint, trust: Trust): Promise<Step> => {
  const title = '检查点的签名'
  try {
    const said = readBody(checkpoint)
    const judged = await judgeSignatures(
      { message: checkpointMessage(said), at: said.at, signatures: checkpoint.signatures as readonly Signature[] },
      trust.keys,
      pureSignatureCheck,
    )
    const node = judged.find(({ role, state }) => role === 'node' && state === 'valid') ?? judged[0]
    const isOurs = said.node_id === trust.node_id
    const ok = node?.state === 'valid' && node.role === 'node' && isOurs
    return {
      title,
      ok,
      says: isOurs
        ? SIGNATURE_SAYS[node?.state ?? 'unknown_key']
        : `检查点出自节点 ${said.node_id}，所信任的是 ${trust.node_id}。`,
      numbers: [
        ['节点', said.node_id],
        ...judged.map(
          ({ key_id, state }, at) => [`密钥 ${key_id}`, `${checkpoint.signatures[at]?.alg} ${state}`] as const,
        ),
      ],
    }
  } catch (error) {
    return { title, ok: false, says: `无法验签：${reasonOf(error)}`, numbers: [] }
  }
}

/** The state shown must not be older than, or differ from, what this browser has seen before. */
const seenStep = (checkpoint: Checkpoint, trust: Trust, seenAgain: Checkpoint | undefined): Step => {
  const seen = trust.last_seen
  const title = '与上次所见相承'
  if (!seen)
    return { title, ok: true, says: '这是本浏览器第一次见到这本账，记下这个检查点，以后不得倒退。', numbers: [] }
  const isOlder = checkpoint.no < seen.no && !seenAgain
  const again = seenAgain ? hashOf(seenAgain) : seen.hash
  const isSame = again === seen.hash
  const ok = isSame && !isOlder
  return {
    title,
    ok,
    says: ok
      ? `上次见到第 ${seen.no} 号检查点；它仍在链上，杂凑未变。`
      : isSame
        ? `上次已见到第 ${seen.no} 号，现在只拿得出第 ${checkpoint.no} 号：状态被回退。`
        : `第 ${seen.no} 号检查点与上次所见不同：历史分叉。`,
    numbers: [
      ['上次所见', `第 ${seen.no} 号 ${seen.hash}`],
      ['现在的同号', again],
    ],
  }
}

const hashOf = (checkpoint: Checkpoint): string => {
  try {
    const said = readBody(checkpoint)
    return checkpointHash(hasherOf(said.hash_alg), said)
  } catch {
    return '不合规范'
  }
}

interface Judged {
  readonly trust: Trust
  /** The checkpoint of `trust.last_seen.no` as the node shows it now; undefined when it has none. */
  readonly seenAgain?: Checkpoint
}

/** Everything an entry must satisfy, in the order in which an auditor would go. */
export const verifyEntry = async (
  entry: EntryText,
  proof: InclusionProof,
  { trust, seenAgain }: Judged,
): Promise<readonly Step[]> => {
  const { step, computed } = leafStep(entry)
  const asked = { ...proof, seq: entry.seq, log_id: entry.log_id }
  return [
    step,
    placeStep(entry),
    inclusionStep(asked, computed),
    headStep(proof.checkpoint, asked),
    await signatureStep(proof.checkpoint, trust),
    seenStep(proof.checkpoint, trust, seenAgain),
  ]
}

export interface TwoHeads {
  readonly log_id: string
  readonly from: Checkpoint
  readonly to: Checkpoint
}

const headIn = (checkpoint: Checkpoint, log_id: string) =>
  readBody(checkpoint).heads.find((head) => head.log_id === log_id)

/** That the log at the later checkpoint only added to what it was at the earlier one; both roots as signed, not as told. */
export const verifyGrowth = async (
  heads: TwoHeads,
  proof: ConsistencyProof,
  trust: Trust,
): Promise<readonly Step[]> => {
  const first = headIn(heads.from, heads.log_id)
  const second = headIn(heads.to, heads.log_id)
  const ok =
    first !== undefined &&
    second !== undefined &&
    verifyConsistency(hasherOf(proof.hash_alg), {
      first: { size: first.size, root: fromHex(first.root) },
      second: { size: second.size, root: fromHex(second.root) },
      proof: proof.path.map(fromHex),
    })
  return [
    { ...(await signatureStep(heads.from, trust)), title: `第 ${heads.from.no} 号检查点的签名` },
    { ...(await signatureStep(heads.to, trust)), title: `第 ${heads.to.no} 号检查点的签名` },
    {
      title: '一致证明',
      ok,
      says: ok
        ? `前 ${first.size} 条一条未改、一条未少，其后只是新增了 ${second.size - first.size} 条。`
        : '较短的日志不是较长者的前缀：历史被改写。',
      numbers: [
        ['先', `${first?.size ?? '—'} 条 ${first?.root ?? ''}`],
        ['后', `${second?.size ?? '—'} 条 ${second?.root ?? ''}`],
        ['路径', `${proof.path.length} 个节点`],
      ],
    },
  ]
}
