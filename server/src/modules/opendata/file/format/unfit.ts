/** What cannot be said in a format, in a sentence for the public. */
export class FormatUnfit extends Error {
  constructor(reason: string) {
    super(reason)
    this.name = 'FormatUnfit'
  }
}
