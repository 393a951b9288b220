export interface PostmasterFile {
  readonly pid: number;
  readonly port: number;
  readonly ready: boolean;
}

/** Reads `postmaster.pid` (src/include/utils/pidfile.h): pid, folder, start time, port, ..., status. Undefined while it is being written. */
export function parsePostmasterFile(text: string): PostmasterFile | undefined {
  const [pid, , , port, , , , status] = text.split('\n');
  if (!Number(pid)) return undefined;
  return { pid: Number(pid), port: Number(port) || 0, ready: status?.trim() === 'ready' };
}
