import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@gatehouse/config';
import type { Config } from '@gatehouse/config';

/** Where browsers find the console. Decided by configuration and never by the request. */
@Injectable()
export class ConsoleAddress {
  readonly origin: string;
  /** Of the console itself: `<base>/console`. */
  readonly path: string;
  readonly secure: boolean;
  private readonly onlyHost: string | undefined;

  constructor(@Inject(CONFIG) { publicUrl, consolePublicUrl }: Pick<Config, 'publicUrl' | 'consolePublicUrl'>) {
    const { origin, pathname, protocol } = consolePublicUrl ?? publicUrl;
    this.origin = origin;
    this.path = `${pathname.replace(/\/+$/, '')}/console`;
    this.secure = protocol === 'https:';
    this.onlyHost = consolePublicUrl?.host;
  }

  get href(): string {
    return this.origin + this.path;
  }

  /** With an origin of its own the console answers nowhere else: whoever runs script on Jira's origin could drive it there. */
  livesAt(host: string | undefined): boolean {
    return this.onlyHost === undefined || host?.toLowerCase() === this.onlyHost;
  }

  /** @returns the wanted address when it lies within the console, else the console's first page */
  within(wanted: string | undefined): string {
    const url = URL.canParse(wanted ?? '', this.origin) ? new URL(wanted ?? '', this.origin) : undefined;
    const inside =
      url?.origin === this.origin && (url.pathname === this.path || url.pathname.startsWith(`${this.path}/`));
    return url && inside ? url.pathname + url.search : this.path;
  }
}
