import { fc } from './fast-check';

test('the same inputs are generated on every machine, unless FC_SEED asks for others', () => {
  const inputs = () => fc.sample(fc.string(), 20);
  const { FC_SEED = '20261126' } = process.env;
  expect(fc.check(fc.property(fc.string(), () => false))).toMatchObject({
    seed: Number(FC_SEED),
    failed: true,
  });
  expect(inputs()).toEqual(inputs());
});
