import { Injectable } from '@nestjs/common';
import { ConfigDocument } from '@gatehouse/contracts';
import type { ConfigExport, ConfigVersionPage } from '@gatehouse/contracts';
import { TerminalError } from '@gatehouse/errors';
import { DataSource } from 'typeorm';
import { withoutSecrets } from './config-secrets.js';

type Facts = ConfigVersionPage['items'][number];

interface Row extends Omit<Facts, 'at'> {
  readonly at: Date;
  readonly document?: unknown;
}

const columns = 'version, created_at as at, actor, note, restored_from as "restoredFrom"';

/** Every version that was applied, without secrets: those are kept only as they are now (U16). */
@Injectable()
export class ConfigVersions {
  constructor(private readonly dataSource: DataSource) {}

  /** The newest first. @param before the last version of the page before */
  async page(before: number | undefined, limit: number): Promise<{ items: Facts[]; hasMore: boolean }> {
    const rows = await this.dataSource.query<Row[]>(
      `select ${columns} from console.config_version where $1::integer is null or version < $1
       order by version desc limit $2`,
      [before ?? null, limit + 1],
    );
    return { items: rows.slice(0, limit).map(factsOf), hasMore: rows.length > limit };
  }

  /** @throws TerminalError `api.not_found`, `config.version_unreadable` */
  async read(version: number): Promise<Facts & { document: ConfigExport }> {
    const [row] = await this.dataSource.query<Row[]>(
      `select ${columns}, document from console.config_version where version = $1`,
      [version],
    );
    if (!row) throw await this.missing(version);
    return { ...factsOf(row), document: documentOf(version, row.document) };
  }

  /** 0: what holds by default. */
  async document(version: number): Promise<ConfigExport> {
    return version === 0 ? documentOf(0, { version: 1 }) : (await this.read(version)).document;
  }

  private async missing(version: number): Promise<TerminalError> {
    const [{ newest }] = await this.dataSource.query<[{ newest: number }]>(
      'select coalesce(max(version), 0) as newest from console.config_version',
    );
    const message =
      version < newest ? 'This version is not kept any more, or was never written.' : 'There is no such version yet.';
    return new TerminalError('api.not_found', message);
  }
}

/** Parsed as of today, so that one of an older release has the defaults it did not know (F29). */
function documentOf(version: number, stored: unknown): ConfigExport {
  const { data, error } = ConfigDocument.safeParse(stored);
  if (data) return withoutSecrets(data);
  const paths = error.issues.slice(0, 10).map(({ path }) => path.join('.'));
  throw new TerminalError(
    'config.version_unreadable',
    `Version ${version} is not valid any more at: ${paths.join(', ')}`,
  );
}

function factsOf({ version, at, actor, note, restoredFrom }: Row): Facts {
  return { version, at: at.toISOString(), actor, note, restoredFrom };
}
