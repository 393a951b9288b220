import { tidyMessaging } from '@gatehouse/contracts';
import { Handles, Operations } from '@gatehouse/messaging';

/** Here, because claim-mapping works a bulk lane anyway; the tables belong to libs/messaging. */
@Handles(tidyMessaging)
export class TidyMessagingHandler {
  constructor(private readonly operations: Operations) {}

  async handle(): Promise<void> {
    await this.operations.retention.tidy();
  }
}
