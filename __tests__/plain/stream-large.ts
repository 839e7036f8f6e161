export function encodeInPieces(): void {}
