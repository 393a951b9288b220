import type { Logger } from '@gatehouse/telemetry';

/** What was opened is closed in the opposite order, once, even if one of them fails. */
export class Closing {
  private readonly steps: { name: string; close: () => Promise<void> }[] = [];
  private closed: Promise<void> | undefined;

  constructor(private readonly logger: Logger) {}

  add(name: string, close: () => Promise<void>): void {
    this.steps.push({ name, close });
  }

  close(): Promise<void> {
    this.closed ??= this.closeAll();
    return this.closed;
  }

  private async closeAll(): Promise<void> {
    for (const { name, close } of this.steps.reverse()) {
      try {
        await close();
      } catch (error) {
        // The remaining parts must be closed all the same: the embedded server is the last of them.
        this.logger.error({ err: error, part: name }, 'a part did not close cleanly');
      }
    }
  }
}
