import {
  Body,
  Controller,
  Get,
  HttpCode,
  Inject,
  Param,
  Post,
  Query,
  Req,
  Res,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CONFIG } from '@gatehouse/config';
import type { Config } from '@gatehouse/config';
import {
  ProviderChecks,
  ProviderSubject,
  ProviderTestCreated,
  ProviderTestQuery,
  ProviderTestReference,
  ProviderTestStatus,
} from '@gatehouse/contracts';
import { TerminalError } from '@gatehouse/errors';
import { checkProvider } from '@gatehouse/relying-party';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiTokenGuard } from '../access/api-token.guard.js';
import { Needs } from '../access/needs.decorator.js';
import { ApiProblems } from '../api/api-problems.decorator.js';
import { ProblemFilter } from '../api/problem.filter.js';
import { requestSchemaPipe } from '../api/request-schema.pipe.js';
import { OperatorChanges } from '../operations/operator-changes.service.js';
import { maskedResult } from './masked-result.js';
import { ProviderSubjects } from './provider-subject.reader.js';
import { ProviderTests } from './provider-tests.store.js';
import { whatIsTried } from './what-is-tried.js';

/** "Test configuration": first what needs no sign-in, then one real sign-in that leaves nothing behind. */
@ApiTags('providers')
@ApiProblems()
@Controller('api/v1')
@UseGuards(ApiTokenGuard)
@UseFilters(ProblemFilter)
export class ProviderTestsController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly subjects: ProviderSubjects,
    private readonly tests: ProviderTests,
    private readonly changes: OperatorChanges,
  ) {}

  @Post('provider-checks')
  @Needs('admin')
  @HttpCode(200)
  @ApiOperation({ summary: 'Checks a provider as far as that goes without a sign-in. Saves nothing.' })
  @ApiOkResponse({ standardSchema: ProviderChecks })
  async check(
    @Body({ schema: ProviderSubject, pipes: [requestSchemaPipe] }) subject: ProviderSubject,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ProviderChecks> {
    const trial = await this.subjects.read(subject);
    const details = { ...whatIsTried(subject, trial.provider) };
    const entry = { action: 'provider.checked', object: `providers/${trial.key}`, details };
    // Limited and audited: it calls whatever address the draft names.
    await this.changes.make({ request, reply }, entry, () => Promise.resolve());
    const checks = await checkProvider(
      trial.provider,
      { clientSecret: undefined, clientKey: undefined, ...trial.secrets },
      { production: this.config.production },
    );
    return { passed: checks.every(({ outcome }) => outcome !== 'failed'), checks: [...checks] };
  }

  @Post('provider-tests')
  @Needs('admin')
  @ApiOperation({ summary: 'Prepares one real sign-in that shows every claim and what becomes of it.' })
  @ApiCreatedResponse({ standardSchema: ProviderTestCreated })
  async create(
    @Body({ schema: ProviderSubject, pipes: [requestSchemaPipe] }) subject: ProviderSubject,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ProviderTestCreated> {
    const trial = await this.subjects.read(subject);
    const details: Record<string, unknown> = { ...whatIsTried(subject, trial.provider) };
    const entry = { action: 'provider-test.created', object: `providers/${trial.key}`, details };
    const created = await this.changes.make({ request, reply }, entry, async (manager, actor) => {
      const test = await this.tests.create(manager, trial, actor);
      Object.assign(details, test ? { test: test.id, until: test.expiresAt } : { refused: 'too many tests are open' });
      return test;
    });
    if (!created) throw new TerminalError('api.too_many_changes', 'Too many tests are open. They end by themselves.');
    const url = `${this.config.publicUrl.href.replace(/\/$/, '')}/provider-test/${created.secret}`;
    return { id: created.id, url, expiresAt: created.expiresAt.toISOString() };
  }

  @Get('provider-tests/:id')
  @Needs('admin')
  @ApiOperation({ summary: 'How far a test is, and what it showed.' })
  @ApiOkResponse({ standardSchema: ProviderTestStatus })
  async read(
    @Param({ schema: ProviderTestReference, pipes: [requestSchemaPipe] }) { id }: ProviderTestReference,
    @Query({ schema: ProviderTestQuery, pipes: [requestSchemaPipe] }) { masked }: ProviderTestQuery,
  ): Promise<ProviderTestStatus> {
    const status = await this.tests.find(id);
    if (!status) throw new TerminalError('api.not_found', 'There is no test of this id.');
    return masked === 'true' && status.result ? { ...status, result: maskedResult(status.result) } : status;
  }
}
