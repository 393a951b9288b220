import { Installation, thing } from './harness.js';
import type { OpenStore, TestProcess } from './harness.js';
import { thingChanged } from './scripted.js';
import type { Reference, Script } from './scripted.js';

/** What a conformance suite works on: one installation with one process, shared by its tests. */
export class Subject {
  private opened: { installation: Installation; process: TestProcess } | undefined;

  constructor(
    readonly name: string,
    readonly openStore: OpenStore,
    /** Takes everything away that the stores of this database hold, as FLUSHALL does. */
    readonly wipe: (databaseUrl: string) => Promise<void>,
  ) {}

  async open(): Promise<void> {
    const installation = await Installation.open(this.openStore);
    this.opened = { installation, process: await installation.start() };
  }

  async close(): Promise<void> {
    await this.opened?.installation.close();
  }

  get installation(): Installation {
    return this.opened!.installation;
  }

  get process(): TestProcess {
    return this.opened!.process;
  }

  get script(): Script {
    return this.process.script;
  }

  async trigger(reference: Reference = thing()): Promise<Reference> {
    await this.installation.publish(this.process, thingChanged, reference);
    return reference;
  }
}
