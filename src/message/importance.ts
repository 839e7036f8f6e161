/** Graph's three grades of importance. */
export type Importance = 'low' | 'normal' | 'high';
