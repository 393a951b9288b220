import type { Notifications } from '@gatehouse/database';
import type { Turns } from './turns.js';

/**
 * Hears of people who sign in before their jobs come (`SignInNotice` of the gateway), so that what nobody waits for has
 * made room by then. Each process sees only jobs of its own: beside a backlog in all of them, whoever came after a second
 * of rest waited four times as long.
 */
export class SignInWatch {
  private stopListening: () => void = () => undefined;

  constructor(
    private readonly notifications: Notifications,
    private readonly turns: Turns,
  ) {}

  async start(): Promise<void> {
    this.stopListening = await this.notifications.on('gatehouse_sign_in', () => this.turns.expectUrgent());
  }

  stop(): Promise<void> {
    this.stopListening();
    return Promise.resolve();
  }
}
