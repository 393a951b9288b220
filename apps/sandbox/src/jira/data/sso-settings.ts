import type { IdpRow, SsoRow } from './rows.js';
import type { Store } from './store.js';

/** The configuration of the bundled SSO app. */
export class SsoSettings {
  constructor(private readonly store: Store) {}

  get(): SsoRow {
    return this.store.tables.sso.get('sso')!;
  }

  update(change: Partial<SsoRow>): SsoRow {
    const value = { ...this.get(), ...change, 'last-updated': new Date().toISOString() };
    this.store.commit({ table: 'sso', key: 'sso', value });
    return value;
  }

  idps(): IdpRow[] {
    return [...this.store.tables.idps.values()].sort((a, b) => a.id - b.id);
  }

  enabledIdps(): IdpRow[] {
    return this.idps().filter(({ enabled }) => enabled);
  }

  idp(id: string): IdpRow | undefined {
    return this.store.tables.idps.get(id);
  }

  addIdp(idp: Omit<IdpRow, 'id' | 'last-updated'>): IdpRow {
    const id = (this.store.tables.sequences.get('idp')?.last ?? 0) + 1;
    const value = { ...idp, id, 'last-updated': new Date().toISOString() };
    this.store.commit(
      { table: 'sequences', key: 'idp', value: { last: id } },
      { table: 'idps', key: String(id), value },
    );
    return value;
  }

  updateIdp(idp: IdpRow): IdpRow {
    const value = { ...idp, 'last-updated': new Date().toISOString() };
    this.store.commit({ table: 'idps', key: String(idp.id), value });
    return value;
  }

  removeIdp(idp: IdpRow): void {
    this.store.commit({ table: 'idps', key: String(idp.id), value: null });
  }
}
