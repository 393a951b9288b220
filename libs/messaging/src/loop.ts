/** How long to rest, and whether a wake-up may end the rest early. */
export interface Rest {
  readonly ms: number;
  readonly wakeable: boolean;
}

/** Repeats a step that never throws. A wake-up during the step is not forgotten. */
export class Loop {
  private woken = false;
  private stopped = false;
  private wakeable = false;
  private endRest: (() => void) | undefined;
  private running: Promise<void> | undefined;

  constructor(private readonly step: () => Promise<Rest>) {}

  start(): void {
    this.running ??= this.run();
  }

  wake(): void {
    this.woken = true;
    if (this.wakeable) this.endRest?.();
  }

  /** Resolves when the step in progress has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.endRest?.();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      this.woken = false;
      await this.rest(await this.step());
    }
  }

  private async rest({ ms, wakeable }: Rest): Promise<void> {
    if (this.stopped || (wakeable && this.woken)) return;
    this.wakeable = wakeable;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.endRest = resolve;
      timer = setTimeout(resolve, ms);
    });
    clearTimeout(timer);
    this.endRest = undefined;
  }
}
