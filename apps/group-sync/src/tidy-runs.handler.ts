import { tidyRuns } from '@gatehouse/contracts';
import { Handles } from '@gatehouse/messaging';
import { RunHistory } from './run-history.store.js';

@Handles(tidyRuns)
export class TidyRunsHandler {
  constructor(private readonly history: RunHistory) {}

  async handle(): Promise<void> {
    await this.history.tidy();
  }
}
