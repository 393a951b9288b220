import { All, Controller, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PageErrorFilter } from '../pages/page-error.filter.js';
import { SessionGuard } from '../session/session.guard.js';
import { QueueBoard } from './queue-board.js';

/** What a write meets is decided before: see refuseWrites. */
@ApiExcludeController()
@Controller('console/queues')
@UseGuards(SessionGuard)
@UseFilters(PageErrorFilter)
export class BoardController {
  constructor(private readonly board: QueueBoard) {}

  @All(['', '*'])
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.board.answer(request, reply);
  }
}
