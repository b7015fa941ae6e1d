/** Answers kept by name, the least recently asked for given up first; who asks while one is made waits for the same one. */
export const makeKept = <T>(most: number) => {
  const kept = new Map<string, Promise<T>>()
  return (name: string, make: () => Promise<T>): Promise<T> => {
    const known = kept.get(name)
    const answer = known ?? make()
    kept.delete(name)
    kept.set(name, answer)
    if (!known) answer.catch(() => kept.get(name) === answer && kept.delete(name))
    if (kept.size > most) kept.delete(kept.keys().next().value!)
    return answer
  }
}
