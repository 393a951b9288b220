import type { AdapterPayload } from 'oidc-provider';

/** A row of `gateway.op_model` as it is to be; `id` is already a hash where it could be presented. */
export interface OpRow {
  readonly model: string;
  readonly id: string;
  readonly payload: AdapterPayload;
  readonly grant_id: string | undefined;
  readonly uid: string | undefined;
  readonly user_code: string | undefined;
  /** Seconds. */
  readonly expires_in: number | undefined;
}

export interface OpRowKey {
  readonly model: string;
  readonly id: string;
}

/** Writes that wait for their commit. The last word on a row counts. */
export class OpWrites {
  private readonly consumed = new Map<string, OpRowKey>();
  private readonly changed = new Map<string, OpRow | OpRowKey>();

  /** A sign-in that begins with this answer; `beginning` says what these are. */
  private begun: readonly unknown[] | undefined;

  get consumes(): boolean {
    return this.consumed.size > 0;
  }

  write(row: OpRow): void {
    this.changed.set(nameOf(row), row);
  }

  remove(model: string, id: string): void {
    this.changed.set(nameOf({ model, id }), { model, id });
  }

  consume(model: string, id: string): void {
    this.consumed.set(nameOf({ model, id }), { model, id });
  }

  begin(transaction: readonly unknown[]): void {
    this.begun = transaction;
  }

  /** What this request would read had it been committed already. */
  pendingOf(model: string, id: string): AdapterPayload | 'removed' | undefined {
    const change = this.changed.get(nameOf({ model, id }));
    if (!change) return undefined;
    return 'payload' in change ? change.payload : 'removed';
  }

  /** For one statement. Nothing is left behind: what fails is not tried again by the same request. */
  take(): TakenWrites | undefined {
    if (this.consumed.size + this.changed.size === 0 && !this.begun) return undefined;
    const changes = [...this.changed.values()];
    const taken = {
      consumed: [...this.consumed.values()],
      removed: changes.filter((change) => !('payload' in change)),
      written: changes.filter((change) => 'payload' in change),
      begun: this.begun,
    };
    this.begun = undefined;
    this.consumed.clear();
    this.changed.clear();
    return taken;
  }
}

export interface TakenWrites {
  readonly consumed: readonly OpRowKey[];
  readonly removed: readonly OpRowKey[];
  readonly written: readonly OpRow[];
  readonly begun: readonly unknown[] | undefined;
}

function nameOf({ model, id }: OpRowKey): string {
  return `${model} ${id}`;
}
