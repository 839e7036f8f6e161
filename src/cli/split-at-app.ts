/** The flags of a command, and what stands after `--`: the app that it is to start. */
export function splitAtApp(args: readonly string[]): { flags: string[]; app?: string[] } {
  const at = args.indexOf('--');
  return at === -1 ? { flags: [...args] } : { flags: args.slice(0, at), app: args.slice(at + 1) };
}
