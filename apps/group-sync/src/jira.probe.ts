import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { CONFIG } from '@gatehouse/config';
import type { Config } from '@gatehouse/config';
import { Encryption } from '@gatehouse/database';
import { JiraClient } from '@gatehouse/jira-client';
import { Breakers } from '@gatehouse/messaging';

/** Lets the breaker ask Jira whether it is back. */
@Injectable()
export class JiraProbe implements OnModuleInit {
  constructor(
    private readonly breakers: Breakers,
    private readonly jira: JiraClient,
    private readonly encryption: Encryption,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onModuleInit(): void {
    const { url, token } = this.config.jira;
    this.breakers.of('jira').register({
      connection: this.encryption.fingerprint(`${url.href}\n${token.reveal()}`),
      ask: () => this.jira.probe(),
    });
  }
}
