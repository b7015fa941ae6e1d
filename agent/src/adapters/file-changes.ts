import { setTimeout as sleep } from 'node:timers/promises'
import { NULL_FIELD } from '@sanjiang/seal'
import { AdapterFault, type BoundColumn, type ChangeStream, type Lines, type ReadOptions } from './adapter.ts'
import { bodiesOf } from './file-lines.ts'
import type { Manifest, ManifestFile } from './file-manifest.ts'
import type { FolderView, Shown } from './file-view.ts'

export interface ChangeStreamOptions {
  readonly view: FolderView
  readonly columns: readonly BoundColumn[]
  readonly after: string
  readonly options: ReadOptions & { readonly slot: string }
  readonly poll_seconds: number
}

const PUT = Buffer.from('+\t')

/** `-`, the key, nothing else. */
const removal = (line: Buffer, columns: readonly BoundColumn[]): Buffer => {
  const fields = line.toString('utf8', 0, line.length - 1).split('\t')
  const hasKey = columns.some(({ is_key }) => is_key)
  const kept = fields.map((field, index) => (!hasKey || columns[index]?.is_key ? field : NULL_FIELD))
  return Buffer.from(`-\t${kept.join('\t')}\n`)
}

type Walk = Generator<Shown>

/** What leads from one state of a folder to another, in key order: both are walked side by side. */
export function* differences(old: Walk, now: Walk, columns: readonly BoundColumn[]): Generator<Buffer> {
  try {
    let before = old.next()
    let after = now.next()
    while (!before.done || !after.done) {
      const isOld = !before.done && (after.done || before.value.key <= after.value.key)
      const isNew = !after.done && (before.done || after.value.key <= before.value.key)
      if (isNew && !(isOld && !before.done && !after.done && before.value.line.equals(after.value.line)))
        yield Buffer.concat([PUT, (after.value as Shown).line])
      if (isOld && !isNew) yield removal((before.value as Shown).line, columns)
      if (isOld) before = old.next()
      if (isNew) after = now.next()
    }
  } finally {
    old.return(undefined)
    now.return(undefined)
  }
}

const isSame = (a: readonly ManifestFile[], b: readonly ManifestFile[]): boolean =>
  a.length === b.length && a.every(({ path, run }, index) => path === b[index]?.path && run === b[index]?.run)

const startOf = async ({ view, after, options }: ChangeStreamOptions): Promise<Manifest> => {
  const base = view.manifests.load(after)
  if (base === null) throw new AdapterFault('stream_lost', '前置节点已没有上次读取的文件清单，需重新全量')
  // Runs lost with the agent's disk come back from files that are still the same.
  if (!view.isWhole(base.files)) await view.scan(base, options.signal)
  if (!view.isWhole(base.files)) throw new AdapterFault('stream_lost', '上次读取的文件已改动而旧内容不在，需重新全量')
  return base
}

async function* stream(given: ChangeStreamOptions): AsyncIterable<Lines> {
  const { view, columns, options, poll_seconds } = given
  let base = await startOf(given)
  view.pins.pin(options.slot, base.position)
  while (!options.signal.aborted) {
    const files = await view.scan(base, options.signal, { isPatient: true })
    if (isSame(base.files, files)) {
      await sleep(poll_seconds * 1000, undefined, { signal: options.signal }).catch(() => undefined)
      continue
    }
    const next = view.manifests.save(files, base.position)
    const known = new Set(base.files.map(({ run }) => run))
    for (const file of files) if (!known.has(file.run)) for (const row of view.unreadable(file)) options.unreadable(row)
    const bodies = bodiesOf(differences(view.walk(base.files), view.walk(files), columns), options.chunk_bytes)
    // All that a folder changed between two looks is one transaction; a reader cut off in it goes on before it.
    let held = bodies.next()
    while (!held.done) {
      const following = bodies.next()
      const tx_end = following.done === true
      // Behind the look before in all its parts: a reader whose base shows that one needs every part of this one.
      yield { ...held.value, position: next.position, tx_end }
      held = following
    }
    base = next
  }
}

/** The changes of a watched folder: what each look finds different from the last, deletes and replaced files included. */
export const changeStream = (given: ChangeStreamOptions): ChangeStream => ({
  [Symbol.asyncIterator]: () => stream(given)[Symbol.asyncIterator](),
  confirm(position) {
    const { view, options } = given
    const manifest = view.manifests.load(position)
    if (manifest === null) return
    view.pins.pin(options.slot, position)
    view.prune(manifest.files)
  },
})
