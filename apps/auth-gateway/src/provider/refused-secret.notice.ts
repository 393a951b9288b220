import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

const onceInMs = 60_000;

/**
 * Jira shows our OP a secret that is not ours: it was told another by a second installation, or the database comes from
 * a backup. Jira does not say what it knows, so this is the only sign; the console tells it again. Anybody can show a
 * wrong secret, so a sign is given once a minute and starts nothing else.
 */
@Injectable()
export class RefusedSecretNotice {
  private givenAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly dataSource: DataSource) {}

  give(): void {
    if (performance.now() - this.givenAt < onceInMs) return;
    this.givenAt = performance.now();
    // What cannot be said now is said at the next refusal.
    this.dataSource.query(`select pg_notify('gatehouse_registration', 'secret-refused')`).catch(() => undefined);
  }
}
