import type { FileState, Folder } from './file-folder.ts'

export class Killed extends Error {}

/** A folder whose process dies at the n-th act that changes the disk: nothing after it happens. */
export const dyingFolder = (
  folder: Folder,
  dieAt: number,
): { folder: Folder; acts: () => number; bury: () => Promise<void> } => {
  let acts = 0
  const open = new Set<{ close(): Promise<void> }>()
  const act = async <T>(one: () => Promise<T>): Promise<T> => {
    if (++acts > dieAt) throw new Killed()
    return one()
  }
  return {
    acts: () => acts,
    // What the system does for a process that was killed.
    bury: async () => void (await Promise.all([...open].map((part) => part.close()))),
    folder: {
      list: (path) => folder.list(path),
      stat: (path): Promise<FileState | null> => folder.stat(path),
      read: (path) => folder.read(path),
      localCopy: (path) => folder.localCopy(path),
      makeFolder: (path) => act(() => folder.makeFolder(path)),
      rename: (from, to) => act(() => folder.rename(from, to)),
      remove: (path) => act(() => folder.remove(path)),
      move: (from, to) => act(() => folder.move(from, to)),
      syncFolder: (path) => act(() => folder.syncFolder(path)),
      kindOf: (path) => folder.kindOf(path),
      open: async (path, way) => {
        const file = await folder.open(path, way)
        if (way === 'read') return file
        open.add(file)
        return {
          state: () => file.state(),
          read: (buffer, at) => file.read(buffer, at),
          write: (bytes, at) => act(() => file.write(bytes, at)),
          cut: (size) => act(() => file.cut(size)),
          sync: () => act(() => file.sync()),
          date: (ms) => act(() => file.date(ms)),
          close: () => {
            open.delete(file)
            return file.close()
          },
        }
      },
      removeFolder: (path) => act(() => folder.removeFolder(path)),
      replace: (path, bytes) => act(() => folder.replace(path, bytes)),
      openPart: async (path, at) => {
        const part = await act(() => folder.openPart(path, at))
        open.add(part)
        return {
          write: (bytes) => act(() => part.write(bytes)),
          cut: (size) => act(() => part.cut(size)),
          sync: () => act(() => part.sync()),
          close: () => {
            open.delete(part)
            return part.close()
          },
        }
      },
      close: () => folder.close(),
    },
  }
}
