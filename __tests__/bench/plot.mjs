// The plot of the README: CPU per message, as multiples of SMTP's.
const ROW = 22;
const LEFT = 260;
const UNIT = 140;
const COLOURS = {
  floor: '#8c959f',
  streamed: '#afb8c1',
  smtp: '#57606a',
  handwritten: '#bf8700',
  ours: '#0969da',
  mime: '#54aeff',
  ses: '#1a7f37',
  peer: '#8250df',
};

/** @returns the SVG; readable on a white page and on a black one */
export function plot(results, senders, machine) {
  let y = 44;
  const marks = [];
  for (const { title, rows } of results) {
    marks.push(text(8, y, title, 'font-weight="600"'));
    y += 8;
    for (const { name, figures } of rows) {
      const ratio = figures.cpuMs.ofSmtp;
      marks.push(
        text(LEFT - 8, y + 14, senders[name], 'text-anchor="end"'),
        `<rect x="${LEFT}" y="${y + 3}" width="${(ratio * UNIT).toFixed(1)}" height="${ROW - 8}" rx="2" fill="${COLOURS[name]}"/>`,
        text(LEFT + ratio * UNIT + 6, y + 14, `${ratio.toFixed(2)} × (${figures.cpuMs.value.toFixed(1)} ms)`),
      );
      y += ROW;
    }
    y += 24;
  }
  const widest = Math.max(...results.flatMap(({ rows }) => rows.map(({ figures }) => figures.cpuMs.ofSmtp)));
  const width = Math.ceil(LEFT + widest * UNIT + 140);
  const line = `<line x1="${LEFT + UNIT}" y1="30" x2="${LEFT + UNIT}" y2="${y - 20}" stroke="#8c959f" stroke-dasharray="3 3"/>`;
  const heading = text(8, 20, "CPU per message, as multiples of Nodemailer's SMTP pool", 'font-weight="600"');
  const foot = text(8, y + 4, machine, 'font-size="11"');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y + 16}" viewBox="0 0 ${width} ${y + 16}" font-family="system-ui, sans-serif" font-size="12" fill="#6e7781">
${[heading, line, ...marks, foot].join('\n')}
</svg>
`;
}

function text(x, y, content, attributes = '') {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${Number(x.toFixed(1))}" y="${y}" ${attributes}>${escaped}</text>`;
}
