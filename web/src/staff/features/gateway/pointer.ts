const unescapeToken = (token: string): string => token.replaceAll('~1', '/').replaceAll('~0', '~')

/** The value at a JSON pointer (RFC 6901), as the gateway reads it; absent is `undefined`. */
export const atPointer = (value: unknown, pointer: string): unknown => {
  let at = value
  for (const token of pointer.split('/').slice(1).map(unescapeToken)) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, token)) return undefined
    at = (at as Record<string, unknown>)[token]
  }
  return at
}

/** The records in a provider's answer: a list, one object as a list of one, nothing for `null`; `undefined` where there is none. */
export const rowsAt = (answer: unknown, pointer: string): Record<string, unknown>[] | undefined => {
  const found = atPointer(answer, pointer)
  if (found === null) return []
  if (Array.isArray(found)) return found.every((row) => typeof row === 'object' && row !== null) ? found : undefined
  return typeof found === 'object' ? [found as Record<string, unknown>] : undefined
}
