/** Splits a command's flags from the app to start, which follows `--`. */
export function splitAtApp(args: readonly string[]): { flags: string[]; app?: string[] } {
  const at = args.indexOf('--');
  return at === -1 ? { flags: [...args] } : { flags: args.slice(0, at), app: args.slice(at + 1) };
}
