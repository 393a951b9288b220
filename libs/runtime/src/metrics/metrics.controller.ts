import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { CONFIG } from '@gatehouse/config';
import type { Config } from '@gatehouse/config';
import { databaseIsAway } from '@gatehouse/database';
import { Operations } from '@gatehouse/messaging';
import { metrics } from '@gatehouse/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';
import { DriftCounts } from './drift-counts.reader.js';
import { mayReadWithoutToken } from './may-read-metrics.js';
import { MetricsToken } from './metrics-token.js';
import { operationGauges } from './operation-gauges.js';

const proxyHeaders = new Set([
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
  'via',
]);
const facing = ['auth-gateway', 'console'];

/** Prometheus text: what this process counts, and what PostgreSQL knows. */
@Controller()
export class MetricsController {
  private readonly token: MetricsToken;
  private readonly drift: DriftCounts;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly operations: Operations,
    dataSource: DataSource,
  ) {
    this.token = new MetricsToken(dataSource);
    this.drift = new DriftCounts(dataSource);
    metrics.withProcess();
  }

  @Get('metrics')
  async read(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    void reply.header('cache-control', 'no-store');
    if (!this.isNeighbour(request) && !(await this.token.isValid(request.headers.authorization))) {
      void reply
        .status(401)
        .header('www-authenticate', 'Bearer realm="gatehouse"')
        .send('Send Authorization: Bearer with an API token (role viewer is enough), or ask from this machine.\n');
      return;
    }
    const own = await metrics.registry.metrics();
    void reply.type(metrics.registry.contentType).send(own + (await this.shared()));
  }

  private isNeighbour(request: FastifyRequest): boolean {
    return mayReadWithoutToken({
      production: this.config.production,
      facesBrowsers: this.operations.services.some((service) => facing.includes(service)),
      // The socket's own: what a header says of it must not open this.
      remoteAddress: request.raw.socket.remoteAddress,
      // As they came in: FrontServer removes what nobody's word counts for.
      forwarded: request.raw.rawHeaders.some((text, index) => index % 2 === 0 && proxyHeaders.has(text.toLowerCase())),
    });
  }

  /** While PostgreSQL is away this process still tells of itself; the absent gauges are what the alert looks for. */
  private async shared(): Promise<string> {
    try {
      const snapshot = await this.operations.snapshot();
      const workers = await this.operations.workers.countByService();
      return await operationGauges(snapshot, workers, await this.drift.read()).metrics();
    } catch (error) {
      if (databaseIsAway(error)) return '';
      throw error;
    }
  }
}
