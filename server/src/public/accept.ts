/** One thing a header of preferences names, how much it is wanted, and where it stands. */
interface Wish {
  readonly name: string
  readonly weight: number
  readonly at: number
}

const MOST_READ = 500

const weightOf = (params: readonly string[]): number => {
  const text = params.find((one) => one.startsWith('q='))?.slice(2)
  const weight = text === undefined || text === '' ? 1 : Number(text)
  return weight >= 0 && weight <= 1 ? weight : 1
}

/** What `Accept` and its kin say (RFC 9110, 12.4.2); what cannot be read as a weight is wanted like all others. */
const wishesOf = (header: string | undefined): Wish[] =>
  (header ?? '')
    .slice(0, MOST_READ)
    .toLowerCase()
    .split(',')
    .map((part, at) => {
      const [name = '', ...params] = part.split(';').map((one) => one.trim())
      return { name, weight: weightOf(params), at }
    })

/** How much one of these names for the same coding is wanted; what is not named is wanted as much as anything. */
export const codingWeight = (header: string | undefined, ...names: readonly string[]): number => {
  const wishes = wishesOf(header)
  const named = wishes.find(({ name }) => names.includes(name)) ?? wishes.find(({ name }) => name === '*')
  return named?.weight ?? 0
}

/** How closely a range of media types names one: not at all, as anything, as one of its kind, by its name. */
const closeness = (range: string, media: string): number => {
  if (range === media) return 3
  if (range === `${media.split('/')[0]}/*`) return 2
  return range === '*/*' ? 1 : 0
}

interface Fit extends Wish {
  readonly close: number
}

/** The closest wish decides how much a media type is wanted, however much the others would. */
const fitOf = (wishes: readonly Wish[], media: string): Fit | undefined =>
  wishes
    .map((wish) => ({ ...wish, close: closeness(wish.name, media) }))
    .filter(({ close }) => close > 0)
    .sort((a, b) => b.close - a.close || a.at - b.at)[0]

/**
 * Of what can be sent, by its media types, what somebody would rather have: the weightiest, then what is named closest, then what
 * is named or offered first; `null` where nothing is wanted.
 */
export const preferred = <T extends string>(
  header: string | undefined,
  offers: Readonly<Record<T, readonly string[]>>,
): T | null => {
  const wishes = wishesOf(header)
  const all = Object.entries<readonly string[]>(offers)
    .flatMap(([offer, medias]) => medias.map((media) => ({ offer: offer as T, fit: fitOf(wishes, media) })))
    .filter(({ fit }) => fit !== undefined && fit.weight > 0)
    .sort((a, b) => b.fit!.weight - a.fit!.weight || b.fit!.close - a.fit!.close || a.fit!.at - b.fit!.at)
  return all[0]?.offer ?? null
}
