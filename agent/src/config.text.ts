/** One `name = value` line, and where it stands. */
export interface Setting {
  readonly name: string
  readonly value: string
  readonly line: number
}

/** `[connection 人口库]` and the lines below it; the lines above the first section stand under the empty kind. */
export interface Section {
  readonly kind: string
  readonly name: string
  readonly line: number
  readonly settings: Setting[]
}

export interface TextFault {
  readonly line: number
  readonly message: string
}

const HEAD = /^\[\s*(\S+)\s*(.*?)\s*\]$/

/**
 * The configuration's own form, because an officer edits it by hand: sections, `name = value`, comments on lines of
 * their own. A value is what stands behind the first `=`, trimmed; nothing is quoted and nothing escaped.
 */
export const parseText = (text: string): { sections: Section[]; faults: TextFault[] } => {
  const sections: Section[] = [{ kind: '', name: '', line: 0, settings: [] }]
  const faults: TextFault[] = []
  text.split(/\r\n|\n|\r/).forEach((raw, index) => {
    const line = index + 1
    const written = raw.replace(/^\uFEFF/, '').trim()
    if (written === '' || written.startsWith('#')) return
    const head = HEAD.exec(written)
    if (head) {
      sections.push({ kind: head[1] as string, name: head[2] as string, line, settings: [] })
      return
    }
    const at = written.indexOf('=')
    if (at < 1) faults.push({ line, message: `看不懂“${written}”:应为“名称 = 值”,注释以 # 开头单独成行` })
    else {
      const setting = { name: written.slice(0, at).trim(), value: written.slice(at + 1).trim(), line }
      sections.at(-1)?.settings.push(setting)
    }
  })
  return { sections, faults }
}
