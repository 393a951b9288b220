/**
 * Every advisory lock of ours, in one place so that no two share a number: a shared one makes strangers wait for each
 * other, and whoever only tries for it goes away empty-handed. The numbers never change: processes of two versions run
 * side by side during an upgrade.
 */
export const advisoryLocks = {
  migrate: 7_261_407,
  /** Of the tests: the database they copy. */
  testTemplate: 7_261_408,
  /** In the maintenance database of an embedded server: the one process that owns it. */
  ownEmbeddedServer: 7_261_409,
  ensureAdminToken: 7_261_410,
  registerAtJira: 7_261_411,
  applyConfig: 7_261_412,
  makeOpKeys: 7_261_413,
  sweep: 7_261_414,
  upkeep: 7_261_415,
  makeQueueStore: 7_261_416,
} as const;
