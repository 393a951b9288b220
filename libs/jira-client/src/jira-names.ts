/**
 * Whether Jira takes two user or group names for the same: its embedded Crowd compares them lower-cased,
 * whatever the locale. Two Unicode spellings of one letter count as the same, because databases differ in that.
 */
export function sameName(one: string, other: string): boolean {
  return fold(one) === fold(other);
}

function fold(name: string): string {
  return name.normalize('NFC').toLowerCase();
}
