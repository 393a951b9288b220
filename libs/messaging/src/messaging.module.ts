import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { Breakers } from './breakers.js';
import { Lanes } from './lanes.js';
import { Leases } from './leases.js';
import type { Messaging } from './messaging.js';
import { Operations } from './operations/operations.js';
import { Outbox } from './outbox.js';
import { ParkedJobs } from './parked-jobs.js';
import { RawQueues } from './raw-queues.js';
import { Traces } from './traces.js';
import { Turns } from './turns.js';

/** Lets every service of the process inject what this library offers. */
@Module({})
export class MessagingModule {
  static register(messaging: Messaging): DynamicModule {
    const providers = [
      { provide: Outbox, useValue: messaging.outbox },
      { provide: Traces, useValue: messaging.traces },
      { provide: Operations, useValue: messaging.operations },
      { provide: ParkedJobs, useValue: messaging.parkedJobs },
      { provide: RawQueues, useValue: messaging.rawQueues },
      { provide: Lanes, useValue: messaging.lanes },
      { provide: Leases, useValue: messaging.leases },
      { provide: Breakers, useValue: messaging.breakers },
      { provide: Turns, useValue: messaging.turns },
    ];
    return { module: MessagingModule, global: true, providers, exports: providers };
  }
}
