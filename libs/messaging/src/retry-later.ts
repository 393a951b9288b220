/** Tells the queue store when to try again. Its text is stored there, so it holds public words only. */
export class RetryLater extends Error {
  constructor(
    readonly delayMs: number,
    publicReason: string,
  ) {
    super(publicReason);
    this.name = 'RetryLater';
  }
}
