// A file of its own because apps see this type: nothing that they import may need Graph's types.

/** Graph's three levels of importance. */
export type Importance = 'low' | 'normal' | 'high';
