/** `640 bytes`, `12 kB`, `3.4 MB`: decimal, as Graph's limits are stated here. */
export function formatSize(bytes: number): string {
  if (bytes < 1000) return bytes === 1 ? '1 byte' : `${bytes} bytes`;
  if (bytes < 999_500) return `${toPrecision(bytes / 1000)} kB`;
  return `${toPrecision(bytes / 1_000_000)} MB`;
}

function toPrecision(value: number): string {
  return value < 10 ? value.toFixed(1).replace(/\.0$/, '') : value.toFixed(0);
}
