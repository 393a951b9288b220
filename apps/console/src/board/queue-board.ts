import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { Injectable } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import { RawQueues } from '@gatehouse/messaging';
import { fastify } from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ConsoleAddress } from '../pages/console-address.js';
import { pageHeaders } from '../pages/page-headers.js';
import { boardPolicy, strictPage } from './board-page.js';
import { onlyIds } from './only-ids.js';
import { boardPrefix } from './refuse-writes.js';

const pollSeconds = 5;

/**
 * bull-board, in a Fastify of its own: its views, static files and error handler meet nothing of ours, and nothing of
 * it is loaded or opened before somebody looks.
 */
@Injectable()
export class QueueBoard implements OnModuleDestroy {
  private opening: Promise<FastifyInstance> | undefined;

  constructor(
    private readonly queues: RawQueues,
    private readonly address: ConsoleAddress,
  ) {}

  async onModuleDestroy(): Promise<void> {
    await (await this.opening)?.close();
  }

  /** For requests that may look. Takes the answer over from the application. */
  async answer(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    this.opening ??= this.open().catch((error: unknown) => {
      this.opening = undefined;
      throw error;
    });
    const board = await this.opening;
    reply.hijack();
    board.routing(request.raw, reply.raw);
  }

  private async open(): Promise<FastifyInstance> {
    const [{ createBullBoard }, { BullMQAdapter }, { FastifyAdapter }] = await Promise.all([
      import('@bull-board/api'),
      import('@bull-board/api/bullMQAdapter'),
      import('@bull-board/fastify'),
    ]);
    const serverAdapter = new FastifyAdapter().setBasePath(this.address.path + '/queues');
    const queues = this.queues.all().map((queue) => {
      const adapter = new BullMQAdapter(queue, { readOnlyMode: true, allowRetries: false });
      adapter.setFormatter('data', onlyIds);
      adapter.setFormatter('returnValue', () => undefined);
      return adapter;
    });
    createBullBoard({
      queues,
      serverAdapter,
      options: {
        uiBasePath: dirname(createRequire(import.meta.url).resolve('@bull-board/ui/package.json')),
        uiConfig: {
          boardTitle: 'Gatehouse queues',
          hideDocsLink: true,
          // Workers have a table of their own; asking Redis for them costs a list of all its clients at every poll.
          showWorkers: false,
          pollingInterval: { forceInterval: pollSeconds, showSetting: false },
          miscLinks: [{ text: 'Console', url: this.address.path }],
        },
      },
    });
    const board = fastify();
    board.addHook('onRequest', async (_request, reply) => {
      reply.headers({ ...pageHeaders, 'content-security-policy': boardPolicy });
    });
    board.addHook('onSend', async (_request, reply, payload) =>
      typeof payload === 'string' && isHtml(reply)
        ? strictPage(payload, `${this.address.path}/assets/board.css`)
        : payload,
    );
    await board.register(serverAdapter.registerPlugin(), { prefix: boardPrefix });
    await board.ready();
    return board;
  }
}

function isHtml(reply: FastifyReply): boolean {
  return String(reply.getHeader('content-type')).startsWith('text/html');
}
