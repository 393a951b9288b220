import { Controller, Get, Header, HttpCode, Injectable, ServiceUnavailableException } from '@nestjs/common';
import { DataSource } from 'typeorm';

const databaseAnswersWithinMs = 1_000;

/** A process that is going away says so before it stops accepting, so that balancers move on first. */
@Injectable()
export class Draining {
  started = false;
}

@Controller()
export class HealthController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly draining: Draining,
  ) {}

  /** Alive: the process only. A restart cures nothing that is wrong elsewhere. */
  @Get('healthz')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  alive(): { status: 'alive' } {
    return { status: 'alive' };
  }

  /** Ready: PostgreSQL answers. Neither Jira nor the queue store counts: logins go on without them. */
  @Get('readyz')
  @Header('cache-control', 'no-store')
  async ready(): Promise<{ status: 'ready' }> {
    if (this.draining.started) throw new ServiceUnavailableException({ status: 'draining' });
    if (!(await this.databaseAnswers()))
      throw new ServiceUnavailableException({ status: 'PostgreSQL does not answer' });
    return { status: 'ready' };
  }

  private async databaseAnswers(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), databaseAnswersWithinMs);
    });
    const answer = this.dataSource.query('select 1').then(
      () => true,
      () => false,
    );
    return Promise.race([answer, late]).finally(() => clearTimeout(timer));
  }
}
