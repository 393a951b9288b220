import type { OpenStore, ProcessOptions, TestProcess } from '../../../libs/messaging/test/harness.js';
import { Installation, thing } from '../../../libs/messaging/test/harness.js';
import { thingChanged, workOnThing } from '../../../libs/messaging/test/scripted.js';
import { CountingScript } from './counting-script.js';

/** One installation on one store, with one process that relays and works. */
export class Subject {
  private constructor(
    readonly name: string,
    readonly installation: Installation,
    readonly process: TestProcess,
    readonly script: CountingScript,
  ) {}

  static async open(
    name: string,
    openStore: OpenStore,
    options: Omit<ProcessOptions, 'script'> = {},
  ): Promise<Subject> {
    const installation = await Installation.open(openStore);
    const script = new CountingScript();
    return new Subject(name, installation, await installation.start({ ...options, script }), script);
  }

  async close(): Promise<void> {
    await this.installation.close();
  }

  /** Milliseconds from the answer to the commit until the handler starts. */
  async commitToStart(): Promise<number> {
    const reference = thing();
    const started = this.script.startOf(reference.thingId);
    await this.installation.publish(this.process, thingChanged, reference);
    const committedAt = performance.now();
    return (await started) - committedAt;
  }

  /** Facts for the bulk lane, one for each of as many keys. */
  async addBacklog(rows: number): Promise<void> {
    await this.installation.dataSource.query(
      `insert into messaging.outbox (event, job, queue, key, payload, trace_id)
       select 'thing.swept', $1, 'claim-mapping.bulk', key, jsonb_build_object('thingId', key, 'traceId', $2::text), $2
       from (select gen_random_uuid()::text as key from generate_series(1, $3::integer)) as keys`,
      [workOnThing.name, thing().traceId, rows],
    );
    await this.installation.dataSource.query(`select pg_notify('gatehouse_outbox', '')`);
  }

  async count(state: 'open' | 'sent' | 'settled'): Promise<number> {
    const [row] = await this.installation.dataSource.query<{ n: number }[]>(
      'select count(*)::int as n from messaging.outbox where state = $1',
      [state],
    );
    return row!.n;
  }
}
