/** Words of a form as those of an address are read: what is given several times is a list. */
export const wordsOf = (pairs: URLSearchParams): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    [...new Set(pairs.keys())].map((name) => {
      const all = pairs.getAll(name)
      return [name, all.length === 1 ? all[0] : all]
    }),
  )

/** JSON that `curl -d '{…}'` calls a form, its name escaped or not; `undefined` where it is a form indeed. */
export const jsonInForm = (text: string): string | undefined => {
  if (text.startsWith('{')) return text
  const [[name, value] = ['', '?'], second] = new URLSearchParams(text)
  return !second && name.trim().startsWith('{') && /^1?$/.test(value) ? name : undefined
}
