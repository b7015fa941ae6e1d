/**
 * How asking a source failed. `away`: later perhaps. `denied`: not before somebody changes something. `absent`: there is no such
 * address. `bad`: an answer came that cannot be used — a smaller question may do better.
 */
export type FailureKind = 'away' | 'denied' | 'absent' | 'bad' | 'stopped'

export class SourceFailure extends Error {
  readonly kind: FailureKind
  readonly pointer: string
  readonly excerpt: string
  readonly text: string
  constructor(
    kind: FailureKind,
    message: string,
    more: { readonly pointer?: string; readonly excerpt?: string; readonly text?: string } = {},
  ) {
    super(message)
    this.kind = kind
    this.pointer = more.pointer ?? ''
    this.excerpt = more.excerpt ?? ''
    this.text = more.text ?? ''
  }
}
