/** Why the embedded server cannot be used, in one sentence for a person, with what to do about it. */
export class EmbeddedPostgresError extends Error {
  readonly explained = true;

  constructor(message: string, options?: { cause: unknown }) {
    super(message, options);
    this.name = 'EmbeddedPostgresError';
  }
}
