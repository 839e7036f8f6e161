/** Graph's three levels of importance. */
export type Importance = 'low' | 'normal' | 'high';
