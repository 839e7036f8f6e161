export function decodeLines(): undefined {}
