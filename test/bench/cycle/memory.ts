import { setTimeout as delay } from 'node:timers/promises';
import type { CycleInstallation, ProgramName } from './installation.js';

const everyMs = 500;

/** How much memory each service has of its own (PSS), at most: looked at again and again until it is stopped. */
export class MemoryWatch {
  readonly most = new Map<ProgramName, number>();
  private isOver = false;

  constructor(private readonly installation: CycleInstallation) {}

  async run(): Promise<void> {
    while (!this.isOver) {
      for (const [name, service] of this.installation.services) {
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
