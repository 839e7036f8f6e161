import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const style = readFileSync(join(__dirname, '../../../src/sandbox/inbox/public/style.css'), 'utf8');

/** The variables of the light scheme and, over them, those of the dark one. */
const [light = new Map<string, string>(), dark = new Map<string, string>()] = [
  ...style.matchAll(/:root \{([^}]*)\}/g),
].map(
  ([, block = '']) =>
    new Map(
      [...block.matchAll(/--([a-z]+): (#[\da-f]{6});/g)].map(([, name = '', value = '']) => [name, value]),
    ),
);

const ON = ['page', 'pane', 'hover', 'chosen', 'code'];

test.each([
  ['light', light],
  ['dark', dark],
])('text is readable in %s colours, by the ratio of WCAG', (_scheme, colours) => {
  const poor = ['text', 'muted', 'accent', 'danger', 'json', 'mime', 'draft', 'good'].flatMap((name) =>
    ON.filter((on) => !(contrast(colours.get(name), colours.get(on)) >= 4.5)).map((on) => `${name} on ${on}`),
  );
  expect(poor).toEqual([]);
});

function contrast(one = '', other = ''): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(colour: string): number {
  const [red = Number.NaN, green = Number.NaN, blue = Number.NaN] = [1, 3, 5]
    .map((start) => Number.parseInt(colour.slice(start, start + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
