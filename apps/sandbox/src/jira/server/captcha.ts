import { foldName } from '../data/fold-name.js';
import type { SwitchBoard } from '../switches.js';

/** Wrong passwords in a row, by username. Whoever has too many is refused with the right one too. */
export class Captcha {
  private readonly failed = new Map<string, number>();

  constructor(private readonly switches: SwitchBoard) {}

  isDue(username: string): boolean {
    const { captchaAfter } = this.switches.now;
    return captchaAfter !== null && (this.failed.get(foldName(username)) ?? 0) >= captchaAfter;
  }

  wrong(username: string): void {
    this.failed.set(foldName(username), (this.failed.get(foldName(username)) ?? 0) + 1);
  }

  /** A login with the right password before it is due, or an administrator's reset. */
  clear(username: string): void {
    this.failed.delete(foldName(username));
  }

  clearAll(): void {
    this.failed.clear();
  }
}
