import type { Dialects } from '../dialects.js';

const notedMax = 50;
const nameLengthMax = 200;

/** How values are read, and which names were passed over: an operator is told these, the client is not refused for them. */
export class ReadContext {
  private readonly passedOver = new Set<string>();

  constructor(readonly dialects: Dialects) {}

  ignore(name: string): void {
    if (this.passedOver.size < notedMax) this.passedOver.add(name.slice(0, nameLengthMax));
  }

  get ignored(): readonly string[] {
    return [...this.passedOver];
  }
}
