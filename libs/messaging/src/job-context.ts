import { BaseRpcContext } from '@nestjs/microservices';
import type { Lane, TraceId } from '@gatehouse/contracts';
import type { EntityManager } from 'typeorm';
import type { Lease } from './lease.js';
import type { SettledValues } from './settlement.js';

/** What a handler knows of the run it is in. */
export interface JobContext {
  readonly job: string;
  readonly lane: Lane;
  /** 1 for the first try; an outage uses none. */
  readonly attempt: number;
  readonly traceId: TraceId;
  /** The traces of all triggers this run covers, oldest first; what it publishes is traced for each of them. */
  readonly coveredTraceIds?: readonly TraceId[];
  /**
   * Settles, in the transaction of the handler's effect, every outbox row of this job and key that was visible before
   * the handler started. The last thing a handler does, and a rollback after it must throw: a job without unsettled rows
   * is not run again, and the run itself settles nothing more.
   */
  settle(manager: EntityManager): Promise<void>;
  /** For a handler whose effect is one statement: that settles by `settling` with these values. Absent: only by `settle`. */
  readonly settlement?: HandlersSettlement;
  /** Of a job that is defined with one; the runner gives it back. */
  readonly lease?: Lease;
  /**
   * Between two steps, outside of every transaction: waits while somebody signs in, in a lane in which nobody waits, and a
   * moment for the whole run. Absent: nobody to give way to.
   */
  giveWay?(): Promise<void>;
}

export interface HandlersSettlement {
  readonly values: SettledValues;
  /** The statement was committed. */
  done(): void;
}

/** The same, as guards and interceptors get it from `switchToRpc().getContext()`. */
export class RunContext extends BaseRpcContext<[]> implements JobContext {
  /** The handler did it itself. */
  isSettled = false;

  constructor(
    private readonly run: Omit<JobContext, 'settle' | 'settlement' | 'lease' | 'giveWay'>,
    private readonly settleRows: (manager: EntityManager) => Promise<void>,
    private readonly settledValues: SettledValues,
    readonly giveWay: () => Promise<void>,
    readonly lease?: Lease,
  ) {
    super([]);
  }

  get settlement(): HandlersSettlement {
    return { values: this.settledValues, done: () => (this.isSettled = true) };
  }

  readonly settle = async (manager: EntityManager): Promise<void> => {
    await this.settleRows(manager);
    this.isSettled = true;
  };

  get job(): string {
    return this.run.job;
  }

  get lane(): Lane {
    return this.run.lane;
  }

  get attempt(): number {
    return this.run.attempt;
  }

  get traceId(): TraceId {
    return this.run.traceId;
  }

  get coveredTraceIds(): readonly TraceId[] {
    return this.run.coveredTraceIds ?? [this.run.traceId];
  }
}
