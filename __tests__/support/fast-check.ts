// fast-check with one seed for all tests, so that a change is judged by the same inputs on every machine. CI looks for
// new ones with other seeds, by itself, each night.
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env.FC_SEED ?? 20261126) });

export { fc };
