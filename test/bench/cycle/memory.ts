import { setTimeout as delay } from 'node:timers/promises';
import type { Measured } from '../login/processes.js';

const everyMs = 500;

/** How much memory each service has of its own (PSS), at most: looked at again and again until it is stopped. */
export class MemoryWatch<Name extends string> {
  readonly most = new Map<Name, number>();
  private isOver = false;

  constructor(private readonly services: ReadonlyMap<Name, Measured>) {}

  async run(): Promise<void> {
    while (!this.isOver) {
      for (const [name, service] of this.services) {
        const bytes = service.pssBytes() ?? (await service.usage()).rssBytes;
        this.most.set(name, Math.max(bytes, this.most.get(name) ?? 0));
      }
      await delay(everyMs);
    }
  }

  stop(): void {
    this.isOver = true;
  }
}
